"""The population as a user gets it: totals met, the same for any number of workers, readable, consistent."""

from __future__ import annotations

import csv
import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from cewen.base.certainty import Certainty
from cewen.base.errors import CewenError
from cewen.engine.evaluate import evaluate_factsheet
from cewen.engine.register import read_register
from cewen.engine.result import Status
from cewen.engine.synth import Report, load_basis, synth_home, synthesize
from cewen.engine.synth.write import FILES
from cewen.rules.load import Corpus
from cewen.rules.lower import lower_corpus

YEARS = (2021, 2022, 2023, 2024, 2025)
Small = tuple[Path, Report]

GOLDEN = "73f227a864b7f6715f3f4dde10165b9a17ab2b073153fb817dc3f21a0cada0e2"
"""Digest of a small register. It changes with the scenario, the facts or NumPy's generators, and with nothing else."""


def _digest(folder: Path) -> str:
    found = hashlib.sha256()
    for name, _ in FILES.values():
        found.update((folder / f"{name}.csv").read_bytes())
    return found.hexdigest()


@pytest.mark.parametrize("workers", [1, 2])
def test_synth_when_seeded_then_the_register_is_the_recorded_one(corpus: Corpus, tmp_path: Path, workers: int) -> None:
    out = tmp_path / "register"
    synthesize(corpus, out, count=1500, seed=42, years=YEARS, workers=workers, form="csv")
    assert _digest(out) == GOLDEN


def test_synth_when_several_chunks_then_any_number_of_workers_gives_the_same(corpus: Corpus, tmp_path: Path) -> None:
    reports = [
        synthesize(corpus, tmp_path / str(workers), count=140_000, seed=3, years=(2023,), workers=workers)
        for workers in (1, 3)
    ]
    assert reports[0].to_json() == reports[1].to_json()
    for name, _ in FILES.values():
        first, second = (pq.read_table(tmp_path / workers / f"{name}.parquet") for workers in ("1", "3"))
        assert first.equals(second), name
        assert first.num_rows > 0


def test_synth_when_the_seed_differs_then_so_does_the_register(corpus: Corpus, tmp_path: Path) -> None:
    for seed in (1, 2):
        synthesize(corpus, tmp_path / str(seed), count=200, seed=seed, years=(2023,), form="csv")
    assert _digest(tmp_path / "1") != _digest(tmp_path / "2")


def test_report_when_written_then_every_used_target_is_met_and_all_are_listed(small: Small) -> None:
    found = small[1].to_json()
    with (synth_home() / "targets.csv").open(encoding="utf-8") as file:
        rows = {row["id"]: row for row in csv.DictReader(file)}
    assert [target["id"] for target in found["targets"]] == list(rows)
    used = [target for target in found["targets"] if target["status"] == "used"]
    assert {"enterprises", "revenue-first", "revenue-second", "revenue-third", "revenue-fourth", "zone-share"} <= {
        target["id"] for target in used
    }
    assert all(target["met"] for target in used)
    assert all(target["met"] is None for target in found["targets"] if target["status"] != "used")
    for target in used:
        room = abs(target["expected"]) * float(rows[target["id"]]["tolerance"]) / 100
        assert abs(target["simulated"] - target["expected"]) <= max(room, 1.0 if "count" in target["variable"] else 0)


def test_report_when_the_register_is_summed_then_the_numbers_are_those_reported(small: Small) -> None:
    out, report = small
    table = pq.read_table(out / "enterprises.parquet")
    reported = {target["id"]: target["simulated"] for target in report.to_json()["targets"]}
    software = table["软件业务收入:2023:fen"]
    above = pc.greater_equal(software, 2_000_000_000)
    assert pc.sum(above).as_py() == reported["enterprises"]
    city = pc.starts_with(table["注册地"].cast(pa.string()), "4201")
    assert pc.sum(software.filter(pc.and_(above, city))).as_py() / 10**10 == pytest.approx(
        reported["revenue-third"], abs=1e-4
    )


def test_report_says_by_how_much_totals_are_scaled(small: Small) -> None:
    found = small[1].to_json()
    first = next(target for target in found["targets"] if target["id"] == "revenue-second")
    assert first["expected"] == pytest.approx(first["published"] * found["scale"], rel=1e-4)
    share = next(target for target in found["targets"] if target["id"] == "zone-share")
    assert share["expected"] == share["published"]


def test_dependence_is_near_the_published_rank_correlations(small: Small) -> None:
    for each in small[1].dependence:
        assert each.simulated == pytest.approx(each.published, abs=0.12), (each.first, each.second)


def test_columns_hold_together(small: Small) -> None:
    table = pq.read_table(small[0] / "enterprises.parquet")
    for year in YEARS:
        revenue, software, research = (
            table[f"{label}:{year}:fen"] for label in ("年营业收入", "软件业务收入", "年研发投入")
        )
        assert revenue.type == pa.int64()
        assert pc.all(pc.less_equal(software, revenue)).as_py()
        assert pc.all(pc.less_equal(research, revenue)).as_py()
        assert pc.min(table[f"从业人员:{year}"]).as_py() >= 1
    assert pa.types.is_dictionary(table["企业类型"].type)
    levels = table["CSMM等级"]
    assert set(pc.unique(levels).to_pylist()) <= {0, 2, 3, 4}
    size, revenue = table["企业规模"].cast(pa.string()), table["年营业收入:2025:fen"]
    large = revenue.filter(pc.equal(size, "大型"))
    assert len(large) > 0
    assert pc.min(large).as_py() >= 10**10


def test_synth_when_no_cell_is_to_be_missing_then_only_years_before_founding_are_blank(small: Small) -> None:
    table = pq.read_table(small[0] / "enterprises.parquet")
    assert table["年营业收入:2023:fen"].null_count == 0
    assert table["注册地"].null_count == 0
    assert 0 < table["年营业收入:2021:fen"].null_count < 0.2 * len(table)


def test_synth_when_cells_are_to_be_missing_then_about_so_many_are(corpus: Corpus, tmp_path: Path) -> None:
    out = tmp_path / "register"
    synthesize(corpus, out, count=5000, seed=1, years=(2023,), basis=load_basis().with_missing(0.3))
    table = pq.read_table(out / "enterprises.parquet")
    assert table["名称"].null_count == 0
    assert table["统一社会信用代码"].null_count == 0
    for label in ("注册地", "年营业收入:2023:fen", "DCMM等级", "国家双跨平台"):
        assert table[label].null_count / len(table) == pytest.approx(0.3, abs=0.03), label


@pytest.mark.parametrize("form", ["parquet", "csv", "xlsx"])
def test_synth_when_written_then_the_register_reads_without_an_error(corpus: Corpus, tmp_path: Path, form: str) -> None:
    out = tmp_path / ("register.xlsx" if form == "xlsx" else "register")
    report = synthesize(corpus, out, count=400, seed=5, years=(2022, 2023), form=form)
    register = read_register(out, corpus)
    assert len(register) == 400
    objects = sum(len(sheet.others) for sheet in register)
    assert objects == sum(report.rows[subject] for subject in ("project", "product", "park")) > 0
    assert sum(len(sheet.awards) for sheet in register) == report.rows["awards"]
    assert list(tmp_path.iterdir()) == [out]


def test_synth_when_formats_differ_then_the_facts_do_not(corpus: Corpus, tmp_path: Path) -> None:
    sheets = []
    for form, name in (("parquet", "a"), ("csv", "b"), ("xlsx", "c.xlsx")):
        synthesize(corpus, tmp_path / name, count=120, seed=9, years=(2023,), form=form)
        sheets.append(read_register(tmp_path / name, corpus).sheets)
    assert sheets[0] == sheets[1] == sheets[2]


def test_awards_already_made_are_what_the_engine_would_have_given(corpus: Corpus, tmp_path: Path) -> None:
    out = tmp_path / "register"
    report = synthesize(corpus, out, count=4000, seed=8, years=YEARS, basis=load_basis().with_missing(0))
    assert report.rows["awards"] > 100
    seen = set()
    for sheet in read_register(out, corpus):
        for award in sheet.awards:
            seen.add(award.measure)
            then = replace(sheet, awards=())
            given = evaluate_factsheet(lower_corpus(_only(corpus, award.measure), award.on), then)
            results = [
                result
                for result in given.results
                if f"{award.measure}" == result.measure.key and award.object in (None, result.object_name)
            ]
            assert [result.status for result in results] == [Status.MET], award
            (result,) = results
            assert result.amount is not None
            if result.measure.measure.certainty is Certainty.DEFINITE:
                assert award.amount == result.amount.high == result.amount.low
            else:
                assert 0 < award.amount <= result.amount.high
    assert seen == {rule.measure for rule in load_basis().scenario.awards}


def _only(corpus: Corpus, measure: str) -> Corpus:
    policy = corpus.policy(measure.partition("#")[0])
    assert policy is not None
    return replace(corpus, policies=(policy,))


def test_synth_when_a_used_target_cannot_be_met_then_says_so_and_writes_nothing(corpus: Corpus, tmp_path: Path) -> None:
    home = tmp_path / "data"
    shutil.copytree(synth_home(), home)
    path = home / "targets.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",3500,亿元", ",350000,亿元"), encoding="utf-8")
    out = tmp_path / "register"
    report = synthesize(corpus, out, count=30_000, seed=1, years=YEARS, basis=load_basis(home))
    assert {finding.code for finding in report.findings} == {"CW672"}
    assert any("武汉市软件业务收入（2024年）" in finding.message for finding in report.findings)
    assert not out.exists()
    assert report.rows == {}


def test_synth_when_too_few_stand_behind_a_target_then_it_is_only_shown(corpus: Corpus, tmp_path: Path) -> None:
    report = synthesize(corpus, tmp_path / "register", count=100, seed=1, years=(2023,))
    states = {outcome.state for outcome in report.outcomes}
    assert states == {"holdout", "too_few"}


def test_synth_when_the_name_is_taken_then_nothing_is_overwritten(corpus: Corpus, tmp_path: Path) -> None:
    out = tmp_path / "register"
    out.mkdir()
    (out / "kept.txt").write_text("kept", encoding="utf-8")
    with pytest.raises(CewenError) as caught:
        synthesize(corpus, out, count=10, seed=1, years=(2023,))
    assert caught.value.diagnostics[0].code == "CW673"
    assert [path.name for path in out.iterdir()] == ["kept.txt"]


def test_synth_when_interrupted_then_nothing_is_left_behind(corpus: Corpus, tmp_path: Path) -> None:
    def stop(stage: str, done: int) -> None:
        if stage == "生成":
            raise KeyboardInterrupt

    for form, name in (("parquet", "a"), ("csv", "b"), ("xlsx", "c.xlsx")):
        with pytest.raises(KeyboardInterrupt):
            synthesize(corpus, tmp_path / name, count=300, seed=1, years=(2023,), form=form, progress=stop)
    assert list(tmp_path.iterdir()) == []


def test_basis_when_the_folder_or_a_value_is_wrong_then_says_so(tmp_path: Path) -> None:
    with pytest.raises(CewenError) as caught:
        load_basis(tmp_path / "nowhere")
    assert caught.value.diagnostics[0].code == "CW670"
    home = tmp_path / "data"
    shutil.copytree(synth_home(), home)
    path = home / "scenario.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("base_year: 2023", "base_year: 某年"), encoding="utf-8")
    with pytest.raises(CewenError) as caught:
        load_basis(home)
    assert caught.value.diagnostics[0].code == "CW670"
