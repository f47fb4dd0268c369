"""A policy folder as data: the instrument, its text, its measures, targets and tasks, and how awards stack."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

from cewen.base.period import Validity
from cewen.base.source import Span
from cewen.rules.measure import Measure
from cewen.rules.placeholder import placeholder_findings
from cewen.rules.yaml_file import YamlFile

if TYPE_CHECKING:  # a command that finds its plan kept on disk reads no document
    from cewen.text.flow import Flow

_MODEL = ConfigDict(extra="forbid", frozen=True)


class StackingRule(BaseModel):
    """How awards of one recipient go together (叠加规则).

    `highest_only` (就高不重复): of the members one recipient gets for the same object, the highest counts. Members are
    measures of this policy, or, with `across: issuer`, all measures of this issuer's policies against each other where
    they come from different policies. `joint_cap`: the members' sum is at most `limit`, reduced in the order written.
    """

    model_config = _MODEL

    id: str = Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")
    rule: Literal["highest_only", "joint_cap"]
    clause: str
    quote: str
    members: tuple[str, ...] = Field((), description="本政策的措施编号")
    across: Literal["issuer"] | None = Field(None, description="issuer：与同一发布机关的其他政策之间")
    per: Literal["enterprise", "object"] = Field("object", description="同一企业，或同一企业的同一对象")
    limit: str | None = Field(None, description="joint_cap 的合计上限，如 1000万元")


class Header(BaseModel):
    """policy.yaml: what instrument this is (政策文件). Whether it is in force follows from the dates."""

    model_config = _MODEL

    id: str = Field(pattern=r"^[a-z]+(/[a-z0-9]+(-[a-z0-9]+)*)+$", description="与文件夹路径相同")
    title: str
    type: Literal["measures", "plan", "implementation_rules", "administrative_measures", "guidelines"]
    number: str | None = Field(None, description="发文字号；征求意见稿没有")
    issuer: str
    region: str = Field(description="适用地区，如 武汉市；全国写 中国")
    consulted_on: date | None = Field(None, description="征求意见开始日；只有它、没有施行日的是征求意见稿")
    issued_on: date | None = None
    effective_on: date | None = Field(None, description="施行第一天")
    expires_on: date | None = Field(None, description="有效期最后一天")
    repealed_on: date | None = Field(None, description="废止生效日")
    validity_quote: str | None = Field(None, description="写明施行与有效期的原句")
    document: str = "document.txt"
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="正文文件的 SHA-256")
    source: str = Field(description="正文取自何处")
    stacking: tuple[StackingRule, ...] = ()

    @property
    def validity(self) -> Validity:
        return Validity(self.effective_on, self.expires_on, self.repealed_on)


class Target(BaseModel):
    """Target (目标) as the document states it. `value` stays text: "4000", "2-3", "4A"."""

    model_config = _MODEL

    id: str = Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")
    clause: str
    quote: str
    kind: Literal["target", "restated", "annual_obligation", "implied_full_coverage", "scope", "standard"]
    indicator: str
    op: Literal[">", ">=", "=", "<=", "<", "about", "range"]
    value: str
    unit: str
    year: int | None = None
    base_year: int | None = Field(None, description="年均增长或倍增的基期年份")
    frequency: Literal["one-off", "annual"] = "one-off"
    region: str
    aspirational: bool = False
    units: tuple[str, ...] = Field((), description="责任单位")
    note: str | None = None


class TaskEntry(BaseModel):
    """Task (任务): a clause with the units that answer for it."""

    model_config = _MODEL

    id: str
    clause: str
    title: str
    lead: tuple[str, ...] = Field(min_length=1, description="牵头单位；条文未写明的取第一个责任单位")
    lead_named: bool = Field(description="条文是否写明牵头单位")
    responsible: tuple[str, ...]
    includes: dict[str, tuple[str, ...]] = Field({}, description="“含…，下同”所含的单位")
    quote: str


@dataclass(frozen=True)
class Policy:
    """A loaded policy (政策). `files` keeps each YAML file so that findings can name line and column."""

    folder: Path
    header: Header
    text: str
    measures: tuple[Measure, ...] = ()
    targets: tuple[Target, ...] = ()
    tasks: tuple[TaskEntry, ...] = ()
    files: dict[str, YamlFile] = field(default_factory=dict, repr=False)
    measure_files: dict[str, str] = field(default_factory=dict, repr=False)

    @property
    def id(self) -> str:
        return self.header.id

    @cached_property
    def flow(self) -> Flow:
        from cewen.text.flow import Flow

        return Flow.of(self.text)

    def find(self, quote: str) -> Span | None:
        """Where a quote stands in the official text, also across a page number; None when it does not."""
        return self.flow.find(quote) or self._clean_flow.find(quote)

    @cached_property
    def _clean_flow(self) -> Flow:
        from cewen.text.flow import Flow
        from cewen.text.parse import parse_document

        document = parse_document(self.text)
        return Flow.of(self.text, document.body, document.noise)

    @cached_property
    def is_unfinished(self) -> bool:
        """True while one of its files holds 待定: such a policy is looked at, never evaluated."""
        return next(placeholder_findings(self.files.values()), None) is not None

    def measure(self, measure_id: str) -> Measure | None:
        return next((measure for measure in self.measures if measure.id == measure_id), None)
