"""The page on the language is true: every example in it parses, lowers and loads, and its tables are the program's."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from cewen.base.source import Place
from cewen.rules import syntax
from cewen.rules.check.expressions import expressions_of
from cewen.rules.expression import Lowerer
from cewen.rules.kinds import measure_kinds
from cewen.rules.language_page import FUNCTIONS, refresh
from cewen.rules.load import Corpus, load_corpus
from cewen.rules.measure import Measure
from cewen.rules.types import MONEY, Kind
from cewen.rules.yaml_file import parse_yaml

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "language.md"
TEXT = PAGE.read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\S+)\n(.*?)^```$", TEXT, re.DOTALL | re.MULTILINE)


def lines_of(kind: str) -> list[str]:
    return [line for name, block in BLOCKS if name == kind for line in block.splitlines() if line.strip()]


@pytest.fixture(scope="module")
def corpus(repo: Path) -> Corpus:
    return load_corpus(repo / "policies")


def lowerer(corpus: Corpus, text: str, parameters: dict[str, str] | None = None) -> Lowerer:
    """For the subject whose facts the text names."""
    named = {fact.subject for fact in corpus.vocabulary if fact.label in text} - {"enterprise"}
    assert len(named) <= 1, text
    return Lowerer(corpus.vocabulary, corpus.regions, named.pop() if named else "enterprise", parameters or {})


@pytest.mark.parametrize("text", [*lines_of("条件"), *(function.example for function in FUNCTIONS.values())])
def test_every_condition_on_the_page_lowers(corpus: Corpus, text: str) -> None:
    with_findings = lowerer(corpus, text)
    assert with_findings.truth(text, Place()) is not None, with_findings.findings


@pytest.mark.parametrize("text", lines_of("金额"))
def test_every_amount_on_the_page_is_money(corpus: Corpus, text: str) -> None:
    with_findings = lowerer(corpus, text)
    assert with_findings.number(text, Place(), MONEY) is not None, with_findings.findings


def measures() -> list[Measure]:
    files: list[Any] = [parse_yaml(block, "page").data for name, block in BLOCKS if name == "yaml"]
    return [measure_kinds()[data.get("kind", "formula")].model_validate(data) for data in files]


def test_every_measure_on_the_page_loads_and_lowers(corpus: Corpus) -> None:
    shown = measures()
    assert {type(measure) for measure in shown} == set(measure_kinds().values())
    for measure in shown:
        parameters = {name: value for name, value in measure.parameters.items() if isinstance(value, str)}
        for expression in expressions_of(measure):
            reader = Lowerer(corpus.vocabulary, corpus.regions, measure.subject, parameters)
            is_truth = expression.pointer[0] == "conditions" or expression.pointer[-1] == "when"
            lowered = (reader.truth if is_truth else reader.number)(expression.text, Place())
            assert lowered is not None, reader.findings


def test_the_generated_tables_are_up_to_date() -> None:
    assert refresh(TEXT) == TEXT, "run: cewen schema --pages docs/reference"
    assert TEXT.count("<!-- 生成：") == 4


def test_every_function_of_the_program_is_on_the_page(corpus: Corpus) -> None:
    reader = lowerer(corpus, "")
    assert reader.number("没有的函数(1)", Place()) is None
    known = reader.findings[0].remedy.removeprefix("可用的函数：").removesuffix("。").split("、")
    assert set(known) == set(FUNCTIONS)


def test_every_type_and_every_entry_is_on_the_page() -> None:
    assert all(f"`{kind.value}`" in TEXT for kind in Kind)
    for model in measure_kinds().values():
        assert all(f"`{name}`" in TEXT for name in model.model_fields if name != "kind"), model


def test_the_words_of_the_grammar_are_on_the_page() -> None:
    for word in ("且", "或", "非", "属于", "包含", ">=", "<=", "!=", "="):
        assert word in syntax.GRAMMAR
        assert any(word in line for line in lines_of("条件")), word
