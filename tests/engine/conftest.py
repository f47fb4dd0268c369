"""The shipped corpus, and policies made up for one test: facts and regions are the shipped ones."""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from cewen.engine.evaluate import Evaluation, evaluate_factsheet
from cewen.engine.read_facts import load_json, parse_factsheet
from cewen.rules.load import Corpus, load_corpus, require_sound
from cewen.rules.lower import lower_corpus
from engine_support import Explain, MakeCorpus


@pytest.fixture(scope="session")
def corpus(repo: Path) -> Corpus:
    return require_sound(load_corpus(repo / "policies"))


@pytest.fixture(scope="session")
def explain(corpus: Corpus) -> Explain:
    """`explain(facts, "2024-06-30", …)`: the evaluation by the shipped corpus, or by another one."""

    def evaluate(facts: Any, on: str, *, by: Corpus | None = None, **options: Any) -> Evaluation:
        using = by or corpus
        sheet = parse_factsheet(load_json(json.dumps(facts, ensure_ascii=False), "facts"), using)
        return evaluate_factsheet(lower_corpus(using, date.fromisoformat(on)), sheet, **options)

    return evaluate


@pytest.fixture
def make_corpus(repo: Path, tmp_path: Path) -> MakeCorpus:
    """`make_corpus(measures, stacking=…)`: a corpus with one policy `here/one` (or several by id), in force since 2020."""

    def make(*measures: dict[str, Any], policy: str = "here/one", **header: Any) -> Corpus:
        home = tmp_path / "policies"
        for shared in ("facts", "regions"):
            if not (home / shared).exists():
                shutil.copytree(repo / "policies" / shared, home / shared)
        folder = home / policy
        (folder / "measures").mkdir(parents=True)
        text = "一、支持措施\n" + "".join(f"{measure['quote']}。\n" for measure in measures)
        (folder / "document.txt").write_text(text, encoding="utf-8")
        head = {
            "id": policy, "title": "测试政策", "type": "measures", "issuer": "某市人民政府", "region": "武汉市",
            "issued_on": date(2020, 1, 1), "effective_on": date(2020, 1, 1), "source": "测试",
            "sha256": hashlib.sha256(text.encode()).hexdigest(), **header,
        }  # fmt: skip
        _dump(folder / "policy.yaml", head)
        for index, measure in enumerate(measures):
            _dump(folder / "measures" / f"{index:02d}-{measure['id']}.yaml", measure)
        return require_sound(load_corpus(home))

    return make


def _dump(path: Path, data: Any) -> None:
    path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
