"""The vocabulary: the contract's facts word for word, and nothing declared that no measure asks."""

from __future__ import annotations

import csv
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from cewen.rules import ops
from cewen.rules.facts import Fact
from cewen.rules.load import Corpus
from cewen.rules.lower import lower_corpus
from cewen.rules.types import Kind
from cewen.rules.yaml_file import read_yaml

IDENTITY = {"name", "uscc", "project_name", "product_name", "park_name", "employees"}
"""Facts a register carries although no measure asks for them."""


def test_facts_of_the_contract_when_loaded_then_equal_to_the_fact(corpus: Corpus, shared: Path) -> None:
    with (shared / "contract/facts.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert rows
    for row in rows:
        fact = corpus.vocabulary.by_label(row["label"])
        assert fact is not None, row["label"]
        found = (fact.key, fact.subject, fact.type.value, fact.unit, fact.period)
        assert found == (row["key"], row["subject"], row["type"], row["unit"], row["period"])
        # A definition may go on where the contract stops (未获评写0), never say something else.
        assert fact.definition.startswith(row["definition"])


def test_choices_when_the_definition_lists_them_then_every_one_can_be_chosen(corpus: Corpus, shared: Path) -> None:
    with (shared / "contract/facts.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = {row["label"]: row for row in csv.DictReader(file) if row["type"] in ("set", "enum")}
    for label, row in rows.items():
        fact = corpus.vocabulary.by_label(label)
        assert fact is not None
        assert list(fact.values) == row["definition"].split("；")[0].split("、")


def test_choices_when_declared_then_never_empty_or_repeated(corpus: Corpus) -> None:
    for fact in corpus.vocabulary:
        if fact.type in (Kind.SET, Kind.ENUM):
            assert fact.values, fact.label
            assert len(set(fact.values)) == len(fact.values), fact.label


def test_money_and_counts_when_declared_then_never_negative(corpus: Corpus) -> None:
    for fact in corpus.vocabulary:
        if fact.type.is_number:
            low, high = fact.bounds()
            assert low is not None, fact.label
            assert low >= 0, fact.label
            assert high is None or high > low, fact.label


@pytest.mark.parametrize("label", ["DCMM等级", "CSMM等级"])
def test_levels_when_declared_then_run_from_none_to_five(corpus: Corpus, label: str) -> None:
    fact = corpus.vocabulary.by_label(label)
    assert fact is not None
    assert fact.bounds() == (Fraction(0), Fraction(5))
    assert "未获评写0" in fact.definition


def test_every_fact_when_declared_then_says_where_it_comes_from(corpus: Corpus) -> None:
    assert [fact.label for fact in corpus.vocabulary if not fact.source] == []


def test_files_when_named_after_a_subject_then_hold_that_subject_only(corpus: Corpus) -> None:
    for subject in ("enterprise", "project", "product", "park"):
        data = read_yaml(corpus.home / "facts" / f"{subject}.yaml").data
        facts = [Fact.model_validate(entry) for entry in data]
        assert facts
        assert {fact.subject for fact in facts} == {subject}


def test_every_fact_when_declared_then_some_measure_asks_for_it(corpus: Corpus) -> None:

    asked: set[str] = set(IDENTITY)
    for measure in lower_corpus(corpus, date(2024, 6, 30)).measures:
        for condition in measure.conditions:
            asked.update(ops.fact_keys(condition.op))
        for tier in measure.tiers:
            asked.update(ops.fact_keys(tier.amount))
            if tier.condition is not None:
                asked.update(ops.fact_keys(tier.condition))
    assert sorted(fact.label for fact in corpus.vocabulary if fact.key not in asked) == []
