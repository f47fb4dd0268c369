"""Tasks: every clause that names responsible units, with the units as printed."""

from __future__ import annotations

from cewen.rules.load import Corpus
from cewen.text.clause import Document
from cewen.text.flow import fold_text
from cewen.text.readings.units import read_units

COUNTS = {
    "cn/2021-software-plan": 0,
    "hubei/2025-software-action-plan-draft": 18,
    "wuhan/2022-digital-economy-measures": 23,
    "wuhan/2022-digital-economy-plan": 0,
    "wuhan/2022-software-plan": 23,
}


def test_tasks_when_counted_then_as_many_as_lists_of_units_in_the_text(corpus: Corpus) -> None:
    assert {policy.id: len(policy.tasks) for policy in corpus.policies} == COUNTS
    for policy in corpus.policies:
        assert policy.flow.text.count("责任单位:") == len(policy.tasks), policy.id


def test_tasks_when_listed_then_unique_in_id_and_clause(corpus: Corpus) -> None:
    for policy in corpus.policies:
        assert len({task.id for task in policy.tasks}) == len(policy.tasks)
        assert len({task.clause for task in policy.tasks}) == len(policy.tasks)


def test_task_quotes_when_looked_up_then_stand_once_and_in_their_clause(
    corpus: Corpus, documents: dict[str, Document]
) -> None:
    for policy in corpus.policies:
        for task in policy.tasks:
            clause = documents[policy.id].clause(task.clause)
            span = policy.find(task.quote)
            assert clause is not None, task.id
            assert span is not None, task.id
            assert clause.span.holds(span), task.id
            assert policy.flow.text.count(fold_text(task.quote)) == 1, task.id
            assert fold_text(task.title) == fold_text(clause.title), task.id


def test_task_units_when_named_then_printed_in_the_quote(corpus: Corpus) -> None:
    for policy in corpus.policies:
        for task in policy.tasks:
            for unit in (*task.lead, *task.responsible):
                assert unit in task.quote, (task.id, unit)
            assert task.lead_named == ("牵头单位" in task.quote), task.id
            if not task.lead_named:
                assert task.lead == task.responsible[:1], task.id


def test_task_units_when_districts_answer_then_the_zones_answer_with_them(corpus: Corpus) -> None:
    for policy in corpus.policies:
        for task in policy.tasks:
            expected = {"各区人民政府"} & set(task.responsible)
            assert set(task.includes) == expected, task.id
            for unit in task.includes.values():
                assert [name.removesuffix("管委会")[:2] for name in unit] == ["开发", "风景", "长江"], task.id
                assert all(policy.find(name.removesuffix("管委会")) for name in unit), task.id


def test_tasks_when_compared_with_the_reading_of_the_text_then_agree(
    corpus: Corpus, documents: dict[str, Document]
) -> None:
    for policy in corpus.policies:
        read = {found.clause: found for found in read_units(documents[policy.id])}
        for task in policy.tasks:
            found = read[task.clause]
            assert found.responsible == task.responsible, task.id
            assert found.lead == (task.lead if task.lead_named else ()), task.id
