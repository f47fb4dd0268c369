"""What the compiled back-end gives besides whole results: rules decided within the row, amounts alone, sums, memory."""

from __future__ import annotations

import gc
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from cewen.engine.backends.base import is_installed
from cewen.engine.backends.kernel.backend import KernelBackend
from cewen.engine.backends.kernel.chunk import CHUNK
from cewen.engine.backends.kernel.memory import Memory
from cewen.engine.columns.layout import Columns
from cewen.engine.columns.local import local_rules
from cewen.engine.columns.results import ColumnResults
from cewen.engine.edges import edge_register
from cewen.engine.parity import compare_with_reference
from cewen.rules.lower import Plan, lower_corpus
from engine_support import MakeCorpus, measure


@pytest.fixture
def kernel(need: Callable[[object, str], None]) -> KernelBackend:
    need(is_installed("kernel"), "numba")
    return KernelBackend(threads=2)


def rule(identity: str, kind: str, members: list[str], **entries: object) -> dict[str, object]:
    return {
        "id": identity,
        "rule": kind,
        "clause": "一",
        "quote": "对企业给予奖励（rate）",
        "members": members,
        **entries,
    }


MEASURES = [
    measure("rate", "年研发投入 * 10%", conditions=["年营业收入 >= 500万元"]),
    measure("growth", "增量(年营业收入) * 1%", certainty="ceiling"),
    measure("flat", "20万元", conditions=["DCMM等级 >= 2级"]),
    measure("again", "年研发投入 * 5%", cap="20万元", frequency="annual"),
    measure("built", "项目总投资 * 30%", subject="project"),
    measure("equipped", "软硬件设备投资 * 8%", subject="project"),
]
RULES = [
    rule("cap", "joint_cap", ["flat", "rate", "growth"], limit="25万元"),
    rule("best", "highest_only", ["rate", "growth"]),
    rule("object", "highest_only", ["built", "equipped"]),
]


@pytest.fixture
def plan(make_corpus: MakeCorpus) -> Plan:
    return lower_corpus(make_corpus(*MEASURES, stacking=RULES), date(2024, 6, 30))


def assert_alike(one: ColumnResults, other: ColumnResults) -> None:
    for left, right in zip(one.by_measure, other.by_measure, strict=True):
        for name in ("status", "low", "high", "tier", "needs", "suppressed_by"):
            assert np.array_equal(getattr(left, name), getattr(right, name)), (left.measure.key, name)


@pytest.mark.parametrize("missing", [0.0, 0.3])
def test_rules_of_one_row_when_decided_in_the_loop_then_no_difference(
    kernel: KernelBackend, plan: Plan, missing: float
) -> None:
    columns = edge_register(plan, 600, seed=3, missing=missing)
    assert {plan.rules[at].rule.id for at in local_rules(plan, columns)} == {"cap", "best"}
    results = kernel.evaluate(plan, columns)
    for each in results.by_measure[:2]:
        assert (each.suppressed_by >= 0).any()
    assert (results.by_measure[0].high < kernel.evaluate_raw(plan, columns).by_measure[0].high).any()
    parity = compare_with_reference(kernel, plan, columns)
    assert parity.different == 0, str(parity)


@pytest.mark.parametrize("across", [None, "issuer"])
def test_highest_only_across_policies_when_decided_in_the_loop_then_no_difference(
    kernel: KernelBackend, make_corpus: MakeCorpus, across: str | None
) -> None:
    make_corpus(*(replaced(each, "first") for each in MEASURES[:3]), policy="here/first")
    others = [replaced(each, "second") for each in MEASURES[:3]]
    best = rule("best", "highest_only", [] if across else [each["id"] for each in others])
    best |= {"quote": others[0]["quote"], **({"across": across} if across else {})}
    plan = lower_corpus(make_corpus(*others, policy="here/second", stacking=[best]), date(2024, 6, 30))
    columns = edge_register(plan, 500, seed=4, missing=0.1)
    assert local_rules(plan, columns) == {0}
    parity = compare_with_reference(kernel, plan, columns)
    assert parity.different == 0, str(parity)
    assert any((each.suppressed_by >= 0).any() for each in kernel.evaluate(plan, columns).by_measure)


def replaced(entries: dict[str, Any], policy: str) -> dict[str, Any]:
    identity = f"{entries['id']}-{policy}"
    return {**entries, "id": identity, "quote": f"对企业给予奖励（{identity}）"}


@pytest.mark.parametrize("as_if_in_force", [True, False])
@pytest.mark.parametrize("missing", [0.0, 0.2])
def test_amounts_and_sums_then_those_of_whole_results(
    kernel: KernelBackend, plan: Plan, missing: float, as_if_in_force: bool
) -> None:
    on = plan.on if as_if_in_force else date(2019, 1, 1)  # before the policy is in force
    plan = replace(plan, on=on)
    columns = edge_register(plan, 400, seed=5, missing=missing)
    results = kernel.evaluate(plan, columns, as_if_in_force=as_if_in_force)
    amounts = kernel.amounts(plan, columns, as_if_in_force=as_if_in_force)
    for one, other in zip(amounts.by_measure, results.by_measure, strict=True):
        assert one.measure is other.measure
        for name in ("status", "high", "suppressed_by"):
            assert np.array_equal(getattr(one, name), getattr(other, name)), (one.measure.key, name)
    assert np.array_equal(amounts.total, results.enterprise_totals())
    assert int(amounts.total.sum()) == results.total()[1]
    whole = kernel.evaluate(plan, columns, as_if_in_force=as_if_in_force, with_totals=True)
    assert_alike(whole, results)
    assert np.array_equal(whole.enterprise_totals(), amounts.total)
    sums, by_district = kernel.all_sums(plan, columns, as_if_in_force=as_if_in_force)
    assert sums == kernel.sums(plan, columns, as_if_in_force=as_if_in_force) == results.sums()
    assert by_district == kernel.district_sums(plan, columns, as_if_in_force=as_if_in_force)
    assert set(by_district) == set(results.district_sums())


def test_rows_when_they_fill_several_chunks_then_each_as_in_a_small_register(kernel: KernelBackend, plan: Plan) -> None:
    small = edge_register(plan, 500, seed=6, missing=0.1)
    small = Columns(small.layout, small.tables, small.awards.slice(0, 0))
    times = 2 * CHUNK // 500 + 10
    large = Columns(small.layout, {name: repeated(table, times) for name, table in small.tables.items()}, small.awards)
    assert large.enterprise_count > 2 * CHUNK
    once, many = kernel.evaluate(plan, small), kernel.evaluate(plan, large)
    for one, other in zip(once.by_measure, many.by_measure, strict=True):
        for name in ("status", "low", "high", "tier", "needs", "suppressed_by"):
            assert np.array_equal(np.tile(getattr(one, name), times), getattr(other, name)), (one.measure.key, name)
    sums, by_district = kernel.all_sums(plan, large)
    assert sums == many.sums()
    assert set(by_district) == set(many.district_sums())
    for step in (8, 500):  # a slice begins within a byte of the validity bits, or not
        tables = {**large.tables, "enterprise": large.tables["enterprise"].slice(step + 4, 96), "project": None}
        part = Columns(large.layout, {name: table for name, table in tables.items() if table is not None}, large.awards)
        for one, other in zip(many.by_measure[:4], kernel.evaluate(plan, part).by_measure[:4], strict=True):
            assert np.array_equal(one.high[step + 4 : step + 100], other.high)
            assert np.array_equal(one.needs[step + 4 : step + 100], other.needs)


def repeated(table: pa.Table, times: int) -> pa.Table:
    """The table again and again, the codes of each time their own."""
    codes = [f"{time}:{code}" for time in range(times) for code in table["uscc"].to_pylist()]
    whole = pa.concat_tables([table] * times).combine_chunks()
    return whole.set_column(whole.column_names.index("uscc"), "uscc", pa.array(codes))


def test_results_when_more_are_evaluated_then_those_still_held_stay(kernel: KernelBackend, plan: Plan) -> None:
    columns = edge_register(plan, 300, seed=7, missing=0.1)
    held = kernel.evaluate(plan, columns)
    kept = [each.high.copy() for each in held.by_measure]
    views = [each.high[10:] for each in kernel.evaluate(plan, columns).by_measure]
    gc.collect()
    later = replace(plan, on=date(2019, 1, 1))  # nothing is in force: other values in every array
    for _ in range(3):
        kernel.evaluate(later, columns)
        kernel.evaluate(plan, edge_register(plan, 300, seed=8, missing=0.5))
        kernel.amounts(plan, columns)
    for results, copy, view in zip(held.by_measure, kept, views, strict=True):
        assert np.array_equal(results.high, copy)
        assert np.array_equal(view, copy[10:])


def test_memory_when_a_view_is_held_then_it_is_not_used_again() -> None:
    memory = Memory()
    first = memory.array("int64", 100)
    address, view = first.ctypes.data, first[5:]
    del first
    gc.collect()
    assert memory.array("int64", 100).ctypes.data != address
    del view
    gc.collect()
    again = [memory.array("int64", 100) for _ in range(2)]
    assert address in [each.ctypes.data for each in again]
