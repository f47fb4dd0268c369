"""Which missing fact to supply first: the one that could settle most."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from cewen.base.certainty import Certainty
from cewen.engine.advise.situation import Situation
from cewen.engine.advise.worth import Worth
from cewen.engine.result import Result, Status
from cewen.rules.facts import Fact


@dataclass(frozen=True, slots=True)
class MissingFact:
    """A fact to supply (待补的事实): what it settles by itself, what else waits for it, upper bounds in fen."""

    fact: Fact
    path: str
    year: int | None
    settles: tuple[str, ...]
    waits: tuple[str, ...]
    most: Worth
    most_with_others: Worth
    unbounded: bool

    @property
    def words(self) -> str:
        return self.fact.label if self.year is None else f"{self.fact.label}（{self.year} 年）"

    def to_json(self) -> dict[str, object]:
        return {
            "fact": self.fact.label, "record": self.path, "year": self.year, "settles": list(self.settles),
            "waits": list(self.waits), "most": self.most.to_json(), "most_with_others": self.most_with_others.to_json(),
            "unbounded": self.unbounded, "source": self.fact.source,
        }  # fmt: skip


def find_missing(situation: Situation, ceiling_weight: Fraction) -> tuple[MissingFact, ...]:
    """Facts that keep results open, the one whose own results could bring most first."""
    waiting: dict[tuple[str, str, int | None], list[tuple[Result, bool]]] = {}
    facts: dict[str, Fact] = {}
    for result in situation.evaluation.results:
        if result.status is not Status.UNKNOWN:
            continue
        keys = set()
        for missing in result.needs:
            path = "enterprise" if missing.fact.subject == "enterprise" else result.subject
            facts[missing.fact.key] = missing.fact
            keys.add((path, missing.fact.key, missing.year))
        for key in keys:
            waiting.setdefault(key, []).append((result, len(keys) == 1))
    found = [
        MissingFact(
            facts[key],
            path,
            year,
            _titles(result for result, alone in held if alone),
            _titles(result for result, alone in held if not alone),
            _most(result for result, alone in held if alone),
            _most(result for result, _ in held),
            any(result.amount is None for result, _ in held),
        )
        for (path, key, year), held in waiting.items()
    ]
    return tuple(sorted(found, key=lambda each: _order(each, ceiling_weight)))


def _order(each: MissingFact, weight: Fraction) -> tuple[Fraction, Fraction, int, int, str, str, int]:
    """Most money first: of what it settles alone, then of all that waits for it; then most measures."""
    alone, together = each.most.weighed(weight), each.most_with_others.weighed(weight)
    return -alone, -together, -len(each.settles), -len(each.waits), each.fact.key, each.path, each.year or 0


def _titles(results: Iterable[Result]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(result.measure.measure.title for result in results))


def _most(results: Iterable[Result]) -> Worth:
    total = Worth()
    for result in results:
        if result.amount is not None:
            definite = result.measure.measure.certainty is Certainty.DEFINITE
            total += Worth(result.amount.high, 0) if definite else Worth(0, result.amount.high)
    return total
