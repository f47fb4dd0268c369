"""The simulation itself: one register, the rules as they are and as they would be, everything that follows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

from cewen.base.diagnostic import Diagnostic
from cewen.base.period import InForce, last_full_year
from cewen.engine.columns.layout import Columns
from cewen.engine.columns.results import ColumnResults
from cewen.engine.simulate.allocate import Allocation, Budget, allocate
from cewen.engine.simulate.apply import Reformed
from cewen.engine.simulate.baseline import Baseline
from cewen.engine.simulate.bunching import Bunching
from cewen.engine.simulate.change import Change
from cewen.engine.simulate.compare import Balance, GroupLine, MeasureLine, MoneyKind, Shift, compare_measures
from cewen.engine.simulate.difference import Difference
from cewen.engine.simulate.distribution import Distribution
from cewen.engine.simulate.evaluate import AUTO, REFERENCE, fastest_engine, open_engine, shown_engine
from cewen.engine.simulate.notices import dormant_notices, reform_notices
from cewen.engine.simulate.project import Growth, grow, same_day, with_awards
from cewen.engine.simulate.shift import balance, shift
from cewen.engine.simulate.splice import evaluate_difference, lower_difference
from cewen.engine.simulate.take_up import TakeUp
from cewen.engine.simulate.tally import Applicants, Cost, Tally, tally
from cewen.rules.load import Corpus
from cewen.rules.lower import Plan, lower_corpus


@dataclass(frozen=True, slots=True)
class Settings:
    """What is assumed (假定): date, engine, who applies, years ahead, growth, budget.

    `engine` is a name, the address of a database, or "auto" for what is fastest.
    """

    on: date
    engine: str = REFERENCE
    year: int | None = None
    as_if_in_force: bool = False
    take_up: TakeUp = field(default_factory=TakeUp)
    years: int = 0
    growth: Growth = field(default_factory=Growth)
    budget: Budget | None = None

    @property
    def facts_year(self) -> int:
        """The year annual facts mean on the date."""
        return last_full_year(self.on) if self.year is None else self.year

    def engine_for(self, enterprises: int) -> str:
        """The engine to use for so many enterprises: the one named, or the fastest for all years on both sides."""
        return fastest_engine(enterprises * (1 + 2 * self.years)) if self.engine == AUTO else self.engine


@dataclass(frozen=True, slots=True)
class Side:
    """One side's totals (一侧的合计)."""

    cost: Cost
    awards: int
    entitled: int

    @classmethod
    def of(cls, found: Tally) -> Side:
        return cls(found.cost, found.award_count, found.entitled)


@dataclass(frozen=True, slots=True)
class YearLine:
    """One year of a projection (逐年): the day asked about, the year of the facts, both sides."""

    on: date
    facts_year: int
    before: Side
    after: Side
    dormant: tuple[str, ...]
    """Titles of documents not in force then on the reformed side."""


@dataclass(frozen=True)
class Simulation:
    """Result of a simulation (模拟结果): everything the page, the workbook and the JSON show."""

    title: str
    before_title: str
    after_title: str
    settings: Settings
    enterprises: int
    changes: tuple[Change, ...]
    findings: tuple[Diagnostic, ...]
    before: Side
    after: Side
    measures: tuple[MeasureLine, ...]
    districts: tuple[GroupLine, ...]
    sizes: tuple[GroupLine, ...]
    fields: tuple[GroupLine, ...]
    balance: Balance
    shifts: tuple[Shift, ...]
    distributions: dict[MoneyKind, tuple[Distribution, Distribution]]
    bunching: tuple[tuple[Bunching, ...], tuple[Bunching, ...]]
    years: tuple[YearLine, ...]
    allocations: tuple[Allocation, Allocation] | None


class Simulator:
    """A register under the rules as they are, kept warm (模拟器): each reform is evaluated for what it changes only.

    `reading` changes every plan before it is evaluated, for rules read in another way (see `against`). `settings`
    names the engine that is used.
    """

    def __init__(
        self, corpus: Corpus, columns: Columns, settings: Settings, reading: Callable[[Plan], Plan] | None = None
    ) -> None:
        engine = settings.engine_for(columns.enterprise_count)
        self.corpus, self.columns, self.reading = corpus, columns, reading
        self.settings = replace(settings, engine=shown_engine(engine))
        self.backend = open_engine(engine)
        self.applicants = Applicants(columns, settings.take_up)
        self.results = self._evaluate(self._lower(corpus, settings.on), columns, settings.facts_year)
        self.tally = tally(self.results, self.applicants)
        self.baseline = Baseline(columns, self.settings.facts_year, self.tally)

    def reform(self, reformed: Reformed) -> tuple[ColumnResults, Tally]:
        """Results and tally under a reform; only what the reform reaches is computed."""
        plan = lower_difference(self.results.plan, reformed.corpus)
        results = evaluate_difference(self.backend, self.results, plan)
        return results, tally(results, self.applicants, (self.results, self.tally))

    def simulate(self, reformed: Reformed, title: str) -> Simulation:
        """The rules as they are beside the reform."""
        results, after = self.reform(reformed)
        findings = (*reformed.findings, *reform_notices(reformed, self.results, results))
        return self._compare(title, "现行", "改革后", reformed.corpus, results, after, reformed.changes, findings)

    def against(self, other: Corpus, title: str, before_title: str, after_title: str) -> Simulation:
        """The policies of this simulator beside those of another corpus, on the same register."""
        results = self._evaluate(self._lower(other, self.settings.on), self.columns, self.settings.facts_year)
        after = tally(results, self.applicants)
        findings = (*dormant_notices(self.results), *dormant_notices(results))
        return self._compare(title, before_title, after_title, other, results, after, (), findings)

    def _lower(self, corpus: Corpus, on: date) -> Plan:
        plan = lower_corpus(corpus, on)
        return plan if self.reading is None else self.reading(plan)

    def _evaluate(self, plan: Plan, columns: Columns, year: int) -> ColumnResults:
        return self.backend.evaluate(plan, columns, year=year, as_if_in_force=self.settings.as_if_in_force)

    def _compare(
        self,
        title: str,
        before_title: str,
        after_title: str,
        corpus: Corpus,
        results: ColumnResults,
        after: Tally,
        changes: tuple[Change, ...],
        findings: tuple[Diagnostic, ...],
    ) -> Simulation:
        before, known = self.tally, self.baseline
        difference = Difference.between(before, after)
        district = known.district.grouping
        return Simulation(
            title=title,
            before_title=before_title,
            after_title=after_title,
            settings=self.settings,
            enterprises=self.columns.enterprise_count,
            changes=changes,
            findings=findings,
            before=Side.of(before),
            after=Side.of(after),
            measures=compare_measures(before, after),
            districts=known.by_district(difference),
            sizes=known.by_size(difference),
            fields=known.by_field(difference),
            balance=balance(difference),
            shifts=tuple(shift(self.columns, district, difference, kind) for kind in MoneyKind),
            distributions={kind: known.distribution(kind, difference) for kind in MoneyKind},
            bunching=(self._bunching(self.results), self._bunching(results)),
            years=self._years(corpus, results, after),
            allocations=self._allocations(results),
        )

    def _bunching(self, results: ColumnResults) -> tuple[Bunching, ...]:
        live = tuple(
            each.measure for each in results.by_measure if results.as_if_in_force or each.in_force is InForce.IN_FORCE
        )
        return self.baseline.thresholds.find(replace(results.plan, measures=live))

    def _allocations(self, results: ColumnResults) -> tuple[Allocation, Allocation] | None:
        budget = self.settings.budget
        if budget is None:
            return None
        return allocate(self.results, self.applicants, budget), allocate(results, self.applicants, budget)

    def _years(self, corpus: Corpus, results: ColumnResults, after: Tally) -> tuple[YearLine, ...]:
        """The year asked about and `years` more; each side keeps its own history of awards."""
        if not self.settings.years:
            return ()
        sides = [(self.corpus, self.results), (corpus, results)]
        totals = [Side.of(self.tally), Side.of(after)]
        lines = [YearLine(self.settings.on, self.settings.facts_year, totals[0], totals[1], _dormant(results))]
        for ahead in range(1, self.settings.years + 1):
            on, year = same_day(self.settings.on, ahead), self.settings.facts_year + ahead
            for at, (rules, latest) in enumerate(sides):
                applicants = replace(self.applicants, columns=latest.columns)
                columns = with_awards(latest.columns, latest, applicants)
                columns = grow(columns, year - 1, self.settings.growth)
                sides[at] = (rules, self._evaluate(self._lower(rules, on), columns, year))
                totals[at] = Side.of(tally(sides[at][1], applicants))
            lines.append(YearLine(on, year, totals[0], totals[1], _dormant(sides[1][1])))
        return tuple(lines)


def _dormant(results: ColumnResults) -> tuple[str, ...]:
    if results.as_if_in_force:
        return ()
    titles = (
        f"《{each.measure.policy.header.title}》{each.in_force.says(each.measure.policy.header.validity)}"
        for each in results.by_measure
        if each.in_force is not InForce.IN_FORCE
    )
    return tuple(dict.fromkeys(titles))
