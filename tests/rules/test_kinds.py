"""Each kind of measure lowers to the amounts its clause means."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from typing import Any

import pytest
from pydantic import ValidationError

from cewen.base.source import Place
from cewen.engine.factsheet import FactKey, PastAward, Record, Value, View
from cewen.engine.reference import Interpreter
from cewen.rules import ops
from cewen.rules.expression import Lowerer
from cewen.rules.kinds import DEFAULT_KIND, measure_kinds
from cewen.rules.load import Corpus
from cewen.rules.measure import Dated, Measure, value_on
from cewen.rules.types import MONEY

COMMON: dict[str, Any] = {
    "id": "award", "title": "某项奖励", "clause": "一/（一）", "quote": "给予奖励", "subject": "enterprise",
    "certainty": "definite",
}  # fmt: skip
WAN = 10**6


class Lowering:
    """The scope a measure lowers with on a day; a fault fails the test."""

    def __init__(self, corpus: Corpus, on: date) -> None:
        self.lowerer, self.on = Lowerer(corpus.vocabulary, corpus.regions, "enterprise"), on

    def money(self, value: Dated, *pointer: str | int) -> ops.NumberOp:
        found = self.lowerer.number(value_on(value, self.on), Place(), MONEY)
        assert found is not None, (pointer, self.lowerer.findings)
        return found

    def number(self, value: Dated, *pointer: str | int) -> ops.NumberOp:
        found = self.lowerer.number(value_on(value, self.on), Place())
        assert found is not None, (pointer, self.lowerer.findings)
        return found

    def truth(self, value: str, *pointer: str | int) -> ops.TruthOp:
        found = self.lowerer.truth(value, Place())
        assert found is not None, (pointer, self.lowerer.findings)
        return found


def measure(**entries: Any) -> Measure:
    return measure_kinds()[entries.get("kind", DEFAULT_KIND)].model_validate({**COMMON, **entries})


def amounts(
    corpus: Corpus, of: Measure, revenue: int, employees: int = 0, awarded: int = 0, on: date = date(2024, 6, 30)
) -> list[Fraction | None]:
    """Fen of each tier for an enterprise with this revenue (fen), so many employees, and what it was awarded (fen)."""
    values: dict[FactKey, Value] = {("revenue", 2023): Fraction(revenue), ("employees", 2023): Fraction(employees)}
    record = Record("enterprise", "enterprise", values)
    past = (PastAward("mou/a#b", date(2024, 1, 1), awarded),) if awarded else ()
    interpreter = Interpreter(corpus.vocabulary, corpus.regions, View(record, record, 2023, past))
    return [interpreter.number(tier.amount).exact for tier in of.lower_tiers(Lowering(corpus, on))]


def test_a_formula_is_limited_by_its_cap(small: Corpus) -> None:
    share = measure(amount="年营业收入 * 10%", cap="100万元")
    assert [amounts(small, share, revenue) for revenue in (0, 500 * WAN, 1000 * WAN, 5000 * WAN)] == [
        [0], [50 * WAN], [100 * WAN], [100 * WAN],
    ]  # fmt: skip


def test_a_dated_value_counts_from_its_day(small: Corpus) -> None:
    dated = measure(amount={"2023-01-01": "10万元", "2024-07-01": "30万元"})
    days = (date(2022, 1, 1), date(2023, 1, 1), date(2024, 6, 30), date(2024, 7, 1), date(2030, 1, 1))
    assert [amounts(small, dated, 0, on=day) for day in days] == [[10 * WAN]] * 3 + [[30 * WAN]] * 2


def test_tiers_come_in_the_order_written_each_with_the_cap(small: Corpus) -> None:
    tiers = [
        {"name": "一档", "when": "年营业收入 >= 1亿元", "amount": "10万元"},
        {"name": "二档", "when": "年营业收入 >= 10亿元", "amount": "50万元"},
    ]
    tiered = measure(kind="tiered", tiers=tiers, cap="40万元")
    lowered = tiered.lower_tiers(Lowering(small, date(2024, 6, 30)))
    assert [(tier.name, tier.condition_text) for tier in lowered] == [
        ("一档", tiers[0]["when"]),
        ("二档", tiers[1]["when"]),
    ]
    assert amounts(small, tiered, 0) == [10 * WAN, 40 * WAN]


def test_a_counted_award_stops_at_the_most(small: Corpus) -> None:
    each = measure(kind="per_unit", each="20万元", count="从业人员", most="3人")
    assert [amounts(small, each, 0, employees) for employees in (0, 1, 3, 9)] == [
        [0],
        [20 * WAN],
        [60 * WAN],
        [60 * WAN],
    ]


def test_co_funding_is_a_share_of_what_was_given(small: Corpus) -> None:
    share = measure(kind="co_funding", of="年营业收入", rate="20%", cap="30万元")
    assert [amounts(small, share, given) for given in (0, 100 * WAN, 1000 * WAN)] == [[0], [20 * WAN], [30 * WAN]]


def test_a_top_up_never_takes_back(small: Corpus) -> None:
    rest = measure(kind="top_up", amount="50万元", less=["mou/a#b"])
    assert [amounts(small, rest, 0, awarded=given) for given in (0, 20 * WAN, 50 * WAN, 70 * WAN)] == [
        [50 * WAN], [30 * WAN], [0], [0],
    ]  # fmt: skip


def test_a_promise_without_a_number_has_no_amount(small: Corpus) -> None:
    promise = measure(kind="discretionary", certainty="case_by_case")
    assert amounts(small, promise, 0) == []
    assert list(promise.amount_expressions()) == []
    with pytest.raises(ValidationError, match="certainty"):
        measure(kind="discretionary", certainty="definite")


@pytest.mark.parametrize("kind", measure_kinds())
def test_every_kind_has_a_chinese_label_and_names_itself(kind: str) -> None:
    model = measure_kinds()[kind]
    assert model.kind_label
    assert model.model_fields["kind"].default == kind


@pytest.mark.parametrize(
    ("entries", "counts"),
    [
        ({}, "measure"),
        ({"subject": "project"}, "object"),
        ({"per": "tier"}, "tier"),
        ({"subject": "park", "per": "measure"}, "measure"),
    ],
)
def test_what_once_only_counts(entries: dict[str, Any], counts: str) -> None:
    assert measure(amount="1万元", **entries).counts_per == counts
