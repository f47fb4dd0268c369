"""`cewen search`, `benefits`, `implements`, `suggest` on the command line."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from python_calamine import CalamineWorkbook

from cewen.base.errors import CewenError
from cewen.cli.main import cewen
from library_support import write_documents

UPPER, LOWER = "cn/2021-software-plan", "wuhan/2022-software-plan"


@pytest.fixture(scope="module", autouse=True)
def own_store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("store")))
        for name in ("CEWEN_SUGGEST_URL", "CEWEN_SUGGEST_MODEL"):
            patch.delenv(name, raising=False)
        yield


@pytest.fixture
def documents(tmp_path: Path) -> Path:
    return write_documents(tmp_path / "documents")


def run(*arguments: str | Path, code: int = 0) -> Result:
    done = CliRunner().invoke(cewen, [str(each) for each in arguments], catch_exceptions=False)
    assert done.exit_code == code, done.output
    return done


def test_search_finds_in_policies_and_in_folders_given(documents: Path, tmp_path: Path) -> None:
    table = tmp_path / "hits.csv"
    said = json.loads(run("search", "研发投入", "--in", documents, "--json", "--csv", table).stdout)
    assert {"甲市", "武汉"} <= {hit["title"][:2] for hit in said["hits"]}
    assert said["found"] == len(said["hits"]) or len(said["hits"]) == 20
    with table.open(encoding="utf-8-sig", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["clause"] for row in rows] == [hit["clause"] for hit in said["hits"]]
    shown = run("search", "研发投入", "--in", documents, "--only", "--region", "湖北省")
    assert "另有 2 份文件看不出适用地区" in shown.stdout


def test_search_tells_what_cannot_be_read_and_goes_on(documents: Path) -> None:
    (documents / "坏.pdf").write_bytes(b"%PDF-1.7 nothing")
    done = run("search", "夜间经济", "--in", documents, "--only", "--json")
    assert "坏.pdf" in done.stderr
    assert json.loads(done.stdout)["found"] == 2


@pytest.mark.parametrize("arguments", [("--region", "没有市"), ("--in", "没有的文件.txt")])
def test_search_refuses_what_is_not_there(arguments: tuple[str, str]) -> None:
    with pytest.raises(CewenError, match=r"CW205|CW010"):
        run("search", "软件", *arguments)


def test_search_wants_amounts_as_amounts() -> None:
    assert "写成 100万元" in str(CliRunner().invoke(cewen, ["search", "--at-least", "很多"]).output)


def test_benefits_as_json_workbook_and_page(documents: Path, tmp_path: Path) -> None:
    book, page = tmp_path / "b.xlsx", tmp_path / "b.html"
    said = json.loads(
        run("benefits", "研发投入", "--in", documents, "--only", "--json", "--xlsx", book, "--html", page).stdout
    )
    benefits = [benefit for group in said["groups"] for benefit in group["benefits"]]
    assert {(each["title"][:2], each["clause"]) for each in benefits} == {("甲市", "一"), ("乙市", "一")}
    assert {each["status"] for each in benefits} >= {"draft"}
    figure = benefits[0]["figures"][0]
    assert (figure["kind"], figure["low"], figure["cap"]) in {("rate", "20", "600000"), ("rate", "20", "900000")}
    rows = CalamineWorkbook.from_path(book).get_sheet_by_index(0).to_python()
    head = rows[0]
    assert len(rows) == 3
    assert {row[head.index("最高（元）")] for row in rows[1:]} == {600_000, 900_000}
    assert {row[head.index("定额（元）")] for row in rows[1:]} == {""}
    assert "征求意见稿，尚未施行" in page.read_text(encoding="utf-8")


def test_benefits_without_words_lists_what_two_documents_share(documents: Path) -> None:
    said = json.loads(run("benefits", "--in", documents, "--only", "--json").stdout)
    assert {group["purpose"]: group["documents"] for group in said["groups"]} == {
        "研发投入": 2,
        "能力成熟度与体系认证": 2,
    }


def test_implements_lists_what_nobody_does_and_writes_the_page(tmp_path: Path) -> None:
    page = tmp_path / "i.html"
    said = json.loads(run("implements", UPPER, "--by", LOWER, "--json", "--html", page).stdout)
    open_entries = [entry for entry in said["entries"] if not entry["implemented_by"]]
    assert len(open_entries) == said["not_implemented"] > 0
    assert all(entry["nearest"] for entry in open_entries)
    pairs = {(entry["title"], match["clause"]) for entry in said["entries"] for match in entry["implemented_by"]}
    assert ("繁荣国内开源生态", "二/（一）/3.") in pairs
    assert page.read_text(encoding="utf-8").count("✗ 没有找到落实的条文") == said["not_implemented"]


def test_implements_takes_the_places_within_when_none_is_named() -> None:
    said = json.loads(run("implements", "hubei/2025-software-action-plan-draft", "--json").stdout)
    assert len(said["lower"]) == 3
    assert all(name.startswith("wuhan/") for name in said["lower"])


def test_implements_refuses_a_document_nobody_knows() -> None:
    with pytest.raises(CewenError, match="CW003"):
        run("implements", "cn/nothing")


def test_suggest_is_off_without_an_address(documents: Path) -> None:
    with pytest.raises(CewenError, match="CW691"):
        run("suggest", documents / "甲市.txt")


def test_suggest_writes_marked_suggestions_no_command_loads(
    documents: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cewen.rules.draft import suggest

    text = "某市若干措施\n\n一、支持平台。安排专项资金3亿元支持平台建设。\n"
    (documents / "丙市.txt").write_text(text, encoding="utf-8")
    row = {"kind": "其他", "words": "安排专项资金3亿元", "note": "资金池，3亿元"}
    foreign = row | {"amount": "5亿元"}
    monkeypatch.setattr(suggest, "_ask", lambda *_: json.dumps({"suggestions": [row, foreign]}, ensure_ascii=False))
    out = tmp_path / "建议.yaml"
    done = run(
        "suggest", documents / "丙市.txt", "--endpoint", "http://localhost:1/v1", "--model", "m", "--out", out, "--json"
    )
    said = json.loads(done.stdout)
    assert "发送 1 句" in done.stderr
    assert [each["status"] for each in said["suggestions"]] == ["建议（未确认）"]
    assert "5亿元" in said["dropped"][0]["why"]
    assert "没有任何命令读这个文件" in out.read_text(encoding="utf-8")
