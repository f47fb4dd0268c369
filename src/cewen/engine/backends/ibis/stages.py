"""What is computed once: terms that several others use become columns of inner queries, layer by layer."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from cewen.engine.backends.ibis.term import Term

_FREE = frozenset({"column", "number", "truth", "known"})
"""Kinds that cost nothing to spell twice."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One SELECT: columns passed on from the layer before, by name, and new ones."""

    passed: tuple[str, ...]
    computed: Mapping[str, Term]


@dataclass(frozen=True, slots=True)
class Stages:
    """Layers from the innermost out; the last computes the outputs. `names` tells which column holds a shared term."""

    layers: tuple[Layer, ...]
    names: Mapping[Term, str]


def plan_stages(outputs: Mapping[str, Term], keep: tuple[str, ...] = ()) -> Stages:
    """Layers for `outputs`; `keep` are columns of the source that every layer passes on."""
    uses = _uses(outputs)
    shared = {term for term, count in uses.items() if count > 1 and _is_worth_sharing(term)}
    levels = _levels(outputs, shared)
    names = {term: f"shared_{at}" for at, term in enumerate(levels)}
    deepest = max(levels.values(), default=0)
    layers: list[Layer] = []
    for level in range(1, deepest + 1):
        computed = {names[term]: term for term, at in levels.items() if at == level}
        read = [leaf for term in outputs.values() for leaf in _inputs(term, shared)]
        read += [leaf for term, at in levels.items() if at > level for leaf in _inputs(term, shared, itself=False)]
        wanted = dict.fromkeys(keep)
        for leaf in read:
            if leaf.kind == "column":
                wanted[str(leaf.value)] = None
            elif levels[leaf] < level:
                wanted[names[leaf]] = None
        layers.append(Layer(tuple(wanted), computed))
    layers.append(Layer(keep, dict(outputs)))
    return Stages(tuple(layers), names)


def _is_worth_sharing(term: Term) -> bool:
    if term.kind in _FREE:
        return False
    return not (term.kind in ("is_null", "certainly", "not") and term.args[0].kind == "column")


def _uses(outputs: Mapping[str, Term]) -> Counter[Term]:
    uses: Counter[Term] = Counter(outputs.values())
    seen: set[Term] = set()
    open_terms = list(outputs.values())
    while open_terms:
        term = open_terms.pop()
        if term in seen:
            continue
        seen.add(term)
        uses.update(term.args)
        open_terms.extend(term.args)
    return uses


def _levels(outputs: Mapping[str, Term], shared: set[Term]) -> dict[Term, int]:
    """The layer of each shared term: one beyond those of what it is made from. In an order that never varies."""
    depths: dict[Term, int] = {}
    levels: dict[Term, int] = {}

    def depth(term: Term) -> int:
        if term not in depths:
            below = max((depth(arg) for arg in term.args), default=0)
            depths[term] = below + 1 if term in shared else below
            if term in shared:
                levels[term] = depths[term]
        return depths[term]

    for term in outputs.values():
        depth(term)
    return levels


def _inputs(root: Term, shared: set[Term], *, itself: bool = True) -> Iterator[Term]:
    """Columns and shared terms that spelling `root` reads; `itself`: the root too may be read where it is shared."""
    seen: set[Term] = set()
    open_terms = [root]
    while open_terms:
        term = open_terms.pop()
        if term in seen:
            continue
        seen.add(term)
        if term.kind == "column" or (term in shared and (itself or term is not root)):
            yield term
        else:
            open_terms.extend(term.args)
