"""The compiled back-end against the reference: status, amounts, tiers, needs and suppression, row by row.

CEWEN_PARITY_ENTERPRISES sets how many generated enterprises are compared for each share of missing facts.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings

from cewen.engine.backends.base import is_installed
from cewen.engine.backends.kernel.backend import KernelBackend
from cewen.engine.columns.encode import encode
from cewen.engine.columns.layout import Columns
from cewen.engine.columns.results import ColumnResults
from cewen.engine.edges import edge_register
from cewen.engine.factsheet import FactSheet
from cewen.engine.parity import compare_with_reference
from cewen.rules.load import load_corpus, policies_home, require_sound
from cewen.rules.lower import Plan, lower_corpus
from engine_support import MakeCorpus, measure
from register_strategies import registers

CORPUS = require_sound(load_corpus(policies_home()))
PLAN = lower_corpus(CORPUS, date(2024, 6, 30))
COUNT = int(os.environ.get("CEWEN_PARITY_ENTERPRISES", "250"))
PROCESSES = 2 if COUNT > 2_000 else 1


@pytest.fixture(scope="module")
def kernel(need: Callable[[object, str], None]) -> KernelBackend:
    need(is_installed("kernel"), "numba")
    return KernelBackend()


@pytest.mark.parametrize(("missing", "seed"), [(0.0, 1), (0.1, 2), (0.5, 3)])
def test_shipped_measures_on_edges_then_no_difference(kernel: KernelBackend, missing: float, seed: int) -> None:
    columns = edge_register(PLAN, COUNT, seed=seed, missing=missing)
    parity = compare_with_reference(kernel, PLAN, columns, processes=PROCESSES)
    assert parity.compared > COUNT * 30
    assert parity.different == 0, str(parity)


@settings(max_examples=30)
@given(registers(PLAN))
def test_shipped_measures_on_any_register_then_no_difference(sheets: tuple[FactSheet, ...]) -> None:
    if not is_installed("kernel"):
        pytest.skip("this machine lacks numba")
    parity = compare_with_reference(_KERNEL, PLAN, encode(sheets, CORPUS))
    assert parity.different == 0, str(parity)


_KERNEL = KernelBackend()


def test_measures_not_in_force_then_status_only(kernel: KernelBackend) -> None:
    columns = edge_register(PLAN, 50, seed=4)
    parity = compare_with_reference(kernel, PLAN, columns, as_if_in_force=False)
    assert parity.different == 0, str(parity)


def plan_of(make_corpus: MakeCorpus, *measures: dict[str, object], **header: object) -> Plan:
    return lower_corpus(make_corpus(*measures, **header), date(2024, 6, 30))


ARITHMETIC = {
    "brackets": measure("brackets", "分档(年营业收入, 100万元, 1万元, 1亿元, 年研发投入 * 3%, 10亿元, 50万元)"),
    "brackets-of-growth": measure("brackets-of-growth", conditions=["年营业收入 / 从业人员 >= 分档(从业人员, 10人, 1万元, 100人, 5万元)"]),
    "product": measure("product", "最低(1000元 * 从业人员, 最高(年研发投入, 3万元))"),
    "product-of-facts": measure("product-of-facts", "500元 * (从业人员 - 上年(从业人员)) * 2.5"),
    "quotient": measure("quotient", "年营业收入 / 从业人员 * 7%", cap="20万元"),
    "quotient-rounded": measure("quotient-rounded", "年营业收入 / 3", certainty="ceiling"),
    "two-quotients": measure("two-quotients", conditions=["年研发投入 / 年营业收入 >= 软件业务收入 / 年营业收入"]),
    "crossed-quotients": measure("crossed-quotients", conditions=["年研发投入 / 年营业收入 < 软件业务收入 / 总部投资额"]),
    "negative-divisor": measure("negative-divisor", conditions=["年研发投入 / (年营业收入 - 软件业务收入) > -20%"]),
    "negation": measure("negation", "-(年研发投入 - 软件业务收入)"),
    "equal": measure("equal", conditions=["年研发投入 = 软件业务收入 或 年营业收入 != 500万元"]),
    "not": measure("not", conditions=["非 (年营业收入 > 500万元 且 国家双跨平台) 或 DCMM等级 <= 2级"]),
    "first-time": measure("first-time", conditions=["首次突破(年营业收入, 1亿元) 或 首次达到(软件业务收入, 年研发投入)"]),
    "growth": measure("growth", "增量(软件业务收入) * 1.25%", cap="80万元", conditions=["增速(软件业务收入) > 12.5%"]),
    "ranked": measure("ranked", "最低(100万元, 1亿元 / 业务收入全国排名)", conditions=["业务收入全国排名 <= 100名"]),
    "zero": measure("zero", "年研发投入 * 0%", conditions=["年营业收入 > 0元"]),
    "level": measure("level", "1万元 * DCMM等级"),
}  # fmt: skip


@pytest.mark.parametrize("name", ARITHMETIC)
def test_operation_when_compiled_then_no_difference(kernel: KernelBackend, make_corpus: MakeCorpus, name: str) -> None:
    plan = plan_of(make_corpus, ARITHMETIC[name])
    for missing, seed in ((0.0, 1), (0.3, 2)):
        parity = compare_with_reference(kernel, plan, edge_register(plan, 400, seed=seed, missing=missing))
        assert parity.different == 0, str(parity)


TIERS = [
    {"name": "一", "when": "DCMM等级 >= 3级", "amount": "20万元"},
    {"name": "二", "when": "年营业收入 / 从业人员 > 10万元", "amount": "年研发投入 * 15%"},
    {"name": "三", "when": "企业规模 属于 小型、微型 且 年研发投入 >= 100万元", "amount": "年营业收入 / 从业人员"},
]


def tiered(identity: str, **entries: Any) -> dict[str, Any]:
    made = measure(identity, kind="tiered", tiers=TIERS, **entries)
    del made["amount"]
    return made


def test_tiers_and_stacking_when_compiled_then_no_difference(kernel: KernelBackend, make_corpus: MakeCorpus) -> None:
    plan = plan_of(
        make_corpus,
        tiered("steps", frequency="one_off", per="tier"),
        measure("yearly", "年研发投入 * 10%", cap="30万元", frequency="annual"),
        measure("thrice", "15万元", frequency={"years": 2}, certainty="ceiling", conditions=["年营业收入 > 0元"]),
        measure("rest", kind="top_up", amount="年研发投入", less=["here/one#yearly", "here/one#thrice"]),
        measure("built", "项目总投资 * 30%", subject="project", frequency="one_off", per="object"),
        measure("equipped", "软硬件设备投资 * 8%", subject="project", frequency="one_off"),
        measure("made", "研发成本 * 5%", subject="product"),
        stacking=[
            rule("best", "highest_only", ["steps", "yearly", "thrice"]),
            rule("best-object", "highest_only", ["built", "made"]),
            rule("most", "joint_cap", ["built", "equipped", "made"], limit="200万元"),
            rule("most-of-all", "joint_cap", ["rest", "equipped", "thrice"], limit="50万元", per="enterprise"),
        ],
    )
    for missing, seed in ((0.0, 1), (0.2, 2)):
        columns = edge_register(plan, 500, seed=seed, missing=missing)
        results = kernel.evaluate(plan, columns)
        assert all((each.suppressed_by >= 0).any() for each in results.by_measure[:3])
        parity = compare_with_reference(kernel, plan, columns)
        assert parity.different == 0, str(parity)
        assert kernel.sums(plan, columns) == results.sums()
        assert set(kernel.district_sums(plan, columns)) == set(results.district_sums())


def rule(identity: str, kind: str, members: list[str], **entries: object) -> dict[str, object]:
    quote = "对企业给予奖励（steps）"
    return {"id": identity, "rule": kind, "clause": "一", "quote": quote, "members": members, **entries}


class OneFenMore:
    """A back-end that is wrong by one fen in one row."""

    name = "wrong"

    def evaluate(
        self, plan: Plan, columns: Columns, *, year: int | None = None, as_if_in_force: bool = False
    ) -> ColumnResults:
        right = _KERNEL.evaluate(plan, columns, year=year, as_if_in_force=as_if_in_force)
        at = next(at for at, each in enumerate(right.by_measure) if each.counts.any())
        high = right.by_measure[at].high.copy()
        high[np.flatnonzero(right.by_measure[at].counts)[0]] += 1
        return right.with_measures([(at, replace(right.by_measure[at], high=high))])


def test_parity_when_one_fen_differs_then_measure_code_and_facts_are_told(kernel: KernelBackend) -> None:
    parity = compare_with_reference(OneFenMore(), PLAN, edge_register(PLAN, 40, seed=9))
    assert parity.different == 1
    (difference,) = parity.first
    assert (difference.field, difference.found) == ("high", int(str(difference.expected)) + 1)
    assert difference.uscc.startswith("91429999")
    assert "事实：" in str(parity)
    assert difference.measure in str(parity)
