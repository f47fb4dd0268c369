"""Years ahead: annual facts grow by stated rates, awards made in one year are history in the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from types import MappingProxyType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from cewen.base.errors import CewenError
from cewen.engine.columns.layout import AWARDS, OBJECT_NAME, USCC, Columns
from cewen.engine.columns.results import ColumnResults
from cewen.engine.simulate.ratio import ratio_text
from cewen.engine.simulate.tally import Applicants
from cewen.rules.facts import Fact
from cewen.rules.lower import Plan
from cewen.rules.types import Kind


@dataclass(frozen=True, slots=True)
class Growth:
    """Growth (增长率) a year: `rate` for annual money facts, `by_fact` (keys) for single facts; the rest stays."""

    rate: Fraction = Fraction(0)
    by_fact: Mapping[str, Fraction] = field(default_factory=lambda: MappingProxyType({}))

    def of(self, fact: Fact) -> Fraction:
        return self.by_fact.get(fact.key, self.rate if fact.type is Kind.MONEY else Fraction(0))


def grow(columns: Columns, year: int, growth: Growth) -> Columns:
    """The columns with facts of the year after `year`: of the register where it has them, else grown, half up.

    Raises CewenError (CW647) where a grown value passes what a record may hold, naming the fact.
    """
    tables = dict(columns.tables)
    for fact in columns.layout.vocabulary:
        if not fact.is_annual or not columns.layout.has_column(fact) or fact.subject not in tables:
            continue
        table, name = tables[fact.subject], columns.layout.column(fact, year)
        if name not in table.column_names:
            continue
        grown = _grown(fact, table[name], growth.of(fact) if fact.type.is_number else Fraction(0), year + 1)
        new = columns.layout.column(fact, year + 1)
        if new in table.column_names:
            at = table.column_names.index(new)
            tables[fact.subject] = table.set_column(at, new, pc.coalesce(table[new], grown))
        else:
            tables[fact.subject] = table.append_column(new, grown)
    return replace(columns, tables=tables)


def _grown(fact: Fact, column: pa.ChunkedArray, rate: Fraction, year: int) -> pa.Array:
    factor = 1 + rate
    values = pc.fill_null(column, 0).to_numpy()
    greatest = int(np.abs(values).max()) if len(values) else 0
    if greatest * factor > fact.largest:
        message = f"“{fact.label}”按每年 {ratio_text(rate)} 增长，到 {year} 年大得不像真的"
        raise CewenError.of("CW647", message, "减小增长率或年数，并核对名册里这一列的单位。")
    doubled = 2 * factor.numerator
    if greatest * doubled + factor.denominator >= 2**63:
        exact = [(doubled * value + factor.denominator) // (2 * factor.denominator) for value in values.tolist()]
        grown = np.array(exact, np.int64)
    else:
        grown = (doubled * values + factor.denominator) // (2 * factor.denominator)
    return pa.array(grown.astype(values.dtype), mask=pc.is_null(column).to_numpy())


def with_awards(columns: Columns, results: ColumnResults, applicants: Applicants) -> Columns:
    """The columns with the awards of `results` added to the history: what once-only and top-up rules look at."""
    reduced = _looked_at(results.plan)
    parts = [columns.awards]
    for each in results.by_measure:
        measure = each.measure
        if measure.measure.frequency is None and measure.key not in reduced:
            continue
        rows, _ = applicants.counted(each)
        if not len(rows):
            continue
        subject = measure.measure.subject
        owner = applicants.owner(subject)[rows]
        count = len(rows)
        names = [tier.name for tier in measure.tiers]
        tiers = each.tier[rows]
        objects = pa.nulls(count, pa.string())
        if subject != "enterprise":
            objects = columns.tables[subject][OBJECT_NAME].take(pa.array(rows))
        codes = columns.tables["enterprise"][USCC].take(pa.array(owner))
        tier_names = pa.array([*names, None], pa.string()).take(pa.array(np.where(tiers < 0, len(names), tiers)))
        amounts = pa.array(np.maximum(each.high[rows], 0))
        values = [codes, _same(measure.key, count), _same(results.plan.on, count), amounts, objects, tier_names]
        parts.append(pa.table([pa.chunked_array(_chunks(value)) for value in values], names=AWARDS.names).cast(AWARDS))
    return replace(columns, awards=pa.concat_tables(parts))


def _looked_at(plan: Plan) -> frozenset[str]:
    """Measures whose awards another measure subtracts."""
    return frozenset(key for each in plan.measures for key in getattr(each.measure, "less", ()))


def _chunks(value: pa.Array | pa.ChunkedArray) -> list[pa.Array]:
    return value.chunks if isinstance(value, pa.ChunkedArray) else [value]


def _same(value: str | date, count: int) -> pa.Array:
    return pa.repeat(pa.scalar(value), count)


def same_day(on: date, years: int) -> date:
    """The day some years later; 29 February becomes the 28th."""
    try:
        return on.replace(year=on.year + years)
    except ValueError:
        return on.replace(year=on.year + years, day=28)
