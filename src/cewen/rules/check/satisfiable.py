"""Whether conditions can hold together, decided exactly for bounds on one expression, choices, sets and regions.

What this file cannot decide it calls possible: a finding that conditions contradict each other is always true.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product

from cewen.rules import ops
from cewen.rules.check.interval import EVERYTHING, Interval, satisfying
from cewen.rules.check.linear import OPPOSITE, Terms, bounded, is_whole, may_be_undefined, range_of
from cewen.rules.load import Corpus

Atom = tuple[ops.TruthOp, bool]
"""An operation without 且, 或, 非 inside, and whether it is to hold."""

Branch = tuple[Atom, ...]
MOST_BRANCHES = 512
"""Conditions with more alternatives are not looked into."""


def can_hold(conditions: Iterable[ops.TruthOp], corpus: Corpus) -> bool:
    """False when no facts within their declared ranges meet all of `conditions`."""
    found = branches(ops.All(tuple(conditions)), True)
    return found is None or any(_is_possible(branch, corpus) for branch in found)


def branches(op: ops.TruthOp, wanted: bool) -> list[Branch] | None:
    """The alternatives under which `op` holds (or, not wanted, does not); None when there are too many."""
    match op:
        case ops.Not():
            return branches(op.operand, not wanted)
        case ops.All() | ops.Any():
            inner = [branches(part, wanted) for part in op.parts]
            known = [part for part in inner if part is not None]
            if len(known) < len(inner):
                return None
            if isinstance(op, ops.All) is wanted:
                size = 1
                for part in known:
                    size *= len(part)
                if size > MOST_BRANCHES:
                    return None
                return [tuple(atom for part in choice for atom in part) for choice in product(*known)]
            return [branch for part in known for branch in part]
    return [((op, wanted),)]


@dataclass(slots=True)
class _Store:
    """What the atoms of one branch leave possible."""

    corpus: Corpus
    numbers: dict[Terms, Interval] = field(default_factory=dict)
    holes: dict[Terms, set[Fraction]] = field(default_factory=dict)
    chosen: dict[str, set[str]] = field(default_factory=dict)
    ruled_out: dict[str, set[str]] = field(default_factory=dict)
    held: dict[str, set[str]] = field(default_factory=dict)
    not_held: list[tuple[str, frozenset[str]]] = field(default_factory=list)
    answers: dict[str, bool] = field(default_factory=dict)
    inside: list[ops.LiesIn] = field(default_factory=list)
    outside: list[ops.LiesIn] = field(default_factory=list)
    is_refuted: bool = False

    def add(self, op: ops.TruthOp, wanted: bool) -> None:
        match op:
            case ops.Certain():
                self.is_refuted |= op.value is not wanted
            case ops.Compare():
                self._compare(op, wanted)
            case ops.FirstTime() if wanted:
                before = ops.FactNumber(op.fact.quantity, op.fact.key, op.fact.years_back + 1)
                self._compare(ops.Compare(op.operator, op.fact, op.threshold), True)
                self._compare(ops.Compare(op.operator, before, op.threshold), False)
            case ops.OneOf():
                if wanted:
                    self.chosen[op.key] = self.chosen.get(op.key, set(op.values)) & set(op.values)
                else:
                    self.ruled_out.setdefault(op.key, set()).update(op.values)
            case ops.Holds():
                if wanted:
                    self.held.setdefault(op.key, set()).update(op.values)
                else:
                    self.not_held.append((op.key, frozenset(op.values)))
            case ops.IsTrue():
                self.is_refuted |= self.answers.setdefault(op.key, wanted) is not wanted
            case ops.LiesIn():
                (self.inside if wanted else self.outside).append(op)

    def _compare(self, op: ops.Compare, wanted: bool) -> None:
        if not wanted and may_be_undefined(op):
            return
        form = bounded(op)
        operator = form.operator if wanted else OPPOSITE[form.operator]
        allowed = satisfying(operator, form.bound)
        if not form.terms:
            zero = Interval(Fraction(0), Fraction(0))
            self.is_refuted |= form.bound == 0 if allowed is None else zero.meet(allowed).is_empty
            return
        if allowed is None:
            self.holes.setdefault(form.terms, set()).add(form.bound)
            allowed = EVERYTHING
        self.numbers[form.terms] = self.numbers.get(form.terms, EVERYTHING).meet(allowed)

    def is_possible(self) -> bool:
        return not self.is_refuted and all(
            (self._numbers_fit(), self._choices_fit(), self._sets_fit(), self._regions_fit())
        )

    def _numbers_fit(self) -> bool:
        vocabulary = self.corpus.vocabulary
        for terms, allowed in self.numbers.items():
            left = allowed.meet(range_of(terms, vocabulary))
            left = left.whole() if is_whole(terms, vocabulary) else left
            if left.is_empty or (
                left.low is not None and left.low == left.high and left.low in self.holes.get(terms, ())
            ):
                return False
        return True

    def _choices_fit(self) -> bool:
        for key in {*self.chosen, *self.ruled_out}:
            declared = set(self.corpus.vocabulary.by_key(key).values)
            possible = self.chosen.get(key, declared)
            if possible - self.ruled_out.get(key, set()):
                continue
            if key in self.chosen or declared:  # a text fact without listed values may be anything else
                return False
        return True

    def _sets_fit(self) -> bool:
        return not any(values <= self.held.get(key, set()) for key, values in self.not_held)

    def _regions_fit(self) -> bool:
        lies_in = self.corpus.regions.lies_in
        for one, other in product(self.inside, self.inside):
            pairs = product(one.codes, other.codes)
            if one.key == other.key and not any(lies_in(a, b) or lies_in(b, a) for a, b in pairs):
                return False
        for one, other in product(self.inside, self.outside):
            if one.key == other.key and all(any(lies_in(a, b) for b in other.codes) for a in one.codes):
                return False
        return True


def _is_possible(branch: Branch, corpus: Corpus) -> bool:
    store = _Store(corpus)
    for op, wanted in branch:
        store.add(op, wanted)
    return store.is_possible()
