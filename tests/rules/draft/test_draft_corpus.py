"""The shipped documents drafted anew: no number of a measure an officer confirmed differs from the draft's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cewen.rules.check import check_corpus
from cewen.rules.check.expressions import expressions_of
from cewen.rules.check.numbers import Size, written_numbers
from cewen.rules.draft import draft_policy
from cewen.rules.draft.folder import write_folder
from cewen.rules.draft.lexicon import Lexicon
from cewen.rules.draft.proposal import proposed_vocabulary
from cewen.rules.load import Corpus, load_corpus, load_policy
from cewen.rules.measure import Measure
from cewen.rules.policy import Policy
from cewen.rules.regions import Regions
from cewen.text.parse import parse_document

DOCUMENTS = ("wuhan/2022-digital-economy-measures", "hubei/2025-software-action-plan-draft")


@pytest.fixture(scope="module")
def shipped(repo: Path) -> Corpus:
    return load_corpus(repo / "policies")


@pytest.fixture(scope="module")
def redraft(
    shipped: Corpus, lexicon: Lexicon, regions: Regions, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Corpus]:
    def draft_again(policy_id: str) -> Corpus:
        home = tmp_path_factory.mktemp("drafts")
        policy = shipped.policy(policy_id)
        assert policy is not None
        drafted = draft_policy(policy_id, parse_document(policy.text), lexicon, regions)
        (home / policy_id).parent.mkdir()
        write_folder(home / policy_id, drafted.files)
        findings: list[object] = []
        loaded = load_policy(home / policy_id, home, findings)  # type: ignore[arg-type]
        assert loaded is not None
        vocabulary = proposed_vocabulary(policy_id, drafted.facts, shipped.vocabulary)
        return Corpus(home, vocabulary, regions, (loaded,))

    return draft_again


def numbers(measure: Measure) -> set[Size]:
    return {number.size for number in written_numbers(expressions_of(measure)) if not number.is_structural}


def same_words(measure: Measure, policy: Policy, drafts: Policy) -> list[Measure]:
    """Drafted measures whose quote shares words with the quote of a confirmed one."""
    own = policy.find(measure.quote)
    assert own is not None
    return [each for each in drafts.measures if (span := drafts.find(each.quote)) is not None and span.meets(own)]


@pytest.mark.parametrize("policy_id", DOCUMENTS)
def test_every_promise_with_a_number_is_drafted_with_the_numbers_an_officer_confirmed(
    policy_id: str, shipped: Corpus, redraft: Callable[[str], Corpus]
) -> None:
    policy, drafts = shipped.policy(policy_id), redraft(policy_id).policies[0]
    assert policy is not None
    promised = [measure for measure in policy.measures if any(measure.amount_expressions())]
    assert len(promised) >= 11
    wrong = [
        measure.id
        for measure in promised
        if not any(numbers(each) == numbers(measure) for each in same_words(measure, policy, drafts))
    ]
    assert wrong == []


@pytest.mark.parametrize("policy_id", DOCUMENTS)
def test_a_drafted_document_has_no_fault_but_what_is_pending(policy_id: str, redraft: Callable[[str], Corpus]) -> None:
    assert [str(finding) for finding in check_corpus(redraft(policy_id))] == []


@pytest.mark.parametrize("policy_id", DOCUMENTS)
def test_what_is_understood_without_placeholder_is_the_rule_an_officer_confirmed(
    policy_id: str, shipped: Corpus, redraft: Callable[[str], Corpus]
) -> None:
    """At least half need no edit at all in conditions and amount; the law is that knowing nothing is said, not guessed."""
    policy, drafts = shipped.policy(policy_id), redraft(policy_id).policies[0]
    assert policy is not None
    promised = [measure for measure in policy.measures if any(measure.amount_expressions())]
    same = [
        measure.id
        for measure in promised
        if any(set(each.conditions) == set(measure.conditions) for each in same_words(measure, policy, drafts))
    ]
    assert 2 * len(same) >= len(promised), same
