"""Which engine is used, what of a register it needs, and that neither changes a result."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from cewen.engine.backends.base import is_installed
from cewen.engine.columns.reading import read_columns
from cewen.engine.simulate import evaluate
from cewen.engine.simulate.against import without_regions
from cewen.engine.simulate.allocate import Budget
from cewen.engine.simulate.budget import BudgetRule
from cewen.engine.simulate.contract import simulation_json
from cewen.engine.simulate.evaluate import AUTO, FEW, fastest_engine, shown_engine
from cewen.engine.simulate.keys import simulation_keys
from cewen.engine.simulate.project import Growth
from cewen.engine.simulate.simulate import Settings, Simulator
from cewen.engine.synth import synthesize
from cewen.rules.load import Corpus
from simulate_support import ON, firm, reformed, register

TEXT = (
    "title: 试\nmeasures:\n- measure: rd-subsidy\n  set: {cap: 300万元, 'conditions[3]': 年研发投入 / 年营业收入 >= 5%}\n"
    "add:\n- policy: wuhan/2022-digital-economy-measures\n  measure: {id: head-award, title: 按人奖励, "
    "subject: enterprise, kind: per_unit, each: 1万元, count: 从业人员, certainty: definite}\n"
)


@pytest.fixture(scope="module")
def drawn(corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("drawn") / "r"
    synthesize(corpus, folder, count=300, seed=5, years=(2021, 2022, 2023), workers=1)
    return folder


def test_a_register_with_only_what_is_read_gives_the_same_simulation(corpus: Corpus, drawn: Path) -> None:
    spent = next(fact for fact in corpus.vocabulary if fact.label == "年研发投入")
    settings = Settings(
        ON, years=2, growth=Growth(Fraction(8, 100)), as_if_in_force=True,
        budget=Budget(10**10, BudgetRule("ranking"), spent),
    )  # fmt: skip
    reform = reformed(corpus, TEXT)
    keys = simulation_keys((corpus, reform.corpus), settings)
    every, few = (read_columns(drawn, corpus, keys=each)[0] for each in (None, keys))
    assert few.tables["enterprise"].num_columns < every.tables["enterprise"].num_columns
    one, other = (
        simulation_json(Simulator(corpus, columns, settings).simulate(reform, "试")) for columns in (every, few)
    )
    assert one == other
    assert one["after"] != one["before"]


def test_groups_after_a_reform_are_those_summed_anew(corpus: Corpus, drawn: Path) -> None:
    """Sums by district, size and field move by the difference only; the reform evaluated as the rules has all of it."""
    columns, _ = read_columns(drawn, corpus)
    reform = reformed(corpus, TEXT)
    found = Simulator(corpus, columns, Settings(ON)).simulate(reform, "试")
    anew = Simulator(reform.corpus, columns, Settings(ON)).simulate(reformed(reform.corpus, "title: 无\n"), "无")
    for name in ("districts", "sizes", "fields"):
        after = {line.name: (line.enterprises, line.entitled_after, line.after) for line in getattr(found, name)}
        whole = {line.name: (line.enterprises, line.entitled_before, line.before) for line in getattr(anew, name)}
        assert after == whole
        assert len(after) > 2
    assert {kind: after for kind, (_, after) in found.distributions.items()} == {
        kind: before for kind, (before, _) in anew.distributions.items()
    }


def test_the_fastest_engine_is_taken_and_named(corpus: Corpus, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = {}
    for installed in (("kernel", "duckdb"), ("duckdb",), ()):
        monkeypatch.setattr(evaluate, "is_installed", lambda name, known=installed: name in known)
        chosen[installed] = (fastest_engine(FEW), fastest_engine(FEW - 1))
    assert chosen == {
        ("kernel", "duckdb"): ("kernel", "reference"), ("duckdb",): ("duckdb", "reference"),
        (): ("reference", "reference"),
    }  # fmt: skip
    few = Simulator(corpus, register(corpus, [firm()]), Settings(ON, AUTO))
    assert few.settings.engine == "reference"


def test_a_negated_region_condition_is_met_too_where_regions_are_ignored(corpus: Corpus) -> None:
    text = "title: 外\nmeasures:\n- measure: rd-subsidy\n  set: {'conditions[0]': 非 注册地 属于 武汉市}\n"
    changed = reformed(corpus, text).corpus
    columns = register(corpus, [firm()])
    given, ignored = (
        Simulator(changed, columns, Settings(ON), reading).tally.measures for reading in (None, without_regions)
    )
    key = "wuhan/2022-digital-economy-measures#rd-subsidy"
    assert (given[key].awards, ignored[key].awards) == (0, 1)


def test_an_address_is_shown_without_what_is_secret() -> None:
    assert shown_engine("postgres://clerk:hush@host/db") == "postgres"
    assert shown_engine("kernel") == "kernel"


@pytest.mark.parametrize("years", [0, 2])
def test_the_fastest_engine_says_what_the_reference_does(corpus: Corpus, drawn: Path, years: int) -> None:
    if not is_installed("kernel"):
        pytest.skip("the kernel is not installed")
    city = replace(corpus, policies=tuple(each for each in corpus.policies if each.header.type == "measures"))
    columns, _ = read_columns(drawn, corpus)
    found: list[dict[str, Any]] = []
    for engine in ("reference", "kernel"):
        settings = Settings(ON, engine, years=years, growth=Growth(Fraction(1, 10)))
        found.append(simulation_json(Simulator(city, columns, settings).simulate(reformed(city, TEXT), "试")))
        assert found[-1]["assumptions"].pop("engine") == engine
    assert found[0] == found[1]
