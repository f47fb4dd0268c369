"""Terms as Ibis expressions, in layers; 64 bits where the span of every value fits, else 128."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

import ibis
from ibis import literal
from ibis.expr.operations import Cast

from cewen.engine.backends.ibis.exact import Narrowed, WholeQuotient, Widened
from cewen.engine.backends.ibis.folding import is_choice
from cewen.engine.backends.ibis.stages import Stages
from cewen.engine.backends.ibis.term import Term

Expression = Any
"""An Ibis expression; Ibis's own types say no more than that."""

_BILLION = 10**18


def spell_stages(table: Expression, stages: Stages, kinds: Mapping[str, str] | None = None) -> Expression:
    """The query whose columns are those of the last layer, each in its type of `kinds`; without, as they are."""
    for layer in stages.layers:
        speller = _Speller(table, stages.names)
        typed = kinds if kinds is not None and layer is stages.layers[-1] else {}
        computed = {
            name: (speller.output(term, typed[name]) if name in typed else speller.spell(term)).name(name)
            for name, term in layer.computed.items()
        }
        table = table.select(*(table[name] for name in layer.passed if name not in computed), *computed.values())
    return table


class _Speller:
    """Terms as expressions over one table; what the table already holds is read from it."""

    def __init__(self, table: Expression, names: Mapping[Term, str]) -> None:
        self._table, self._names = table, names
        self._columns = frozenset(table.columns)
        self._spelled: dict[Term, Expression] = {}

    def spell(self, term: Term) -> Expression:
        name = self._names.get(term)
        if name is not None and name in self._columns:
            return self._table[name]
        found = self._spelled.get(term)
        if found is None:
            found = self._spelled[term] = _SPELLINGS[term.kind](self, term)
        return found

    def output(self, term: Term, kind: str) -> Expression:
        """As `typed`, and said in so many words where all is constants: SQL gives these a type of its own choice."""
        found = self.typed(term, kind)
        return Cast(found, ibis.dtype(kind)).to_expr() if is_choice(term) and term.constant is None else found

    def typed(self, term: Term, kind: str) -> Expression:
        """A number in the type of `kind`, in which it is known to fit; computed in it where it is made of constants,
        because narrow columns are made and handed over in less time."""
        if kind == "int64":
            spelled = self.spell(term)
            return Narrowed(spelled.op()).to_expr() if term.is_wide else spelled
        if term.constant is not None:
            return literal(term.constant, kind)
        if self._names.get(term) not in self._columns:
            if term.kind == "case":
                condition, then, otherwise = term.args
                return self.spell(condition).ifelse(self.typed(then, kind), self.typed(otherwise, kind))
            if term.kind == "add" and all(arg.low >= 0 for arg in term.args):
                return self.typed(term.args[0], kind) + self.typed(term.args[1], kind)
        return self.spell(term).cast(kind)

    def at_width(self, term: Term, *, wide: bool) -> Expression:
        spelled = self.spell(term)
        return _widened(spelled) if wide and not term.is_wide else spelled

    def numbers(self, term: Term) -> tuple[Expression, ...]:
        """The arguments in the width in which `term` is computed."""
        wide = _computed_wide(term)
        return tuple(self.at_width(arg, wide=wide) for arg in term.args)

    def fitted(self, term: Term, computed: Expression) -> Expression:
        """A number computed in the width of `numbers`, in its own width."""
        return Narrowed(computed.op()).to_expr() if _computed_wide(term) and not term.is_wide else computed

    # --- leaves

    def column(self, term: Term) -> Expression:
        return self._table[str(term.value)]

    def number(self, term: Term) -> Expression:
        if term.value is None:
            return ibis.null("int64")
        value = int(term.value)  # type: ignore[arg-type]
        if not term.is_wide:
            return literal(value, "int64")
        sign = -1 if value < 0 else 1
        most, least = divmod(abs(value), _BILLION)
        parts = (_widened(literal(sign * part, "int64")) for part in (most // _BILLION, most % _BILLION, least))
        scale = _widened(literal(_BILLION, "int64"))
        return reduce(lambda total, part: total * scale + part, parts)

    def truth(self, term: Term) -> Expression:
        return ibis.null("boolean") if term.value is None else literal(bool(term.value))

    # --- numbers

    def add(self, term: Term) -> Expression:
        left, right = self.numbers(term)
        negated = term.args[1]
        if negated.kind == "multiply" and negated.args[1].constant == -1 and negated not in self._names:
            return self.fitted(term, left - self.at_width(negated.args[0], wide=_computed_wide(term)))
        return self.fitted(term, left + right)

    def multiply(self, term: Term) -> Expression:
        left, right = self.numbers(term)
        return self.fitted(term, left * right)

    def divide(self, term: Term) -> Expression:
        left, right = self.numbers(term)
        return self.fitted(term, WholeQuotient(left.op(), right.op()).to_expr())

    def least(self, term: Term) -> Expression:
        return self.fitted(term, ibis.least(*self.numbers(term)))

    def greatest(self, term: Term) -> Expression:
        return self.fitted(term, ibis.greatest(*self.numbers(term)))

    def known(self, term: Term) -> Expression:
        return self.spell(term.args[0])

    # --- numbers and truths

    def default(self, term: Term) -> Expression:
        if term.is_truth:
            return ibis.coalesce(*(self.spell(arg) for arg in term.args))
        return self.fitted(term, ibis.coalesce(*self.numbers(term)))

    def case(self, term: Term) -> Expression:
        condition, then, otherwise = term.args
        wide = not term.is_truth and _computed_wide(term)
        if is_choice(term) and otherwise.constant is not None and not wide:
            # SQL takes bare constants for 32 bits, and what is added to them may leave these.
            bound = Cast(self.spell(otherwise), ibis.dtype("int64")).to_expr()
            return self.spell(condition).ifelse(self.spell(then), bound)
        chosen = self.spell(condition).ifelse(self.at_width(then, wide=wide), self.at_width(otherwise, wide=wide))
        return chosen if term.is_truth else self.fitted(term, chosen)

    # --- truths

    def at_most(self, term: Term) -> Expression:
        left, right = self.numbers(term)
        return left <= right

    def below(self, term: Term) -> Expression:
        left, right = self.numbers(term)
        return left < right

    def equal(self, term: Term) -> Expression:
        left, right = self.numbers(term)
        return left == right

    def within(self, term: Term) -> Expression:
        operand = self.spell(term.args[0])
        runs: tuple[tuple[int, int], ...] = term.value  # type: ignore[assignment]
        single = [literal(first, "int64") for first, last in runs if first == last]
        tests = [
            operand.between(literal(first, "int64"), literal(last, "int64")) for first, last in runs if first < last
        ]
        if len(single) > 2:
            tests.append(operand.isin(single))
        else:
            tests.extend(operand == value for value in single)
        return reduce(lambda one, other: one | other, tests)

    def holds_bits(self, term: Term) -> Expression:
        mask = literal(int(term.value), "int64")  # type: ignore[arg-type]
        return (self.spell(term.args[0]) & mask) == mask

    def is_null(self, term: Term) -> Expression:
        return self.spell(term.args[0]).isnull()

    def certainly(self, term: Term) -> Expression:
        return ibis.coalesce(self.spell(term.args[0]), literal(False))

    def negation(self, term: Term) -> Expression:
        return ~self.spell(term.args[0])

    def conjunction(self, term: Term) -> Expression:
        return reduce(lambda one, other: one & other, (self.spell(arg) for arg in term.args))

    def disjunction(self, term: Term) -> Expression:
        return reduce(lambda one, other: one | other, (self.spell(arg) for arg in term.args))


_SPELLINGS: dict[str, Callable[[_Speller, Term], Expression]] = {
    "column": _Speller.column,
    "number": _Speller.number,
    "truth": _Speller.truth,
    "add": _Speller.add,
    "multiply": _Speller.multiply,
    "divide": _Speller.divide,
    "least": _Speller.least,
    "greatest": _Speller.greatest,
    "known": _Speller.known,
    "default": _Speller.default,
    "case": _Speller.case,
    "at_most": _Speller.at_most,
    "below": _Speller.below,
    "equal": _Speller.equal,
    "within": _Speller.within,
    "holds_bits": _Speller.holds_bits,
    "is_null": _Speller.is_null,
    "certainly": _Speller.certainly,
    "not": _Speller.negation,
    "all": _Speller.conjunction,
    "any": _Speller.disjunction,
}
"""How each kind of term is said."""


def _computed_wide(term: Term) -> bool:
    """Whether the term is computed in 128 bits: because it, or a number it is made of, may need them."""
    return (term.is_wide and not term.is_truth) or any(arg.is_wide and not arg.is_truth for arg in term.args)


def _widened(spelled: Expression) -> Expression:
    return Widened(spelled.op()).to_expr()
