"""CW305: measures or parameters that need each other's result before their own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from cewen.base.diagnostic import Diagnostic
from cewen.rules import syntax
from cewen.rules.check.examined import Examined, about
from cewen.rules.check.expressions import expressions_of, spelled, walk
from cewen.rules.check.page import Check, Page
from cewen.rules.load import Corpus
from cewen.rules.measure import Measure

PAGE = Page(
    code="CW305",
    title="循环依赖",
    why="甲要减去乙，乙又要减去甲，谁先算都不对，算不出结果。",
    looks_for="补差措施的 less 一路追下去会不会回到自己；参数的表达式会不会用到自己。",
    remedy="照原文的先后，去掉其中一处引用。",
    bad="parameters:\n  门槛: 上限 * 10%\n  上限: 门槛 * 10",
    good="parameters:\n  门槛: 500万元\n  上限: 门槛 * 10",
)
_REMEDY = "照原文的先后，去掉其中一处引用。"


def find(examined: Examined) -> Iterator[Diagnostic]:
    """A finding for each measure and each parameter from which a chain of references leads back to it."""
    less = _reductions(examined.corpus)
    for measure in examined.policy.measures:
        names = _references(measure)
        for name in measure.parameters:
            loop = _loop(name, names)
            if loop:
                message = f"{about(measure)}的参数循环引用：{' → '.join(loop)}{_facts(examined.corpus, [measure])}"
                yield PAGE.found(message, _REMEDY, examined.place(measure, "parameters", name))
        loop = _loop(f"{examined.policy.id}#{measure.id}", less)
        if loop:
            members = [found[1] for key in dict.fromkeys(loop) if (found := examined.corpus.measure(key)) is not None]
            message = f"{about(measure)}的补差循环：{' → '.join(loop)}{_facts(examined.corpus, members)}"
            yield PAGE.found(message, _REMEDY, examined.place(measure, "less"), measure.quote)


def _facts(corpus: Corpus, measures: Iterable[Measure]) -> str:
    """The facts whose results wait for the circle."""
    names = (
        node.text
        for measure in measures
        for expression in expressions_of(measure)
        if (tree := expression.tree()) is not None
        for node in walk(tree)
        if isinstance(node, syntax.Name)
    )
    found = [name for name in dict.fromkeys(names) if corpus.vocabulary.by_label(name) is not None]
    return f"，用到“{'、'.join(found)}”的结果算不出来" if found else ""


def _reductions(corpus: Corpus) -> dict[str, tuple[str, ...]]:
    """For each measure the measures whose awards it subtracts."""
    return {
        f"{policy.id}#{measure.id}": tuple(getattr(measure, "less", ()))
        for policy in corpus.policies
        for measure in policy.measures
    }


def _references(measure: Measure) -> dict[str, tuple[str, ...]]:
    """For each parameter the parameters its expressions name."""
    found: dict[str, tuple[str, ...]] = {}
    for name, value in measure.parameters.items():
        trees = [tree for expression in spelled(value, ()) if (tree := expression.tree()) is not None]
        names = (node.text for tree in trees for node in walk(tree) if isinstance(node, syntax.Name))
        found[name] = tuple(dict.fromkeys(each for each in names if each in measure.parameters))
    return found


def _loop(start: str, following: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """A shortest way from `start` back to `start`; empty when there is none."""
    ways: list[tuple[str, ...]] = [(start,)]
    seen: set[str] = set()
    for way in ways:  # grows while it is read: breadth first
        for each in following.get(way[-1], ()):
            if each == start:
                return (*way, start)
            if each not in seen:
                seen.add(each)
                ways.append((*way, each))
    return ()


CHECK = Check((PAGE,), find)
