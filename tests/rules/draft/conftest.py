from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cewen.rules.draft import DraftedPolicy, draft_policy
from cewen.rules.draft.lexicon import Lexicon, load_lexicon
from cewen.rules.load import load_vocabulary
from cewen.rules.regions import Regions, load_regions
from cewen.text.parse import parse_document

Draft = Callable[[str], DraftedPolicy]


@pytest.fixture(scope="session")
def lexicon(repo: Path) -> Lexicon:
    return load_lexicon(repo / "policies" / "lexicon", load_vocabulary(repo / "policies" / "facts", []))


@pytest.fixture(scope="session")
def regions(repo: Path) -> Regions:
    return load_regions(repo / "policies" / "regions")


@pytest.fixture(scope="session")
def draft(lexicon: Lexicon, regions: Regions) -> Draft:
    def draft_text(text: str) -> DraftedPolicy:
        return draft_policy("mou/2024-measures", parse_document(text, "若干措施.txt"), lexicon, regions, "武汉市")

    return draft_text
