"""Sums over a register: by measure, by district, in all. What is definite and what is "at most" never mix."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from cewen.base.certainty import Certainty
from cewen.base.money import yuan_text
from cewen.base.period import InForce
from cewen.engine.batch import EnterpriseResults
from cewen.engine.result import Result, Status
from cewen.rules.lower import LoweredMeasure, Plan
from cewen.rules.regions import Regions


@dataclass(slots=True)
class Sums:
    """Money in fen: `definite` is owed, `ceiling` is at most (上限、择优); `open_count` awards have no number."""

    definite: int = 0
    ceiling: int = 0
    open_count: int = 0

    @property
    def high(self) -> int:
        return self.definite + self.ceiling

    def add(self, result: Result) -> None:
        if result.status is not Status.MET or result.suppressed_by is not None:
            return
        if result.amount is None:
            self.open_count += 1
        elif result.measure.measure.certainty is Certainty.DEFINITE:
            self.definite += result.amount.high
        else:
            self.ceiling += result.amount.high


@dataclass(slots=True)
class MeasureSummary:
    """One measure over the register. `results` counts lines by status, `enterprises` each enterprise once, at its best."""

    measure: LoweredMeasure
    in_force: InForce
    simulated: bool
    sums: Sums = field(default_factory=Sums)
    low: int = 0
    high: int = 0
    suppressed: int = 0
    results: dict[Status, int] = field(default_factory=lambda: dict.fromkeys(Status, 0))
    enterprises: dict[Status, int] = field(default_factory=lambda: dict.fromkeys(Status, 0))

    def add(self, results: Iterable[Result]) -> None:
        """The results of one enterprise for this measure."""
        best: Status | None = None
        for result in results:
            self.results[result.status] += 1
            self.suppressed += result.suppressed_by is not None
            self.sums.add(result)
            if result.counts and result.amount is not None:
                self.low += result.amount.low
                self.high += result.amount.high
            if best is None or _ORDER.index(result.status) < _ORDER.index(best):
                best = result.status
        if best is not None:
            self.enterprises[best] += 1

    def to_json(self) -> dict[str, Any]:
        shape: dict[str, Any] = {
            "measure": self.measure.key,
            "met": self.results[Status.MET],
            "unknown": self.results[Status.UNKNOWN],
            "not_met": self.results[Status.NOT_MET],
            "low": yuan_text(self.low),
            "high": yuan_text(self.high),
        }
        if self.simulated:
            shape["as_if_in_force"] = self.in_force.value
        return shape


_ORDER = (Status.MET, Status.UNKNOWN, Status.NOT_MET, Status.NOT_IN_FORCE)


@dataclass(slots=True)
class DistrictSummary:
    """One 注册地 as recorded: enterprises there, those that get something, and the money."""

    code: str | None
    name: str
    enterprises: int = 0
    entitled: int = 0
    sums: Sums = field(default_factory=Sums)


@dataclass(slots=True)
class NeedSummary:
    """A missing fact (待核实): in how many enterprises and results it is what keeps the answer open."""

    label: str
    enterprises: int = 0
    results: int = 0


class Summary:
    """Grows by one enterprise at a time."""

    def __init__(self, plan: Plan, *, as_if_in_force: bool = False) -> None:
        self.plan, self.as_if_in_force = plan, as_if_in_force
        self.enterprises = self.entitled = 0
        self.sums = Sums()
        self.low = 0
        self.measures = {measure.key: self._measure(measure) for measure in plan.measures}
        self._districts: dict[str | None, DistrictSummary] = {}
        self._needs: dict[str, NeedSummary] = {}

    def _measure(self, measure: LoweredMeasure) -> MeasureSummary:
        in_force = measure.policy.header.validity.on(self.plan.on)
        return MeasureSummary(measure, in_force, self.as_if_in_force and in_force is not InForce.IN_FORCE)

    def add(self, results: EnterpriseResults) -> None:
        """Count one enterprise."""
        self.enterprises += 1
        district = self._district(results)
        by_measure: dict[str, list[Result]] = {}
        entitled = False
        needed: set[str] = set()
        for result in results.evaluation.results:
            by_measure.setdefault(result.measure.key, []).append(result)
            self.sums.add(result)
            district.sums.add(result)
            entitled = entitled or (result.status is Status.MET and result.suppressed_by is None)
            if result.counts and result.amount is not None:
                self.low += result.amount.low
            for label in result.need_labels:
                need = self._needs.setdefault(label, NeedSummary(label))
                need.results += 1
                need.enterprises += label not in needed
                needed.add(label)
        for key, own in by_measure.items():
            self.measures[key].add(own)
        self.entitled += entitled
        district.enterprises += 1
        district.entitled += entitled

    def watch(self, stream: Iterable[EnterpriseResults]) -> Iterator[EnterpriseResults]:
        """Count what flows by."""
        for results in stream:
            self.add(results)
            yield results

    def _district(self, results: EnterpriseResults) -> DistrictSummary:
        code = district_code(results)
        if code not in self._districts:
            name = "注册地未填" if code is None else region_name(self.plan.corpus.regions, code)
            self._districts[code] = DistrictSummary(code, name)
        return self._districts[code]

    @property
    def districts(self) -> tuple[DistrictSummary, ...]:
        """Most money first; then most enterprises."""
        order = sorted(
            self._districts.values(), key=lambda each: (-each.sums.high, -each.enterprises, each.code or "~")
        )
        return tuple(order)

    @property
    def needs(self) -> tuple[NeedSummary, ...]:
        """The missing facts, those that hold up most results first."""
        return tuple(sorted(self._needs.values(), key=lambda need: (-need.results, need.label)))

    def to_json(self, engine: str, findings: int) -> dict[str, Any]:
        """The shape of the contract. `findings` are the warnings of the register: errors would have stopped it."""
        return {
            "on": self.plan.on.isoformat(),
            "engine": engine,
            "enterprises": self.enterprises,
            "findings": findings,
            "measures": [measure.to_json() for measure in self.measures.values()],
            "total": {"low": yuan_text(self.low), "high": yuan_text(self.sums.high)},
        }


def district_code(results: EnterpriseResults) -> str | None:
    """注册地 of an enterprise; None where it is not given."""
    value = results.sheet.enterprise.values.get(("registered_in", None))
    return value if isinstance(value, str) else None


def region_name(regions: Regions, code: str) -> str:
    """A region with the city it lies in: 武汉市洪山区; a city or province alone."""
    chain = regions.chain(code)
    if not chain:
        return code
    own = chain[0]
    above = (each.name for each in chain[1:] if each.level in ("city", "province") and not _is_placeholder(each.name))
    outer = "" if own.level in ("city", "province", "country") else next(above, "")
    return own.name if own.name.startswith(outer.removesuffix("市")) else outer + own.name


def _is_placeholder(name: str) -> bool:
    """GB/T 2260 groups what a province or municipality rules directly under names that are no place."""
    return name in ("市辖区", "县") or name.endswith("直辖县级行政区划")
