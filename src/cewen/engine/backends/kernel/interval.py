"""Code of operations where facts may be missing: three-valued truths and ranges, and which facts would settle them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from cewen.base.errors import CewenError
from cewen.engine.backends.kernel.exact import AWARDED, Leaves, no_meaning
from cewen.engine.backends.kernel.spans import Span, Spans
from cewen.engine.backends.kernel.writer import Number, Writer
from cewen.rules import ops


@dataclass(slots=True)
class Interval:
    """Writes one measure for a row in which facts may be missing. `x3` is the value of slot 3, `k3` whether known.

    `bits` gives the bit of `needs` for each (key, years back).
    """

    leaves: Leaves
    literals: dict[int, Number]
    writer: Writer
    spans: Spans
    bits: Mapping[tuple[str, int], int]
    truths: dict[int, str] = field(default_factory=dict)
    settled: dict[int, str] = field(default_factory=dict)
    facts: dict[int, Span] = field(default_factory=dict)

    # --- truth: the name of a variable that is 0, 1 or 2 ----------------------------------------------------------

    def truth(self, op: ops.TruthOp) -> str:
        name = self._truth(op)
        self.truths[id(op)] = name
        return name

    def _truth(self, op: ops.TruthOp) -> str:
        keep = self.writer.keep
        match op:
            case ops.Certain():
                return "2" if op.value else "0"
            case ops.All():
                return keep("t", _call("min", ["2", *(self.truth(part) for part in op.parts)]))
            case ops.Any():
                return keep("t", _call("max", ["0", *(self.truth(part) for part in op.parts)]))
            case ops.Not():
                return keep("t", f"2 - {self.truth(op.operand)}")
            case ops.Compare():
                return self.compare(op.operator, self.number(op.left), self.number(op.right))
            case ops.FirstTime():
                return self._first_time(op)
            case ops.IsTrue() | ops.OneOf() | ops.Holds() | ops.LiesIn():
                return self.leaves.truths[op]
        raise no_meaning(op)

    def compare(self, operator: str, left: Span, right: Span) -> str:
        name = self.writer.name("t")
        match operator:
            case "<=" | ">":
                met, unmet = self._at_most(left, right), self._below(right, left)
            case ">=" | "<":
                met, unmet = self._at_most(right, left), self._below(left, right)
            case _:
                same = self.spans.arithmetic.compared(left.high, "==", right.low)
                one, other = self.spans.closed_and_equal(left), self.spans.closed_and_equal(right)
                met = f"{one} and {other} and {same}"
                unmet = f"({self._below(left, right)}) or ({self._below(right, left)})"
        code = f"2 if ({met}) else (0 if ({unmet}) else 1)"
        self.writer.line(f"{name} = {code}" if operator in ("<=", ">=", "=") else f"{name} = 2 - ({code})")
        defined = self.spans.both_defined(left, right)
        if defined != "2":
            self.writer.line(f"{name} = min({name}, {defined})")
        return name

    def _at_most(self, left: Span, right: Span) -> str:
        said = self.spans.arithmetic.compared(left.high, "<=", right.low)
        return f"not {left.high_open} and not {right.low_open} and {said}"

    def _below(self, left: Span, right: Span) -> str:
        said = self.spans.arithmetic.compared(left.high, "<", right.low)
        return f"not {left.high_open} and not {right.low_open} and {said}"

    def _first_time(self, op: ops.FirstTime) -> str:
        threshold = self.number(op.threshold)
        reached = self.compare(op.operator, self.number(op.fact), threshold)
        before = ops.FactNumber(op.fact.quantity, op.fact.key, op.fact.years_back + 1)
        reached_before = self.compare(op.operator, self._fact(before), threshold)
        slot = self.leaves.slots.earlier(op.fact.key, op.fact.years_back + 1)
        value = Number(f"x{slot}", self.leaves.fact_form(op.fact))
        earlier = self.compare(op.operator, Span(value, value), threshold)
        known = self.writer.keep("t", f"{earlier} if k{slot} else 0")
        return self.writer.keep("t", f"min({reached}, 2 - max({reached_before}, {known}))")

    # --- numbers --------------------------------------------------------------------------------------------------

    def number(self, op: ops.NumberOp) -> Span:
        span = self._number(op)
        if id(op) not in self.settled:
            same = self.spans.closed_and_equal(span)
            flag = same if span.defined == "2" else f"{same} and {span.defined} == 2"
            self.settled[id(op)] = self.writer.keep("q", flag)
        return span

    def _number(self, op: ops.NumberOp) -> Span:
        match op:
            case ops.Constant():
                return Span(self.literals[id(op)], self.literals[id(op)])
            case ops.FactNumber():
                return self._fact(op)
            case ops.AwardedAmount():
                value = Number(f"x{self.leaves.slots.awarded(op.measures)}", AWARDED)
                return Span(value, value)
            case ops.Add():
                return self.spans.add(self.number(op.left), self.number(op.right))
            case ops.Subtract():
                return self.spans.add(self.number(op.left), self.spans.negate(self.number(op.right)))
            case ops.Multiply():
                return self.spans.multiply(self.number(op.left), self.number(op.right))
            case ops.Divide():
                return self.spans.divide(self.number(op.left), self.number(op.right))
            case ops.Negate():
                return self.spans.negate(self.number(op.operand))
            case ops.Least():
                return self.spans.least([self.number(part) for part in op.parts])
            case ops.Greatest():
                return self.spans.greatest([self.number(part) for part in op.parts])
            case ops.Choose():
                parts = [(self.truth(condition), self.number(result)) for condition, result in op.branches]
                return self.spans.hull(parts, begin_with_zero=True)[0]
        raise no_meaning(op)

    def _fact(self, op: ops.FactNumber) -> Span:
        slot = self.leaves.slots.fact(op.key, op.years_back)
        if slot in self.facts:
            return self.facts[slot]
        fact, form = self.leaves.slots.layout.vocabulary.by_key(op.key), self.leaves.fact_form(op)
        low, high = fact.bounds()
        missing = self.writer.name("o")
        self.writer.line(f"{missing} = not k{slot}")

        def end(bound: Fraction | None) -> Number:
            if bound is None:
                return Number(f"x{slot}", form)
            if bound.denominator != 1:
                raise CewenError.of("CW636", f"“{fact.label}”的取值范围不是整数", "把 minimum、maximum 写成整数。")
            return Number(self.writer.keep("n", f"x{slot} if k{slot} else {bound.numerator}"), form)

        self.facts[slot] = Span(
            end(low), end(high), missing if low is None else False, missing if high is None else False
        )
        return self.facts[slot]

    # --- what is missing ------------------------------------------------------------------------------------------

    def needs(self, op: ops.TruthOp | ops.NumberOp) -> None:
        """Lines that set a bit for each missing fact that keeps `op` from being settled."""
        flag = f"{self.truths[id(op)]} == 1" if isinstance(op, ops.TruthOp) else f"not {self.settled[id(op)]}"
        with self.writer.block(f"if {flag}:"):
            key = getattr(op, "key", None)
            if isinstance(key, str):
                self._missing(key, getattr(op, "years_back", 0), tested=True)
            if isinstance(op, ops.FirstTime):
                self._missing(op.fact.key, op.fact.years_back)
                self._missing(op.fact.key, op.fact.years_back + 1)
            for child in ops.children(op):
                self.needs(child)

    def _missing(self, key: str, years_back: int, *, tested: bool = False) -> None:
        bit = 1 << self.bits[key, years_back]
        if tested:
            self.writer.line(f"needs = needs | {bit}")
        else:
            self.writer.line(f"needs = needs | (0 if k{self.leaves.slots.fact(key, years_back)} else {bit})")


def _call(function: str, arguments: list[str]) -> str:
    return f"{function}({', '.join(arguments)})"
