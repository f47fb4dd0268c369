"""The page of a simulation: one self-contained file, charts as inline SVG, every chart with its table."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from cewen.base.certainty import Certainty
from cewen.base.money import display_money, yuan_text
from cewen.engine.simulate.bunching import BANDS
from cewen.engine.simulate.compare import GroupLine, MeasureLine, MoneyKind
from cewen.engine.simulate.contract import decimal_text
from cewen.engine.simulate.distribution import Distribution
from cewen.engine.simulate.ratio import ratio_text
from cewen.engine.simulate.simulate import Simulation
from cewen.engine.simulate.words import assumption_words

MOST_BARS = 16
"""Bars of one chart; the table holds all."""

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a chart: two amounts in fen and their lengths in thousandths of the longest of the chart."""

    label: str
    note: str
    style: str
    before: int
    after: int
    before_length: int
    after_length: int


@dataclass(frozen=True, slots=True)
class Columns:
    """Ten columns of a distribution, heights in thousandths of the highest of both sides."""

    kind: MoneyKind
    before: Distribution
    after: Distribution
    heights: tuple[tuple[int, int], ...]


def render_report(found: Simulation) -> str:
    """The page as text: no script, font, image or style from outside."""
    environment = Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {
        "money": display_money,
        "yuan": yuan_text,
        "share": _share,
        "decimal": decimal_text,
        "figure": "{:,}".format,
    }
    return environment.get_template("report.html.j2").render(
        css=Markup((_HERE / "report.css").read_text(encoding="utf-8")),
        found=found,
        kinds=tuple(MoneyKind),
        assumptions=assumption_words(found.settings),
        totals=_totals(found),
        measures=_measures(found.measures),
        districts={kind: _groups(found.districts, kind) for kind in MoneyKind},
        sizes={kind: _groups(found.sizes, kind) for kind in MoneyKind},
        years=_years(found),
        distributions=[_columns(kind, *both) for kind, both in found.distributions.items()],
        bands=[ratio_text(band) for band in BANDS],
        unlike=[line for line in found.measures if not line.is_same],
        alike=[line for line in found.measures if line.is_same and line.either.awards],
        dormant=list(dict.fromkeys(words for line in found.years for words in line.dormant)),
    )


def _share(value: Fraction) -> str:
    return ratio_text(value, 1)


def _bars(rows: Iterable[tuple[str, str, str, int, int]]) -> list[Bar]:
    """Zero-based: the longest amount of the chart is the whole width."""
    listed = list(rows)
    longest = max((max(before, after) for *_, before, after in listed), default=0) or 1
    return [
        Bar(label, note, style, before, after, before * 1000 // longest, after * 1000 // longest)
        for label, note, style, before, after in listed
    ]


def _totals(found: Simulation) -> list[Bar]:
    return _bars(
        [
            ("确定", "", "definite", found.before.cost.definite, found.after.cost.definite),
            ("另有上限，最高", "", "ceiling", found.before.cost.ceiling, found.after.cost.ceiling),
        ]
    )


def _measures(lines: Sequence[MeasureLine]) -> list[Bar]:
    """Measures whose money differs, the greatest difference first."""
    rows = []
    for line in lines:
        is_definite = line.either.measure.measure.certainty is Certainty.DEFINITE
        before, after = (tally.amount if tally else 0 for tally in (line.before, line.after))
        if before != after:
            measure = line.either.measure.measure
            rows.append((measure.title, measure.clause, "definite" if is_definite else "ceiling", before, after))
    rows.sort(key=lambda row: -abs(row[4] - row[3]))
    return _bars(rows[:MOST_BARS])


def _groups(lines: Sequence[GroupLine], kind: MoneyKind) -> list[Bar]:
    rows = []
    for line in lines:
        before, after = (getattr(cost, kind.value) for cost in (line.before, line.after))
        if before or after:
            rows.append((line.name, f"{line.enterprises:,} 家", kind.value, before, after))
    return _bars(rows[:MOST_BARS])


def _years(found: Simulation) -> dict[MoneyKind, list[Bar]]:
    charts = {}
    for kind in MoneyKind:
        rows = []
        for line in found.years:
            before, after = (getattr(side.cost, kind.value) for side in (line.before, line.after))
            rows.append((f"{line.on.year} 年", f"用 {line.facts_year} 年的数", kind.value, before, after))
        charts[kind] = _bars(rows)
    return charts


def _columns(kind: MoneyKind, before: Distribution, after: Distribution) -> Columns:
    highest = max((*before.deciles, *after.deciles)) or 1
    heights = tuple(
        (one * 1000 // highest, other * 1000 // highest)
        for one, other in zip(before.deciles, after.deciles, strict=True)
    )
    return Columns(kind, before, after, heights)
