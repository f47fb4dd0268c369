"""Laws of drafting: any text gives a folder that loads, no drafted number is invented, nothing pending is computed."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cewen.base.diagnostic import Diagnostic
from cewen.base.errors import CewenError
from cewen.rules.draft import DraftedPolicy
from cewen.rules.draft.folder import write_folder
from cewen.rules.draft.page import draft_page
from cewen.rules.load import load_policy
from cewen.text.flow import fold_text

Draft = Callable[[str], DraftedPolicy]
WORDS = (
    "一、|（一）|1.|对|软件企业|，|。|；|、|按照|年研发投入|营业收入|占|的|比例|10%|１５％|500万元|1.5亿元|三分之一|以上|不超过|超过|最高|"
    "给予|奖励|补助|贴息|一次性|每年|连续三年|分别|三级|四级|首次突破|前百家|每引进1人|2—3万元|“一事一议”|其|：|\n|　|\r\n|待定|#|'|\"|{|}|- "
    "|责任单位：市经信局|（责任单位：市经信局）|到2025年|达到|5000家|\u2028|\x85|\ufeff|😀"
)
PARTS = st.sampled_from(WORDS.split("|"))
PROMISE = st.builds(
    "对{}{}{}的{}，{}给予{}{}{}。".format,
    st.sampled_from(["", "年营业收入", "获得", "新认定为", "首次突破", "{其", "进出口额"]),
    st.sampled_from(["", "500万元以上", "国家级、省级", "三、四级", "10亿元、20亿元", "1000万美元以上", "9.99%及以上"]),
    st.sampled_from(["", "、评价优秀", "且员工30人以上", "（含分支机构）", "“专精特新”", "\n\n"]),
    st.sampled_from(["企业", "软件企业", "项目", "园区", "其投资方", "用户: 单位", "'机构"]),
    st.sampled_from(
        ["", "按照研发投入的10%", "分别", "按照流片费用的三分之一", "每引进1人", "按不超过贷款利息的50%", "连续三年"]
    ),
    st.sampled_from(["", "最高", "每年最高", "不超过", "一次性"]),
    st.sampled_from(["100万元", "２０万元、30万元", "2—3万元", "0.333万元", "资金"]),
    st.sampled_from(["奖励", "补助，每家每年累计不超过1亿元", "支持 # 待定", "贴息", "一次性奖补"]),
)
TEXTS = st.lists(st.one_of(PARTS, PROMISE), max_size=40).map("".join)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS)
def test_any_text_gives_a_folder_that_loads_with_nothing_wrong_but_what_is_pending(
    draft: Draft, tmp_path_factory: pytest.TempPathFactory, text: str
) -> None:
    drafted = draft(text)
    home = tmp_path_factory.mktemp("any")
    (home / drafted.id).parent.mkdir()
    write_folder(home / drafted.id, drafted.files)
    findings: list[Diagnostic] = []
    loaded = load_policy(home / drafted.id, home, findings)
    assert {finding.code for finding in findings} <= {"CW150"}, [str(finding) for finding in findings]
    assert loaded is not None
    assert loaded.is_unfinished  # at least where the text is from has to be said
    assert loaded.text.lstrip("\ufeff") == text.lstrip("\ufeff")  # a mark at the beginning is no text
    assert len(loaded.measures) == len(drafted.readings.incentives)
    draft_page(drafted, {})


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS)
def test_every_quote_of_a_draft_stands_in_the_text(draft: Draft, text: str) -> None:
    drafted = draft(text)
    folded = fold_text(text)
    for name, content in drafted.files.items():
        if name.startswith("measures/"):
            assert fold_text(yaml.safe_load(content)["quote"]) in folded


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=TEXTS)
def test_the_page_shows_every_visible_character_of_the_text(draft: Draft, text: str) -> None:
    page = draft_page(draft(text), {})
    shown = "".join(re.findall(r'<p class="text">(.*?)</p>', page, re.DOTALL))
    for word in ("软件企业", "年研发投入", "责任单位"):
        assert shown.count(word) >= text.count(word)


def test_nothing_is_written_when_the_folder_is_there(tmp_path: Path) -> None:
    folder = tmp_path / "a"
    write_folder(folder, {"policy.yaml": "1"})
    with pytest.raises(CewenError, match="CW021"):
        write_folder(folder, {"policy.yaml": "2"})
    assert (folder / "policy.yaml").read_text() == "1"
    kept = write_folder(folder, {"policy.yaml": "2"}, force=True)
    assert kept is not None
    assert (folder / "policy.yaml").read_text() == "2"
    assert not (kept / "policy.yaml").exists()
    assert (kept / "policy.yaml.old").read_text() == "1"


def test_a_folder_that_cannot_be_finished_leaves_nothing(tmp_path: Path) -> None:
    def stop(_: Path) -> None:
        raise RuntimeError("stopped")

    with pytest.raises(RuntimeError):
        write_folder(tmp_path / "a", {"policy.yaml": "1", "measures/b.yaml": "2"}, inspect=stop)
    assert list(tmp_path.iterdir()) == []
