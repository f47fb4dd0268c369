"""Totals of a register that comes in blocks: exact, however many, in the memory of one block."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import astuple, dataclass, field
from typing import Protocol, runtime_checkable

from cewen.engine.columns.layout import Columns
from cewen.engine.columns.sums import DistrictSums, MeasureSums
from cewen.rules.lower import Plan


@runtime_checkable
class SummingBackend(Protocol):
    """A back-end (计算引擎) that adds up without giving rows, as the compiled kernel does."""

    def sums(
        self, plan: Plan, columns: Columns, *, year: int | None = None, as_if_in_force: bool = False
    ) -> tuple[MeasureSums, ...]: ...

    def all_sums(
        self, plan: Plan, columns: Columns, *, year: int | None = None, as_if_in_force: bool = False
    ) -> tuple[tuple[MeasureSums, ...], tuple[DistrictSums, ...]]: ...


@dataclass(slots=True)
class StreamSums:
    """Totals so far (累计): by measure in the order of the plan, and by measure and 注册地; money in whole fen."""

    plan: Plan
    enterprises: int = 0
    _measures: dict[str, list[int]] = field(default_factory=dict)
    _districts: dict[tuple[str, str | None], list[int]] = field(default_factory=dict)

    @property
    def by_measure(self) -> tuple[MeasureSums, ...]:
        none = [0] * 7
        return tuple(MeasureSums(each.key, *self._measures.get(each.key, none)) for each in self.plan.measures)

    @property
    def by_district(self) -> tuple[DistrictSums, ...]:
        """In the order of measures and, within one, of districts; those of no 注册地 last."""
        order = {measure.key: at for at, measure in enumerate(self.plan.measures)}
        found = sorted(self._districts, key=lambda key: (order[key[0]], key[1] is None, key[1] or ""))
        return tuple(DistrictSums(district, key, *self._districts[key, district]) for key, district in found)

    @property
    def total(self) -> tuple[int, int]:
        """Least and greatest total in fen."""
        sums = self.by_measure
        return sum(each.low for each in sums), sum(each.high for each in sums)

    def add(
        self, enterprises: int, by_measure: Iterable[MeasureSums], by_district: Iterable[DistrictSums] = ()
    ) -> None:
        """Count a block of enterprises that no earlier block held."""
        self.enterprises += enterprises
        for each in by_measure:
            key, *numbers = astuple(each)
            self._measures[key] = _plus(self._measures.get(key), numbers)
        for part in by_district:
            district, key, *numbers = astuple(part)
            self._districts[key, district] = _plus(self._districts.get((key, district)), numbers)


def stream_sums(
    backend: SummingBackend,
    plan: Plan,
    blocks: Iterable[Columns],
    *,
    year: int | None = None,
    as_if_in_force: bool = False,
) -> StreamSums:
    """What `evaluate(…).sums()` and `.district_sums()` of the whole give, block after block.

    `blocks` is a register cut between enterprises: `split`, `StoredRegister.blocks` or `RegisterStream.blocks`, best
    read ahead. Raises what the back-end and the blocks raise.
    """
    found = StreamSums(plan)
    for block in blocks:
        found.add(block.enterprise_count, *backend.all_sums(plan, block, year=year, as_if_in_force=as_if_in_force))
    return found


def _plus(total: list[int] | None, part: list[int]) -> list[int]:
    return part if total is None else [one + other for one, other in zip(total, part, strict=True)]
