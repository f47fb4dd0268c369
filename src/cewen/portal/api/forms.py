"""What goes in and comes out of the interface; shapes of the engine's own contract stay open."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Generic, Literal, TypeVar

from ninja import Schema
from pydantic import ConfigDict, Field

from cewen.portal.api.domain import MOST_ITEMS

LONGEST_TEXT, MOST_SHEETS = 300_000, 100
_Item = TypeVar("_Item")
Money = Annotated[str, Field(description="元，两位小数", pattern=r"^-?\d+\.\d{2}$")]


class Page(Schema, Generic[_Item]):
    """A page of a list (一页): where the next one begins, null where there is none."""

    items: list[_Item]
    count: int
    next_offset: int | None


class Open(Schema):
    """Shape that may have more members than are named (开放结构)."""

    model_config = ConfigDict(extra="allow")


class Problem(Open):
    """Problem (错误), RFC 9457. `findings` are diagnostics with code, message, remedy and place."""

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
    name: str = Field("", max_length=200, description="文件名，没有标题时取作标题")


class ReadOut(Open):
    """What a text says (读出的内容), in the shape of the contract."""

    title: str | None
    text_sha256: str
    clauses: list[dict[str, Any]]
    units: list[dict[str, Any]]
    targets: list[dict[str, Any]]
    incentives: list[dict[str, Any]]
    unread: list[dict[str, Any]]


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


class RunIn(Schema):
    """What a run is to evaluate (发起测算)."""

    title: str = Field("", max_length=120)
    on: date
    year: int = Field(ge=1990, le=2100)
    policies: list[str] = Field([], max_length=50, description="政策编号；空的为全部")
    as_if_in_force: bool = False


class RunOut(RunIn):
    """Run (测算): how far it is, and its sums in whole fen once it is done."""

    id: int
    status: str
    done_count: int
    total_count: int
    row_count: int
    engine: str
    failure: str
    created_at: datetime
    ended_at: datetime | None
    summary: dict[str, Any] | None


class RunFilter(Paging):
    """Which runs (测算筛选)."""

    q: str = Field("", max_length=100)
    status: Literal["", "queued", "running", "done", "failed", "cancelled"] = ""


class RowFilter(Paging):
    """Which awards of a run (结果筛选)."""

    q: str = Field("", max_length=100)
    measure: str = Field("", max_length=200)
    sort: Literal["order", "amount", "name"] = "order"


class ReformIn(Schema):
    """What is to be simulated (改革试算): a reform as reform.yaml holds it, and when it is asked on."""

    reform: dict[str, Any]
    on: date
    year: int = Field(ge=1990, le=2100)
    as_if_in_force: bool = False


class SimulationOut(Open):
    """What a reform does (试算结果), in the shape of the contract."""

    title: str
    enterprises: int
    changes: list[dict[str, Any]]
    before: dict[str, Any]
    after: dict[str, Any]
    measures: list[dict[str, Any]]


class ScenarioIn(ReformIn):
    """A reform to be kept (保存方案)."""

    title: str = Field(min_length=1, max_length=120)
    note: str = Field("", max_length=2000)


class ScenarioOut(ScenarioIn):
    """Kept reform (改革方案)."""

    id: int
    created_at: datetime
