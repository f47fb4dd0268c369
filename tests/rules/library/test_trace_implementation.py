"""Who implements what: against a hand-made list, and laws any two documents keep."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from cewen.rules.library.entry import LibraryDocument
from cewen.rules.library.implement import Implementation, tasks_of, trace_implementation
from cewen.rules.library.page import implementation_page
from cewen.rules.library.search import Library


@pytest.fixture(scope="module")
def gold(repo: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((repo / "tests/data/implementation.yaml").read_text(encoding="utf-8"))
    return found


@pytest.fixture(scope="module")
def documents_by_id(library: Library) -> dict[str, LibraryDocument]:
    return {document.id: document for document in library.documents}


@pytest.fixture(scope="module")
def traced(
    gold: dict[str, Any], documents_by_id: dict[str, LibraryDocument], library: Library
) -> dict[str, Implementation]:
    policies = [document for document in library.documents if document.is_policy]
    return {
        key: trace_implementation(documents_by_id[gold["upper"]], [documents_by_id[policy_id]], policies, library.words)
        for key, policy_id in gold["lower"].items()
    }


def test_pairs_agree_with_the_hand_made_list(gold: dict[str, Any], traced: dict[str, Implementation]) -> None:
    """Measured: precision 0.87 and recall 0.60 over 55 pairs; the bounds leave room for what reading may still change."""
    right = extra = missed = 0
    for key, found in traced.items():
        entries = {(each.entry.path, each.entry.title): each for each in found.entries}
        for pair in gold["pairs"]:
            got = {match.entry.path for match in entries[pair["path"], pair["title"]].matches}
            wanted = set(pair[key])
            right, extra, missed = right + len(got & wanted), extra + len(got - wanted), missed + len(wanted - got)
    assert right + missed == 55
    assert right / (right + extra) >= 0.8
    assert right / (right + missed) >= 0.55


def test_every_task_of_the_upper_document_is_answered_or_named_open(
    traced: dict[str, Implementation], documents_by_id: dict[str, LibraryDocument], gold: dict[str, Any]
) -> None:
    for found in traced.values():
        assert [each.entry for each in found.entries] == tasks_of(documents_by_id[gold["upper"]])
        assert set(map(id, found.open_entries)) == {id(each) for each in found.entries if not each.matches}
        for each in found.entries:
            assert all(match.score >= found.threshold and match.words for match in each.matches)
            assert each.matches or each.nearest is None or each.nearest.score < found.threshold
        used = {match.entry.path for each in found.entries for match in each.matches}
        assert used | {entry.path for _, entry in found.own} == {
            entry.path for document in found.lower for entry in tasks_of(document)
        }


def test_reviews_principles_and_aims_ask_for_nothing(documents_by_id: dict[str, LibraryDocument]) -> None:
    paths = {entry.path for entry in tasks_of(documents_by_id["cn/2021-software-plan"])}
    assert not any(path.startswith(("一", "二", "三", "前言")) for path in paths)
    assert "四/（五）" in paths


def test_a_copied_clause_is_a_near_duplicate(library: Library) -> None:
    upper = next(document for document in library.documents if document.id == "cn/2021-software-plan")
    local = next(document for document in library.documents if document.title.startswith("甲市"))
    found = trace_implementation(upper, [local], library.documents, library.words)
    match = next(each for each in found.entries if each.entry.title == "完善质量标准体系").matches[0]
    assert (match.entry.path, match.is_near_duplicate) == ("三", True)
    assert not any(match.entry.path == "四" for each in found.entries for match in each.matches)


def test_the_page_shows_both_sides_and_what_nobody_does(traced: dict[str, Implementation]) -> None:
    found = traced["H"]
    page = implementation_page(found)
    assert page.count("✗ 没有找到落实的条文") == len(found.open_entries) > 0
    assert page.count('class="match"') == sum(len(each.matches) for each in found.entries)
    assert "这是看哪里的线索，不是认定" in page
    assert "http" not in page.replace("http-equiv", "")
