"""District score card: plan beside result, weights of one version, the same to the last digit whoever computes it.

A missing cell has no score: the district gets an interval and a range of ranks, and says which cell is missing. An
estimated cell counts and is named.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Literal

from cewen.base.errors import CewenError

Flag = Literal["reported", "estimated", "missing", "not_set"]
FLAG_LABELS: dict[str, str] = {"reported": "上报", "estimated": "估计", "missing": "缺报", "not_set": "不考核"}


@dataclass(frozen=True, slots=True)
class ScoreItem:
    """Item of a score card (考核项): points, and the completion above which no more is given."""

    key: str
    label: str
    points: Fraction
    most: Fraction = Fraction(1)
    unit: str = ""


@dataclass(frozen=True, slots=True)
class ScoreCell:
    """Plan and result of a district for one item (计划与实际)."""

    district: str
    item: str
    plan: Fraction | None
    result: Fraction | None
    flag: Flag = "reported"


@dataclass(frozen=True, slots=True)
class Appeal:
    """Appeal against a cell (申诉): what was asked, what was decided, and the value that holds from then on."""

    district: str
    item: str
    on: date
    text: str
    decision: str
    result: Fraction | None


@dataclass(frozen=True, slots=True)
class DistrictScore:
    """Score of a district (得分), points out of those it is judged by, scaled to 100. `low` and `high` differ where a
    cell is missing; ranks are then a range. `notes` name every missing, estimated or appealed cell."""

    district: str
    low: Fraction
    high: Fraction
    best_rank: int
    worst_rank: int
    notes: tuple[str, ...]

    @property
    def is_settled(self) -> bool:
        return self.low == self.high

    @property
    def rank(self) -> str:
        """`3`, or `2—4` while a cell is missing."""
        return str(self.best_rank) if self.best_rank == self.worst_rank else f"{self.best_rank}—{self.worst_rank}"


@dataclass(frozen=True)
class ScoreCard:
    """Score card (考核记分卡) of one period under one version of the weights. `digest` is that of all that went in."""

    version: str
    scores: tuple[DistrictScore, ...]
    digest: str


def score_districts(
    version: str, items: tuple[ScoreItem, ...], cells: Iterable[ScoreCell], appeals: Iterable[Appeal] = ()
) -> ScoreCard:
    """Score every district that has a cell.

    Raises CewenError (CW809): points that are not 100 together, a cell of no item or said twice, a plan that is zero.
    """
    found = _cells(items, tuple(cells))
    notes: dict[str, list[str]] = {}
    trail = tuple(sorted(appeals, key=lambda each: (each.on, each.district, each.item)))
    for appeal in trail:
        key = (appeal.district, appeal.item)
        if key not in found:
            raise CewenError.of("CW809", f"申诉说的{appeal.district}“{appeal.item}”不在表里", "核对地区与考核项。")
        notes.setdefault(appeal.district, []).append(f"{appeal.on} 申诉“{appeal.text}”：{appeal.decision}")
        if appeal.result is not None:
            found[key] = replace(found[key], result=appeal.result, flag="reported")
    bounds: dict[str, tuple[Fraction, Fraction]] = {}
    for district in dict.fromkeys(district for district, _ in found):
        bounds[district] = _score(district, items, found, notes.setdefault(district, []))
    scores = [
        DistrictScore(
            district,
            low,
            high,
            1 + sum(other_low > high for other_low, _ in bounds.values()),
            1 + sum(other_high > low for other, (_, other_high) in bounds.items() if other != district),
            tuple(notes[district]),
        )
        for district, (low, high) in bounds.items()
    ]
    scores.sort(key=lambda each: (each.best_rank, each.worst_rank, each.district))
    return ScoreCard(version, tuple(scores), _digest(version, items, found, trail))


def _cells(items: tuple[ScoreItem, ...], cells: tuple[ScoreCell, ...]) -> dict[tuple[str, str], ScoreCell]:
    if sum(item.points for item in items) != 100:
        raise CewenError.of("CW809", "各考核项的分值加起来不是 100", "调整分值，另立一个版本。")
    known = {item.key for item in items}
    found: dict[tuple[str, str], ScoreCell] = {}
    for cell in cells:
        if cell.item not in known:
            raise CewenError.of("CW809", f"{cell.district}有没有定义的考核项“{cell.item}”", "核对考核项的编号。")
        if (cell.district, cell.item) in found:
            raise CewenError.of("CW809", f"{cell.district}的“{cell.item}”写了两遍", "只留一格。")
        if cell.flag != "not_set" and cell.plan is not None and cell.plan <= 0:
            raise CewenError.of(
                "CW809", f"{cell.district}“{cell.item}”的计划数不是正数", "没有下达目标的标为 not_set。"
            )
        found[cell.district, cell.item] = cell
    return found


def _score(
    district: str, items: tuple[ScoreItem, ...], cells: dict[tuple[str, str], ScoreCell], notes: list[str]
) -> tuple[Fraction, Fraction]:
    """Least and greatest score; what was not set for the district is taken out of both sides."""
    judged, low, high = Fraction(0), Fraction(0), Fraction(0)
    for item in items:
        cell = cells.get((district, item.key), ScoreCell(district, item.key, None, None, "missing"))
        if cell.flag == "not_set":
            continue
        judged += item.points
        if cell.flag == "missing" or cell.result is None or cell.plan is None:
            notes.append(f"“{item.label}”缺报，得分与名次是一个范围")
            high += item.points * item.most
            continue
        if cell.flag == "estimated":
            notes.append(f"“{item.label}”是估计数")
        completion = min(max(cell.result / cell.plan, Fraction(0)), item.most)
        low += item.points * completion
        high += item.points * completion
    if not judged:
        notes.append("没有一项下达目标，不计分")
        return Fraction(0), Fraction(0)
    return low * 100 / judged, high * 100 / judged


def _digest(
    version: str,
    items: tuple[ScoreItem, ...],
    cells: dict[tuple[str, str], ScoreCell],
    appeals: tuple[Appeal, ...],
) -> str:
    content = [
        version,
        [[item.key, str(item.points), str(item.most)] for item in items],
        sorted([cell.district, cell.item, str(cell.plan), str(cell.result), cell.flag] for cell in cells.values()),
        [[each.district, each.item, each.on.isoformat(), each.decision, str(each.result)] for each in appeals],
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode()).hexdigest()
