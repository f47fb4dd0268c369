"""The benchmark's own truth: generator, exact reference and judge agree, and our engines with them. No timing here."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from benchmarks.exact import OUTPUTS, RULES, exact_amounts, exact_row, prove
from benchmarks.judge import judge
from benchmarks.ours.rules import YEAR, amounts_by_rule, register, six_rules, totals_by_enterprise
from benchmarks.population import COLUMNS, load_columns, make_population, one_enterprise, stored_population
from numpy.typing import NDArray

from cewen.engine.backends.base import is_installed, load_backend
from cewen.engine.columns.encode import decode
from cewen.engine.evaluate import evaluate_factsheet
from cewen.engine.result import Status

COUNT = 2_000


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stored_population(tmp_path_factory.mktemp("inputs"), COUNT)


def write_amounts(folder: Path, amounts: list[NDArray[np.int64]]) -> Path:
    folder.mkdir()
    for name, values in zip(OUTPUTS, amounts, strict=True):
        np.save(folder / f"{name}.npy", values)
    return folder


def test_exact_amounts_when_every_row_is_worked_out_by_fractions_then_the_same() -> None:
    population = make_population(COUNT)
    whole = np.stack(exact_amounts(population.columns), axis=1).tolist()
    rows = zip(*(population.columns[name].tolist() for name in COLUMNS), strict=True)
    assert whole == [exact_row(*row) for row in rows]


def test_prove_when_a_threshold_is_one_fen_off_then_it_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    population = make_population(COUNT)
    assert prove(population.columns, population.edge) > COUNT // 2
    monkeypatch.setattr(
        "benchmarks.exact.exact_amounts",
        lambda columns: exact_amounts({**columns, "equipment": columns["equipment"] - 1}),
    )
    with pytest.raises(AssertionError):
        prove(population.columns, population.edge)


def test_population_when_made_again_then_the_same_and_edges_fall_on_both_sides() -> None:
    first, second = make_population(COUNT), make_population(COUNT)
    assert all(np.array_equal(first.columns[name], second.columns[name]) for name in COLUMNS)
    amounts = exact_amounts({name: values[first.edge] for name, values in first.columns.items()})
    for rule in ("research", "growth", "retrofit"):
        paid = amounts[RULES.index(rule)] > 0
        assert 0 < np.count_nonzero(paid) < len(paid)


def test_one_enterprise_when_evaluated_then_every_rule_pays() -> None:
    assert all(int(amount[0]) > 0 for amount in exact_amounts(one_enterprise()))


def test_judge_when_amounts_are_exact_then_nothing_is_wrong(inputs: Path, tmp_path: Path) -> None:
    verdict = judge(inputs, write_amounts(tmp_path / "right", exact_amounts(load_columns(inputs))))
    assert verdict.is_exact
    assert (verdict.rows, verdict.largest_error, verdict.error_of_sum) == (COUNT, 0, 0)


def test_judge_when_a_fen_and_a_decision_are_wrong_then_each_is_counted(inputs: Path, tmp_path: Path) -> None:
    amounts = exact_amounts(load_columns(inputs))
    amounts[-1][0] += 1
    edge = int(np.flatnonzero(np.load(inputs / "edge.npy"))[0])
    amounts[3][edge] = 0 if amounts[3][edge] else 5
    verdict = judge(inputs, write_amounts(tmp_path / "wrong", amounts))
    assert (verdict.wrong_totals, verdict.wrong_decisions, verdict.wrong_edge_decisions) == (1, 1, 1)
    assert (verdict.largest_error, verdict.error_of_sum, verdict.is_exact) == (1, 1, False)


def test_judge_when_rows_are_missing_then_it_refuses(inputs: Path, tmp_path: Path) -> None:
    short = [each[:-1] for each in exact_amounts(load_columns(inputs))]
    with pytest.raises(AssertionError, match="rows"):
        judge(inputs, write_amounts(tmp_path / "short", short))


@pytest.mark.parametrize("name", ["kernel", "duckdb", "polars"])
def test_back_end_when_run_on_the_six_rules_then_exact(
    name: str, inputs: Path, need: Callable[[object, str], None]
) -> None:
    need(is_installed(name), f"the packages of the back-end {name}")
    source = load_columns(inputs)
    plan = six_rules()
    results = load_backend(name).evaluate(plan, register(plan, source), year=YEAR)
    found = [*amounts_by_rule(results), totals_by_enterprise(results)]
    for each, expected in zip(found, exact_amounts(source), strict=True):
        assert np.array_equal(each, expected)


def test_reference_when_run_on_the_six_rules_then_exact(inputs: Path) -> None:
    source = {name: values[:300] for name, values in load_columns(inputs).items()}
    plan = six_rules()
    expected = np.stack(exact_amounts(source), axis=1).tolist()
    for sheet, amounts in zip(decode(register(plan, source)), expected, strict=True):
        evaluation = evaluate_factsheet(plan, sheet, year=YEAR)
        paid = {
            result.measure.measure.id: result.amount.high
            for result in evaluation.results
            if result.status is Status.MET and result.amount
        }
        assert [*(paid.get(rule, 0) for rule in RULES), evaluation.total.high] == amounts
