from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from cewen.rules.draft.lexicon import Lexicon
from cewen.rules.library.search import Library
from cewen.rules.load import Corpus, load_corpus
from library_support import open_library, write_documents


@pytest.fixture(scope="session")
def shipped(repo: Path) -> Corpus:
    return load_corpus(repo / "policies")


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A store of this run's own."""
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("store")
        patch.setenv("XDG_CACHE_HOME", str(home))
        yield home / "cewen" / "library"


@pytest.fixture(scope="session")
def documents(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_documents(tmp_path_factory.mktemp("documents"))


@pytest.fixture(scope="session")
def opened(shipped: Corpus, documents: Path, store: Path) -> tuple[Library, Lexicon]:
    return open_library(shipped, documents)


@pytest.fixture(scope="session")
def library(opened: tuple[Library, Lexicon]) -> Library:
    return opened[0]
