"""The policies as a reader meets them, on small policies made for the test and on those that are shipped."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from urllib.parse import quote

import pytest
from django.test import Client

from cewen.base.period import InForce
from cewen.portal.access import Role
from cewen.portal.policies import selectors
from cewen.portal.policies.domain import lay_out
from cewen.rules.load import load_corpus
from cewen.text.flow import fold_text
from portal_support import client_as

pytestmark = pytest.mark.django_db
CORPUS = load_corpus()
DAY = date(2024, 6, 30)


@pytest.mark.parametrize("policy", CORPUS.policies, ids=lambda policy: policy.id)
def test_a_document_page_shows_every_character_and_every_measure(policy: object) -> None:
    sheet = lay_out(policy, CORPUS.vocabulary)  # type: ignore[arg-type]
    shown = "".join(run.text for section in sheet.sections for part in section.paragraphs for run in part.runs)
    outside = sheet.document.noise
    kept = "".join(
        character for at, character in enumerate(sheet.document.text) if not any(n.start <= at < n.end for n in outside)
    )
    assert fold_text(shown) == fold_text(kept)
    beside = [each.measure.id for section in sheet.sections for each in section.beside.measures]
    assert sorted(beside) == sorted(measure.id for measure in sheet.policy.measures)
    targets = [target.id for section in sheet.sections for target in section.beside.targets]
    assert sorted(targets) == sorted(target.id for target in sheet.policy.targets)
    tasks = [task.id for section in sheet.sections for task in section.beside.tasks]
    assert sorted(tasks) == sorted(task.id for task in sheet.policy.tasks)


@pytest.mark.parametrize("policy", CORPUS.policies, ids=lambda policy: policy.id)
def test_a_quote_is_marked_word_for_word(policy: object) -> None:
    sheet = lay_out(policy, CORPUS.vocabulary)  # type: ignore[arg-type]
    marked: dict[str, str] = {}
    for section in sheet.sections:
        for part in section.paragraphs:
            for run in part.runs:
                if run.mark and run.mark.kind == "measure":
                    marked[run.mark.target] = marked.get(run.mark.target, "") + run.text
    quotes = {f"m-{measure.id}": measure.quote for measure in sheet.policy.measures}
    for target, text in marked.items():
        assert fold_text(text) == fold_text(quotes[target])


@pytest.mark.parametrize("policy", CORPUS.policies, ids=lambda policy: policy.id)
def test_every_clause_has_an_address_that_answers(policy: object) -> None:
    sheet = selectors.sheet(policy.id)  # type: ignore[attr-defined]
    assert sheet is not None
    client = Client()
    document = client.get(f"/policies/{sheet.policy.id}/").content.decode()
    for clause in sheet.document.walk():
        assert f'id="c-{clause.path}"' in document
    clause = list(sheet.document.walk())[-1]
    page = client.get(f"/policies/{sheet.policy.id}/clauses/{quote(clause.path)}/")
    assert page.status_code == 200
    assert clause.title in page.content.decode()


def test_what_is_not_there_is_a_404() -> None:
    client = Client()
    known = CORPUS.policies[0].id
    for address in (
        "nobody/nothing/",
        f"{known}/clauses/九十九/",
        "nobody/nothing/text/",
        "nobody/nothing/clauses/一/",
    ):
        assert client.get(f"/policies/{address}").status_code == 404
    assert client.get("/policies/compare/", {"before": known, "after": "nobody/nothing"}).status_code == 404


def test_the_official_text_is_given_word_for_word() -> None:
    policy = CORPUS.policies[0]
    response = Client().get(f"/policies/{policy.id}/text/")
    assert response.content.decode() == policy.text
    assert "attachment" in response["Content-Disposition"]


@pytest.mark.parametrize("state", list(InForce))
def test_the_library_filters_by_status_on_a_day(state: InForce) -> None:
    found = selectors.library(DAY, status=state.value)
    expected = {policy.id for policy in CORPUS.policies if policy.header.validity.on(DAY) is state}
    assert {each.policy.id for each in found} == expected


def test_the_status_stands_on_the_page_in_words() -> None:
    for policy in CORPUS.policies:
        page = Client().get(f"/policies/{policy.id}/", {"on": DAY.isoformat()}).content.decode()
        state = policy.header.validity.on(DAY)
        assert f'class="ribbon {state.value}' in page
        assert ("不能据以申报或拨付" in page) == (state is not InForce.IN_FORCE)


def test_a_policy_of_a_wider_region_applies_in_a_narrower_one() -> None:
    regions = [policy.header.region for policy in CORPUS.policies]
    for region in set(regions):
        found = {each.policy.id for each in selectors.library(DAY, region=region)}
        assert {policy.id for policy in CORPUS.policies if policy.header.region == region} <= found
    country = {policy.id for policy in CORPUS.policies if policy.header.region == "中国"}
    assert country <= {each.policy.id for each in selectors.library(DAY, region=regions[-1])}


def test_a_search_finds_clauses_that_hold_every_word_and_marks_them() -> None:
    found = selectors.library(DAY, words="研发投入 软件企业")
    assert found
    for each in found:
        for hit in each.hits:
            assert any(is_match for _, is_match in hit.pieces)
    assert selectors.library(DAY, words="绝无此词") == ()


def test_a_search_does_not_mind_widths_and_blanks() -> None:
    assert selectors.library(DAY, words="5G")
    assert {f.policy.id for f in selectors.library(DAY, words="5G")} == {
        f.policy.id for f in selectors.library(DAY, words="５g")
    }


def test_while_typing_only_the_results_come_back() -> None:
    page = Client(headers={"hx-request": "true"}).get("/policies/", {"q": "研发"}).content.decode()
    assert "<html" not in page
    assert "<mark>研发</mark>" in page


def test_words_of_a_reader_are_never_markup() -> None:
    page = Client().get("/policies/", {"q": "<script>alert(1)</script>"}).content.decode()
    assert "<script>alert" not in page


def test_editors_see_what_was_not_understood_others_do_not() -> None:
    policy = max(CORPUS.policies, key=lambda policy: len(selectors.sheet(policy.id).readings.unread))  # type: ignore[union-attr]
    address = f"/policies/{policy.id}/"
    assert "有数未读懂" in client_as(Role.POLICY_EDITOR).get(address).content.decode()
    assert "有数未读懂" not in Client().get(address).content.decode()


def test_two_documents_are_compared_clause_by_clause() -> None:
    first, second = (policy.id for policy in CORPUS.policies[-2:])
    page = Client().get("/policies/compare/", {"before": first, "after": second}).content.decode()
    comparison = selectors.comparison(first, second)
    assert comparison is not None
    for change in comparison.clauses:
        named = change.after or change.before
        assert named is not None
        assert named.title in page or named.label in page


def test_the_timeline_names_every_date_once_and_in_order() -> None:
    moments = selectors.timeline()
    assert [moment.day for moment in moments] == sorted(moment.day for moment in moments)
    starts = {(moment.policy.id, moment.day) for moment in moments if moment.kind == "starts"}
    assert starts == {(p.id, p.header.effective_on) for p in CORPUS.policies if p.header.effective_on}
    assert Client().get("/policies/timeline/").status_code == 200


def test_a_changed_file_shows_and_an_unchanged_one_is_not_loaded_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import shutil

    home = tmp_path / "policies"
    shutil.copytree(CORPUS.home, home)
    monkeypatch.setenv("CEWEN_POLICIES", str(home))
    monkeypatch.setattr(selectors, "RECHECK_SECONDS", 0)
    before = selectors.edition()
    assert selectors.edition() is before
    header = next(home.glob("*/*/policy.yaml"))
    header.touch()
    assert selectors.edition() is before
    header.write_text(header.read_text(encoding="utf-8") + "\n# 改过\n", encoding="utf-8")
    after = selectors.edition()
    assert after.digest != before.digest
    monkeypatch.delenv("CEWEN_POLICIES")
    assert selectors.edition().corpus.home != home


def test_the_library_and_a_document_ask_the_database_nothing(django_assert_num_queries: object) -> None:
    client = Client()
    with django_assert_num_queries(0):  # type: ignore[operator]
        client.get("/policies/")
        client.get(f"/policies/{CORPUS.policies[0].id}/")
