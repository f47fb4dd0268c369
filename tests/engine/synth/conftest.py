"""One small population, drawn once, for the tests that only look at it."""

from __future__ import annotations

from pathlib import Path

import pytest

from cewen.engine.synth import Report, load_basis, synthesize
from cewen.rules.load import Corpus

YEARS = (2021, 2022, 2023, 2024, 2025)


@pytest.fixture(scope="session")
def small(corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Report]:
    """30 000 enterprises without missing cells: folder and report."""
    out = tmp_path_factory.mktemp("synth") / "register"
    basis = load_basis().with_missing(0)
    return out, synthesize(corpus, out, count=30_000, seed=11, years=YEARS, basis=basis)
