"""The score card: exact, the same again, and honest about what is missing."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cewen.base.errors import CewenError
from cewen.indicators.scorecard import Appeal, Flag, ScoreCell, ScoreItem, score_districts

ITEMS = (
    ScoreItem("revenue", "软件业务收入", Fraction(60), Fraction(12, 10), "亿元"),
    ScoreItem("growth", "增速", Fraction(40), Fraction(1), "%"),
)


def _cells(*rows: tuple[str, str, int | None, int | None, Flag]) -> list[ScoreCell]:
    return [
        ScoreCell(
            district, item, None if plan is None else Fraction(plan), None if done is None else Fraction(done), flag
        )
        for district, item, plan, done, flag in rows
    ]


FULL = _cells(
    ("甲区", "revenue", 300, 330, "reported"), ("甲区", "growth", 15, 12, "reported"),
    ("乙区", "revenue", 100, 90, "reported"), ("乙区", "growth", 15, 15, "estimated"),
    ("丙区", "revenue", 50, 70, "reported"), ("丙区", "growth", None, None, "not_set"),
)  # fmt: skip


def test_scores_are_exact_and_estimates_are_named() -> None:
    card = score_districts("2024.1", ITEMS, FULL)
    by_name = {each.district: each for each in card.scores}
    assert by_name["甲区"].low == Fraction(98)
    assert by_name["乙区"].low == Fraction(94)
    assert by_name["丙区"].low == Fraction(120)
    assert [each.rank for each in card.scores] == ["1", "2", "3"]
    assert by_name["乙区"].notes == ("“增速”是估计数",)


def test_a_missing_cell_gives_a_range_of_ranks_and_is_named() -> None:
    cells = [
        cell
        if (cell.district, cell.item) != ("甲区", "growth")
        else ScoreCell("甲区", "growth", Fraction(15), None, "missing")
        for cell in FULL
    ]
    found = {each.district: each for each in score_districts("2024.1", ITEMS, cells).scores}
    assert (found["甲区"].low, found["甲区"].high) == (Fraction(66), Fraction(106))
    assert found["甲区"].rank == "2—3"
    assert found["乙区"].rank == "2—3"
    assert "缺报" in found["甲区"].notes[0]
    assert not found["甲区"].is_settled


def test_an_appeal_changes_the_cell_and_stays_on_the_record() -> None:
    appeal = Appeal("乙区", "revenue", date(2025, 2, 1), "漏报一家企业", "采纳", Fraction(100))
    before, after = score_districts("2024.1", ITEMS, FULL), score_districts("2024.1", ITEMS, FULL, [appeal])
    assert before.digest != after.digest
    found = next(each for each in after.scores if each.district == "乙区")
    assert found.low == 100
    assert "漏报一家企业" in found.notes[0]


@given(st.permutations(FULL))
def test_order_changes_nothing(cells: list[ScoreCell]) -> None:
    assert score_districts("2024.1", ITEMS, cells) == score_districts("2024.1", ITEMS, FULL)


@pytest.mark.parametrize(
    ("items", "cells"),
    [
        (ITEMS[:1], FULL),
        (ITEMS, [*FULL, FULL[0]]),
        (ITEMS, [*FULL, ScoreCell("丁区", "other", None, None)]),
        (ITEMS, [*FULL, ScoreCell("丁区", "growth", Fraction(0), Fraction(1))]),
    ],
)
def test_faulty_cards_are_refused(items: tuple[ScoreItem, ...], cells: list[ScoreCell]) -> None:
    with pytest.raises(CewenError) as caught:
        score_districts("2024.1", items, cells)
    assert caught.value.diagnostics[0].code == "CW809"
