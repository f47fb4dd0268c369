from __future__ import annotations

from typing import Any

import pytest

from cewen.engine.result import Amount, Status
from engine_support import Explain, MakeCorpus, measure, one

WUHAN = {"名称": "合成甲", "注册地": "420111"}


def facts(*awards: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"enterprise": WUHAN, "awards": list(awards), **more}


def award(on: str, amount: str = "10万元", name: str = "a", **more: Any) -> dict[str, Any]:
    return {"measure": f"here/one#{name}", "on": on, "amount": amount, **more}


def test_once_only_when_already_awarded_then_shown_with_its_amount_but_not_counted(
    explain: Explain, make_corpus: MakeCorpus
) -> None:
    corpus = make_corpus(measure("a", frequency="one_off"), measure("b"))
    evaluation = explain(facts(award("2021-03-01")), "2024-06-30", by=corpus)
    result = one(evaluation, "a")
    assert result.status is Status.MET
    assert result.amount == Amount(10_000_000, 10_000_000)
    assert result.suppressed_by is not None
    assert (result.suppressed_by.measure, result.suppressed_by.clause) == ("here/one#a", "一")
    assert evaluation.total == Amount(10_000_000, 10_000_000)


def test_once_only_when_the_award_lies_in_the_future_then_it_does_not_count_yet(
    explain: Explain, make_corpus: MakeCorpus
) -> None:
    corpus = make_corpus(measure("a", frequency="one_off"))
    assert one(explain(facts(award("2024-07-01")), "2024-06-30", by=corpus), "a").suppressed_by is None


@pytest.mark.parametrize(("on", "suppressed"), [("2023-12-31", False), ("2024-01-01", True)])
def test_annual_when_awarded_this_year_then_once_a_year(
    explain: Explain, make_corpus: MakeCorpus, on: str, suppressed: bool
) -> None:
    corpus = make_corpus(measure("a", frequency="annual"))
    result = one(explain(facts(award(on)), "2024-06-30", by=corpus), "a")
    assert (result.suppressed_by is not None) is suppressed


def test_years_when_used_up_then_no_more(explain: Explain, make_corpus: MakeCorpus) -> None:
    corpus = make_corpus(measure("a", frequency={"years": 3}))
    two = [award("2021-05-01"), award("2022-05-01")]
    assert one(explain(facts(*two), "2024-06-30", by=corpus), "a").suppressed_by is None
    assert one(explain(facts(*two, award("2023-05-01")), "2024-06-30", by=corpus), "a").suppressed_by is not None


def test_once_per_tier_when_a_higher_level_is_reached_then_that_level_pays(
    explain: Explain, make_corpus: MakeCorpus
) -> None:
    tiers = [
        {"name": "三级", "when": "DCMM等级 = 3级", "amount": "20万元"},
        {"name": "四级", "when": "DCMM等级 = 4级", "amount": "30万元"},
    ]
    entry = measure("a", kind="tiered", tiers=tiers, frequency="one_off", per="tier")
    del entry["amount"]
    corpus = make_corpus(entry)

    def at(level: int, past: dict[str, Any]) -> bool:
        data = {"enterprise": {**WUHAN, "DCMM等级": level}, "awards": [past]}
        return one(explain(data, "2024-06-30", by=corpus), "a").suppressed_by is not None

    assert at(3, award("2022-01-01", "20万元"))
    assert not at(4, award("2022-01-01", "20万元"))
    assert at(4, award("2022-01-01", "20万元", tier="四级"))
    assert at(4, award("2022-01-01", "7万元")), "an award whose tier cannot be told uses up the claim"


def test_highest_only_when_members_compete_then_the_lower_is_suppressed_by_the_higher(
    explain: Explain, make_corpus: MakeCorpus
) -> None:
    rule = {"id": "highest", "rule": "highest_only", "clause": "附则", "quote": "就高不重复", "members": ["a", "b"]}
    corpus = make_corpus(measure("a"), measure("b", "30万元"), measure("c"), stacking=[rule])
    evaluation = explain(facts(), "2024-06-30", by=corpus)
    loser = one(evaluation, "a").suppressed_by
    assert loser is not None
    assert (loser.measure, loser.clause, loser.rule) == ("here/one#b", "附则", "highest_only")
    assert evaluation.total == Amount(40_000_000, 40_000_000)


def test_highest_only_across_issuers_when_two_policies_pay_then_only_between_them(
    explain: Explain, make_corpus: MakeCorpus
) -> None:
    rule = {"id": "highest", "rule": "highest_only", "clause": "附则", "quote": "就高不重复", "across": "issuer"}
    make_corpus(measure("a"), measure("b", "20万元"), stacking=[rule])
    corpus = make_corpus(measure("c", "15万元"), policy="here/two")
    evaluation = explain(facts(), "2024-06-30", by=corpus)
    assert one(evaluation, "a").suppressed_by is None, "the rule speaks of other policies"
    assert one(evaluation, "b").suppressed_by is None
    assert one(evaluation, "c").suppressed_by is not None


def test_joint_cap_when_the_sum_exceeds_it_then_reduced_in_order_and_the_rest_suppressed(
    explain: Explain, make_corpus: MakeCorpus
) -> None:
    rule = {
        "id": "both", "rule": "joint_cap", "clause": "一", "quote": "双边最高", "members": ["a", "b", "c"], "limit": "25万元",
    }  # fmt: skip
    corpus = make_corpus(measure("a", "20万元"), measure("b", "20万元"), measure("c"), stacking=[rule])
    evaluation = explain(facts(), "2024-06-30", by=corpus)
    assert one(evaluation, "a").amount == Amount(20_000_000, 20_000_000)
    assert one(evaluation, "b").amount == Amount(5_000_000, 5_000_000)
    assert one(evaluation, "c").suppressed_by is not None
    assert evaluation.total == Amount(25_000_000, 25_000_000)


def test_top_up_when_something_was_awarded_then_the_difference_and_never_less_than_nothing(
    explain: Explain, make_corpus: MakeCorpus
) -> None:
    corpus = make_corpus(measure("a", "50万元", kind="top_up", less=["here/one#b"]), measure("b"))
    some = explain(facts(award("2021-01-01", "20万元", "b")), "2024-06-30", by=corpus)
    more = explain(facts(award("2021-01-01", "80万元", "b")), "2024-06-30", by=corpus)
    assert one(some, "a").amount == Amount(30_000_000, 30_000_000)
    assert one(more, "a").amount == Amount(0, 0)


def test_per_unit_when_counted_then_limited_by_count_and_cap(explain: Explain, make_corpus: MakeCorpus) -> None:
    entry = measure("a", kind="per_unit", each="2万元", count="从业人员", most="10人", cap="15万元")
    del entry["amount"]
    corpus = make_corpus(entry)

    def staff(count: int) -> Amount | None:
        data = {"enterprise": {**WUHAN, "从业人员": {"2023": count}}}
        return one(explain(data, "2024-06-30", by=corpus), "a").amount

    assert staff(3) == Amount(6_000_000, 6_000_000)
    assert staff(500) == Amount(15_000_000, 15_000_000)


def test_dated_values_when_the_date_changes_then_the_value_in_force_counts(
    explain: Explain, make_corpus: MakeCorpus
) -> None:
    entry = measure("a", parameters={"奖励额": {"2021-01-01": "10万元", "2024-01-01": "15万元"}})
    entry["amount"] = "奖励额"
    corpus = make_corpus(entry)
    assert one(explain(facts(), "2023-12-31", by=corpus), "a").amount == Amount(10_000_000, 10_000_000)
    assert one(explain(facts(), "2024-01-01", by=corpus), "a").amount == Amount(15_000_000, 15_000_000)
