"""The page put together: sums, bars, enterprises, clauses, rendered by one template."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from cewen.base.certainty import Certainty
from cewen.base.money import display_money, yuan_text
from cewen.base.period import last_full_year
from cewen.engine.batch import EnterpriseResults
from cewen.engine.report.clause_text import clause_texts
from cewen.engine.report.next_step import NextStep, NextStepFinder
from cewen.engine.result import Result, Status
from cewen.engine.summary import DistrictSummary, MeasureSummary, Summary, Sums, district_code, region_name
from cewen.rules.lower import LoweredMeasure, Plan

MOST_ENTERPRISES = 2000
"""Enterprises listed one by one; of a greater register the first ones, and the page says so."""

_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class AwardLine:
    """One award or open question of an enterprise on the page."""

    measure: LoweredMeasure
    anchor: str
    object_name: str
    style: str
    high: int | None
    words: str
    simulated: str
    suppressed: str


@dataclass(slots=True)
class Entry:
    """One enterprise on the page."""

    uscc: str
    name: str
    district: str
    sums: Sums = field(default_factory=Sums)
    awards: list[AwardLine] = field(default_factory=list)
    unknown: list[AwardLine] = field(default_factory=list)
    not_met: int = 0
    step: NextStep | None = None


class ReportBuilder:
    """Takes the enterprises as they are evaluated; `html` gives the page once all went by."""

    def __init__(self, plan: Plan, summary: Summary, *, year: int | None = None, as_if_in_force: bool = False) -> None:
        self.plan, self.summary, self.as_if_in_force = plan, summary, as_if_in_force
        self.year = last_full_year(plan.on) if year is None else year
        self.anchors = {measure.key: f"m{index}" for index, measure in enumerate(plan.measures, start=1)}
        self.finder = NextStepFinder(plan, year=self.year, as_if_in_force=as_if_in_force)
        self.entries: list[Entry] = []
        self.left_out = 0

    def add(self, results: EnterpriseResults) -> None:
        """One enterprise, with its next step. Beyond `MOST_ENTERPRISES` it is counted only."""
        if len(self.entries) >= MOST_ENTERPRISES:
            self.left_out += 1
            return
        code = district_code(results)
        district = "注册地未填" if code is None else region_name(self.plan.corpus.regions, code)
        entry = Entry(results.uscc, results.name or "（未填名称）", district)
        for result in results.evaluation.results:
            entry.sums.add(result)
            if result.status is Status.MET:
                entry.awards.append(self._line(result))
            elif result.status is Status.UNKNOWN:
                entry.unknown.append(self._line(result))
            elif result.status is Status.NOT_MET:
                entry.not_met += 1
        entry.step = self.finder.find(results)
        self.entries.append(entry)

    def _line(self, result: Result) -> AwardLine:
        name = "" if result.subject == "enterprise" else result.object_name or result.subject
        header = result.measure.policy.header
        style, words = _words(result)
        return AwardLine(
            result.measure,
            self.anchors[result.measure.key],
            name,
            style,
            result.amount.high if result.amount else None,
            words,
            f"假定施行：{result.simulated.says(header.validity)}" if result.simulated else "",
            result.suppressed_by.reason if result.suppressed_by else "",
        )

    def html(self) -> str:
        """The page as text: no script, font, image or style from outside."""
        environment = Environment(
            loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
            lstrip_blocks=True,
        )  # fmt: skip
        environment.filters |= {"money": display_money, "yuan": yuan_text, "day": _day}
        measures = [each for each in self.summary.measures.values() if _speaks(each)]
        shown = [each.measure for each in self.summary.measures.values() if not each.results[Status.NOT_IN_FORCE]]
        titles = {measure.key: measure.measure.title for measure in self.plan.measures}
        return environment.get_template("page.html.j2").render(
            css=Markup((_HERE / "page.css").read_text(encoding="utf-8")),
            script=Markup((_HERE / "page.js").read_text(encoding="utf-8")),
            summary=self.summary,
            on=self.plan.on,
            year=self.year,
            simulated=self.as_if_in_force,
            policies=[policy.header for policy in self.plan.corpus.policies],
            dormant=_dormant(self.summary),
            measures=_bars(measures),
            districts=_district_bars(self.summary.districts),
            entries=self.entries,
            left_out=self.left_out,
            steps=_best_steps(self.entries),
            clauses=list(clause_texts(shown, self.anchors)),
            anchors=self.anchors,
            titles=titles,
            Status=Status,
        )


def _words(result: Result) -> tuple[str, str]:
    """Style and words before the amount: 最高, 择优，最高, 一事一议, 待核实 with what is missing."""
    certainty = result.measure.measure.certainty
    if result.status is Status.UNKNOWN:
        bound = "，至多" if result.amount else ""
        return "unknown", f"待核实：还缺 {'、'.join(result.need_labels) or '人工判断'}{bound}"
    if result.amount is None:
        return "ceiling", "一事一议" if certainty is Certainty.CASE_BY_CASE else f"{certainty.label}，数额未写明"
    if certainty is Certainty.DEFINITE:
        return "met", "确定"
    return "ceiling", "择优，最高" if certainty is Certainty.SELECTIVE else "最高"


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of a chart: lengths in thousandths of the longest."""

    row: MeasureSummary | DistrictSummary
    definite: int
    ceiling: int


def _bars(measures: list[MeasureSummary]) -> list[Bar]:
    """Most money first; measures without a number after them, most awards first."""
    longest = max((each.sums.high for each in measures), default=0) or 1
    order = sorted(measures, key=lambda each: (-each.sums.high, -each.sums.open_count))
    return [_bar(each, each.sums, longest) for each in order]


def _district_bars(districts: tuple[DistrictSummary, ...]) -> list[Bar]:
    longest = max((each.sums.high for each in districts), default=0) or 1
    return [_bar(each, each.sums, longest) for each in districts]


def _bar(row: MeasureSummary | DistrictSummary, sums: Sums, longest: int) -> Bar:
    return Bar(row, sums.definite * 1000 // longest, sums.ceiling * 1000 // longest)


def _speaks(each: MeasureSummary) -> bool:
    return bool(each.results[Status.MET] or each.results[Status.UNKNOWN] or each.results[Status.NOT_MET])


def _dormant(summary: Summary) -> list[str]:
    """Documents that were not evaluated, with why."""
    words = (
        f"《{each.measure.policy.header.title}》{each.in_force.says(each.measure.policy.header.validity)}"
        for each in summary.measures.values()
        if each.results[Status.NOT_IN_FORCE]
    )
    return list(dict.fromkeys(words))


def _best_steps(entries: list[Entry], most: int = 20) -> list[Entry]:
    with_step = [entry for entry in entries if entry.step is not None and entry.step.gain > 0]
    return sorted(with_step, key=lambda entry: -entry.step.gain if entry.step else 0)[:most]


def _day(value: date) -> str:
    return f"{value.year}年{value.month}月{value.day}日"
