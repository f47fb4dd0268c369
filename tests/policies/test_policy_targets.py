"""Targets: all 93 of the five documents, each quoted from its clause."""

from __future__ import annotations

import csv
import re
from collections import Counter
from pathlib import Path

from cewen.rules.load import Corpus
from cewen.rules.policy import Policy, Target
from cewen.text.clause import Document
from cewen.text.flow import fold_text

PSEUDO_CLAUSES = {"前言", "附则"}
COUNTS = {
    "cn/2021-software-plan": 9,
    "hubei/2025-software-action-plan-draft": 9,
    "wuhan/2022-digital-economy-measures": 7,
    "wuhan/2022-digital-economy-plan": 46,
    "wuhan/2022-software-plan": 22,
}


def test_targets_when_counted_then_all_of_the_five_documents(corpus: Corpus) -> None:
    assert {policy.id: len(policy.targets) for policy in corpus.policies} == COUNTS
    assert sum(COUNTS.values()) == 93


def test_targets_when_compared_with_the_collected_table_then_equal_in_order(corpus: Corpus, shared: Path) -> None:
    with (shared / "data/targets.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    for policy in corpus.policies:
        number = policy.header.number
        mine = [
            row
            for row in rows
            if number == row["document_number"] or (number is None and "征求意见稿" in row["document_number"])
        ]
        assert len(mine) == len(policy.targets)
        for target, row in zip(policy.targets, mine, strict=True):
            assert (target.kind, target.indicator, target.op) == (row["kind"], row["indicator"], row["comparator"])
            assert (target.value, target.unit, target.frequency) == (row["value"], row["unit"], row["frequency"])
            assert target.year == (int(row["deadline_year"]) if row["deadline_year"] else None)
            assert target.region == row["scope_region"]
            assert fold_text(target.quote) == fold_text(row["quote"])
            assert all(unit in row["responsible_units"] for unit in target.units)
            assert bool(target.units) == (row["responsible_units"] not in ("", "(总体目标,未列)"))
            assert row["note"] in (target.note or "")
            assert ("目标表" in row["clause_path"]) == (target.note or "").startswith("目标表")


def test_target_ids_when_listed_then_unique_in_their_policy(corpus: Corpus) -> None:
    for policy in corpus.policies:
        assert [name for name, times in Counter(target.id for target in policy.targets).items() if times > 1] == []


def test_target_quotes_when_looked_up_then_stand_in_their_clause(
    corpus: Corpus, documents: dict[str, Document]
) -> None:
    for policy in corpus.policies:
        for target in policy.targets:
            clause = documents[policy.id].clause(target.clause)
            if clause is None:
                assert target.clause in PSEUDO_CLAUSES, target.id
                assert policy.find(target.quote), target.id
                continue
            span = policy.flow.find(target.quote, policy.flow.index(clause.span.start))
            assert span is not None, target.id
            assert clause.span.holds(span), target.id


def test_values_when_a_number_then_the_quote_shows_it(corpus: Corpus) -> None:
    words = {
        "100%": ("全", "高质量覆盖"),
        "2倍": ("倍增",),
        "2个": ("两个", "2极"),
        "100家": ("过百家",),
        "1张": ("一张",),
    }
    for policy in corpus.policies:
        for target in policy.targets:
            if target.kind == "annual_obligation":
                continue  # 每年一次 is said in words
            shown = (*words.get(target.value + target.unit, ()), target.value)
            digits = fold_text(target.quote).replace("G", "")
            assert any(fold_text(word) in digits for word in shown), (target.id, target.quote)


def test_aspirations_when_marked_then_the_words_before_the_number_say_so(corpus: Corpus) -> None:
    for policy in corpus.policies:
        for target in policy.targets:
            assert target.aspirational == _strives(policy, target), target.id


def _strives(policy: Policy, target: Target) -> bool:
    """力争 and 争创 govern what follows them in the sentence, not what stands before; a table has no such words."""
    if (target.note or "").startswith("目标表"):
        return False
    flow = policy.flow.text
    end = flow.index(fold_text(target.quote)) + len(fold_text(target.quote))
    sentence = re.split("[。;]", flow[:end])[-1]
    return "力争" in sentence or "争创" in sentence
