"""Drafts beside finished policies: what is open is set aside with a notice, what is written counts."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cewen.base.diagnostic import Severity
from cewen.base.errors import CewenError
from cewen.rules.load import Corpus, load_corpus, require_sound

POLICY = "hubei/2025-software-action-plan-draft"
OTHER = "wuhan/2022-digital-economy-measures"


@pytest.fixture
def home(repo: Path, tmp_path: Path) -> Path:
    for name in ("facts", "regions", POLICY, OTHER):
        shutil.copytree(repo / "policies" / name, tmp_path / name)
    return tmp_path


def change(home: Path, name: str, old: str, new: str, policy: str = POLICY) -> None:
    path = home / policy / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def measure_file(home: Path, policy: str = POLICY) -> str:
    """A measure with a cap, as a path within its policy."""
    for path in sorted((home / policy / "measures").glob("*.yaml")):
        if "\ncap: " in path.read_text(encoding="utf-8"):
            return f"measures/{path.name}"
    raise AssertionError("no measure has a cap")


def counts(corpus: Corpus) -> dict[str, int]:
    return {policy.id: len(policy.measures) for policy in corpus.policies}


def test_a_corpus_without_anything_open_is_itself(home: Path) -> None:
    corpus = load_corpus(home)
    assert require_sound(corpus) is corpus


def test_a_measure_with_something_open_is_left_out_and_said(home: Path) -> None:
    before = counts(load_corpus(home))
    change(home, measure_file(home), "\ncap: ", "\ncap: 待定  # ")
    corpus = load_corpus(home)
    assert {finding.code for finding in corpus.findings} == {"CW150"}
    sound = require_sound(corpus)
    assert counts(sound) == {**before, POLICY: before[POLICY] - 1}
    assert [(each.code, each.severity) for each in sound.findings] == [("CW690", Severity.NOTICE)]
    assert f"1 条措施没有计算，{before[POLICY] - 1} 条照算" in sound.findings[0].message


def test_a_measure_that_asks_for_a_fact_nobody_confirmed_is_left_out_until_somebody_does(home: Path) -> None:
    before = counts(load_corpus(home))
    fact = "- {label: 上云企业数, key: own_01, subject: enterprise, type: count, unit: 家, definition: 待定}\n"
    (home / POLICY / "facts.yaml").write_text(fact, encoding="utf-8")
    change(home, measure_file(home), "conditions:\n", "conditions:\n  - 上云企业数 >= 3家\n")
    assert counts(require_sound(load_corpus(home)))[POLICY] == before[POLICY] - 1
    change(home, "facts.yaml", "待定", "上年末的数")
    sound = require_sound(load_corpus(home))
    assert counts(sound) == before
    assert sound.findings == ()


def test_an_open_stacking_rule_leaves_no_measure_that_could_pay_too_much(home: Path) -> None:
    before = counts(load_corpus(home))
    path = home / OTHER / "policy.yaml"
    text = path.read_text(encoding="utf-8")
    own = "  - {id: own, rule: joint_cap, clause: 附则, quote: 合计, members: [rd-subsidy], limit: 待定}\n"
    path.write_text(text + own, encoding="utf-8")
    assert counts(require_sound(load_corpus(home))) == {**before, OTHER: 0}


def test_members_set_aside_leave_the_stacking_rules_whole(home: Path) -> None:
    name = measure_file(home, OTHER)
    member = next(
        line.removeprefix("id: ")
        for line in (home / OTHER / name).read_text(encoding="utf-8").splitlines()
        if line.startswith("id: ")
    )
    path = home / OTHER / "policy.yaml"
    text = path.read_text(encoding="utf-8")
    own = (
        f"  - {{id: own, rule: joint_cap, clause: 附则, quote: 合计, members: [{member}, rd-subsidy], limit: 5万元}}\n"
    )
    path.write_text(text + own, encoding="utf-8")
    change(home, name, "\ncap: ", "\ncap: 待定  # ", OTHER)
    sound = require_sound(load_corpus(home)).policy(OTHER)
    assert sound is not None
    assert sound.measure(member) is None
    assert [rule.members for rule in sound.header.stacking if rule.id == "own"] in ([("rd-subsidy",)], [()])


def test_a_fault_that_is_no_placeholder_still_stops(home: Path) -> None:
    change(home, measure_file(home), "\nsubject: ", "\nsubject: nobody # ")
    with pytest.raises(CewenError, match="CW002"):
        require_sound(load_corpus(home))


def test_what_two_drafts_propose_under_one_name_does_not_stop_either(home: Path) -> None:
    for policy, key in ((POLICY, "one"), (OTHER, "two")):
        fact = f"- {{label: 上云企业数, key: {key}, subject: enterprise, type: count, unit: 家, definition: 待定}}\n"
        (home / policy / "facts.yaml").write_text(fact, encoding="utf-8")
    assert {finding.code for finding in load_corpus(home).findings} == {"CW150"}
    for policy in (POLICY, OTHER):
        change(home, "facts.yaml", "待定", "上年末的数", policy)
    assert {finding.code for finding in load_corpus(home).findings} == {"CW203"}
