"""Arithmetic of numbers known between bounds, written as code: what `engine.range` does, line for line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import lcm

from cewen.engine.backends.kernel.exact import Selection, inverted, pick, times_code
from cewen.engine.backends.kernel.writer import ZERO, Arithmetic, Number, Open, Writer
from cewen.engine.bits import Bound, Form

MET = "2"


@dataclass(frozen=True, slots=True)
class Span:
    """A range in the code: its ends, whether each is open, and `defined` (0, 1, 2 or a name)."""

    low: Number
    high: Number
    low_open: Open = False
    high_open: Open = False
    defined: str = MET

    @property
    def is_literal(self) -> bool:
        """One value whatever the row."""
        return self.low is self.high and self.low_open is False and self.high_open is False and self.defined == MET


@dataclass(slots=True)
class Spans:
    """Writes operations on spans."""

    writer: Writer
    arithmetic: Arithmetic

    def add(self, left: Span, right: Span) -> Span:
        low, high = self.arithmetic.add(left.low, right.low), self.arithmetic.add(left.high, right.high)
        low_open, high_open = self.any(left.low_open, right.low_open), self.any(left.high_open, right.high_open)
        return Span(low, high, low_open, high_open, self.both_defined(left, right))

    def negate(self, operand: Span) -> Span:
        low, high = self.arithmetic.negate(operand.high), self.arithmetic.negate(operand.low)
        return Span(low, high, operand.high_open, operand.low_open, operand.defined)

    def multiply(self, left: Span, right: Span, defined: str | None = None) -> Span:
        said = defined or self.both_defined(left, right)
        for one, other in ((left, right), (right, left)):
            if one.is_literal and one.low.code == "0":
                return Span(ZERO, ZERO, False, False, said)
            if one.is_literal and one.low.bound.low > 0:
                low = self.arithmetic.multiply(one.low, other.low)
                return Span(low, self.arithmetic.multiply(one.low, other.high), other.low_open, other.high_open, said)
        return self._multiply(left, right, said)

    def _multiply(self, left: Span, right: Span, defined: str) -> Span:
        low, high = Selection(self.writer, self.arithmetic), Selection(self.writer, self.arithmetic)
        low_open, high_open = self.writer.name("o"), self.writer.name("o")
        word = "if"
        for one, other in ((left, right), (right, left)):
            same = self.closed_and_equal(one)
            with self.writer.block(f"{word} {same} and {one.low.code} == 0:"):
                low.take(ZERO, None)
                high.take(ZERO, None)
                self.writer.line(f"{low_open} = False; {high_open} = False")
            word = "else"
            self.writer.line("else:")
            self.writer.depth += 1
            with self.writer.block(f"if {same} and {one.low.code} > 0:"):
                low.take(self.arithmetic.multiply(one.low, other.low), None)
                high.take(self.arithmetic.multiply(one.low, other.high), None)
                self.writer.line(f"{low_open} = {other.low_open}; {high_open} = {other.high_open}")
            self.writer.line("else:")
            self.writer.depth += 1
            word = "if"
        opens = self.any(left.low_open, left.high_open, right.low_open, right.high_open)
        with self.writer.block(f"if {opens}:"):
            low.take(self.arithmetic.multiply(left.low, right.low), None)
            high.take(ZERO, None)
            flags = f"{self.any(left.low_open, right.low_open)} or {left.low.code} < 0 or {right.low.code} < 0"
            self.writer.line(f"{low_open} = {flags}; {high_open} = True")
        with self.writer.block("else:"):
            products = [self.arithmetic.multiply(a, b) for a in (left.low, left.high) for b in (right.low, right.high)]
            least, greatest = products[0], products[0]
            for product in products[1:]:
                least = pick(self.writer, self.arithmetic, least, product, least=True)
                greatest = pick(self.writer, self.arithmetic, greatest, product, least=False)
            low.take(least, None)
            high.take(greatest, None)
            self.writer.line(f"{low_open} = False; {high_open} = False")
        self.writer.depth -= 4
        return Span(low.end()[0], high.end()[0], low_open, high_open, defined)

    def divide(self, left: Span, right: Span) -> Span:
        low, high = right.low, right.high
        is_zero = f"({self.closed(right)} and {low.code} == 0 and {high.code} == 0)"
        zero = self.writer.keep("z", is_zero)
        above = f"(not {right.low_open} and {low.code} > 0)"
        below = f"(not {right.high_open} and {high.code} < 0)"
        fits = self.writer.keep("f", f"{above} or {below}")
        least, greatest = self._inverse(high, right.high_open), self._inverse(low, right.low_open)
        both = self.both_defined(left, right)
        defined = self.writer.keep("d", f"0 if {zero} else ({both} if {fits} else min(1, {both}))")
        product = self.multiply(left, Span(least, greatest), defined)
        unfit = self.writer.keep("o", f"not {fits}")
        opens = self.any(product.low_open, unfit), self.any(product.high_open, unfit)
        return Span(product.low, product.high, *opens, defined)

    def _inverse(self, number: Number, is_open: Open) -> Number:
        inverse, _ = inverted(self.writer, self.arithmetic, number) if number.code != "0" else (ZERO, None)
        if is_open is False:
            return inverse
        choice = Selection(self.writer, self.arithmetic)
        choice.take(inverse, None)
        with self.writer.block(f"if {is_open}:"):
            choice.take(ZERO, None)
        return choice.end()[0]

    def least(self, parts: Sequence[Span]) -> Span:
        """Lowest low where all are closed; lowest of the closed highs."""
        low = parts[0].low
        for part in parts[1:]:
            low = pick(self.writer, self.arithmetic, low, part.low, least=True)
        high, high_open = parts[0].high, parts[0].high_open
        for part in parts[1:]:
            high, high_open = self._lesser_closed(high, high_open, part.high, part.high_open)
        defined = parts[0].defined
        for part in parts[1:]:
            defined = self.lesser(defined, part.defined)
        return Span(low, high, self.any(*(part.low_open for part in parts)), high_open, defined)

    def greatest(self, parts: Sequence[Span]) -> Span:
        return self.negate(self.least([self.negate(part) for part in parts]))

    def _lesser_closed(self, one: Number, one_open: Open, other: Number, other_open: Open) -> tuple[Number, Open]:
        if one_open is False and other_open is False:
            return pick(self.writer, self.arithmetic, one, other, least=True), False
        choice = Selection(self.writer, self.arithmetic)
        lesser = pick(self.writer, self.arithmetic, one, other, least=True)
        choice.take(lesser, None)
        with self.writer.block(f"if {one_open}:"):
            choice.take(other, None)
        with self.writer.block(f"elif {other_open}:"):
            choice.take(one, None)
        both = False if False in (one_open, other_open) else self.writer.keep("o", f"{one_open} and {other_open}")
        return choice.end()[0], both

    def hull(self, parts: Sequence[tuple[str, Span]], *, begin_with_zero: bool) -> tuple[Span, str]:
        """The range over parts by their truths: a met one replaces what came before, an unknown one widens it.

        The second value is the name of a flag that is true when there is any part.
        """
        numbers = [number for _, span in parts for number in (span.low, span.high)]
        denominator = lcm(*(number.form.denominator for number in numbers))
        divides = any(number.divisor is not None for number in numbers)
        bound, divisor = Bound(0, 0), Bound(1, 1)
        for number in numbers:
            bound = bound | number.bound.times(denominator // number.form.denominator)
            divisor = divisor | (number.form.divisor or Bound(1, 1))
        self.arithmetic.prover.require("分档", bound)
        form = Form(bound, denominator, divisor if divides else None)
        name = self.writer.name
        low = Number(name("n"), form, name("r") if divides else None)
        high = Number(name("n"), form, name("r") if divides else None)
        low_open, high_open, defined, some = name("o"), name("o"), name("d"), name("s")

        def assign(to: Number, number: Number) -> str:
            factor = denominator // number.form.denominator
            code = number.code if number.code == "0" else times_code(number.code, factor)
            return f"{to.code} = {code}" + (f"; {to.divisor} = {number.divisor or '1'}" if divides else "")

        def take(span: Span) -> None:
            self.writer.line(f"{assign(low, span.low)}; {assign(high, span.high)}; {some} = True")
            self.writer.line(
                f"{low_open} = {span.low_open}; {high_open} = {span.high_open}; {defined} = {span.defined}"
            )

        take(Span(ZERO, ZERO))
        self.writer.line(f"{some} = {begin_with_zero}")
        for truth, span in parts:
            with self.writer.block(f"if {truth} == 2 or ({truth} == 1 and not {some}):"):
                take(span)
            with self.writer.block(f"elif {truth} == 1:"):
                for to, is_open, number, other_open, operator in (
                    (low, low_open, span.low, span.low_open, "<"),
                    (high, high_open, span.high, span.high_open, ">"),
                ):
                    further = self.arithmetic.compared(number, operator, to, "分档")
                    with self.writer.block(f"if {further}:"):
                        self.writer.line(assign(to, number))
                    self.writer.line(f"{is_open} = {is_open} or {other_open}")
                self.writer.line(f"{defined} = {defined} if {defined} == {span.defined} else 1")
        return Span(low, high, low_open, high_open, defined), some

    # --- flags ---------------------------------------------------------------------------------------------------

    def any(self, *flags: Open) -> Open:
        """True where one of the flags is."""
        named = tuple(dict.fromkeys(flag for flag in flags if flag is not False))
        if not named:
            return False
        if True in named:
            return True
        return self.writer.keep("o", " or ".join(str(flag) for flag in named))

    def closed(self, span: Span) -> str:
        return f"(not {span.low_open} and not {span.high_open})"

    def closed_and_equal(self, span: Span) -> str:
        """Name of a flag that is true where the span is one value."""
        if span.low is span.high and span.low_open is False and span.high_open is False:
            return "True"
        same = self.arithmetic.compared(span.low, "==", span.high, "相等")
        return self.writer.keep("q", f"{self.closed(span)} and {same}")

    def lesser(self, one: str, other: str) -> str:
        if MET in (one, other) or one == other:
            return other if one == MET else one
        return self.writer.keep("d", f"min({one}, {other})")

    def both_defined(self, left: Span, right: Span) -> str:
        return self.lesser(left.defined, right.defined)
