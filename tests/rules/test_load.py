from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from cewen.base.errors import CewenError
from cewen.rules.load import Corpus, load_corpus, policies_home, require_sound

MakeCorpus = Callable[..., Corpus]
SENTENCE = "给予软件企业20万元奖励。"
MEASURE = """id: award
title: 某项奖励
clause: 一/（一）
quote: 给予软件企业20万元奖励
subject: enterprise
conditions:
  - 企业类型 包含 软件企业
amount: 20万元
certainty: definite
"""


def test_a_folder_becomes_a_policy(make_corpus: MakeCorpus) -> None:
    corpus = make_corpus(SENTENCE, MEASURE)
    assert require_sound(corpus) is corpus
    (policy,) = corpus.policies
    assert policy.id == "mou/software-measures"
    assert corpus.measure("mou/software-measures#award") == (policy, policy.measures[0])
    assert corpus.measure("mou/software-measures#other") is None
    assert corpus.measure("mou/other#award") is None
    span = policy.find(policy.measures[0].quote)
    assert span is not None
    assert span.of(policy.text) == "给予软件企业20万元奖励"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("id: award\n", ""), "缺少“id”"),
        (("title", "titel"), "不认识“titel”这一项"),
        (("certainty: definite", "certainty: sure"), "“certainty”不能是 'sure'"),
        (("amount: 20万元", "amount: 200000"), "“amount”应是文字"),
        (("subject: enterprise", "subject: enterprise\nkind: gift"), "没有名为“gift”的措施种类"),
        (("id: award", "id: Award"), "“id”的写法不符"),
        (("conditions:\n  - 企业类型 包含 软件企业", "conditions: 企业类型 包含 软件企业"), "“conditions”"),
    ],
)
def test_a_wrong_measure_is_told_and_left_out(make_corpus: MakeCorpus, change: tuple[str, str], message: str) -> None:
    corpus = make_corpus(SENTENCE, MEASURE.replace(*change))
    assert corpus.policies[0].measures == ()
    assert {finding.code for finding in corpus.findings} == {"CW002"}
    assert any(message in finding.message for finding in corpus.findings), [str(each) for each in corpus.findings]
    assert all(finding.place.line for finding in corpus.findings)
    with pytest.raises(CewenError):
        require_sound(corpus)


def test_one_wrong_file_does_not_hide_another(make_corpus: MakeCorpus) -> None:
    corpus = make_corpus(
        SENTENCE, "id: [\n", MEASURE, MEASURE.replace("id: award", "id: second").replace("title", "titel")
    )
    assert [measure.id for measure in corpus.policies[0].measures] == ["award"]
    assert {finding.code for finding in corpus.findings} == {"CW001", "CW002"}


def test_an_id_used_twice_is_told(make_corpus: MakeCorpus) -> None:
    corpus = make_corpus(SENTENCE, MEASURE, MEASURE)
    assert [finding.code for finding in corpus.findings] == ["CW005"]
    assert len(corpus.policies[0].measures) == 1


def test_a_fact_declared_twice_is_told(make_corpus: MakeCorpus) -> None:
    home = make_corpus(SENTENCE).home
    again = "- {label: 年营业收入, key: turnover, subject: enterprise, type: money, unit: 元}\n"
    (home / "facts" / "more.yaml").write_text(again, encoding="utf-8")
    assert [(finding.code, finding.place.file) for finding in load_corpus(home).findings] == [("CW203", "more.yaml")]


def test_a_fact_with_an_impossible_range_is_told(make_corpus: MakeCorpus) -> None:
    home = make_corpus(SENTENCE).home
    wrong = "- {label: 星级, key: stars, subject: enterprise, type: integer, unit: 星, minimum: 五星}\n"
    (home / "facts" / "more.yaml").write_text(wrong, encoding="utf-8")
    (finding,) = load_corpus(home).findings
    assert finding.code == "CW002"
    assert "取值范围" in finding.message


def test_missing_folder_and_missing_policy_are_refused(make_corpus: MakeCorpus, tmp_path: Path) -> None:
    with pytest.raises(CewenError, match="CW003"):
        load_corpus(tmp_path / "nowhere")
    home = make_corpus(SENTENCE).home
    with pytest.raises(CewenError, match="mou/software-measures"):
        load_corpus(home, ["mou/other"])
    assert [policy.id for policy in load_corpus(home, ["mou/software-measures"]).policies] == ["mou/software-measures"]


def test_the_home_is_the_one_named_by_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, repo: Path
) -> None:
    monkeypatch.setenv("CEWEN_POLICIES", str(tmp_path))
    assert policies_home() == tmp_path
    monkeypatch.delenv("CEWEN_POLICIES")
    assert policies_home() in (repo / "policies", repo / "src" / "cewen" / "_data" / "policies")


def test_a_mark_at_the_beginning_and_line_ends_are_kept_out_of_the_way(make_corpus: MakeCorpus) -> None:
    corpus = make_corpus(SENTENCE, MEASURE)
    path = corpus.policies[0].folder / "document.txt"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    policy = load_corpus(corpus.home).policies[0]
    assert policy.text.startswith("某市")
    assert "\r\n" in policy.text
    assert policy.find("给予软件企业20万元奖励") is not None
