"""A query for the measures of one subject: its output columns, and how to read results from them."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from cewen.engine.backends.ibis import terms
from cewen.engine.backends.ibis.interpreter import TermInterpreter
from cewen.engine.backends.ibis.measure_terms import MeasureTerms, measure_terms
from cewen.engine.backends.ibis.terms import FALSE, Term
from cewen.engine.columns.measure_columns import NONE, Need, needs_type
from cewen.rules.lower import LoweredMeasure


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
    """One column of the answer: a whole number that is never null, and the type it is sent in."""

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
    needed: tuple[Need, ...]


@dataclass
class RowQuery:
    """Output columns of all measures of a subject; equal columns are sent once, what follows from others never."""

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
        self.decodings.append(
            Decoding(
                status,
                self._low(measure, high),
                high,
                self._source(measure.tier, "int8"),
                self._source(measure.needs, needs_type(measure.needed).__name__),
                measure.needed,
            )
        )

    def _high(self, measure: MeasureTerms) -> Source:
        if measure.high is None or measure.high.is_null_constant:
            return NONE
        amount = measure.high.constant
        if amount is not None:
            return (NONE, NONE, amount, amount)
        absent = terms.any_of((measure.not_met, terms.is_null(measure.high)))
        return self._source(terms.case(absent, terms.number(NONE), terms.known(measure.high)), "int64")

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


def row_query(measures: tuple[LoweredMeasure, ...], interpreter: TermInterpreter) -> RowQuery:
    """Every field of every measure, row by row."""
    query = RowQuery()
    for measure in measures:
        query.add(measure_terms(measure, interpreter))
    return query


Part = tuple[str, int]
"""A column of sums and what each unit of it counts for."""


@dataclass(frozen=True, slots=True)
class SumDecoding:
    """Which sums make the counts and the amount of one measure; `is_definite`: the lower end is the upper one."""

    met: tuple[Part, ...]
    unknown: tuple[Part, ...]
    high: tuple[Part, ...]
    is_definite: bool


SPLIT = 10**9
"""Amounts are summed in two parts, below and from 10^9 fen, so that no sum of 2^33 rows leaves 64 bits."""


class Unfit(Exception):
    """Measures whose amounts may not fit in 64 bits: their sums are taken row by row."""

    def __init__(self, measures: frozenset[str]) -> None:
        super().__init__(", ".join(sorted(measures)))
        self.measures = measures


@dataclass
class SumQuery:
    """Sums an engine takes itself, for each district."""

    outputs: dict[str, Output] = field(default_factory=dict)
    decodings: list[SumDecoding] = field(default_factory=list)
    _names: dict[Term, str] = field(default_factory=dict)

    def add(self, measure: MeasureTerms) -> None:
        self.decodings.append(
            SumDecoding(
                self._count(measure.met), self._count(measure.unknown), self._amount(measure), measure.is_definite
            )
        )

    def _count(self, rows: Term, value: int = 1) -> tuple[Part, ...]:
        parts = self._part(terms.case(rows, terms.number(1), terms.number(0)))
        return tuple((name, value * factor) for name, factor in parts)

    def _amount(self, measure: MeasureTerms) -> tuple[Part, ...]:
        """What is met has one amount, so that both ends are the same."""
        if measure.high is None:
            return ()
        if measure.high.constant is not None:
            return self._count(measure.met, measure.high.constant)
        counted = terms.case(measure.met, terms.known(measure.high), terms.number(0))
        if counted.high <= SPLIT:
            return self._part(counted)
        most = terms.divide(counted, terms.number(SPLIT))
        least = terms.add(counted, terms.multiply(most, terms.number(-SPLIT)))
        return (*self._part(least), *self._part(most, SPLIT))

    def _part(self, term: Term, factor: int = 1) -> tuple[Part, ...]:
        if term.constant == 0:
            return ()
        name = self._names.get(term)
        if name is None:
            name = self._names[term] = f"sum_{len(self.outputs)}"
            self.outputs[name] = Output(term, "int64")
        return ((name, factor),)


def sum_query(measures: tuple[LoweredMeasure, ...], interpreter: TermInterpreter) -> SumQuery:
    """Counts by status and sums of amounts, before stacking. Raises `Unfit`, naming measures it cannot sum."""
    query = SumQuery()
    found = {measure.key: measure_terms(measure, interpreter) for measure in measures}
    unfit = frozenset(key for key, each in found.items() if each.high is not None and each.high.is_wide)
    if unfit:
        raise Unfit(unfit)
    for each in found.values():
        query.add(each)
    return query
