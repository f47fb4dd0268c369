"""`cewen new` on the command line: the folder it writes, what it refuses, and that a draft never pays."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from cewen.base.errors import CewenError
from cewen.cli.check import command as check
from cewen.cli.explain import command as explain
from cewen.cli.new import command as new

TEXT = """示例市关于支持软件企业发展的若干措施

示政规〔2024〕1号

一、支持加大研发。对年营业收入1000万元以上的软件企业，按照年研发投入的5%给予最高30万元补助。（责任单位：市经信局）

二、支持建设平台。对开放实验场，给予20万元一次性奖励。（责任单位：市科技局）

三、发展目标。到2026年，软件业务收入达到500亿元，安排资金8000万元。

本措施自2024年3月1日起施行，有效期3年。

示例市人民政府
2024年2月8日
"""
ID = "example/2024-software-measures"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "若干措施.txt").write_text(TEXT, encoding="utf-8")
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(new, list(arguments), catch_exceptions=False)


def draft(place: Path, *more: str) -> Path:
    done = run(
        "policy", str(place / "若干措施.txt"), "--into", str(place / "p"), "--id", ID, "--region", "武汉市", *more
    )
    assert done.exit_code == 0, done.output
    return place / "p" / ID


def test_a_draft_has_every_file_of_a_policy_folder(place: Path) -> None:
    folder = draft(place)
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assert names == {
        "policy.yaml", "document.txt", "targets.yaml", "tasks.yaml", "facts.yaml", "draft.html",
        "measures/01-subsidy-01.yaml", "measures/02-reward-01.yaml", "cases/01-subsidy-01.yaml", "cases/02-reward-01.yaml",
    }  # fmt: skip
    assert (folder / "document.txt").read_text(encoding="utf-8") == TEXT
    assert {path.name for path in (place / "p").iterdir()} == {"facts", "regions", "lexicon", "example"}


def test_the_page_shows_readings_beside_rules_and_what_was_not_read_in_red(place: Path) -> None:
    page = (draft(place) / "draft.html").read_text(encoding="utf-8")
    assert '<mark class="incentive" id="text-subsidy-01"' in page
    assert "年营业收入不少于1000万元" in page
    assert '<mark class="unread" id="unread-1"' in page
    assert "原文：开放实验场" in page
    assert "http" not in page.replace("http-equiv", "")


def test_json_says_what_was_drafted_and_what_is_left(place: Path) -> None:
    arguments = ("policy", str(place / "若干措施.txt"), "--into", str(place / "p"), "--id", ID, "--json")
    said = json.loads(run(*arguments).output)
    assert (said["id"], said["measures"], said["tasks"]) == (ID, 2, 2)
    assert said["pending"] > 0
    assert "draft.html" in said["files"]


def test_without_an_id_the_year_and_the_text_name_the_folder(place: Path) -> None:
    arguments = ("policy", str(place / "若干措施.txt"), "--into", str(place / "p"), "--json")
    said = json.loads(run(*arguments).output)
    assert said["id"].startswith("draft/2024-")
    with pytest.raises(CewenError, match="CW021"):
        run(*arguments)


def test_a_folder_that_is_there_is_not_touched(place: Path) -> None:
    folder = draft(place)
    (folder / "measures" / "01-subsidy-01.yaml").write_text("id: mine\n", encoding="utf-8")
    with pytest.raises(CewenError, match="CW021"):
        draft(place)
    assert (folder / "measures" / "01-subsidy-01.yaml").read_text(encoding="utf-8") == "id: mine\n"
    draft(place, "--force")
    kept = folder.with_name("2024-software-measures.old1")
    assert (kept / "measures" / "01-subsidy-01.yaml").read_text(encoding="utf-8") == "id: mine\n"


@pytest.mark.parametrize("name", ["software", "../x", "Example/x", "a/../../b", "a//b", "示例/2024"])
def test_an_id_that_is_no_folder_of_a_policy_is_refused(place: Path, name: str) -> None:
    with pytest.raises(CewenError, match="CW021"):
        run("policy", str(place / "若干措施.txt"), "--into", str(place / "p"), "--id", name)
    assert not (place / "p").exists()


def test_an_unknown_region_is_refused(place: Path) -> None:
    with pytest.raises(CewenError, match="CW205"):
        run("policy", str(place / "若干措施.txt"), "--into", str(place / "p"), "--id", ID, "--region", "没有市")


def test_check_tells_only_what_is_pending(place: Path) -> None:
    draft(place)
    done = CliRunner().invoke(check, [ID, "--policies", str(place / "p"), "--json"])
    assert done.exit_code == 1
    findings = json.loads(done.output)["findings"]
    assert {finding["code"] for finding in findings} == {"CW150"}
    assert all(finding["place"]["file"].startswith(ID) and finding["place"]["line"] for finding in findings)


def test_what_a_draft_leaves_open_is_left_out_with_a_notice_and_the_rest_answers(place: Path) -> None:
    folder = draft(place)
    facts = place / "facts.json"
    sheet = {"enterprise": {"名称": "甲公司", "注册地": "420111", "开放实验场": True}}
    facts.write_text(json.dumps(sheet, ensure_ascii=False), encoding="utf-8")
    arguments = [str(facts), "--policies", str(place / "p"), "--on", "2024-06-30", "--json"]
    done = CliRunner().invoke(explain, arguments, catch_exceptions=False)
    assert "CW690" in done.stderr
    assert "1 条措施没有计算，1 条照算" in done.stderr
    assert {each["measure"] for each in json.loads(done.stdout)["results"]} == {f"{ID}#subsidy-01"}
    own = folder / "facts.yaml"
    text = own.read_text(encoding="utf-8")
    assert text.count("definition: 待定") == 1
    own.write_text(re.sub("definition: 待定.*", "definition: 由市科技局认定", text), encoding="utf-8")
    done = CliRunner().invoke(explain, arguments, catch_exceptions=False)
    results = {each["measure"]: each for each in json.loads(done.stdout)["results"]}
    assert results[f"{ID}#reward-01"]["status"] == "met"
    assert "CW690" in done.stderr  # where the text is from still has to be said


def test_a_draft_does_not_keep_the_cases_of_other_policies_from_running(place: Path, repo: Path) -> None:
    draft(place)
    other = "hubei/2025-software-action-plan-draft"
    shutil.copytree(repo / "policies" / other, place / "p" / other)
    done = CliRunner().invoke(check, [other, "--policies", str(place / "p"), "--json"])
    assert json.loads(done.output)["findings"] == []
    case = place / "p" / other / "cases" / "09-revenue-milestone.yaml"
    text = case.read_text(encoding="utf-8")
    case.write_text(text.replace("low: 30万元", "low: 31万元", 1), encoding="utf-8")
    done = CliRunner().invoke(check, [other, "--policies", str(place / "p"), "--json"])
    assert [finding["code"] for finding in json.loads(done.output)["findings"]] == ["CW502"]


def test_a_word_once_taught_is_known_in_the_next_draft(place: Path) -> None:
    source = place / "若干措施.txt"
    source.write_text(TEXT.replace("年营业收入", "年经营流水"), encoding="utf-8")
    measure = "measures/01-subsidy-01.yaml"
    assert "- 年经营流水 >= 1000万元" in (draft(place) / measure).read_text(encoding="utf-8")
    assert "记下了" in run("synonym", "年经营流水", "年营业收入", "--into", str(place / "p")).output
    assert "已经知道" in run("synonym", "年经营流水", "年营业收入", "--into", str(place / "p")).output
    assert "- 年营业收入 >= 1000万元" in (draft(place, "--force") / measure).read_text(encoding="utf-8")


def test_a_word_does_not_get_two_meanings_or_a_fact_nobody_declared(place: Path) -> None:
    draft(place)
    with pytest.raises(CewenError, match="CW022"):
        run("synonym", "营业收入", "年研发投入", "--into", str(place / "p"))
    with pytest.raises(CewenError, match="CW203"):
        run("synonym", "年经营流水", "年营业收人", "--into", str(place / "p"))
    assert not (place / "p" / "lexicon" / "synonyms.yaml").exists()


def test_a_fault_in_the_lexicon_is_told_with_its_line(place: Path) -> None:
    draft(place)
    (place / "p" / "lexicon" / "own.yaml").write_text(
        "- words: [甲]\n  fact: 年营业收入\n  plain: true\n", encoding="utf-8"
    )
    with pytest.raises(CewenError, match=r"CW022 .*own.yaml:1"):
        draft(place, "--force")


def test_cases_somebody_wrote_are_left_alone(place: Path) -> None:
    folder = draft(place)
    measure = folder / "measures" / "02-reward-01.yaml"
    measure.write_text(
        measure.read_text(encoding="utf-8").replace("  - 开放实验场  # 原文：开放实验场\n", ""), encoding="utf-8"
    )
    own = folder / "cases" / "01-subsidy-01.yaml"
    own.write_text(own.read_text(encoding="utf-8") + "# 核对过\n", encoding="utf-8")
    (folder / "cases" / "02-reward-01.yaml").unlink()
    assert "重写了 1 个" in run("cases", ID, "--into", str(place / "p")).output
    assert own.read_text(encoding="utf-8").endswith("# 核对过\n")
    assert "待定" not in (folder / "cases" / "02-reward-01.yaml").read_text(encoding="utf-8")


def test_every_document_of_another_issuer_is_drafted(shared: Path, tmp_path: Path) -> None:
    texts = sorted((shared / "eval" / "unlabelled").glob("*.txt"))[::8]
    assert texts
    for index, text in enumerate(texts):
        name = f"other/document-{index}"
        assert run("policy", str(text), "--into", str(tmp_path / "p"), "--id", name).exit_code == 0
    done = CliRunner().invoke(check, ["--policies", str(tmp_path / "p"), "--json"])
    codes = {finding["code"] for finding in json.loads(done.output)["findings"]}
    # What is pending, and numbers of a sentence the reading did not use: both are for a person to look at.
    assert codes <= {"CW150", "CW103", "CW104", "CW401"}
