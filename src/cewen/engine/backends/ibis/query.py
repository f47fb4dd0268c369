"""A query for the measures of one subject: its output columns, and how to read results from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

from cewen.engine.backends.ibis import terms
from cewen.engine.backends.ibis.measure_terms import NOBODY, MeasureTerms
from cewen.engine.backends.ibis.term import LARGEST_64, Term
from cewen.engine.backends.ibis.terms import FALSE, TRUE
from cewen.engine.columns.measure_columns import NONE, Need, needs_type


class Derived(Enum):
    """Fields no engine need send, because another field tells them."""

    MET_WHERE_HIGH = "status: met where there is an upper end, else not met"
    ZERO_WHERE_HIGH = "low: nothing where there is an upper end, else none"
    HIGH_WHERE_MET = "low: the upper end where met, else nothing where there is an upper end"


ByStatus = tuple[int, int, int, int]
"""The value for each code of a status: not in force, not met, unknown, met."""

Source = str | int | ByStatus | Derived
"""The column of the answer that holds a field; or what it is in every row, by status, or by other fields."""


@dataclass(frozen=True, slots=True)
class Output:
    """One column of the answer: a whole number or a truth that is never null, and the type it is sent in."""

    term: Term
    kind: str


@dataclass(frozen=True, slots=True)
class Decoding:
    """Where the fields of one measure are found in the answer."""

    status: Source
    low: Source
    high: Source
    tier: Source
    needs: Source
    suppressed_by: Source
    needed: tuple[Need, ...]


@dataclass
class RowQuery:
    """Output columns of all measures of a subject; equal columns are sent once, what follows from others never.

    Without `with_reasons` there are no lower ends, tiers and needs.
    """

    with_reasons: bool = True
    outputs: dict[str, Output] = field(default_factory=dict)
    decodings: list[Decoding] = field(default_factory=list)
    _names: dict[tuple[Term, str], str] = field(default_factory=dict)

    def add(self, measure: MeasureTerms) -> None:
        high = self._high(measure)
        pays_when_met = measure.unknown is FALSE and measure.high is not None and not measure.high.nullable
        if pays_when_met and isinstance(high, str):
            status: Source = Derived.MET_WHERE_HIGH
        else:
            status = self._source(measure.status, "int8")
        low: Source = NONE
        tier: Source = NONE
        needs: Source = 0
        if self.with_reasons:
            low, tier = self._low(measure, high), self._source(measure.tier, "int8")
            needs = self._source(measure.needs, needs_type(measure.needed).__name__)
        suppressed_by = self._source(measure.suppressed_by, "int16")
        self.decodings.append(Decoding(status, low, high, tier, needs, suppressed_by, measure.needed))

    def _high(self, measure: MeasureTerms) -> Source:
        if measure.high is None or measure.high.is_null_constant:
            return NONE
        amount = measure.high.constant
        if amount is not None:
            return (NONE, NONE, amount, amount)
        return self._source(measure.shown_high, "int64")

    def _low(self, measure: MeasureTerms, high: Source) -> Source:
        if measure.high is None or isinstance(high, int):
            return high
        if measure.settled_low is not None:
            absent = terms.any_of((measure.not_met, terms.is_null(measure.high)))
            return self._source(terms.case(absent, terms.number(NONE), measure.settled_low), "int64")
        if isinstance(high, tuple):
            return (NONE, NONE, 0, high[3] if measure.is_definite else 0)
        return Derived.HIGH_WHERE_MET if measure.is_definite else Derived.ZERO_WHERE_HIGH

    def _source(self, term: Term, kind: str) -> Source:
        if term.constant is not None:
            return term.constant
        name = self._names.get((term, kind))
        if name is None:
            name = self._names[term, kind] = f"out_{len(self.outputs)}"
            self.outputs[name] = Output(term, kind)
        return name


def row_query(measures: Iterable[MeasureTerms], *, with_reasons: bool = True) -> RowQuery:
    """Every field of every measure, row by row."""
    query = RowQuery(with_reasons)
    for measure in measures:
        query.add(measure)
    return query


EVERY_ROW = "count_rows"
"""The column of a sum query that counts all rows."""

Part = tuple[str, int]
"""A column of sums and what each unit of it counts for."""


@dataclass(frozen=True, slots=True)
class SumDecoding:
    """Which sums make the counts and the amount of one measure; `is_definite`: the lower end is the upper one."""

    met: tuple[Part, ...]
    unknown: tuple[Part, ...]
    suppressed: tuple[Part, ...]
    high: tuple[Part, ...]
    is_definite: bool


SPLIT = 10**9
"""Amounts whose sum may leave 64 bits are summed in two parts, below and from 10^9 fen: 2^33 rows of these never do."""


class Unfit(Exception):
    """Measures whose amounts may not fit in 64 bits: their sums are taken row by row."""

    def __init__(self, measures: frozenset[str]) -> None:
        super().__init__(", ".join(sorted(measures)))
        self.measures = measures


@dataclass
class SumQuery:
    """Sums an engine takes itself, for each district, of at most `most_rows` rows; truths are counted."""

    most_rows: int
    outputs: dict[str, Output] = field(default_factory=dict)
    decodings: list[SumDecoding] = field(default_factory=list)
    _names: dict[Term, str] = field(default_factory=dict)

    def add(self, measure: MeasureTerms) -> None:
        suppressed = self._count(measure.suppressed)
        has_number = measure.claim is not NOBODY
        is_open = self._count(measure.is_open if has_number else measure.met)
        self.decodings.append(
            SumDecoding(
                (*is_open, *suppressed) if has_number else is_open,
                self._count(measure.unknown),
                suppressed,
                self._amount(measure, is_open) if has_number else (),
                measure.is_definite,
            )
        )

    def _count(self, rows: Term) -> tuple[Part, ...]:
        if rows is TRUE:
            return ((EVERY_ROW, 1),)
        return () if rows is FALSE else self._part(rows)

    def _amount(self, measure: MeasureTerms, is_open: tuple[Part, ...]) -> tuple[Part, ...]:
        """What is open has one amount, so that both ends are the same."""
        amount = measure.high.constant if measure.high is not None else None
        if amount is not None:
            return tuple((name, amount * factor) for name, factor in is_open)
        claim = measure.claim
        if max(claim.high, -claim.low) * self.most_rows <= LARGEST_64:
            summed = self._part(claim)
            if claim.low >= 0:
                return summed
            # The rows without a claim stand in the sum with -1 each, and are no more than that.
            return (*summed, (EVERY_ROW, 1), *((name, -factor) for name, factor in is_open))
        counted = terms.greatest(claim, terms.number(0))
        most = terms.divide(counted, terms.number(SPLIT))
        least = terms.add(counted, terms.multiply(most, terms.number(-SPLIT)))
        return (*self._part(least), *self._part(most, SPLIT))

    def _part(self, term: Term, factor: int = 1) -> tuple[Part, ...]:
        if term.constant == 0:
            return ()
        name = self._names.get(term)
        if name is None:
            name = self._names[term] = f"sum_{len(self.outputs)}"
            self.outputs[name] = Output(term, "boolean" if term.is_truth else "int64")
        return ((name, factor),)


def sum_query(measures: Mapping[str, MeasureTerms], most_rows: int) -> SumQuery:
    """Counts by status and sums of amounts of measures by key. Raises `Unfit`, naming measures it cannot sum."""
    query = SumQuery(most_rows)
    unfit = frozenset(key for key, each in measures.items() if each.high is not None and each.high.is_wide)
    if unfit:
        raise Unfit(unfit)
    for each in measures.values():
        query.add(each)
    return query
