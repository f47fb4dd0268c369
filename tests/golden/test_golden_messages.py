"""No silence: what goes wrong is told on the command line with measure, clause, fact and remedy, in exactly these words.

Set CEWEN_ACCEPT=1 to write the golden files anew; then read what changed.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from cli_support import cewen

MESSAGES = Path(__file__).parent / "messages"
RD = "wuhan/2022-digital-economy-measures#rd-subsidy"
REGISTER = (
    "名称,统一社会信用代码,注册地,企业类型,年营业收入:2023,年研发投入:2023\n"
    "甲公司,91429999H00000004F,420111,软件企业,6800万元,{spent}\n"
    "乙公司,91429999H00000012A,420111,软件企业,6000万元,{other}\n"
)
SIMULATE = ("simulate", "名册.csv", "--reform", "方案.yaml", "--policy", "wuhan/2022-digital-economy-measures")


def reform(change: str) -> str:
    return f"title: 试改\nmeasures:\n- measure: {RD}\n  set: {{{change}}}\n"


def measure(identity: str, title: str, amount: str, **entries: Any) -> dict[str, Any]:
    return {
        "id": identity, "title": title, "clause": "一", "quote": f"给予{title}", "subject": "enterprise",
        "amount": amount, "certainty": "ceiling", **entries,
    }  # fmt: skip


@dataclass(frozen=True)
class Scene:
    """What is asked, of which files, and what the answer has to name: measure, clause, fact, remedy."""

    arguments: tuple[str, ...]
    code: str
    names: tuple[str, str, str, str]
    files: dict[str, str]
    measures: tuple[dict[str, Any], ...] = ()
    fails: bool = False


CIRCLE = (
    measure("rent", "房租补贴", "年营业收入 * 1%", kind="top_up", less=["mou/measures#water"]),
    measure("water", "水电补贴", "年研发投入 * 2%", kind="top_up", less=["mou/measures#rent"]),
)
SCENES = {
    "missing-input": Scene(
        (*SIMULATE, "--on", "2024-06-30"), "CW646",
        ("软件企业研发投入补助", "二/（六）", "年研发投入（2023 年）", "在名册里补上"),
        {"名册.csv": REGISTER.format(spent="1200万元", other=""), "方案.yaml": reform("cap: 150万元")},
    ),
    "reform-that-sets-what-is-already-so": Scene(
        (*SIMULATE, "--on", "2024-06-30"), "CW643",
        ("软件企业研发投入补助", "二/（六）", "cap 现在就是 100万元", "改成别的值"),
        {"名册.csv": REGISTER.format(spent="1200万元", other="0元"), "方案.yaml": reform("cap: 100万元")},
    ),
    "reform-that-reaches-nobody": Scene(
        (*SIMULATE, "--on", "2024-06-30"), "CW645",
        ("软件企业研发投入补助", "二/（六）", "年研发投入", "先补"),
        {"名册.csv": REGISTER.format(spent="100万元", other=""), "方案.yaml": reform('"conditions[2]": 年营业收入 >= 400万元')},
    ),
    "expired-rule": Scene(
        (*SIMULATE, "--on", "2026-01-01"), "CW644",
        ("软件企业研发投入补助", "二/（六）", "已于 2025-05-31 失效", "换一个 --on 日期"),
        {"名册.csv": REGISTER.format(spent="1200万元", other="0元"), "方案.yaml": reform("cap: 150万元")},
    ),
    "circular-rule": Scene(
        ("check", "mou/measures", "--policies", "."), "CW305", ("房租补贴", "（一）", "年研发投入", "去掉其中一处引用"),
        {}, CIRCLE, fails=True,
    ),
    "mixed-units": Scene(
        ("check", "mou/measures", "--policies", "."), "CW202", ("房租补贴", "（一）", "年营业收入 >= 3级", "同一种单位"),
        {}, (measure("rent", "房租补贴", "10万元", conditions=["年营业收入 >= 3级"]),), fails=True,
    ),
    "overflow": Scene(
        (*SIMULATE, "--on", "2024-06-30"), "CW647", ("软件企业研发投入补助", "二/（六）", "一笔奖补超过 100 万亿元", "上限 cap"),
        {"名册.csv": REGISTER.replace("6800万元", "500亿元").format(spent="100亿元", other="0元"),
         "方案.yaml": reform("amount: 年研发投入 * 10000000, cap: null")}, fails=True,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SCENES)
def test_a_message_when_something_is_amiss_then_names_measure_clause_fact_and_remedy(
    name: str, tmp_path: Path, repo: Path
) -> None:
    scene = SCENES[name]
    for file, text in scene.files.items():
        (tmp_path / file).write_text(text, encoding="utf-8")
    if scene.measures:
        write_policy(tmp_path, repo, scene.measures)
    done = cewen(*scene.arguments, cwd=tmp_path, COLUMNS="300", NO_COLOR="1")
    assert (done.returncode != 0) is scene.fails, done.stderr
    said = findings(done.stdout + done.stderr, scene.code)
    golden = MESSAGES / f"{name}.txt"
    if os.environ.get("CEWEN_ACCEPT"):
        golden.write_text(said, encoding="utf-8")
    assert said == golden.read_text(encoding="utf-8")
    for each in scene.names:
        assert "".join(each.split()) in "".join(said.split()), each  # the screen breaks lines where it likes


def findings(output: str, code: str) -> str:
    """The lines of every finding of a code, without ornament: message, quote, remedy."""
    kept: list[str] = []
    inside = False
    for line in output.splitlines():
        words = re.sub(r"\s+", " ", line.replace("\u3000", " ")).strip()
        if re.search(r"\bCW\d{3}\b", words):
            inside = code in words
        elif not words or re.match(r"\d+ 份政策|合计 ", words):
            inside = False
        if inside:
            kept.append(words)
    return "".join(f"{line}\n" for line in kept)


def write_policy(home: Path, repo: Path, measures: tuple[dict[str, Any], ...]) -> None:
    """A made-up policy `mou/measures` beside the shipped facts and regions."""
    for shared in ("facts", "regions"):
        shutil.copytree(repo / "policies" / shared, home / shared)
    folder = home / "mou" / "measures"
    (folder / "measures").mkdir(parents=True)
    text = "一、支持措施\n" + "".join(f"{each['quote']}。\n" for each in measures)
    (folder / "document.txt").write_text(text, encoding="utf-8")
    head = {
        "id": "mou/measures", "title": "某市若干措施", "type": "measures", "issuer": "某市人民政府", "region": "武汉市",
        "issued_on": date(2020, 1, 1), "effective_on": date(2020, 1, 1), "source": "测试",
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
    }  # fmt: skip
    for path, data in [
        (folder / "policy.yaml", head),
        *((folder / "measures" / f"{at:02d}-{each['id']}.yaml", each) for at, each in enumerate(measures)),
    ]:
        path.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False), encoding="utf-8")
