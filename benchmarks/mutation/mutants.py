"""Small changes of source code, one at a time: a comparison turned, a null check dropped, min for max, one more or less.

Strings are changed too where they are code that a back-end generates: every piece of an f-string, every short literal.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

SWAPPED_OPERATORS: dict[type[ast.AST], tuple[type[ast.AST], ...]] = {
    ast.Lt: (ast.LtE, ast.Gt), ast.LtE: (ast.Lt,), ast.Gt: (ast.GtE, ast.Lt), ast.GtE: (ast.Gt,),
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,),
    ast.In: (ast.NotIn,), ast.NotIn: (ast.In,),
    ast.Add: (ast.Sub,), ast.Sub: (ast.Add,), ast.Mult: (ast.Add,), ast.FloorDiv: (ast.Mult,),
    ast.BitAnd: (ast.BitOr,), ast.BitOr: (ast.BitAnd,), ast.LShift: (ast.RShift,),
    ast.And: (ast.Or,), ast.Or: (ast.And,),
}  # fmt: skip

SWAPPED_NAMES = {
    "min": "max", "max": "min", "least": "greatest", "greatest": "least", "strict_least": "least",
    "strict_greatest": "greatest", "all_of": "any_of", "any_of": "all_of", "at_most": "below", "below": "at_most",
    "lcm": "gcd", "gcd": "lcm", "low": "high", "high": "low", "low_open": "high_open", "high_open": "low_open",
    "is_positive": "is_negative", "is_negative": "is_positive", "TRUE": "FALSE", "FALSE": "TRUE",
    "left": "right", "right": "left", "add": "multiply", "numerator": "denominator", "is_zero": "is_positive",
    "any": "all", "ZERO": "NO_RATIO", "NO_RATIO": "ZERO",
}  # fmt: skip
"""Names of functions and attributes that are easily taken for each other."""

DROPPED_CALLS = (
    "certainly",
    "negation",
    "negate",
    "unless",
    "abs",
    "strict_greatest",
    "strict_least",
    "known",
    "_as_known",
)
"""Calls that stand for their last argument when left out: null checks, signs."""

SWAPPED_TEXT = (
    ("<=", "<"), (">=", ">"), (" < ", " <= "), (" > ", " >= "), ("==", "!="), ("!=", "=="), ("min", "max"), ("max", "min"),
    (" and ", " or "), (" or ", " and "), ("not ", ""), (" + ", " - "), (" * ", " + "), ("//", "*"), ("2 * ", "3 * "),
    ("-", ""), ("abs(", "("), (" & ", " | "), ("True", "False"), ("False", "True"), (">>", "<<"), ("elif", "if"),
    (" else 1", " else 0"), (" else 0", " else 1"), ("2 if", "1 if"), ("= 2", "= 1"), ("== 0", "== 1"), ("2 - ", "1 - "),
)  # fmt: skip
"""Pieces of generated code, each replaced by the next best mistake."""


Change = tuple[str, Callable[[], None]]
"""What was changed, and how to undo it."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A change of one place of a file (变异体): `source` is the whole file changed."""

    file: str
    line: int
    number: int
    what: str
    source: str

    @property
    def name(self) -> str:
        return f"{self.file}:{self.line} #{self.number} {self.what}"


def mutants(file: str, source: str) -> Iterator[Mutant]:
    """Every mutant of a file, in order of its lines; those that read the same as another only once."""
    tree = ast.parse(source)
    seen = {ast.unparse(tree)}
    for node in list(_mutable(tree)):
        for what, undo in _changes(node):
            changed = ast.unparse(tree)
            undo()
            if changed not in seen:
                seen.add(changed)
                yield Mutant(file, getattr(node, "lineno", 0), len(seen) - 1, what, changed)


def _mutable(tree: ast.Module) -> Iterator[ast.AST]:
    """Nodes inside functions, without annotations, docstrings, messages and decorators."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            for statement in node.body:
                if not _is_text(statement):
                    yield from _inside(statement)


def _inside(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Raise)):
        return
    yield node
    for name, value in ast.iter_fields(node):
        if name == "annotation" or (isinstance(node, ast.ImportFrom | ast.Import)):
            continue
        for child in value if isinstance(value, list) else [value]:
            if isinstance(child, ast.AST):
                yield from _inside(child)


def _is_text(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)


def _changes(node: ast.AST) -> Iterator[Change]:
    match node:
        case ast.Compare(ops=[operator]):
            yield from _operator(node, "ops", operator, in_list=True)
        case ast.BinOp(op=operator) | ast.BoolOp(op=operator):
            yield from _operator(node, "op", operator)
        case ast.UnaryOp(op=ast.Not()):
            yield from _field(node, "op", ast.UAdd(), "not left out", wrap=True)
        case ast.UnaryOp(op=ast.USub()):
            yield from _field(node, "op", ast.UAdd(), "sign left out")
        case ast.Constant(value=bool() as value):
            yield from _field(node, "value", not value, f"{value} for {not value}")
        case ast.Constant(value=int() as value):
            for other in (value + 1, value - 1):
                yield from _field(node, "value", other, f"{value} becomes {other}")
        case ast.Constant(value=str() as text):
            yield from _text(node, text)
        case ast.Name(id=name) if name in SWAPPED_NAMES:
            yield from _field(node, "id", SWAPPED_NAMES[name], f"{name} becomes {SWAPPED_NAMES[name]}")
        case ast.Attribute(attr=name) if name in SWAPPED_NAMES:
            yield from _field(node, "attr", SWAPPED_NAMES[name], f".{name} becomes .{SWAPPED_NAMES[name]}")
        case ast.If() | ast.IfExp():
            turned = ast.UnaryOp(ast.Not(), node.test)
            yield from _field(node, "test", turned, "condition turned")
            yield from _field(node, "test", ast.Constant(False), "condition never")
        case ast.Expr(value=ast.Call()):
            yield from _field(node, "value", ast.Constant(None), "statement left out")
    if isinstance(node, ast.Call):
        yield from _dropped(node)


def _dropped(node: ast.Call) -> Iterator[Change]:
    """The call left out: its last argument in its place."""
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name in DROPPED_CALLS and node.args:
        kept = (node.func, node.args)
        node.func, node.args = ast.Name("_last"), list(node.args)

        def undo() -> None:
            node.func, node.args = kept

        yield f"{name}() left out", undo


def _operator(node: ast.AST, name: str, operator: ast.AST, *, in_list: bool = False) -> Iterator[Change]:
    for other in SWAPPED_OPERATORS.get(type(operator), ()):
        value = [other()] if in_list else other()
        yield from _field(node, name, value, f"{type(operator).__name__} becomes {other.__name__}")


def _field(node: ast.AST, name: str, value: object, what: str, *, wrap: bool = False) -> Iterator[Change]:
    old = getattr(node, name)
    if wrap:
        value = ast.UAdd()  # `+truth`: the truth itself, as 0 or 1
    setattr(node, name, value)
    yield what, lambda: setattr(node, name, old)
    setattr(node, name, old)


def _text(node: ast.Constant, text: str) -> Iterator[Change]:
    """Each place of each piece of generated code; texts for people are left alone."""
    if re.search(r"[一-鿿]", text) or len(text) > 400:
        return
    for old, new in SWAPPED_TEXT:
        for found in re.finditer(re.escape(old), text):
            changed = text[: found.start()] + new + text[found.end() :]
            yield from _field(node, "value", changed, f"“{text.strip()[:40]}”: {old.strip()!r} becomes {new.strip()!r}")
