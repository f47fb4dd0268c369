"""Published totals, what the population makes of them, and the report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from cewen.base.diagnostic import Diagnostic
from cewen.base.errors import CewenError
from cewen.base.source import Place
from cewen.engine.synth.scenario import Basis, read_rows
from cewen.engine.synth.seed import Floats

USED = "used"
SCALED = frozenset({"designated_count", "giant_count", "software_revenue", "leaders_revenue", "leaders_count"})
"""Variables that grow with the number of enterprises; shares, ratios and thresholds do not."""

_FEN_OF = {"亿元": 10**10, "万元": 10**6}
LEADERS = 100
"""The leaders (百强) of the real population; a larger or smaller one has as many per enterprise."""


@dataclass(frozen=True, slots=True)
class Target:
    """One published total (校准目标). `used` targets must be met within `tolerance` percent; others are shown only.

    `group` is a group of places, a type of business, or all. `least` is how many enterprises must stand behind it.
    """

    id: str
    name: str
    region: str
    year: int
    variable: str
    group: str
    value: float
    unit: str
    used: bool
    tolerance: float | None
    bound: str | None
    least: int
    source: str
    note: str

    @property
    def is_count(self) -> bool:
        return self.variable.endswith("_count")


def load_targets(home: Path) -> tuple[Target, ...]:
    """Read `targets.csv`. Raises CewenError (CW670) for a row that is wrong."""
    path = home / "targets.csv"
    found = []
    try:
        for number, row in enumerate(read_rows(path), start=2):
            tolerance = float(row["tolerance"]) if row["tolerance"] else None
            if (row["status"] == USED) != (tolerance is not None):
                raise ValueError(f"第 {number} 行：用于校准的目标要写允许误差，其余不写")
            found.append(
                Target(
                    row["id"], row["name"], row["region"], int(row["year"]), row["variable"], row["group"],
                    float(row["value"]), row["unit"], row["status"] == USED, tolerance, row["bound"] or None,
                    int(row["least"]), row["source"], row["note"],
                )
            )  # fmt: skip
    except (OSError, ValueError, KeyError) as error:
        message = f"校准目标不合用：{error}"
        raise CewenError.of("CW670", message, "照随软件附带的文件改。", Place(str(path))) from error
    return tuple(found)


def published(
    targets: Sequence[Target], variable: str, group: str, year: int, *, nearest: bool = False
) -> float | None:
    """The used value of a variable in a year; `nearest`: of the nearest year, the earlier of two."""
    found = {
        each.year: each.value for each in targets if each.used and (each.variable, each.group) == (variable, group)
    }
    if not nearest:
        return found.get(year)
    return found[min(found, key=lambda each: (abs(each - year), each))] if found else None


@dataclass(frozen=True)
class Tally:
    """Sums over enterprises above the statistical threshold of the year: (years, groups, types).

    Money in fen. `leaders`: software revenue and group of the larger ones in the base year, (2, n).
    """

    count: Floats
    giants: Floats
    software: Floats
    revenue: Floats
    rd: Floats
    rd_ratio: Floats
    employees: Floats
    leaders: Floats

    def plus(self, other: Tally) -> Tally:
        """Both together."""
        return Tally(
            self.count + other.count, self.giants + other.giants, self.software + other.software,
            self.revenue + other.revenue, self.rd + other.rd, self.rd_ratio + other.rd_ratio,
            self.employees + other.employees, np.concatenate([self.leaders, other.leaders], axis=1),
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """A target and what the population gives. `expected` is the published value times the scale."""

    target: Target
    expected: float
    simulated: float
    behind: int

    @property
    def error(self) -> float | None:
        """Deviation in percent of what is expected."""
        return (self.simulated / self.expected - 1) * 100 if self.expected else None

    @property
    def state(self) -> str:
        """used, holdout, or too_few: a used target with too few enterprises behind it to be held to."""
        if not self.target.used:
            return "holdout"
        return USED if self.behind >= self.target.least else "too_few"

    @property
    def is_met(self) -> bool | None:
        """None where the target is only shown."""
        if self.state != USED or self.target.tolerance is None:
            return None
        room = abs(self.expected) * self.target.tolerance / 100
        return abs(self.simulated - self.expected) <= (max(room, 1.0) if self.target.is_count else room)

    def to_json(self) -> dict[str, Any]:
        target = self.target
        return {
            "id": target.id, "name": target.name, "region": target.region, "year": target.year,
            "variable": target.variable, "group": target.group, "unit": target.unit, "bound": target.bound,
            "published": target.value, "expected": round(self.expected, 4), "simulated": round(self.simulated, 4),
            "error_percent": None if self.error is None else round(self.error, 4),
            "tolerance_percent": target.tolerance, "status": self.state, "met": self.is_met,
            "enterprises_behind": self.behind, "source": target.source, "note": target.note,
        }  # fmt: skip


class Reader:
    """Reads targets off a tally."""

    def __init__(self, basis: Basis, years: tuple[int, ...], scale: float) -> None:
        self.years, self.scale = years, scale
        groups, types = basis.group_names, basis.type_names
        every = tuple(range(len(groups)))
        # The first group is the zone, which lies in the city; the last is everything outside the city.
        self._places = {"all": every, "city": every[:-1], **{name: (at,) for at, name in enumerate(groups[:1])}}
        self._kinds = {name: at for at, name in enumerate(types)}

    def places(self, group: str) -> tuple[int, ...]:
        return self._places.get(group, self._places["all"])

    def sum(self, table: Floats, group: str, year: int) -> float:
        """Sum of a table over a group of places, or a type of business, in a year."""
        part = table[self.years.index(year)][list(self.places(group))]
        return float(part[:, self._kinds[group]].sum() if group in self._kinds else part.sum())

    def outcome(self, target: Target, tally: Tally) -> Outcome:
        expected = target.value * self.scale if target.variable in SCALED else target.value
        return Outcome(target, expected, self._simulated(target, tally), self._behind(target, tally, expected))

    def _behind(self, target: Target, tally: Tally, expected: float) -> int:
        """How many enterprises a target rests on. A share rests on its part and on the rest: the smaller counts."""
        group, year = target.group, target.year
        part = self.sum(tally.count, group, year)
        match target.variable:
            case "giant_count":
                part = round(expected)
            case "city_revenue_share":
                part = min(part, self.sum(tally.count, "city", year) - part)
            case "revenue_share" if group in self._kinds:
                counts = [self.sum(tally.count, name, year) for name in self._kinds]
                part = min(counts) if part == max(counts) else part  # the largest takes what the others leave
            case "revenue_share":
                part = min(part, self.sum(tally.count, "all", year) - part)
        return int(part)

    def _simulated(self, target: Target, tally: Tally) -> float:
        group, year = target.group, target.year

        def total(table: Floats, of: str = group) -> float:
            return self.sum(table, of, year)

        match target.variable:
            case "designated_count":
                return total(tally.count)
            case "giant_count":
                return total(tally.giants)
            case "software_revenue":
                return total(tally.software) / _FEN_OF[target.unit]
            case "revenue_share":
                return _ratio(total(tally.software), total(tally.software, "all")) * 100
            case "city_revenue_share":
                return _ratio(total(tally.software), total(tally.software, "city")) * 100
            case "revenue_per_head":
                return _ratio(total(tally.software), total(tally.employees)) / _FEN_OF[target.unit]
            case "mean_rd_ratio":
                return _ratio(total(tally.rd_ratio), total(tally.count)) * 100
            case "aggregate_rd_ratio":
                return _ratio(total(tally.rd), total(tally.revenue)) * 100
        return self._leaders(target, tally)

    def _leaders(self, target: Target, tally: Tally) -> float:
        """The strict first hundred of the city, scaled."""
        values, groups = tally.leaders
        inside = np.isin(groups, self.places("city"))
        order = np.argsort(-values[inside], kind="stable")[: max(round(LEADERS * self.scale), 1)]
        chosen = values[inside][order]
        if not chosen.size:
            return 0.0
        match target.variable:
            case "leaders_revenue":
                return float(chosen.sum()) / _FEN_OF[target.unit]
            case "leaders_threshold":
                return float(chosen[-1]) / _FEN_OF[target.unit]
            case "leaders_count":
                return float(np.isin(groups[inside][order], self.places(target.group)).sum())
        message = f"校准目标“{target.id}”的变量“{target.variable}”不认识"
        raise CewenError.of("CW670", message, "照随软件附带的文件改。", Place("targets.csv"))


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else 0.0


def missed(outcomes: Sequence[Outcome]) -> list[Diagnostic]:
    """A finding (CW672) for each used target out of its tolerance."""
    found = []
    for each in outcomes:
        if each.is_met is False:
            message = (
                f"没有达到校准目标“{each.target.name}（{each.target.year}年）”：应为 {each.expected:.6g}"
                f"{each.target.unit}，生成的是 {each.simulated:.6g}{each.target.unit}（允许误差 {each.target.tolerance:g}%）"
            )
            remedy = "换一个 --seed 或增加 --enterprises；改过设定或目标的，核对 data/synth 里的数。"
            found.append(Diagnostic("CW672", message, remedy, Place("targets.csv", field=each.target.id)))
    return found
