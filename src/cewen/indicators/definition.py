"""What an indicator is: unit, what it measures, whose growth it is, and which regions may stand for which."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cewen.base.errors import CewenError
from cewen.rules.load import policies_home
from cewen.rules.shape import shape_findings
from cewen.rules.yaml_file import read_yaml

_MODEL = ConfigDict(extra="forbid", frozen=True)

Measure = Literal["flow", "stock", "ratio", "growth", "average_growth"]
"""流量 adds up over the months of a year; 存量 stands on a day; 比率; 同比增速; 年均增速."""

MEASURE_LABELS: dict[str, str] = {
    "flow": "全年累计", "stock": "时点数", "ratio": "比率", "growth": "同比增速", "average_growth": "年均增速"
}  # fmt: skip


class StandIn(BaseModel):
    """A region whose figures are read for another (区域口径说明); `note` says how the two differ."""

    model_config = _MODEL

    name: str
    stands_for: str
    note: str


class Derivation(BaseModel):
    """How a figure that is not published follows from two that are (推算): the part divided by its share."""

    model_config = _MODEL

    region: str
    part: str = Field(alias="from")
    share: str = Field(description="比重指标的 key；它在 part 地区的最近一期值")
    why: str


class Indicator(BaseModel):
    """Indicator (指标). `of` names the indicator whose growth or average growth this one is."""

    model_config = _MODEL

    key: str = Field(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$")
    label: str
    english: str
    unit: str
    measure: Measure
    definition: str = ""
    direction: Literal["up", "down"] = "up"
    aliases: tuple[str, ...] = ()
    of: str | None = None
    parts: tuple[str, ...] = Field((), description="各部分之和等于它的指标")
    regions: tuple[StandIn, ...] = ()
    derived: tuple[Derivation, ...] = ()
    alert_floor: str | None = Field(None, description="基数低于它时不就增速报警，如 2亿元")


@dataclass(frozen=True)
class Indicators:
    """All defined indicators (指标目录)."""

    entries: tuple[Indicator, ...]

    @cached_property
    def _by_name(self) -> dict[str, Indicator]:
        names = {name: each for each in self.entries for name in (each.label, *each.aliases)}
        return names | {each.key: each for each in self.entries}

    @cached_property
    def _growth_of(self) -> dict[str, Indicator]:
        return {each.of: each for each in self.entries if each.measure == "growth" and each.of}

    def find(self, name: str) -> Indicator | None:
        """By key, label or alias."""
        return self._by_name.get(name)

    def growth_of(self, key: str) -> Indicator | None:
        """The published growth series of an indicator."""
        return self._growth_of.get(key)


def load_indicators(path: Path | None = None) -> Indicators:
    """The indicators of a file, by default `indicators.yaml` beside the policies.

    Raises CewenError: CW001 and CW002 for a faulty file, CW802 for a name given twice or an `of` that is not defined.
    """
    path = path or policies_home() / "indicators.yaml"
    file = read_yaml(path)
    entries: list[Indicator] = []
    try:
        for entry in file.data or ():
            entries.append(Indicator.model_validate(entry))
    except ValidationError as error:
        raise CewenError(shape_findings(error, Indicator, file, (len(entries),))) from None
    _check(entries, path)
    return Indicators(tuple(entries))


def _check(entries: list[Indicator], path: Path) -> None:
    seen: dict[str, str] = {}
    for each in entries:
        for name in (each.key, each.label, *each.aliases):
            if seen.setdefault(name, each.key) != each.key:
                message = f"指标“{each.label}”与“{seen[name]}”用了同一个名称“{name}”"
                raise CewenError.of("CW802", message, f"在 {path.name} 里改掉其中一个。")
    keys = {each.key for each in entries}
    for each in entries:
        for other in (each.of, *each.parts, *(derivation.share for derivation in each.derived)):
            if other is not None and other not in keys:
                raise CewenError.of("CW802", f"指标“{each.label}”提到没有登记的“{other}”", f"在 {path.name} 里登记它。")
