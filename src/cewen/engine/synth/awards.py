"""Awards already made: eligible by the facts of the year before, taken up by a stable draw."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from cewen.engine.synth.cells import YUAN
from cewen.engine.synth.frame import Field
from cewen.engine.synth.objects import Batch, Objects
from cewen.engine.synth.points import Enterprises
from cewen.engine.synth.scenario import Amount, AwardRule, Condition
from cewen.engine.synth.seed import Flags, Integers
from cewen.rules.regions import Regions

_PANEL = {"revenue": "revenue", "software_revenue": "software", "rd_spend": "rd", "employees": "employees"}
HEADERS = ("统一社会信用代码", "措施", "日期", "金额:fen", "对象", "档次")


class Awards:
    """Past awards (已获奖补) of a chunk."""

    def __init__(self, enterprises: Enterprises, objects: Objects, regions: Regions) -> None:
        self.enterprises, self.objects, self.regions = enterprises, objects, regions
        self.tables: list[pa.RecordBatch] = []
        for rule in enterprises.model.basis.scenario.awards:
            if rule.subject == "project":
                for batch in objects.projects:
                    if batch.kind == rule.kind:
                        self._rule(rule, batch)
            else:
                self._rule(rule, None)

    def fields(self) -> list[Field]:
        """The columns of all awards of the chunk."""
        parts = self.tables
        return [
            Field(header, pa.concat_arrays([part.column(at) for part in parts])) for at, header in enumerate(HEADERS)
        ]

    def _rule(self, rule: AwardRule, batch: Batch | None) -> None:
        enterprises = self.enterprises
        count = enterprises.count if batch is None else batch.count
        rows = np.arange(count) if batch is None else batch.rows
        inside = np.array([
            self.regions.lies_in(location.code, rule.region) for location in enterprises.model.basis.locations
        ])[enterprises.latent.place[rows]]  # fmt: skip
        if batch is None:
            inside &= enterprises.kinds[rule.kind]
        streams, chunk = enterprises.model.streams, enterprises.chunk
        taken = inside & (streams.uniform(f"take-up:{rule.measure}", chunk, count) < rule.take_up)
        turn = streams.generator(f"award-date:{rule.measure}", chunk).integers(0, len(rule.dates), count)
        paid = streams.uniform(f"paid:{rule.measure}", chunk, count)
        for at, day in enumerate(rule.dates):
            year = day.year - 1
            chosen = taken & (turn == at) if rule.once else taken.copy()
            try:
                for condition in rule.conditions:
                    chosen &= self._holds(condition, batch, year)
                amount, tiers = self._amount(rule, batch, year)
            except _Unknown:  # the register does not reach back so far
                chosen, (amount, tiers) = np.zeros(count, bool), (np.zeros(count, np.int64), None)
            chosen &= amount > 0
            kept = np.flatnonzero(chosen)
            low, high = rule.paid
            if low < high:
                amount = np.floor(amount * (low + (high - low) * paid) / YUAN).astype(np.int64) * YUAN
            self._add(rule, batch, day, kept, rows[kept], amount[kept], tiers)

    def _add(
        self,
        rule: AwardRule,
        batch: Batch | None,
        day: Any,
        kept: Integers,
        rows: Integers,
        amount: Integers,
        tiers: Integers | None,
    ) -> None:
        count = len(kept)
        nothing = pa.nulls(count, pa.string())
        objects = nothing if batch is None else batch.names(self.enterprises).take(pa.array(kept))
        names = nothing
        if tiers is not None and rule.levels is not None:
            names = pa.array([rule.levels.tiers[int(level)][0] for level in tiers[kept]], pa.string())
        self.tables.append(
            pa.RecordBatch.from_arrays(
                [
                    self.enterprises.codes.take(pa.array(rows)),
                    pa.array([rule.measure] * count, pa.string()),
                    pa.array([day] * count, pa.date32()),
                    pa.array(amount, pa.int64()),
                    objects,
                    names,
                ],
                HEADERS,
            )
        )

    def _value(self, key: str, batch: Batch | None, year: int) -> Integers:
        """A fact in a year; of the project where it is one of its facts."""
        if batch is not None and key in batch.values:
            return np.asarray(batch.values[key])
        span = self.enterprises.years
        if year not in span:
            raise _Unknown
        found: Integers = getattr(self.enterprises.panel, _PANEL[key])[self.enterprises.model.span.index(year)]
        found = found * (self.enterprises.latent.founded <= year)
        return found if batch is None else found[batch.rows]

    def _holds(self, condition: Condition, batch: Batch | None, year: int) -> Flags:
        value = self._value(condition.fact, batch, year)
        if condition.is_true:
            return value.astype(bool)
        if condition.growth is not None:
            part, whole = condition.growth
            before = self._value(condition.fact, batch, year - 1)
            return (before > 0) & ((value - before) * whole >= before * part)
        if condition.of is not None and condition.ratio is not None:
            part, whole = condition.ratio
            enough: Flags = value * whole >= self._value(condition.of, batch, year) * part
            return enough
        found = np.ones(len(value), bool)
        if condition.least is not None:
            found &= value >= condition.least
        if condition.most is not None:
            found &= value <= condition.most
        return found

    def _amount(self, rule: AwardRule, batch: Batch | None, year: int) -> tuple[Integers, Integers | None]:
        """Amount in fen, rounded half up, and the level it rests on."""
        if rule.levels is not None:
            levels = self.enterprises.levels[rule.levels.fact]
            table = np.zeros(max(int(levels.max(initial=0)), *rule.levels.tiers) + 1, np.int64)
            for level, (_, amount) in rule.levels.tiers.items():
                table[level] = amount
            return table[levels], levels
        assert rule.amount is not None
        return self._share(rule.amount, batch, year), None

    def _share(self, amount: Amount, batch: Batch | None, year: int) -> Integers:
        if amount.increase is not None:
            base = self._value(amount.increase, batch, year) - self._value(amount.increase, batch, year - 1)
        else:
            parts = [self._value(key, batch, year) for key in amount.facts]
            base = np.sum(parts, axis=0)
        part, whole = amount.ratio
        found: Integers = np.minimum((2 * part * np.maximum(base, 0) + whole) // (2 * whole), amount.cap)
        return found


class _Unknown(Exception):
    """A year the register does not hold."""
