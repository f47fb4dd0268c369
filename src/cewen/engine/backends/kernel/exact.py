"""Code of operations where every fact they read is known: plain integers, yes or no.

`x3` is the value of slot 3, `k3` whether an earlier value is known. Nothing here branches on the way a row goes where a
choice of two values does, so that the compiler can take several rows at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import lcm

from cewen.base.errors import CewenError
from cewen.engine.backends.kernel.slots import Parameters, Slots
from cewen.engine.backends.kernel.writer import ZERO, Arithmetic, Number, Writer
from cewen.engine.bits import Bound, Form, fact_bound
from cewen.engine.columns.earlier import LARGEST_AWARDED
from cewen.rules import ops

OPERATORS = {">": ">", ">=": ">=", "<": "<", "<=": "<=", "=": "==", "!=": "!="}


@dataclass(slots=True)
class Leaves:
    """Names the code of a measure shares: values of numbers, and truths of what is no number (0 no, 1 unknown, 2 yes)."""

    slots: Slots
    parameters: Parameters
    room: tuple[int, bool]
    truths: dict[ops.TruthOp, str]

    def literal(self, op: ops.Constant) -> Number:
        code, form = self.parameters.literal(op, self.room)
        return Number(code, form)

    def fact_form(self, op: ops.FactNumber) -> Form:
        return Form(fact_bound(self.slots.layout.vocabulary.by_key(op.key)))


AWARDED = Form(Bound(-LARGEST_AWARDED, LARGEST_AWARDED))


@dataclass(slots=True)
class Exact:
    """Writes numbers and truths of one measure for a row whose facts are all known. `undefined`: divided by zero."""

    leaves: Leaves
    literals: dict[int, Number]
    writer: Writer
    arithmetic: Arithmetic

    # --- truth: an expression that is true or false -------------------------------------------------------------

    def truth(self, op: ops.TruthOp) -> str:
        match op:
            case ops.Certain():
                return str(op.value)
            case ops.All() | ops.Any():
                word = " & " if isinstance(op, ops.All) else " | "
                neutral = str(isinstance(op, ops.All))
                return f"({word.join(self.truth(part) for part in op.parts)})" if op.parts else neutral
            case ops.Not():
                return f"(not {self.truth(op.operand)})"
            case ops.Compare():
                return self._compare(op)
            case ops.FirstTime():
                return self._first_time(op)
            case ops.IsTrue() | ops.OneOf() | ops.Holds() | ops.LiesIn():
                return f"({self.leaves.truths[op]} == 2)"
        raise no_meaning(op)

    def _compare(self, op: ops.Compare) -> str:
        left, undefined = self.number(op.left)
        right, other = self.number(op.right)
        said = f"({self.arithmetic.compared(left, OPERATORS[op.operator], right)})"
        flags = [f"(not {flag})" for flag in (undefined, other) if flag]
        return f"({' & '.join([*flags, said])})" if flags else said

    def _first_time(self, op: ops.FirstTime) -> str:
        slots, form = self.leaves.slots, self.leaves.fact_form(op.fact)
        threshold, undefined = self.number(op.threshold)

        def reached(slot: int) -> str:
            value = Number(f"x{slot}", form)
            return self.arithmetic.compared(value, op.operator, threshold, "首次达到")

        now = reached(slots.fact(op.fact.key, op.fact.years_back))
        before = reached(slots.fact(op.fact.key, op.fact.years_back + 1))
        earlier = slots.earlier(op.fact.key, op.fact.years_back + 1)
        passed = f"(k{earlier} & ({reached(earlier)}))"
        parts = [f"({now})", f"(not ({before}))", f"(not {passed})"]
        return f"({' & '.join([*([f'(not {undefined})'] if undefined else []), *parts])})"

    # --- numbers: code and, where the value may be undefined, a flag ---------------------------------------------

    def number(self, op: ops.NumberOp) -> tuple[Number, str | None]:
        match op:
            case ops.Constant():
                return self.literals[id(op)], None
            case ops.FactNumber():
                slot = self.leaves.slots.fact(op.key, op.years_back)
                return Number(f"x{slot}", self.leaves.fact_form(op)), None
            case ops.AwardedAmount():
                return Number(f"x{self.leaves.slots.awarded(op.measures)}", AWARDED), None
            case ops.Add() | ops.Subtract() | ops.Multiply():
                (left, one), (right, other) = self.number(op.left), self.number(op.right)
                return self._binary(op, left, right), self._either(one, other)
            case ops.Negate():
                operand, undefined = self.number(op.operand)
                return self.arithmetic.negate(operand), undefined
            case ops.Divide():
                return self._divide(op)
            case ops.Least() | ops.Greatest():
                return self._extreme(op)
            case ops.Choose():
                return self._choose(op)
        raise no_meaning(op)

    def _binary(self, op: ops.Add | ops.Subtract | ops.Multiply, left: Number, right: Number) -> Number:
        match op:
            case ops.Add():
                return self.arithmetic.add(left, right)
            case ops.Subtract():
                return self.arithmetic.add(left, self.arithmetic.negate(right))
            case _:
                return self.arithmetic.multiply(left, right)

    def _either(self, one: str | None, other: str | None) -> str | None:
        if one and other:
            return self.writer.keep("u", f"{one} | {other}")
        return one or other

    def _divide(self, op: ops.Divide) -> tuple[Number, str | None]:
        (left, one), (right, other) = self.number(op.left), self.number(op.right)
        if right.code == "0":
            return ZERO, "True"
        inverse, undefined = inverted(self.writer, self.arithmetic, right)
        return self.arithmetic.multiply(left, inverse, "除"), self._either(self._either(one, other), undefined)

    def _extreme(self, op: ops.Least | ops.Greatest) -> tuple[Number, str | None]:
        best, undefined = self.number(op.parts[0])
        for part in op.parts[1:]:
            other, flag = self.number(part)
            best = pick(self.writer, self.arithmetic, best, other, least=isinstance(op, ops.Least))
            undefined = self._either(undefined, flag)
        return best, undefined

    def _choose(self, op: ops.Choose) -> tuple[Number, str | None]:
        choice = Selection(self.writer, self.arithmetic)
        choice.begin(ZERO, None)
        for condition, result in op.branches:
            with self.writer.block(f"if {self.truth(condition)}:"):
                choice.take(*self.number(result))
        return choice.end()


def no_meaning(op: ops.TruthOp | ops.NumberOp) -> CewenError:
    """The error for an operation this back-end does not know (CW636)."""
    name = type(op).__name__
    return CewenError.of("CW636", f"按列计算还没有实现操作“{name}”", "改用引擎 reference。")


def inverted(writer: Writer, arithmetic: Arithmetic, number: Number) -> tuple[Number, str | None]:
    """1 / number, with a flag that is true where the number is zero (the code then divides by one)."""
    bound, denominator = number.bound, number.form.denominator
    top, top_bound = str(denominator), Bound(denominator, denominator)
    if number.divisor is not None and number.form.divisor is not None:
        top, top_bound = times_code(number.divisor, denominator), number.form.divisor.times(denominator)
        arithmetic.prover.require("除", top_bound)
    code, undefined = number.code, None
    if bound.low <= 0 <= bound.high:
        undefined = writer.keep("u", f"{code} == 0")
        code = writer.keep("r", f"({code} if {code} != 0 else 1)")
    divisor = Bound(max(1, bound.low), max(1, bound.high))
    if bound.low < 0:
        top = writer.keep("n", f"(-{top} if {code} < 0 else {top})")
        top_bound = top_bound | -top_bound
        code = writer.keep("r", f"abs({code})")
        divisor = Bound(1, max(1, bound.magnitude))
    return Number(writer.keep("n", top), Form(top_bound, 1, divisor), writer.keep("r", code)), undefined


def times_code(code: str, factor: int) -> str:
    """Code of a product; a factor of one is left out."""
    return code if factor == 1 else f"({code} * {factor})"


def pick(writer: Writer, arithmetic: Arithmetic, one: Number, other: Number, *, least: bool) -> Number:
    """The lesser or the greater of two numbers."""
    if one.divisor == other.divisor:
        choice = Selection(writer, arithmetic)
        left, right = choice.aligned(one, other)
        low = (min if least else max)(left.bound.low, right.bound.low)
        high = (min if least else max)(left.bound.high, right.bound.high)
        code = writer.keep("n", f"{'min' if least else 'max'}({left.code}, {right.code})")
        return Number(code, Form(Bound(low, high), left.form.denominator, left.form.divisor), one.divisor)
    flag = writer.keep("c", arithmetic.compared(one, "<=" if least else ">=", other, "取大小"))
    choice = Selection(writer, arithmetic)
    choice.begin(other, None)
    with writer.block(f"if {flag}:"):
        choice.take(one, None)
    return choice.end()[0]


class Selection:
    """A number assigned in branches of the code: all of one denominator, with a divisor where any has one."""

    def __init__(self, writer: Writer, arithmetic: Arithmetic) -> None:
        self.writer, self.arithmetic = writer, arithmetic
        self.names = (writer.name("n"), writer.name("r"), writer.name("u"))
        self.taken: list[tuple[Number, str | None, int, int]] = []

    def begin(self, number: Number, undefined: str | None) -> None:
        self.take(number, undefined)

    def take(self, number: Number, undefined: str | None) -> None:
        """Assign here. The lines are written by `end`, when the common denominator is known."""
        self.taken.append((number, undefined, len(self.writer.lines), self.writer.depth))
        self.writer.line(f"# {self.names[0]}")

    def end(self) -> tuple[Number, str | None]:
        denominator = lcm(*(number.form.denominator for number, *_ in self.taken))
        name, divisor_name, flag = self.names
        divides = any(number.divisor is not None for number, *_ in self.taken)
        may_fail = any(undefined for _, undefined, *_ in self.taken)
        bound, divisor = Bound(0, 0), Bound(1, 1)
        for at, (number, undefined, line, depth) in enumerate(self.taken):
            factor = denominator // number.form.denominator
            scaled = self.arithmetic.prover.require("通分", number.bound.times(factor))
            bound = scaled if at == 0 else bound | scaled
            divisor = divisor | (number.form.divisor or Bound(1, 1))
            parts = [f"{name} = {times_code(number.code, factor) if number.code != '0' else '0'}"]
            if divides:
                parts.append(f"{divisor_name} = {number.divisor or '1'}")
            if may_fail:
                parts.append(f"{flag} = {undefined or 'False'}")
            self.writer.lines[line] = "    " * depth + "; ".join(parts)
        form = Form(bound, denominator, divisor if divides else None)
        return Number(name, form, divisor_name if divides else None), flag if may_fail else None

    def aligned(self, one: Number, other: Number) -> tuple[Number, Number]:
        """Two numbers of one divisor brought to one denominator."""
        denominator = lcm(one.form.denominator, other.form.denominator)

        def scaled(number: Number) -> Number:
            factor = denominator // number.form.denominator
            bound = self.arithmetic.prover.require("通分", number.bound.times(factor))
            code = "0" if number.code == "0" else times_code(number.code, factor)
            return Number(code, Form(bound, denominator, number.form.divisor), number.divisor)

        return scaled(one), scaled(other)
