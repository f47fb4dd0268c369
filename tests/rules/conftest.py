"""A small vocabulary and a way to a policy from a few lines of YAML, for every test of the rules."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from cewen.rules.load import Corpus, load_corpus

EXAMPLES = Path(__file__).parent / "check" / "examples"

TEXT = """某市支持软件企业发展若干措施

为支持软件企业发展，制定本措施。

一、支持企业发展

（一）支持研发。{sentence}

（二）支持人才。符合条件的人才按照规定享受相应政策。

本措施自2024年1月1日起施行，有效期为3年。
"""
HEADER = """id: mou/software-measures
title: 某市支持软件企业发展若干措施
type: measures
number: 某政规〔2024〕1号
issuer: 某市人民政府
region: 武汉市
issued_on: 2023-12-01
effective_on: 2024-01-01
expires_on: 2026-12-31
sha256: {sha256}
source: 虚构的例子
{more}"""

MakeCorpus = Callable[..., Corpus]


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """No policies, nine facts, four regions."""
    home = tmp_path_factory.mktemp("small")
    for name in ("facts", "regions"):
        shutil.copytree(EXAMPLES / name, home / name)
    return load_corpus(home)


@pytest.fixture
def make_corpus(tmp_path: Path) -> MakeCorpus:
    """`make_corpus(sentence, *measure_files, more="")`: a corpus of one policy whose first clause is the sentence."""

    def make(sentence: str, *measures: str, more: str = "", text: str = TEXT) -> Corpus:
        home = tmp_path / f"home-{len(list(tmp_path.iterdir()))}"
        folder = home / "mou" / "software-measures"
        (folder / "measures").mkdir(parents=True)
        for name in ("facts", "regions"):
            shutil.copytree(EXAMPLES / name, home / name)
        document = text.replace("{sentence}", sentence).encode("utf-8")
        (folder / "document.txt").write_bytes(document)
        header = HEADER.format(sha256=hashlib.sha256(document).hexdigest(), more=more)
        (folder / "policy.yaml").write_text(header, encoding="utf-8")
        for number, measure in enumerate(measures, start=1):
            (folder / "measures" / f"{number:02}-measure.yaml").write_text(measure, encoding="utf-8")
        return load_corpus(home)

    return make
