"""Every expression of a measure with its place in the file, whatever the kind of measure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction

from cewen.rules import ops, syntax
from cewen.rules.measure import Dated, Measure
from cewen.rules.types import MONEY

Pointer = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Expression:
    """Text of one expression (表达式) and the pointer to it in the measure's file."""

    text: str
    pointer: Pointer

    def tree(self) -> syntax.Node | None:
        """Its syntax; None where it cannot be read, which is reported elsewhere (CW200)."""
        try:
            return syntax.parse_expression(self.text)
        except syntax.SyntaxFailure:
            return None


@dataclass(slots=True)
class _Recorder:
    """A scope that lowers nothing and keeps what a kind asks for."""

    found: list[Expression] = field(default_factory=list)

    def money(self, value: Dated, *pointer: str | int) -> ops.NumberOp:
        self.found.extend(spelled(value, pointer))
        return ops.Constant(MONEY, Fraction(0))

    def number(self, value: Dated, *pointer: str | int) -> ops.NumberOp:
        return self.money(value, *pointer)

    def truth(self, value: str, *pointer: str | int) -> ops.TruthOp:
        self.found.extend(spelled(value, pointer))
        return ops.Certain(True)


def spelled(value: Dated, pointer: Pointer) -> Iterator[Expression]:
    """Each text a dated value has, with the date as last part of its pointer."""
    if isinstance(value, str):
        yield Expression(value, pointer)
        return
    for start in sorted(value):
        yield Expression(value[start], (*pointer, start.isoformat()))


def expressions_of(measure: Measure) -> tuple[Expression, ...]:
    """Conditions, then parameters, then what forms the amount, each text once for each place."""
    recorder = _Recorder()
    for index, text in enumerate(measure.conditions):
        recorder.truth(text, "conditions", index)
    for name, value in measure.parameters.items():
        recorder.money(value, "parameters", name)
    measure.lower_tiers(recorder)
    return tuple(dict.fromkeys(recorder.found))


def walk(node: syntax.Node) -> Iterator[syntax.Node]:
    """A piece of syntax and everything in it, left to right."""
    yield node
    for child in syntax_children(node):
        yield from walk(child)


def syntax_children(node: syntax.Node) -> tuple[syntax.Node, ...]:
    """What stands directly inside a piece of syntax."""
    match node:
        case syntax.Arithmetic() | syntax.Comparison():
            return (node.left, node.right)
        case syntax.Negative() | syntax.Negation():
            return (node.operand,)
        case syntax.Call():
            return node.arguments
        case syntax.Membership():
            return (node.left, *node.values)
        case syntax.Junction():
            return node.parts
    return ()
