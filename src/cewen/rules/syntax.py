"""The condition language: Chinese words, fact labels, literals with units; text in, syntax tree out.

注册地 属于 武汉市 且 年研发投入 / 年营业收入 >= 15%
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import Any, cast

from lark import Lark, Token, Transformer, UnexpectedInput, UnexpectedToken
from lark.exceptions import VisitError

from cewen.base.money import fold

GRAMMAR = r"""
?start: disjunction
?disjunction: conjunction (_OR conjunction)*
?conjunction: negation (_AND negation)*
?negation: _NOT negation -> negate_truth
         | relation
?relation: sum
         | sum COMPARE sum -> compare
         | sum _BELONGS values -> belongs
         | sum _CONTAINS values -> contains
values: value (_LIST value)*
?value: NAME -> word
      | STRING -> string
?sum: product
    | sum ADD product -> arithmetic
?product: factor
        | product MULTIPLY factor -> arithmetic
?factor: NUMBER -> number
       | STRING -> string
       | NAME "(" [disjunction (_COMMA disjunction)*] ")" -> call
       | NAME -> name
       | "-" factor -> negate
       | "(" disjunction ")"

_AND.3: /且(?=[\s(])/
_OR.3: /或(?=[\s(])/
_NOT.3: /非(?=[\s(])/
_BELONGS.3: /属于(?=[\s"])/
_CONTAINS.3: /包含(?=[\s"])/
_LIST: "、"
_COMMA: ","
COMPARE: ">=" | "<=" | "!=" | "=" | ">" | "<"
ADD: "+" | "-"
MULTIPLY: "*" | "/"
NUMBER.2: /(\d{1,3}(,\d{3})+(?!\d)|\d+)(\.\d+)?(‰|%|[一-鿿]+)?/
STRING: /"[^"\n]*"/
NAME: /[A-Za-z_一-鿿][0-9A-Za-z_一-鿿]*/
%ignore /\s+/
"""


@dataclass(frozen=True, slots=True)
class Node:
    """A piece of syntax; `at` is its offset in the expression."""

    at: int


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A fact's label or a parameter's name."""

    text: str


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A literal; `suffix` is the unit as written."""

    value: Fraction
    suffix: str


@dataclass(frozen=True, slots=True)
class String(Node):
    """A value in quotes, or a bare word where only a value can stand."""

    text: str


@dataclass(frozen=True, slots=True)
class Call(Node):
    """A function with its arguments."""

    function: str
    arguments: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """`operator` is one of + - * /."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Negative(Node):
    """A number with a minus before it."""

    operand: Node


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """`operator` is one of >= <= > < = !=."""

    operator: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Membership(Node):
    """`operator` is 属于 (left is one of, or lies in) or 包含 (the set on the left holds all of)."""

    operator: str
    left: Node
    values: tuple[String, ...]


@dataclass(frozen=True, slots=True)
class Junction(Node):
    """`operator` is 且 or 或."""

    operator: str
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Negation(Node):
    """非 before a condition."""

    operand: Node


class SyntaxFailure(ValueError):
    """Text that is no expression: `at` is the offset of the first character that does not fit."""

    def __init__(self, message: str, at: int) -> None:
        super().__init__(message)
        self.at = at


class _Build(Transformer[Token, Node]):
    def number(self, items: list[Token]) -> Node:
        text = items[0]
        digits = len(text) - len(text.lstrip("0123456789,."))
        value = Fraction(Decimal(text[:digits].replace(",", "")))
        return Number(_at(items[0]), value, text[digits:])

    def name(self, items: list[Token]) -> Node:
        return Name(_at(items[0]), str(items[0]))

    def word(self, items: list[Token]) -> Node:
        return String(_at(items[0]), str(items[0]))

    def string(self, items: list[Token]) -> Node:
        return String(_at(items[0]), str(items[0])[1:-1])

    def values(self, items: list[Any]) -> Any:
        return tuple(items)

    def call(self, items: list[Any]) -> Node:
        return Call(_at(items[0]), str(items[0]), tuple(item for item in items[1:] if item is not None))

    def negate(self, items: list[Any]) -> Node:
        return Negative(items[0].at, items[0])

    def arithmetic(self, items: list[Any]) -> Node:
        return Arithmetic(items[0].at, str(items[1]), items[0], items[2])

    def compare(self, items: list[Any]) -> Node:
        return Comparison(items[0].at, str(items[1]), items[0], items[2])

    def belongs(self, items: list[Any]) -> Node:
        return Membership(items[0].at, "属于", items[0], items[1])

    def contains(self, items: list[Any]) -> Node:
        return Membership(items[0].at, "包含", items[0], items[1])

    def conjunction(self, items: list[Any]) -> Node:
        return Junction(items[0].at, "且", tuple(items))

    def disjunction(self, items: list[Any]) -> Node:
        return Junction(items[0].at, "或", tuple(items))

    def negate_truth(self, items: list[Any]) -> Node:
        return Negation(items[0].at, items[0])


def _at(token: Token) -> int:
    return token.start_pos or 0


@lru_cache(maxsize=1)
def _parser() -> Lark:
    return Lark(GRAMMAR, parser="lalr", lexer="contextual", maybe_placeholders=True)


_FOLDED_PAIRS = str.maketrans({"“": '"', "”": '"', "≥": ">=", "≤": "<=", "≠": "!=", "×": "*", "÷": "/"})


def parse_expression(text: str) -> Node:
    """The tree of a condition or amount. Full-width digits and signs, ≥ ≤ × ÷ and “” are accepted.

    Quoted values keep their own width (市级标杆智能（链主）工厂). Raises SyntaxFailure.
    """
    try:
        return _Build().transform(_parser().parse(_fold_outside_quotes(text)))
    except UnexpectedInput as error:
        ended = isinstance(error, UnexpectedToken) and error.token.type == "$END"
        at = len(text) if ended else cast("int | None", error.pos_in_stream) or 0
        shown = text[at : at + 12].strip()
        where = f"从“{shown}”起看不懂" if shown else "表达式没有写完"
        raise SyntaxFailure(where, min(at, len(text))) from None
    except VisitError as error:
        raise SyntaxFailure(str(error.orig_exc), 0) from error


def _fold_outside_quotes(text: str) -> str:
    pieces = text.translate(_FOLDED_PAIRS).split('"')
    return '"'.join(piece if index % 2 else _fold_kept_blanks(piece) for index, piece in enumerate(pieces))


def _fold_kept_blanks(piece: str) -> str:
    lead = piece[: len(piece) - len(piece.lstrip())]
    tail = piece[len(piece.rstrip()) :] if piece.strip() else ""
    return lead + fold(piece) + tail
