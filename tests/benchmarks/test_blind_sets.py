"""Passages of issuers whose texts shaped no rule: the levels reached once the rules of the language were mended."""

from __future__ import annotations

from pathlib import Path

import pytest
from benchmarks.reading.score import Tally, score_set

LEVELS = {"found": 0.97, "spurious": 0.03, "slots": 0.96, "exact": 0.94}


def total_of(annotated: Path, texts: Path) -> Tally:
    total = Tally()
    for tally in score_set(annotated, texts).values():
        total.add(tally)
    return total


@pytest.mark.parametrize("name", ["composed-1", "composed-2"])
def test_composed_passages_keep_their_level(repo: Path, name: str) -> None:
    sets = repo / "benchmarks" / "reading" / "sets"
    total = total_of(sets / f"{name}.revised.json", sets / name)
    assert total.gold > 70
    assert total.found >= LEVELS["found"] * total.gold, total.differences
    assert total.read - total.found <= LEVELS["spurious"] * total.read, total.differences
    assert 2 * total.hit >= LEVELS["slots"] * (total.wanted + total.had), total.differences
    assert total.exact >= LEVELS["exact"] * total.gold, total.differences


def test_official_texts_annotated_blind_keep_their_level(repo: Path, shared: Path) -> None:
    annotated = repo / "benchmarks" / "reading" / "sets" / "official.first.json"
    total = total_of(annotated, shared / "eval" / "unlabelled")
    assert total.found >= 0.95 * total.gold, total.differences
    assert total.read - total.found <= 0.07 * total.read, total.differences
    assert total.exact >= 0.91 * total.gold, total.differences
