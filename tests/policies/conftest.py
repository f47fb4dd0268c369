"""The shipped corpus and the clause tree of each document, loaded once."""

from __future__ import annotations

from pathlib import Path

import pytest

from cewen.rules.load import Corpus, load_corpus, require_sound
from cewen.text.clause import Document
from cewen.text.parse import parse_document


@pytest.fixture(scope="session")
def corpus(repo: Path) -> Corpus:
    return require_sound(load_corpus(repo / "policies"))


@pytest.fixture(scope="session")
def documents(corpus: Corpus) -> dict[str, Document]:
    """The parsed text of each policy, by policy id."""
    return {policy.id: parse_document(policy.text) for policy in corpus.policies}
