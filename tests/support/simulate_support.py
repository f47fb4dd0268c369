"""What the tests of simulation share: small registers as columns, reforms written short."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import pyarrow as pa

from cewen.engine.columns.encode import encode
from cewen.engine.columns.layout import Columns
from cewen.engine.read_facts import load_json, parse_factsheet
from cewen.engine.simulate.apply import Reformed, apply_reform
from cewen.engine.simulate.reform import parse_reform
from cewen.engine.simulate.simulate import Settings, Simulation, Simulator
from cewen.rules.load import Corpus
from cewen.rules.yaml_file import parse_yaml

ON = date(2024, 6, 30)
YEAR = 2023


def firm(**facts: Any) -> dict[str, Any]:
    """A software firm of the shipped vocabulary that gives all facts the research subsidy asks for."""
    known = {
        "注册地": "420111",
        "企业类型": ["软件企业"],
        "年营业收入": 50_000_000,
        "年研发投入": 10_000_000,
        "从业人员": 50,
    }
    known.update(facts)
    annual = ("年营业收入", "年研发投入", "从业人员")
    return {
        key: {str(YEAR): value} if key in annual and not isinstance(value, dict) else value
        for key, value in known.items()
        if value is not None
    }


def register(corpus: Corpus, firms: Iterable[Mapping[str, Any]]) -> Columns:
    """Firms as columns. Their codes are numbers and not valid ones: nothing of a simulation looks into a code."""
    sheets = [
        parse_factsheet(load_json(json.dumps({"enterprise": facts}, ensure_ascii=False), "facts"), corpus)
        for facts in firms
    ]
    coded = [
        type(sheet)(type(sheet.enterprise)("enterprise", "enterprise", {**sheet.enterprise.values, ("uscc", None): f"{at:018d}"}))
        for at, sheet in enumerate(sheets)
    ]  # fmt: skip
    return encode(coded, corpus)


def reformed(corpus: Corpus, text: str, on: date = ON) -> Reformed:
    """A reform written as YAML, applied."""
    return apply_reform(corpus, parse_reform(parse_yaml(text, "reform.yaml")), on)


def simulated(corpus: Corpus, columns: Columns, text: str, **settings: Any) -> Simulation:
    """A reform simulated on a register."""
    chosen = Settings(ON, **settings)
    return Simulator(corpus, columns, chosen).simulate(reformed(corpus, text), "试算")


def cap(text: str, measure: str = "rd-subsidy") -> str:
    """A reform that sets the cap of one measure."""
    return f"title: 改上限\nmeasures:\n- measure: {measure}\n  set: {{cap: {text}}}\n"


def without_awards(columns: Columns) -> pa.Table:
    """An empty history of awards."""
    return columns.awards.slice(0, 0)
