"""Made-up registers that stand on the edges of the rules: one unit below each threshold, on it, one unit above.

Seeded; the same for the same arguments. Nothing in them is real: codes carry the region 429999, which does not exist.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from stdnum.cn import uscc

from cewen.engine.columns.layout import AWARDS, OBJECT_NAME, USCC, Columns, Layout
from cewen.engine.columns.needs import measure_ops
from cewen.rules import ops
from cewen.rules.facts import Fact
from cewen.rules.lower import LoweredMeasure, Plan
from cewen.rules.types import Kind

SHARES = {"project": 0.6, "product": 0.5, "park": 0.2}
"""Objects for each enterprise, on average."""

Numbers = NDArray[np.int64]


def edge_register(
    plan: Plan, count: int, *, seed: int = 0, missing: float = 0.1, year: int | None = None, years: int = 4
) -> Columns:
    """A register of `count` enterprises with objects and past awards.

    Number facts stand, about half of the time, on a threshold of the rules or one unit beside it; quotients and sums
    that are compared are set on their threshold in every 20th row for each comparison. A share `missing` of all cells
    is empty. Annual facts cover `years` years up to `year` (the last full one).
    """
    generator = np.random.default_rng(seed)
    last = plan.on.year - 1 if year is None else year
    layout = Layout(plan.corpus.vocabulary, plan.corpus.regions)
    maker = _Maker(plan, layout, generator, missing, tuple(range(last - years + 1, last + 1)))
    codes = [made_up_code(number) for number in range(count)]
    tables = {"enterprise": maker.table("enterprise", codes, [f"合成企业{n}" for n in range(count)])}
    for subject, share in SHARES.items():
        objects = int(count * share)  # none where there are one or two enterprises
        owners = generator.integers(0, max(1, count), objects)
        names = [f"对象{n}" for n in generator.integers(0, 3, objects)]
        tables[subject] = maker.table(subject, [codes[at] for at in owners.tolist()], names)
    return Columns(layout, tables, maker.awards(codes))


def made_up_code(number: int) -> str:
    """统一社会信用代码 of the right shape with a valid check digit, of a region that does not exist."""
    body = f"91429999MA{number:07d}"
    return body + str(uscc.calc_check_digit(body))


def thresholds(plan: Plan, layout: Layout) -> dict[str, tuple[int, ...]]:
    """For each number fact every whole literal that an expression with the fact holds, of the fact's own unit."""
    found: dict[str, dict[int, None]] = {}
    for measure in plan.measures:
        for op in measure_ops(measure):
            for expression in _comparisons(op):
                literals = [each for each in _all(expression) if isinstance(each, ops.Constant)]
                for fact in (each for each in _all(expression) if isinstance(each, ops.FactNumber)):
                    same = (each.value for each in literals if each.quantity == fact.quantity)
                    found.setdefault(fact.key, {}).update({int(value): None for value in same})
    return {key: tuple(values) for key, values in found.items()}


def _comparisons(op: ops.TruthOp | ops.NumberOp) -> Iterator[ops.TruthOp | ops.NumberOp]:
    if isinstance(op, (ops.Compare, ops.FirstTime, ops.Least, ops.Greatest, ops.Choose)):
        yield op
    for child in ops.children(op):
        yield from _comparisons(child)


def _all(op: ops.TruthOp | ops.NumberOp) -> Iterator[ops.TruthOp | ops.NumberOp]:
    yield op
    for child in ops.children(op):
        yield from _all(child)


class _Maker:
    def __init__(
        self, plan: Plan, layout: Layout, generator: np.random.Generator, missing: float, years: tuple[int, ...]
    ) -> None:
        self.plan, self.layout, self.generator, self.missing, self.years = plan, layout, generator, missing, years
        self.thresholds = thresholds(plan, layout)
        self.zones = self._regions()

    def _regions(self) -> Numbers:
        """Regions the rules ask for with some that lie in them, and some that do not."""
        codes = {code for measure in self.plan.measures for op in measure_ops(measure) for code in _region_codes(op)}
        inside = [at for code in sorted(codes) for at in self.layout.positions_within((code,))[:3]]
        others = self.generator.integers(0, len(self.layout.region_codes), 4).tolist()
        return np.array([*inside, *inside, *others])

    def table(self, subject: str, codes: list[str], names: list[str]) -> pa.Table:
        count = len(codes)
        arrays: dict[str, Numbers] = {}
        facts: dict[str, Fact] = {}
        for fact in self.layout.vocabulary.of_subject(subject):
            if self.layout.has_column(fact):
                for year in self.years if fact.is_annual else (None,):
                    name = self.layout.column(fact, year)
                    arrays[name], facts[name] = self._values(fact, count), fact
        self._set_on_edges(subject, arrays, facts, count)
        unnamed = self.generator.random(count) < self.missing
        table = {USCC: pa.array(codes, pa.string()), OBJECT_NAME: pa.array(names, pa.string(), mask=unnamed)}
        for name, values in arrays.items():
            gaps = self.generator.random(count) < self.missing
            table[name] = pa.array(values, self.layout.column_type(facts[name]), mask=gaps)
        return pa.table(table)

    def _values(self, fact: Fact, count: int) -> Numbers:
        integers = self.generator.integers
        match fact.type:
            case Kind.BOOLEAN:
                return integers(0, 2, count)
            case Kind.ENUM:
                return integers(0, len(fact.values), count)
            case Kind.SET:
                return integers(0, 1 << len(fact.values), count) | integers(0, 1 << len(fact.values), count)
            case Kind.REGION:
                return self.generator.choice(self.zones, count)
        return self._numbers(fact, count)

    def _numbers(self, fact: Fact, count: int) -> Numbers:
        low, high = (None if bound is None else int(bound) for bound in fact.bounds())
        middle, width = (17.0, 3.0) if fact.type is Kind.MONEY else (3.0, 2.0)
        values = np.exp(self.generator.normal(middle, width, count)).clip(0, fact.largest).astype(np.int64)
        edges = np.array([0, 1, *(each + step for each in self.thresholds.get(fact.key, ()) for step in (-1, 0, 1))])
        on_edge = self.generator.random(count) < 0.5
        values = np.where(on_edge, self.generator.choice(edges, count), values)
        if low is None:
            values = np.where(self.generator.random(count) < 0.2, -values, values)
        return values.clip(low if low is not None else -fact.largest, high if high is not None else fact.largest)

    def _set_on_edges(self, subject: str, arrays: dict[str, Numbers], facts: dict[str, Fact], count: int) -> None:
        """For each comparison of more than a fact with a literal, solve for one fact in a few rows."""
        solved = [pair for m in self.plan.measures if m.measure.subject == subject for pair in _differences(m)]
        for difference in solved:
            leaves = [op for op in _all(difference) if isinstance(op, ops.FactNumber)]
            columns = {id(leaf): self._column(leaf) for leaf in leaves}
            if not leaves or any(name not in arrays for name in columns.values()):
                continue
            first = columns[id(leaves[0])]
            low, high = facts[first].bounds()
            rows = self.generator.permutation(count)[: min(max(1, count // 20), 4_000)]
            for row in rows.tolist():
                known = {name: Fraction(int(values[row])) for name, values in arrays.items()}
                root = _root(difference, columns, known, first)
                if root is None:
                    continue
                value = root.__floor__() + int(self.generator.integers(-1, 3))
                least = -facts[first].largest if low is None else int(low)
                most = facts[first].largest if high is None else int(high)
                if least <= value <= most:
                    arrays[first][row] = value

    def _column(self, leaf: ops.FactNumber) -> str:
        fact = self.layout.vocabulary.by_key(leaf.key)
        return self.layout.column(fact, self.years[-1] - leaf.years_back if fact.is_annual else None)

    def awards(self, codes: list[str]) -> pa.Table:
        """Past awards of every measure, before and after the date, of this year and others, by tier and by object."""
        count = len(codes) // 4
        pick = self.generator.integers
        if not count:
            return AWARDS.empty_table()
        measures = [self.plan.measures[at] for at in pick(0, len(self.plan.measures), count)]
        rows: list[dict[str, object]] = []
        for measure in measures:
            names = [tier.name for tier in measure.tiers if tier.name] or [None]
            amounts = [int(t.amount.value) for t in measure.tiers if isinstance(t.amount, ops.Constant)]
            objects = [None] if measure.measure.subject == "enterprise" else [None, "对象0", "对象1", "别的"]
            rows.append(
                {
                    USCC: codes[pick(0, len(codes))],
                    "measure": measure.key,
                    "on": date(self.plan.on.year - int(pick(-1, 4)), int(pick(1, 13)), int(pick(1, 28))),
                    "amount": [*amounts, 12_345, 10**8][pick(0, len(amounts) + 2)],
                    "object": objects[pick(0, len(objects))],
                    "tier": [None, *names, "别的档"][pick(0, len(names) + 2)],
                }
            )
        return pa.Table.from_pylist(rows, AWARDS)


def _region_codes(op: ops.TruthOp | ops.NumberOp) -> Iterator[str]:
    for each in _all(op):
        if isinstance(each, ops.LiesIn):
            yield from each.codes


def _differences(measure: LoweredMeasure) -> Iterator[ops.NumberOp]:
    """left − right of every comparison, and of every pair of parts of a least or greatest number."""
    for op in measure_ops(measure):
        for each in _all(op):
            if isinstance(each, ops.Compare):
                yield ops.Subtract(each.left.quantity, each.left, each.right)
            elif isinstance(each, (ops.Least, ops.Greatest)):
                for part in each.parts[1:]:
                    yield ops.Subtract(part.quantity, each.parts[0], part)


def _root(op: ops.NumberOp, columns: dict[int, str], known: dict[str, Fraction], name: str) -> Fraction | None:
    """Where the difference is zero as a line in one fact; None where it is no line, or has no such place."""
    at_zero, at_one, at_two = (_number(op, columns, known | {name: Fraction(x)}) for x in (0, 1, 2))
    if at_zero is None or at_one is None or at_two is None or at_two - at_one != at_one - at_zero:
        return None
    slope = at_one - at_zero
    return None if slope == 0 else -at_zero / slope


def _number(op: ops.NumberOp, columns: dict[int, str], known: dict[str, Fraction]) -> Fraction | None:
    if isinstance(op, ops.Constant):
        return op.value
    if isinstance(op, ops.FactNumber):
        return known[columns[id(op)]]
    if isinstance(op, ops.Negate):
        inner = _number(op.operand, columns, known)
        return None if inner is None else -inner
    if not isinstance(op, (ops.Add, ops.Subtract, ops.Multiply, ops.Divide)):
        return None
    left, right = _number(op.left, columns, known), _number(op.right, columns, known)
    if left is None or right is None:
        return None
    match op:
        case ops.Add():
            return left + right
        case ops.Subtract():
            return left - right
        case ops.Multiply():
            return left * right
    return left / right if right else None
