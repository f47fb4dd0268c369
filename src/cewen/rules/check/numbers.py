"""Numbers on both sides: those a measure is written with, and those its quote gives, made comparable."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from cewen.base.money import FEN_PER_YUAN
from cewen.rules import syntax
from cewen.rules.check.expressions import Expression, Pointer, walk
from cewen.rules.types import parse_literal
from cewen.text.quantities import Kind, Quantity, read_quantities

MONEY, SHARE, COUNT = "money", "share", "count"
Size = tuple[str, Fraction]
"""What is compared: money in fen, shares as fractions (2倍 is 2), counts, and lengths of time in months."""

_MONTHS = {"年": 12, "季度": 3, "个月": 1, "月": 1}
_CLASSIFIERS = frozenset("个项批类种条次件方部期届场层节处组片对门本篇支张")
"""Words that count in passing (两类企业, 一批项目) where the number is a single Chinese character."""
_MEASURED = ("PFLOPS", "Gbps", "Mbps")
_NAMED = re.compile(r'"[^"]{1,24}"|《[^》]{1,40}》|「[^」]{1,24}」')


@dataclass(frozen=True, slots=True)
class Written:
    """A literal (数值) of a measure: its size, how it is written, and where."""

    size: Size
    shown: str
    pointer: Pointer
    at: int
    is_bare: bool

    @property
    def is_structural(self) -> bool:
        """Nothing, and one of a kind, say only that there is something: 省级支持金额 > 0元, 引进人才数 >= 1人."""
        return self.size[1] == 0 or (self.size[0] == COUNT and self.size[1] == 1)

    def is_among(self, sizes: set[Size]) -> bool:
        """Whether the text gives it. A number without unit may be a share or a count."""
        if self.is_bare:
            return any(value == self.size[1] for family, value in sizes if family != MONEY)
        return self.size in sizes


@dataclass(frozen=True, slots=True)
class Printed:
    """A quantity (数量) of a quote: its sizes (two for a range) and its characters in the quote's flow."""

    sizes: tuple[Size, ...]
    start: int
    end: int


def written_numbers(expressions: tuple[Expression, ...]) -> Iterator[Written]:
    """Every number literal, with its offset in the expression."""
    for expression in expressions:
        tree = expression.tree()
        for node in walk(tree) if tree is not None else ():
            if isinstance(node, syntax.Number) and (size := literal_size(node.value, node.suffix)) is not None:
                number = f"{node.value.numerator}" if node.value.denominator == 1 else f"{float(node.value):g}"
                yield Written(size, f"{number}{node.suffix}", expression.pointer, node.at, not node.suffix)


def written_words(expressions: tuple[Expression, ...]) -> Iterator[str]:
    """Every value in words, such as 4A级景区, which may hold a number of the clause."""
    for expression in expressions:
        tree = expression.tree()
        yield from (node.text for node in walk(tree) if isinstance(node, syntax.String)) if tree is not None else ()


def literal_size(number: Fraction, suffix: str) -> Size | None:
    """The size of a literal; None where its unit is not known, which lowering reports."""
    try:
        value, quantity = parse_literal(number, suffix)
    except ValueError:
        return None
    if quantity.is_money:
        return MONEY, value
    return (SHARE if quantity.unit in ("", "倍") else COUNT), value


def printed_numbers(flow_text: str) -> tuple[Printed, ...]:
    """Every quantity of a folded text that a measure can hold; dates are none."""
    return tuple(_printed(quantity) for quantity in read_quantities(flow_text) if quantity.kind is not Kind.DATE)


def binding_numbers(flow_text: str) -> tuple[Printed, ...]:
    """Those of them a measure must account for: not parts of names (5G, “51020”) and not words like 一批, 两类."""
    names = [match.span() for match in _NAMED.finditer(flow_text)]
    quantities = (quantity for quantity in read_quantities(flow_text) if quantity.kind is not Kind.DATE)
    return tuple(_printed(quantity) for quantity in quantities if _binds(quantity, flow_text, names))


def sizes_in(flow_text: str) -> set[Size]:
    """The sizes of every quantity of a folded text."""
    return {size for printed in printed_numbers(flow_text) for size in printed.sizes}


def _binds(quantity: Quantity, text: str, names: list[tuple[int, int]]) -> bool:
    if any(start <= quantity.start and quantity.end <= end for start, end in names):
        return False
    if quantity.kind is not Kind.COUNT:
        return True
    if quantity.unit.isascii() and quantity.unit not in _MEASURED:
        return False
    if quantity.is_word and (quantity.low == 1 or (quantity.unit in _CLASSIFIERS and quantity.high <= 10)):
        return False
    is_each = quantity.low == 1 and re.search(r"每[^,。;、]{0,4}$", text[: quantity.start]) is not None
    return not is_each


def _printed(quantity: Quantity) -> Printed:
    family, scale = _family(quantity)
    sizes = dict.fromkeys((family, value * scale) for value in (quantity.low, quantity.high))
    return Printed(tuple(sizes), quantity.start, quantity.end)


def _family(quantity: Quantity) -> tuple[str, Fraction]:
    match quantity.kind:
        case Kind.MONEY:
            return (MONEY if quantity.unit == "元" else quantity.unit), Fraction(FEN_PER_YUAN)
        case Kind.RATE | Kind.POINTS | Kind.RATIO:
            return SHARE, Fraction(1, 100)
        case Kind.TIMES:
            return SHARE, Fraction(1)
        case Kind.DURATION:
            return COUNT, Fraction(_MONTHS.get(quantity.unit, 1))
        case _:
            return COUNT, Fraction(1)
