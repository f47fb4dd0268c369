"""Lines of generated code, and numbers as the code holds them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from cewen.engine.bits import Bound, Form, Prover, common

Open = bool | str
"""Whether a bound is open: known when compiling, or the name of a flag in the code."""


@dataclass(slots=True)
class Writer:
    """Collects indented lines and hands out fresh names."""

    lines: list[str] = field(default_factory=list)
    depth: int = 0
    count: int = 0

    def line(self, text: str) -> None:
        self.lines.append("    " * self.depth + text)

    @contextmanager
    def block(self, header: str) -> Iterator[None]:
        self.line(header)
        self.depth += 1
        before = len(self.lines)
        yield
        if len(self.lines) == before:
            self.line("pass")
        self.depth -= 1

    def name(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}_{self.count}"

    def keep(self, prefix: str, code: str) -> str:
        """A fresh variable that holds `code`; names and literals stay as they are."""
        if code.isidentifier() or code.isdecimal():
            return code
        name = self.name(prefix)
        self.line(f"{name} = {code}")
        return name


@dataclass(frozen=True, slots=True)
class Number:
    """A number in the code: `code` / (form.denominator × `divisor`). Both are names or literals."""

    code: str
    form: Form
    divisor: str | None = None

    @property
    def bound(self) -> Bound:
        return self.form.numerator


ZERO = Number("0", Form(Bound(0, 0)))


def times(code: str, factor: int | str | None) -> str:
    """Code of a product; factors of one are left out."""
    if factor in (None, 1, "1"):
        return code
    return "0" if code == "0" else f"({code} * {factor})"


NUMERATOR_BITS = 63
"""A numerator that is not negative and fits in 64 bits."""


@dataclass(slots=True)
class Arithmetic:
    """Exact sums, products and comparisons of numbers, each proven to fit.

    `magic` collects the constants by which whole division becomes multiplication, which vector units have and division
    is not: floor(x / d) = x·M >> (63 + s) with s = ⌈log2 d⌉ and M = ⌈2^(63+s) / d⌉ for 0 <= x < 2^63 (Granlund and
    Montgomery 1994). None leaves divisions as they are.
    """

    writer: Writer
    prover: Prover
    magic: dict[str, int] | None = None

    def add(self, left: Number, right: Number, what: str = "加减") -> Number:
        denominator, factor, other_factor = common(left.form, right.form)
        one, other = left.bound.times(factor), right.bound.times(other_factor)
        code, other_code = times(left.code, factor), times(right.code, other_factor)
        divisor, bound = left.divisor, left.form.divisor
        if left.divisor != right.divisor:
            if right.divisor is not None and right.form.divisor is not None:
                code, one = times(code, right.divisor), one * right.form.divisor
            if left.divisor is not None and left.form.divisor is not None:
                other_code, other = times(other_code, left.divisor), other * left.form.divisor
            divisor, bound = self._product_of_divisors(left, right)
        self.prover.require(what, one | other)
        total = self.prover.require(what, one + other)
        return Number(self.writer.keep("n", f"{code} + {other_code}"), Form(total, denominator, bound), divisor)

    def negate(self, operand: Number) -> Number:
        if operand.code == "0":
            return operand
        form = Form(-operand.bound, operand.form.denominator, operand.form.divisor)
        return Number(self.writer.keep("n", f"-{operand.code}"), form, operand.divisor)

    def multiply(self, left: Number, right: Number, what: str = "乘") -> Number:
        if "0" in (left.code, right.code):
            return ZERO
        product = self.prover.require(what, left.bound * right.bound)
        divisor, bound = self._product_of_divisors(left, right)
        form = Form(product, left.form.denominator * right.form.denominator, bound)
        return Number(self.writer.keep("n", f"{left.code} * {right.code}"), form, divisor)

    def _product_of_divisors(self, left: Number, right: Number) -> tuple[str | None, Bound | None]:
        if left.divisor is None or left.form.divisor is None:
            return right.divisor, right.form.divisor
        if right.divisor is None or right.form.divisor is None:
            return left.divisor, left.form.divisor
        bound = self.prover.require("除数相乘", left.form.divisor * right.form.divisor)
        return self.writer.keep("r", f"{left.divisor} * {right.divisor}"), bound

    def compared(self, left: Number, operator: str, right: Number, what: str = "比较") -> str:
        """Code, true or false, of left `operator` right (one of < <= > >= == !=)."""
        _, factor, other_factor = common(left.form, right.form)
        one, other = left.bound.times(factor), right.bound.times(other_factor)
        code, other_code = times(left.code, factor), times(right.code, other_factor)
        if left.divisor == right.divisor:
            self.prover.require(what, one | other)
            return f"{code} {operator} {other_code}"
        cross, other_cross = right.divisor or "1", left.divisor or "1"
        by = right.form.divisor or Bound(1, 1)
        other_by = left.form.divisor or Bound(1, 1)
        products = (one * by) | (other * other_by)
        if self.prover.fits(what, products):
            return f"{times(code, cross)} {operator} {times(other_code, other_cross)}"
        self.prover.require(what, one | other)
        self.prover.require(what, products, 2 * self.prover.width)
        return f"sign_of_difference({code}, {cross}, {other_code}, {other_cross}) {operator} 0"

    def round_half_up(self, number: Number) -> str:
        """Code of the nearest whole number of a number of either sign, nothing below zero."""
        if number.code == "0":
            return "0"
        denominator = Bound(number.form.denominator, number.form.denominator)
        below = str(number.form.denominator)
        if number.divisor is not None and number.form.divisor is not None:
            denominator = self.prover.require("取整", denominator * number.form.divisor)
            below = self.writer.keep("d", times(number.divisor, number.form.denominator))
        code = number.code if number.bound.low >= 0 else f"max(0, {number.code})"
        if below == "1":
            return self.writer.keep("a", code)
        top = Bound(0, max(0, number.bound.high))
        self.prover.require("取整", top.times(2) + denominator)
        self.prover.require("取整", denominator.times(2))
        if not below.isdecimal():
            return self.writer.keep("a", f"(2 * {code} + {below}) // (2 * {below})")
        return self.writer.keep("a", self._quotient(f"2 * {code} + {below}", 2 * int(below)))

    def _quotient(self, code: str, divisor: int) -> str:
        """Code of the whole part of a number that is not negative divided by a literal."""
        if self.magic is None:
            return f"({code}) // {divisor}"
        shift = (divisor - 1).bit_length()
        name = f"M{divisor}"
        self.magic[name] = -(-(1 << (NUMERATOR_BITS + shift)) // divisor)
        return f"quotient({code}, {name}, {NUMERATOR_BITS + shift - 64})"
