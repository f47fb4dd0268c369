"""What goes in and comes out of the calls that work out what an enterprise can get."""

from __future__ import annotations

from datetime import date

from ninja import Schema
from pydantic import Field

from cewen.portal.calls import Json, Money, Open

MOST_SHEETS = 100


class When(Schema):
    """For which day and year (时点)."""

    on: date | None = Field(None, description="哪一天的结论；默认今天")
    year: int | None = Field(None, ge=1990, le=2100, description="年度事实取哪一年；默认上一个完整年度")
    as_if_in_force: bool = Field(False, description="征求意见稿与已失效的也按施行计算")


class FactOut(Schema):
    """Fact that can be given (事实)."""

    key: str
    label: str
    subject: str
    type: str
    unit: str
    period: str
    definition: str
    values: list[str]
    minimum: str | None
    maximum: str | None
    source: str


class SheetIn(Open):
    """Fact sheet (事实表) of one enterprise, as the command explain takes it."""

    enterprise: Json = Field(description='{"名称": …, "年营业收入": {"2023": "6800万元"}}')
    projects: list[Json] = Field([])
    products: list[Json] = Field([])
    parks: list[Json] = Field([])
    awards: list[Json] = Field([])


class SheetsIn(Schema):
    """A small register (名册): fact sheets, at most a hundred."""

    enterprises: list[SheetIn] = Field(min_length=1, max_length=MOST_SHEETS)


class AskedIn(Schema):
    """What is known so far (已答的事实) and which questions were answered with "I do not know"."""

    facts: SheetIn
    skipped: list[str] = Field([], max_length=500, description="答不上来的，写问题给的 id")


class Sum(Schema):
    """Interval of money (金额区间), yuan."""

    low: Money
    high: Money


class ResultOut(Open):
    """One measure for one subject (结论), in the shape of the contract."""

    measure: str
    title: str
    subject: str
    status: str
    certainty: str
    amount: Sum | None
    clause: str
    quote: str
    needs: list[str]
    gaps: list[Json]
    steps: list[str]


class ExplainOut(Schema):
    """Everything an enterprise can get (测算)."""

    on: date
    results: list[ResultOut]
    total: Sum


class EvaluateOut(Schema):
    """A small register through the rules (名册测算): per enterprise in the order given, and the sum."""

    on: date
    enterprises: list[ExplainOut]
    total: Sum


class QuestionOut(Schema):
    """Question (问题) that settles most of what is still open."""

    id: str
    path: str
    key: str
    year: int | None
    label: str
    control: str
    unit: str
    options: list[str]
    source: str
    settles: list[str]
    waits: list[str]


class NextOut(Schema):
    """What to ask next (下一问); null where nothing is open any more."""

    on: date
    question: QuestionOut | None
    open: int
    worth: dict[str, str]


class ChangeIn(Schema):
    """A fact of the enterprise as it might be (假设)."""

    key: str = Field(max_length=60)
    year: str = Field("", max_length=4)
    text: str = Field(max_length=200)


class WhatIfIn(Schema):
    """Facts as they might be (假如)."""

    changes: list[ChangeIn] = Field(min_length=1, max_length=50)


class ShiftOut(Schema):
    """What changes for one measure (变化)."""

    measure: str
    title: str
    subject: str
    before: str | None
    after: str | None
    before_high: Money | None
    after_high: Money | None


class WhatIfOut(Schema):
    """Sums before and after, and what changes (假如的结果); nothing is kept."""

    before: dict[str, str]
    after: dict[str, str]
    shifts: list[ShiftOut]
