from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cewen.base.diagnostic import Severity
from cewen.engine.check_cases import ALL_CHECKS
from cewen.rules.check import CHECKS, check_corpus, check_policy
from cewen.rules.check.examined import Examined
from cewen.rules.check.expressions import Expression, expressions_of
from cewen.rules.check.numbers import written_numbers
from cewen.rules.kinds import measure_kinds
from cewen.rules.load import Corpus, load_corpus
from cewen.rules.measure import Measure
from cewen.rules.policy import Policy

MakeCorpus = Callable[..., Corpus]


@pytest.fixture(scope="module")
def shipped(repo: Path) -> Corpus:
    return load_corpus(repo / "policies")


def test_the_shipped_corpus_is_clean(shipped: Corpus) -> None:
    assert [str(finding) for finding in check_corpus(shipped, checks=ALL_CHECKS)] == []


def test_every_quote_of_the_shipped_corpus_stands_in_its_text(shipped: Corpus) -> None:
    examined = [Examined(shipped, policy) for policy in shipped.policies]
    quotations = [(each, quotation) for each in examined for quotation in each.quotations]
    assert len(quotations) > 100
    assert [quotation.quote for each, quotation in quotations if next(each.found(quotation.quote), None) is None] == []


def test_a_day_tells_what_is_not_in_force(shipped: Corpus) -> None:
    late = check_corpus(shipped, date(2026, 1, 1))
    assert {finding.code for finding in late} == {"CW401"}
    assert {finding.severity for finding in late} == {Severity.NOTICE}
    in_force = check_corpus(shipped, date(2024, 6, 30))
    drafts = [policy.id for policy in shipped.policies if policy.header.effective_on is None and policy.measures]
    assert [(finding.place.file or "").removesuffix("/policy.yaml") for finding in in_force] == drafts


def test_only_the_policies_asked_for_are_looked_at(shipped: Corpus) -> None:
    one = shipped.policies[-1]
    late = date(2099, 1, 1)
    only = check_corpus(shipped, late, [one.id])
    assert only == check_policy(shipped, one, late)
    assert all((finding.place.file or "").startswith(one.id) for finding in only)


BROKEN = """id: award
title: 某项奖励
clause: 一/（一）
quote: 给予软件企业20万元奖励
subject: enterprise
conditions:
  - 企业类型 包含 软件企业
amount: 20万元
certainty: {certainty}
"""


def test_findings_of_loading_are_kept(make_corpus: MakeCorpus) -> None:
    corpus = make_corpus("给予软件企业20万元奖励。", BROKEN.format(certainty="perhaps"))
    assert [finding.code for finding in check_corpus(corpus)] == ["CW002"]
    assert check_corpus(corpus, only=["mou/software-measures"]) == check_corpus(corpus)


def test_the_same_fault_on_several_days_is_told_once(make_corpus: MakeCorpus) -> None:
    measure = BROKEN.format(certainty="definite").replace(
        "amount: 20万元", "amount: {2024-01-01: 20万元, 2025-01-01: 20万元}"
    )
    wrong = measure.replace("企业类型 包含 软件企业", "营收 > 20万元")
    corpus = make_corpus("给予软件企业20万元奖励。", wrong)
    assert [finding.code for finding in check_corpus(corpus)] == ["CW203"]


def test_a_fault_on_a_later_day_is_seen(make_corpus: MakeCorpus) -> None:
    measure = BROKEN.format(certainty="definite").replace(
        "amount: 20万元", "amount: {2024-01-01: 20万元, 2025-01-01: 20人}"
    )
    measure += "open_conditions:\n  - 20人以上\n"
    measure = measure.replace("quote: 给予软件企业20万元奖励", "quote: 给予软件企业20万元奖励，20人以上")
    findings = check_corpus(make_corpus("给予软件企业20万元奖励，20人以上。", measure))
    assert [finding.code for finding in findings] == ["CW201"]


@pytest.mark.parametrize(
    ("clause", "codes"),
    [("一/（一）", []), ("一", []), ("一/(一)", []), ("一/（二）", ["CW102"]), ("附则", ["CW102"]), ("九", ["CW102"])],
)
def test_the_clause_must_hold_the_quote(make_corpus: MakeCorpus, clause: str, codes: list[str]) -> None:
    measure = BROKEN.format(certainty="definite").replace("clause: 一/（一）", f"clause: {clause}")
    corpus = make_corpus("给予软件企业20万元奖励。", measure)
    assert [finding.code for finding in check_corpus(corpus)] == codes


def test_preamble_and_closing_are_clauses_too(make_corpus: MakeCorpus) -> None:
    rule = (
        "stacking:\n  - {id: highest, rule: highest_only, clause: 附则, quote: 本措施自2024年1月1日起施行, members: [award]}\n"
        "  - {id: purpose, rule: highest_only, clause: 前言, quote: 为支持软件企业发展, members: [award]}\n"
    )
    corpus = make_corpus("给予软件企业20万元奖励。", BROKEN.format(certainty="definite"), more=rule)
    assert check_corpus(corpus) == ()


def changed(corpus: Corpus, policy: Policy, measure: Measure, data: Any) -> set[str]:
    """Codes of the number checks after one measure was made anew from `data`."""
    other = measure_kinds()[data["kind"]].model_validate(data)
    measures = tuple(other if each is measure else each for each in policy.measures)
    examined = Examined(corpus, replace(policy, measures=measures))
    return {
        finding.code
        for check in CHECKS
        if check.code in ("CW103", "CW104")
        for finding in check.find(examined)
        if (finding.quote or "") == measure.quote
    }


def test_no_number_of_the_shipped_corpus_can_change_unnoticed(shipped: Corpus) -> None:
    seen = 0
    for policy in shipped.policies:
        for measure in policy.measures:
            for number in written_numbers(expressions_of(measure)):
                if number.is_structural:
                    continue
                data = measure.model_dump(mode="json", exclude_none=True)
                spot: Any = data
                for part in number.pointer[:-1]:
                    spot = spot[part]
                last = number.pointer[-1]
                assert number.shown in spot[last]
                spot[last] = spot[last].replace(number.shown, f"7{number.shown}", 1)
                assert "CW103" in changed(shipped, policy, measure, data), (measure.id, number)
                seen += 1
    assert seen > 40


def test_no_threshold_of_the_shipped_corpus_can_be_left_out_unnoticed(shipped: Corpus) -> None:
    seen = 0
    for policy in shipped.policies:
        for measure in policy.measures:
            data = measure.model_dump(mode="json", exclude_none=True)
            for index, text in enumerate(measure.conditions):
                numbers = [each for each in written_numbers((Expression(text, ()),)) if not each.is_structural]
                if numbers:
                    rest = [each for at, each in enumerate(measure.conditions) if at != index]
                    assert changed(shipped, policy, measure, {**data, "conditions": rest}) == {"CW104"}, (
                        measure.id,
                        text,
                    )
                    seen += 1
    assert seen > 5
