"""What goes in and comes out of the interface, for its OpenAPI document; the engine's own contract shapes stay open."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import ConfigDict, Field

from cewen.portal.api.domain import MOST_ITEMS

LONGEST_TEXT = 300_000
"""Characters of a text to be read."""
MOST_SHEETS = 100
Money = Annotated[str, Field(description="元，两位小数", pattern=r"^-?\d+\.\d{2}$")]


class Open(Schema):
    """Shape that may have more members than are named (开放结构)."""

    model_config = ConfigDict(extra="allow")


class Problem(Open):
    """Problem (错误), RFC 9457. `findings` are diagnostics with code, message, remedy and place."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    findings: list[dict[str, Any]] = []
    errors: list[dict[str, Any]] = []


class Paging(Schema):
    """Which part of a list (分页)."""

    limit: int = Field(50, ge=1, le=MOST_ITEMS, description="最多几项")
    offset: int = Field(0, ge=0, le=10_000_000, description="从第几项起")


class PolicyFilter(Paging):
    """Which policies (政策筛选)."""

    q: str = Field("", max_length=100, description="词语，空格分开，都要出现")
    issuer: str = Field("", max_length=100, description="发布机关")
    region: str = Field("", max_length=40, description="适用地区的名称或代码")
    status: Literal["", "in_force", "draft", "not_yet", "expired", "repealed"] = ""
    on: date | None = Field(None, description="哪一天的状态；默认今天")


class MeasureFilter(Paging):
    """Which measures (措施筛选)."""

    q: str = Field("", max_length=100, description="标题或条文里的词语")
    policy: str = Field("", max_length=120, description="政策编号")
    subject: Literal["", "enterprise", "project", "product", "park"] = ""
    in_force: bool = Field(False, description="只列那一天施行的")
    on: date | None = None


class TargetFilter(Paging):
    """Which targets (目标筛选)."""

    policy: str = Field("", max_length=120)
    region: str = Field("", max_length=40)
    status: str = Field("", max_length=20)
    on: date | None = None


class TaskFilter(Paging):
    """Which tasks (任务筛选)."""

    policy: str = Field("", max_length=120)
    unit: str = Field("", max_length=60, description="牵头或责任单位")
    lamp: Literal["", "red", "yellow", "blue", "none"] = ""
    on: date | None = None


class When(Schema):
    """For which day and year (时点)."""

    on: date | None = Field(None, description="哪一天的结论；默认今天")
    year: int | None = Field(None, ge=1990, le=2100, description="年度事实取哪一年；默认上一个完整年度")
    as_if_in_force: bool = Field(False, description="征求意见稿与已失效的也按施行计算")


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


class PolicyPage(Schema):
    """A page of policies (政策列表)."""

    items: list[PolicyOut]
    count: int
    next_offset: int | None


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


class ClausePage(Schema):
    """A page of clauses (条文列表)."""

    items: list[ClauseOut]
    count: int
    next_offset: int | None


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


class MeasurePage(Schema):
    """A page of measures (措施列表)."""

    items: list[MeasureOut]
    count: int
    next_offset: int | None


class OpenPage(Schema):
    """A page of things in the shape of the contract (列表)."""

    on: date
    items: list[dict[str, Any]]
    count: int
    next_offset: int | None


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

    enterprise: dict[str, Any] = Field(description='{"名称": …, "年营业收入": {"2023": "6800万元"}}')
    projects: list[dict[str, Any]] = []
    products: list[dict[str, Any]] = []
    parks: list[dict[str, Any]] = []
    awards: list[dict[str, Any]] = []


class SheetsIn(Schema):
    """A small register (名册): fact sheets, at most a hundred."""

    enterprises: list[SheetIn] = Field(min_length=1, max_length=MOST_SHEETS)


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
    gaps: list[dict[str, Any]]
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


class TextIn(Schema):
    """Text to be read (待读文本)."""

    text: str = Field(min_length=1, max_length=LONGEST_TEXT)


class ReadOut(Open):
    """What a text says (读出的内容), in the shape of the contract."""

    title: str | None
    text_sha256: str
    clauses: list[dict[str, Any]]
    units: list[dict[str, Any]]
    targets: list[dict[str, Any]]
    incentives: list[dict[str, Any]]
    unread: list[dict[str, Any]]


class PersonOut(Schema):
    """Who calls, with which roles (操作人)."""

    name: str
    roles: list[str]
    grants: list[dict[str, Any]]


class EventOut(Schema):
    """Audit event (审计事件)."""

    sequence: int
    at: str
    actor: str
    actor_name: str
    on_behalf_of: str
    action: str
    subject: str
    data: dict[str, Any]
    digest: str


class EventPage(Schema):
    """A page of audit events (审计列表)."""

    items: list[EventOut]
    count: int
    next_offset: int | None


class EventFilter(Paging):
    """Which audit events (审计筛选)."""

    subject: str = Field("", max_length=100)
    by: str = Field("", max_length=60)
    action: str = Field("", max_length=60)


class EnterpriseOut(Schema):
    """Enterprise of the register (企业); money in fen, null where nothing is known."""

    uscc: str
    name: str
    region_code: str
    size: str
    fields: str
    revenue_fen: int | None
    revenue_year: int | None
    employees: int | None
    employees_year: int | None
    award_count: int


class EnterprisePage(Schema):
    """A page of the register (企业列表); `after` is the mark of the next page."""

    items: list[EnterpriseOut]
    after: str | None


class EnterpriseFilter(Schema):
    """Which enterprises (企业筛选)."""

    q: str = Field("", max_length=100)
    region: str = Field("", max_length=40)
    size: str = Field("", max_length=10)
    field: str = Field("", max_length=60)
    awards: Literal["", "yes", "no"] = ""
    sort: Literal["name", "-revenue", "revenue", "-employees", "employees", "uscc"] = "name"
    after: str = Field("", max_length=400, description="上一页给的记号")


class FactIn(Schema):
    """One fact to be changed (改一项事实); an empty text says that it is not known."""

    key: str = Field(max_length=60)
    path: str = Field("enterprise", max_length=30)
    year: str = Field("", max_length=4)
    text: str = Field(max_length=2000)
    source: str = Field("", max_length=200)


class ChangedOut(Schema):
    """Whether something changed (结果)."""

    changed: bool
