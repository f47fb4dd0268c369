"""Headers: text and hash, dates as printed, and when each instrument counts."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pytest

from cewen.base.period import InForce
from cewen.rules.load import Corpus
from cewen.text.clause import Document
from cewen.text.flow import fold_text

MEASURES = "wuhan/2022-digital-economy-measures"
DRAFT = "hubei/2025-software-action-plan-draft"


def test_corpus_when_loaded_then_has_the_five_documents_without_a_finding(corpus: Corpus) -> None:
    assert corpus.findings == ()
    assert [policy.id for policy in corpus.policies] == [
        "cn/2021-software-plan",
        DRAFT,
        MEASURES,
        "wuhan/2022-digital-economy-plan",
        "wuhan/2022-software-plan",
    ]


def test_documents_when_hashed_then_equal_the_header(corpus: Corpus) -> None:
    for policy in corpus.policies:
        content = (policy.folder / policy.header.document).read_bytes()
        assert hashlib.sha256(content).hexdigest() == policy.header.sha256, policy.id


def test_documents_when_compared_with_the_published_ones_then_identical(corpus: Corpus, shared: Path) -> None:
    for policy in corpus.policies:
        published = shared / "documents" / (policy.id.replace("/", "-") + ".txt")
        assert (policy.folder / policy.header.document).read_bytes() == published.read_bytes(), policy.id


def test_headers_when_looked_up_then_title_number_and_validity_stand_in_the_text(corpus: Corpus) -> None:
    for policy in corpus.policies:
        header = policy.header
        assert policy.find(header.title), policy.id
        assert header.number is None or policy.find(header.number), policy.id
        assert header.validity_quote is None or policy.find(header.validity_quote), policy.id
        assert (header.validity_quote is None) == (header.effective_on is None), policy.id


def test_headers_when_compared_with_the_reading_of_the_text_then_agree(
    corpus: Corpus, documents: dict[str, Document]
) -> None:
    for policy in corpus.policies:
        read, header = documents[policy.id].metadata, policy.header
        assert read.title is not None
        assert fold_text(read.title) == fold_text(header.title)
        assert (read.number, read.issued_on) == (header.number, header.issued_on)
        assert read.is_draft == (header.effective_on is None)
        if read.effective_on is not None:
            assert (read.effective_on, read.expires_on) == (header.effective_on, header.expires_on)


@pytest.mark.parametrize(
    ("policy_id", "on", "expected"),
    [
        (MEASURES, "2022-05-31", InForce.NOT_YET),
        (MEASURES, "2022-06-01", InForce.IN_FORCE),
        (MEASURES, "2025-05-31", InForce.IN_FORCE),
        (MEASURES, "2025-06-01", InForce.EXPIRED),
        (DRAFT, "2024-06-30", InForce.DRAFT),
        (DRAFT, "2026-01-01", InForce.DRAFT),
        ("wuhan/2022-software-plan", "2022-12-06", InForce.IN_FORCE),
        ("wuhan/2022-software-plan", "2025-12-31", InForce.IN_FORCE),
        ("wuhan/2022-software-plan", "2026-01-01", InForce.EXPIRED),
        ("wuhan/2022-digital-economy-plan", "2026-12-31", InForce.IN_FORCE),
        ("wuhan/2022-digital-economy-plan", "2027-01-01", InForce.EXPIRED),
        ("cn/2021-software-plan", "2021-11-14", InForce.NOT_YET),
        ("cn/2021-software-plan", "2025-12-31", InForce.IN_FORCE),
        ("cn/2021-software-plan", "2026-01-01", InForce.EXPIRED),
    ],
)
def test_instruments_when_asked_on_a_day_then_stand_as_their_dates_say(
    corpus: Corpus, policy_id: str, on: str, expected: InForce
) -> None:
    policy = corpus.policy(policy_id)
    assert policy is not None
    assert policy.header.validity.on(date.fromisoformat(on)) is expected


def test_stacking_rules_when_looked_up_then_quoted_from_the_text(corpus: Corpus) -> None:
    rules = {rule.id: (policy, rule) for policy in corpus.policies for rule in policy.header.stacking}
    assert set(rules) == {"highest-among-city-policies", "first-version-both-sides"}
    for policy, rule in rules.values():
        assert policy.find(rule.quote), rule.id
        assert all(policy.measure(member) for member in rule.members), rule.id


def test_yaml_files_when_opened_then_name_their_schema(corpus: Corpus) -> None:
    kinds = {"policy.yaml": "policy", "targets.yaml": "targets", "tasks.yaml": "tasks"}
    kinds |= {"measures": "measure", "cases": "cases", "facts": "facts", "lexicon": "lexicon"}
    above = {"indicators.yaml", "units.yaml"}  # of layers above the rules, which check them when they are loaded
    for path in sorted(each for each in corpus.home.glob("**/*.yaml") if each.name not in above):
        kind = kinds.get(path.name) or kinds[path.parent.name]
        up = "../" * len(path.relative_to(corpus.home).parts)
        first = path.read_text(encoding="utf-8").partition("\n")[0]
        assert first == f"# yaml-language-server: $schema={up}schemas/{kind}.schema.json", path.name
