"""What is prepared is kept: by identity, by content, and no longer than the plan it was prepared for."""

from __future__ import annotations

import gc
import weakref
from datetime import date
from typing import Any

from cewen.engine.single.prepare import prepare
from cewen.rules.load import Corpus
from cewen.rules.lower import Plan, lower_corpus
from engine_support import MakeCorpus, measure

ON = date(2024, 6, 30)


def programs(plan: Plan, **options: Any) -> list[int]:
    return [id(each.program) for each in prepare(plan, **options).measures]


def test_same_plan_then_prepared_once_for_each_year(corpus: Corpus) -> None:
    plan = lower_corpus(corpus, ON)
    assert prepare(plan) is prepare(plan)
    assert prepare(plan, 2023) is prepare(plan)
    assert prepare(plan, 2022) is not prepare(plan)


def test_equal_plan_lowered_again_then_programs_are_shared(corpus: Corpus) -> None:
    one, other = lower_corpus(corpus, ON), lower_corpus(corpus, ON)
    assert prepare(one) is not prepare(other)
    assert programs(one) == programs(other)
    assert set(programs(one)).isdisjoint(programs(other, year=2020))


def test_changed_amount_then_only_that_program_is_new(make_corpus: MakeCorpus) -> None:
    conditions = ["年营业收入 >= 100万元"]
    shared = measure("same", conditions=conditions)
    before = lower_corpus(make_corpus(shared, measure("changed"), policy="here/one"), ON)
    after = lower_corpus(make_corpus(shared, measure("changed", "11万元"), policy="here/two"), ON)
    one = dict(zip([each.key for each in before.measures], programs(before), strict=True))
    other = dict(zip([each.key for each in after.measures], programs(after), strict=True))
    assert one["here/one#same"] == other["here/two#same"]
    assert one["here/one#changed"] != other["here/two#changed"]


def test_plan_nobody_holds_then_it_is_let_go(corpus: Corpus) -> None:
    plan = lower_corpus(corpus, ON)
    prepare(plan)
    prepare(plan, 2021)
    gone = weakref.ref(plan)
    del plan
    gc.collect()
    assert gone() is None
