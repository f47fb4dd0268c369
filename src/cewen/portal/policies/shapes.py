"""What goes in and comes out of the calls on policies."""

from __future__ import annotations

from datetime import date
from typing import Literal

from ninja import Schema
from pydantic import Field

from cewen.portal.calls import Json, Open, Words

LONGEST_TEXT = 300_000


class PolicyFilter(Words):
    """Which policies (政策筛选)."""

    issuer: str = Field("", max_length=100, description="发布机关")
    region: str = Field("", max_length=40, description="适用地区的名称或代码")
    status: Literal["", "in_force", "draft", "not_yet", "expired", "repealed"] = ""
    year: str = Field("", max_length=4, description="印发年份")
    on: date | None = Field(None, description="哪一天的状态；默认今天")


class MeasureFilter(Words):
    """Which measures (措施筛选)."""

    policy: str = Field("", max_length=120, description="政策编号")
    subject: Literal["", "enterprise", "project", "product", "park"] = ""
    in_force: bool = Field(False, description="只列那一天施行的")
    on: date | None = None


class PolicyOut(Schema):
    """Policy (政策)."""

    id: str
    title: str
    number: str | None
    issuer: str
    region: str
    status: str
    consulted_on: date | None
    issued_on: date | None
    effective_on: date | None
    expires_on: date | None
    repealed_on: date | None
    measures: int
    targets: int
    tasks: int
    text_sha256: str
    address: str


class ClauseOut(Schema):
    """Clause (条文); children by path, place in code points of the official text."""

    path: str
    label: str
    level: int
    title: str
    start: int
    end: int
    children: list[str]
    address: str


class ClauseFull(ClauseOut):
    """Clause with its words and what it does (条文及其作用)."""

    text: str
    measures: list[str]
    targets: list[str]
    tasks: list[str]
    units: list[str]


class MeasureOut(Schema):
    """Measure (措施) with its readback."""

    key: str
    policy: str
    id: str
    title: str
    clause: str
    quote: str
    subject: str
    certainty: str
    status: str
    readback: str
    conditions: list[str]
    open_conditions: list[str]
    address: str


class HitOut(Schema):
    """Clause a search found (命中): the words around it, and its permanent address."""

    policy: str
    title: str
    clause: str
    heading: str
    around: str
    address: str


class MomentOut(Schema):
    """Day on which something starts, ends or is due (时间点)."""

    on: date
    kind: str
    word: str
    policy: str
    title: str
    clause: str
    detail: str


class ComparisonOut(Open):
    """Two documents clause by clause (两版比较), in the shape of the contract."""

    counts: dict[str, int]
    clauses: list[Json]


class TextIn(Schema):
    """Text to be read (待读文本)."""

    text: str = Field(min_length=1, max_length=LONGEST_TEXT)
    name: str = Field("", max_length=200, description="文件名，没有标题时取作标题")


class ReadOut(Open):
    """What a text says (读出的内容), in the shape of the contract."""

    title: str | None
    text_sha256: str
    clauses: list[Json]
    units: list[Json]
    targets: list[Json]
    incentives: list[Json]
    unread: list[Json]
