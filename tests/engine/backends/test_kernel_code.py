"""Generated code: found again for changed parameters, refused where 64 bits are not enough, usable without a cache."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest

from cewen.base.errors import CewenError
from cewen.engine.backends.base import is_installed
from cewen.engine.backends.kernel import compile as kernel_compile
from cewen.engine.backends.kernel.backend import KernelBackend
from cewen.engine.backends.kernel.source import Program, write_program
from cewen.engine.columns.layout import Columns, Layout, empty_awards
from cewen.engine.edges import edge_register
from cewen.engine.parity import compare_with_reference
from cewen.rules.lower import Plan, lower_corpus
from engine_support import MakeCorpus, measure


@pytest.fixture
def kernel(need: Callable[[object, str], None]) -> KernelBackend:
    need(is_installed("kernel"), "numba")
    return KernelBackend(threads=2)


def plan_of(make_corpus: MakeCorpus, *measures: dict[str, object], policy: str = "here/one") -> Plan:
    return lower_corpus(make_corpus(*measures, policy=policy), date(2024, 6, 30))


def program_of(plan: Plan) -> Program:
    return write_program("enterprise", plan.measures, Layout(plan.corpus.vocabulary, plan.corpus.regions))


def test_program_when_amount_rate_cap_or_region_changes_then_the_same_code(
    make_corpus: MakeCorpus, tmp_path: Path
) -> None:
    def made(rate: str, cap: str, least: str, place: str, level: str) -> Program:
        conditions = [f"注册地 属于 {place}", f"年研发投入 / 年营业收入 >= {level}", f"年营业收入 >= {least}"]
        folder = f"here/p{len(list(tmp_path.glob('policies/here/*')))}"
        plan = plan_of(
            make_corpus, measure("one", f"年研发投入 * {rate}", cap=cap, conditions=conditions), policy=folder
        )
        return program_of(Plan(plan.corpus, plan.on, plan.measures[-1:], ()))

    first = made("10%", "100万元", "500万元", "武汉市", "15%")
    second = made("12.5%", "230万元", "800万元", "宜昌市", "3.1%")
    assert first.digest == second.digest
    assert first.parameters.tolist() != second.parameters.tolist()
    assert made("0%", "100万元", "500万元", "武汉市", "15%").digest != first.digest


def test_program_when_64_bits_are_not_enough_then_an_error_names_measure_and_operation(make_corpus: MakeCorpus) -> None:
    plan = plan_of(make_corpus, measure("huge", conditions=["年营业收入 * 1.23456789 >= 5元"]))
    with pytest.raises(CewenError) as failure:
        program_of(plan)
    (finding,) = failure.value.diagnostics
    assert finding.code == "CW631"
    assert "here/one#huge" in finding.message
    assert "乘" in finding.message


def test_kernel_when_the_cache_cannot_be_written_then_the_same_results(
    kernel: KernelBackend, make_corpus: MakeCorpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    monkeypatch.setattr(kernel_compile, "_MODULES", {})
    plan = plan_of(make_corpus, measure("one", "年研发投入 * 10%", conditions=["年营业收入 >= 500万元"]))
    parity = compare_with_reference(kernel, plan, edge_register(plan, 60, seed=1))
    assert parity.different == 0, str(parity)


def test_kernel_when_code_is_cached_then_a_file_appears_whole(
    kernel: KernelBackend, make_corpus: MakeCorpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(kernel_compile, "_MODULES", {})
    plan = plan_of(make_corpus, measure("one", "年研发投入 * 10%", conditions=["年营业收入 >= 500万元"]))
    kernel.evaluate(plan, edge_register(plan, 60, seed=1))
    folder = tmp_path / "cache" / "cewen" / "kernels"
    assert [path.suffix for path in folder.iterdir() if path.is_file()] == [".py"]


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("revenue_2023", pa.array([-1], pa.int64())),
        ("revenue_2023", pa.array([10**15 + 1], pa.int64())),
        ("registered_in", pa.array([10**6], pa.int32())),
        ("new_headquarters", pa.array([2], pa.int8())),
    ],
)
def test_kernel_when_a_column_holds_the_impossible_then_an_error_names_the_fact(
    kernel: KernelBackend, make_corpus: MakeCorpus, column: str, values: pa.Array
) -> None:
    conditions = ["注册地 属于 武汉市", "年营业收入 >= 500万元", "总部新落户"]
    plan = plan_of(make_corpus, measure("one", conditions=conditions))
    layout = Layout(plan.corpus.vocabulary, plan.corpus.regions)
    table = pa.table({"uscc": ["甲"], "name": ["甲"], column: values})
    with pytest.raises(CewenError) as failure:
        kernel.evaluate(plan, Columns(layout, {"enterprise": table}, empty_awards()))
    assert failure.value.diagnostics[0].code == "CW635"


def test_kernel_when_an_object_has_no_enterprise_then_an_error_names_its_code(
    kernel: KernelBackend, make_corpus: MakeCorpus
) -> None:
    plan = plan_of(make_corpus, measure("one", subject="project", conditions=["项目总投资 > 0元"]))
    layout = Layout(plan.corpus.vocabulary, plan.corpus.regions)
    tables = {
        "enterprise": pa.table({"uscc": ["甲"], "name": ["甲"]}),
        "project": pa.table({"uscc": ["乙"], "name": ["项目"]}),
    }
    with pytest.raises(CewenError) as failure:
        kernel.evaluate(plan, Columns(layout, tables, empty_awards()))
    assert failure.value.diagnostics[0].code == "CW634"
    assert "乙" in failure.value.diagnostics[0].message
