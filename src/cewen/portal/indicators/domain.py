"""Targets as the pages show them: a word and a sign for each status, a spark line, a chart, rows of a file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from cewen.indicators.assess import Assessment, TargetStatus, chance, evidence
from cewen.indicators.contract import target_json
from cewen.indicators.definition import Indicators
from cewen.indicators.forecast.backtest import Backtest
from cewen.indicators.forecast.candidates import CANDIDATES
from cewen.indicators.forecast.project import NATION
from cewen.indicators.observation import Basis, Bound, Observation
from cewen.indicators.store import Observations
from cewen.indicators.unit import convert

SIGNS = {
    TargetStatus.MET: "✓", TargetStatus.MET_EARLY: "✓", TargetStatus.ON_TRACK: "→", TargetStatus.AT_RISK: "!",
    TargetStatus.OFF_TRACK: "✗", TargetStatus.MISSED: "✗", TargetStatus.NO_DATA: "?",
    TargetStatus.NOT_MEASURABLE: "—", TargetStatus.NOT_IN_FORCE: "·",
}  # fmt: skip
COLORS = {
    TargetStatus.MET: "met", TargetStatus.MET_EARLY: "met", TargetStatus.ON_TRACK: "track",
    TargetStatus.AT_RISK: "ceiling", TargetStatus.OFF_TRACK: "overdue", TargetStatus.MISSED: "overdue",
    TargetStatus.NO_DATA: "unknown", TargetStatus.NOT_MEASURABLE: "not_met", TargetStatus.NOT_IN_FORCE: "ceiling",
}  # fmt: skip
KIND_LABELS = {
    "target": "目标", "restated": "重述上级目标", "annual_obligation": "每年要办的事", "implied_full_coverage": "隐含全覆盖",
    "scope": "范围表述", "standard": "标准",
}  # fmt: skip
ORDER = [
    TargetStatus.MISSED, TargetStatus.OFF_TRACK, TargetStatus.AT_RISK, TargetStatus.ON_TRACK, TargetStatus.MET_EARLY,
    TargetStatus.MET, TargetStatus.NOT_IN_FORCE, TargetStatus.NO_DATA, TargetStatus.NOT_MEASURABLE,
]  # fmt: skip
"""What needs a reader first stands first."""


@dataclass(frozen=True, slots=True)
class Dot:
    """A published figure on a chart (图上的点): in the goal's unit at a decimal year; `is_best` leads the line."""

    at: float
    value: float
    is_best: bool
    observation: Observation


@dataclass(frozen=True, slots=True)
class Drawing:
    """What a chart shows (图的内容): figures, the line to reach, the way there, and the projection at the due year."""

    dots: tuple[Dot, ...]
    unit: str
    goal: float | None
    due: int | None
    way: tuple[tuple[float, float], tuple[float, float]] | None
    projection: tuple[float, float, float] | None

    @property
    def best(self) -> tuple[Dot, ...]:
        return tuple(each for each in self.dots if each.is_best)


@dataclass(frozen=True, slots=True)
class Axis:
    """Where values stand on a drawing (坐标): pixels for years and for values."""

    years: tuple[float, float]
    values: tuple[float, float]
    box: tuple[float, float, float, float]

    def x(self, at: float) -> float:
        left, _, right, _ = self.box
        first, last = self.years
        return round(left + (at - first) / ((last - first) or 1) * (right - left), 1)

    def y(self, value: float) -> float:
        _, top, _, bottom = self.box
        low, high = self.values
        return round(bottom - (value - low) / ((high - low) or 1) * (bottom - top), 1)


@dataclass(frozen=True, slots=True)
class TargetShown:
    """Target as a row of the list (目标一行)."""

    each: Assessment
    drawing: Drawing | None
    spark: dict[str, Any] | None

    @property
    def sign(self) -> str:
        return SIGNS[self.each.status]

    @property
    def color(self) -> str:
        return COLORS[self.each.status]

    @property
    def kind(self) -> str:
        return KIND_LABELS[self.each.target.kind]

    @property
    def aim(self) -> str:
        target, goal = self.each.target, self.each.goal
        return goal.words if goal else f"{target.value} {target.unit}"

    @property
    def chance(self) -> str | None:
        """Probability in percent, as the reason says it."""
        return None if self.each.outlook is None else chance(self.each.outlook.probability).removesuffix("%")

    @property
    def likelihood(self) -> float:
        """For sorting: the probability, and above all others where there is none."""
        return 2.0 if self.each.outlook is None else self.each.outlook.probability

    @property
    def observed(self) -> str:
        """The last evidence: 超 3500 亿元."""
        found = self.each.observed
        return "" if found is None else f"{found.bound.label}{float(found.value):g} {found.unit}"

    @property
    def policy_id(self) -> str:
        return self.each.policy.id

    @property
    def target_id(self) -> str:
        return self.each.target.id


def show(each: Assessment, known: Observations, indicators: Indicators) -> TargetShown:
    """A row with its spark line; none where there is no figure."""
    drawing = draw(each, known, indicators)
    return TargetShown(each, drawing, spark(drawing) if drawing else None)


def draw(each: Assessment, known: Observations, indicators: Indicators) -> Drawing | None:
    """Figures of a target's own series; for an average growth, the published growth of each year."""
    indicator, goal = each.indicator, each.goal
    if indicator is None:
        return None
    series = indicator
    if indicator.measure == "average_growth" and indicator.of is not None:
        series = indicators.growth_of(indicator.of) or indicator
    best, region, _ = evidence(known, series, each.target.region)
    leading = {one.id for one in best}
    unit = goal.unit if goal else series.unit
    dots: list[Dot] = []
    for one in known.vintages(series.key, region):
        value = convert(one.value, one.unit, unit)
        if value is None or one.basis is not Basis.CURRENT or (one.period.is_cumulative and series.measure != "stock"):
            continue
        dots.append(Dot(_decimal_year(one.period.end), float(value), one.id in leading, one))
    if not dots:
        return None
    due, threshold = each.target.year, float(goal.threshold) if goal else None
    leads = [dot for dot in dots if dot.is_best]
    way, is_done = None, each.status in (TargetStatus.MET, TargetStatus.MET_EARLY)
    if (
        not is_done
        and due is not None
        and threshold is not None
        and leads
        and leads[-1].at < due + 1
        and series is indicator
    ):
        way = ((leads[-1].at, leads[-1].value), (due + 1.0, threshold))
    outlook = each.outlook if series is indicator else None
    projection = (outlook.value, outlook.low, outlook.high) if outlook else None
    return Drawing(tuple(dots), unit, threshold, due, way, projection)


def _decimal_year(day: date) -> float:
    """The end of a day as a year with a fraction: 2024-12-31 is 2025.0."""
    return round(day.year + day.timetuple().tm_yday / (366 if day.year % 4 == 0 else 365), 3)


def _axis(drawing: Drawing, box: tuple[float, float, float, float], from_zero: bool) -> Axis:
    ats = [dot.at for dot in drawing.dots] + ([drawing.due + 1.0] if drawing.due else [])
    values = [dot.value for dot in drawing.dots] + ([drawing.goal] if drawing.goal is not None else [])
    values += list(drawing.projection or ())
    low, high = min(values), max(values)
    if from_zero:
        low = min(low, 0.0)
    reach = (high - low) or abs(high) or 1.0
    first, last = min(ats), max(ats)
    if first == last:
        first, last = first - 1, last + 1
    return Axis((first, last), (low if from_zero and low == 0 else low - reach * 0.06, high + reach * 0.08), box)


def spark(drawing: Drawing) -> dict[str, Any]:
    """Geometry of the spark line, 168 by 44: line, dots, goal, way and the band of the projection."""
    axis = _axis(drawing, (4, 4, 164, 40), False)
    best = drawing.best
    found: dict[str, Any] = {
        "line": " ".join(f"{axis.x(dot.at)},{axis.y(dot.value)}" for dot in best),
        "last": (axis.x(best[-1].at), axis.y(best[-1].value)) if best else None,
        "goal": axis.y(drawing.goal) if drawing.goal is not None else None,
        "way": None,
        "band": None,
    }
    if drawing.way:
        found["way"] = [
            axis.x(drawing.way[0][0]),
            axis.y(drawing.way[0][1]),
            axis.x(drawing.way[1][0]),
            axis.y(drawing.way[1][1]),
        ]
    if drawing.projection and drawing.due and best:
        found["band"] = _band(axis, drawing)
    return found


def _band(axis: Axis, drawing: Drawing) -> dict[str, Any]:
    assert drawing.projection is not None
    assert drawing.due is not None
    value, low, high = drawing.projection
    last, end = drawing.best[-1], axis.x(drawing.due + 1.0)
    start = f"{axis.x(last.at)},{axis.y(last.value)}"
    return {
        "area": f"{start} {end},{axis.y(high)} {end},{axis.y(low)}",
        "line": f"{start} {end},{axis.y(value)}",
        "x": end, "high": axis.y(high), "low": axis.y(low), "value": axis.y(value),
    }  # fmt: skip


WIDTH, HEIGHT = 760, 340


def chart(drawing: Drawing) -> dict[str, Any]:
    """Geometry of the large chart, 760 by 340, with ticks and labels; values from zero."""
    axis = _axis(drawing, (64, 24, WIDTH - 96, HEIGHT - 36), True)
    first, last = axis.years
    years = range(int(first) - (first == int(first)), int(last) + 1)
    every = max(1, -(-len(years) // 10))
    ticks = [
        {"x": axis.x(year + 1.0), "word": str(year)}
        for year in years
        if (last - year - 1) % every < 0.5 and first <= year + 1.0 <= last
    ]
    found: dict[str, Any] = spark(drawing) | {
        "width": WIDTH, "height": HEIGHT, "left": 64, "right": WIDTH - 96, "bottom": HEIGHT - 36,
        "years": ticks,
        "values": [{"y": axis.y(value), "word": f"{value:g}"} for value in _steps(*axis.values)],
        "line": " ".join(f"{axis.x(dot.at)},{axis.y(dot.value)}" for dot in drawing.best),
        "dots": [_dot(axis, dot, drawing.unit) for dot in drawing.dots],
        "goal": None, "way": None, "band": None, "unit": drawing.unit,
    }  # fmt: skip
    if drawing.best:
        newest = drawing.best[-1]
        word = f"{newest.observation.bound.label}{newest.value:g}"
        found["newest"] = {"x": axis.x(newest.at), "y": axis.y(newest.value), "word": word}
    if drawing.goal is not None:
        found["goal"] = {"y": axis.y(drawing.goal), "word": f"{drawing.goal:g}"}
    if drawing.way:
        (x1, y1), (x2, y2) = drawing.way
        found["way"] = [axis.x(x1), axis.y(y1), axis.x(x2), axis.y(y2)]
    if drawing.projection and drawing.due:
        found["band"] = _band(axis, drawing) | {"words": [f"{each:.0f}" for each in drawing.projection]}
    return found


def _dot(axis: Axis, dot: Dot, unit: str) -> dict[str, Any]:
    one = dot.observation
    title = (
        f"{one.period.label} {one.bound.label}{float(one.value):g} {one.unit}，{one.maturity.label}，"
        f"{one.published_on} 公布，{one.source_title}"
    )
    return {"x": axis.x(dot.at), "y": axis.y(dot.value), "is_best": dot.is_best, "title": title,
            "is_bound": one.bound in (Bound.LOWER, Bound.UPPER), "unit": unit}  # fmt: skip


def _steps(low: float, high: float) -> list[float]:
    """Four to seven round values between two."""
    rough = (high - low) / 5 or 1.0
    size = 10.0 ** (len(str(int(rough))) - 1) if rough >= 1 else 0.1
    while size * 10 <= rough:
        size *= 10
    while size > rough:
        size /= 10
    step = next(size * times for times in (1, 2, 5, 10) if size * times >= rough)
    first = int(low // step) + (0 if low % step == 0 else 1)
    return [round(step * at, 6) for at in range(first, int(high // step) + 1)]


def export_rows(found: Iterable[TargetShown]) -> Iterator[dict[str, Any]]:
    """The fields of the contract, one target a row; evidence and projection in columns of their own."""
    for shown in found:
        row = target_json(shown.each)
        observed, projection = row.pop("observed") or {}, row.pop("projection") or {}
        row["units"] = "、".join(shown.each.target.units)
        row |= {
            f"observed_{key}": observed.get(key)
            for key in ("value", "unit", "period", "bound", "published_on", "source", "url")
        }
        row |= {f"projection_{key}": projection.get(key) for key in ("value", "low", "high", "probability", "method")}
        yield row


def chart_rows(shown: TargetShown) -> Iterator[dict[str, Any]]:
    """What the chart of a target shows, one point a row: published figures, the goal, the projection with its range."""
    drawing = shown.drawing
    if drawing is None:
        return
    for dot in drawing.dots:
        one = dot.observation
        yield {"kind": "published" if dot.is_best else "other_version", "period": one.period.text, "value": dot.value,
               "low": None, "high": None, "unit": drawing.unit, "bound": one.bound.code, "published_on": one.published_on,
               "source": one.source_title}  # fmt: skip
    plain = {"unit": drawing.unit, "bound": "", "published_on": None, "source": ""}
    if drawing.goal is not None:
        yield {"kind": "goal", "period": str(drawing.due or ""), "value": drawing.goal, "low": None, "high": None, **plain,
               "source": f"{shown.each.policy.header.title} {shown.each.target.clause}"}  # fmt: skip
    if drawing.projection:
        value, low, high = drawing.projection
        yield {
            "kind": "projection",
            "period": str(drawing.due or ""),
            "value": value,
            "low": low,
            "high": high,
            **plain,
        }


def champions(backtests: Sequence[tuple[str, Backtest]], method: str) -> list[dict[str, Any]]:
    """For each series and distance with enough trials: what every candidate was wrong by, and which one is best.

    `method` is the sentence of the projection; the distance it speaks of is the one open at first.
    """
    shown = []
    for region, test in backtests:
        for distance in sorted({trial.distance for trial in test.trials}):
            scores, champion = test.scores(distance), test.champion(distance)
            scored = {score.candidate.name: score for score in scores}
            if not scored:
                continue
            shown.append({
                "region": region, "distance": distance.label,
                "is_used": f"（{distance.label}，" in method and ((region == NATION) == (f"，{NATION}的回测" in method)
                                                                or len(backtests) == 1),
                "rows": [
                    {"candidate": each, "score": scored.get(each.name),
                     "error": f"{scored[each.name].mean_absolute_error * 100:.2f}%" if each.name in scored else "",
                     "spread": f"{scored[each.name].spread * 100:.2f}%" if each.name in scored else "",
                     "is_champion": champion is not None and champion.candidate.name == each.name}
                    for each in CANDIDATES
                    if each.name in scored
                ],
                "untried": [each.label for each in CANDIDATES if each.name not in scored],
            })  # fmt: skip
    return shown
