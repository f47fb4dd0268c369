"""Generated code: found again for changed parameters, refused where 64 bits are not enough, usable without a cache."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

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


@pytest.fixture
def cold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A process that has compiled nothing yet, and the folder of its cache."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    forget_modules(monkeypatch)
    return tmp_path / "cache" / "cewen" / "kernels"


def forget_modules(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(kernel_compile, "_MODULES", {})
    monkeypatch.setattr(kernel_compile, "_NOTICES", {})


ONE = measure("one", "年研发投入 * 10%", conditions=["年营业收入 >= 500万元"])


def assert_same_as_reference(kernel: KernelBackend, plan: Plan) -> None:
    parity = compare_with_reference(kernel, plan, edge_register(plan, 60, seed=1))
    assert parity.different == 0, str(parity)


def test_kernel_when_the_cache_cannot_be_written_then_the_same_results_and_a_notice(
    kernel: KernelBackend, make_corpus: MakeCorpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("in the way")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    forget_modules(monkeypatch)
    assert_same_as_reference(kernel, plan_of(make_corpus, ONE))
    (notice,) = kernel.notices
    assert notice.code == "CW660"
    assert str(blocked) in notice.message


def test_kernel_when_code_is_cached_then_files_appear_whole(
    kernel: KernelBackend, make_corpus: MakeCorpus, cold: Path
) -> None:
    assert_same_as_reference(kernel, plan_of(make_corpus, ONE))
    kept = [path for path in cold.iterdir() if path.is_file()]
    assert {path.suffix for path in kept} == {".py", ".json"}
    assert not [path for path in kept if path.name.startswith(".")]
    assert kernel.notices == ()


def test_kernel_when_one_measure_changes_then_only_its_code_is_new(
    kernel: KernelBackend, make_corpus: MakeCorpus, cold: Path
) -> None:
    other = measure("other", "20万元", conditions=["从业人员 >= 10人"])
    assert_same_as_reference(kernel, plan_of(make_corpus, ONE, other))
    before = {path.name for path in cold.glob("cewen_exact_*.py")}
    changed = measure("other", "20万元", conditions=["从业人员 >= 10人", "年研发投入 > 0元"])
    assert_same_as_reference(kernel, plan_of(make_corpus, ONE, changed, policy="here/two"))
    after = {path.name for path in cold.glob("cewen_exact_*.py")}
    assert len(before) == 2
    assert len(after - before) == 1


@pytest.mark.parametrize("damage", [b"", b"nothing of use", None])
def test_kernel_when_the_cache_is_damaged_then_it_is_made_anew_with_a_notice(
    kernel: KernelBackend,
    make_corpus: MakeCorpus,
    cold: Path,
    monkeypatch: pytest.MonkeyPatch,
    damage: bytes | None,
) -> None:
    plan = plan_of(make_corpus, ONE)
    assert_same_as_reference(kernel, plan)
    (victim,) = cold.glob("__pycache__/cewen_exact_*.nbc")
    whole = victim.read_bytes()
    at = len(whole) // 2
    victim.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :] if damage is None else damage)
    forget_modules(monkeypatch)
    assert_same_as_reference(kernel, plan)
    assert [notice.code for notice in kernel.notices] == ["CW661"]
    forget_modules(monkeypatch)
    assert_same_as_reference(kernel, plan)
    assert kernel.notices == ()


def test_kernel_when_many_measures_are_new_then_other_processes_help_to_compile(
    kernel: KernelBackend, make_corpus: MakeCorpus, cold: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[subprocess.Popen[bytes]] = []

    class Recorded(subprocess.Popen[bytes]):
        def __init__(self, command: list[str], **options: Any) -> None:
            super().__init__(command, **options)
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Recorded)
    sums = [" + ".join(["年研发投入"] * (at + 1)) for at in range(kernel_compile.FEWEST)]
    plan = plan_of(make_corpus, *(measure(f"m{at}", f"({each}) * 10%") for at, each in enumerate(sums)))
    sources = [("exact", code.exact) for code in program_of(plan).codes]
    kernel_compile.compiled(sources, workers=2)
    assert [process.returncode for process in started] == [0]
    assert len(list(cold.glob("__pycache__/cewen_exact_*.nbi"))) == len(sums)
    assert kernel.notices == ()
    assert_same_as_reference(kernel, plan)


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
