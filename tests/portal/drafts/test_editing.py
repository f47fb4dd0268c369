"""Editing a draft in the browser: fields instead of YAML, two people at once, versions, withdrawing, what publishing brings."""

from __future__ import annotations

import io
import shutil
import zipfile
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.utils import timezone

from cewen.portal.access import Role
from cewen.portal.accounts.models import Person
from cewen.portal.accounts.selectors import actor_of_person
from cewen.portal.audit.models import Event
from cewen.portal.drafts import services
from cewen.portal.drafts.domain import TEXT_FILE, differences, merged, with_changes
from cewen.portal.drafts.forms import MARK, REMOVE, filled_in, groups_of
from cewen.portal.drafts.models import Draft, DraftStatus
from cewen.portal.entitlements.selectors import plan_on
from cewen.portal.policies import selectors as policies
from cewen.portal.policies.selectors import corpus
from cewen.portal.reforms.selectors import choices
from cewen.rules.load import policies_home
from cewen.rules.yaml_file import parse_yaml
from portal_support import client_of, make_member, make_organization

pytestmark = pytest.mark.django_db
ID = "wuhan/2031-software-measures"
TEXT = """某市支持软件企业发展若干措施

一、支持研发。对我市年营业收入500万元及以上的软件企业，按照不超过企业年研发投入的10%给予最高100万元补助。（责任单位：市经信局）

二、到2032年，全市软件业务收入达到5000亿元。（责任单位：市统计局）

本措施自2026年1月1日起施行，有效期至2031年12月31日。
"""
HEADER = {"issuer": "某市人民政府", "source": "某市人民政府网站", "number": "", "issued_on": "2025-12-01"}
MEASURE = """id: rd
title: 研发补助
clause: 一
quote: 给予最高100万元补助
subject: enterprise
conditions:
  - 年营业收入 >= 500万元
amount: {2026-01-01: 年研发投入 * 10%, 2027-01-01: 年研发投入 * 20%}
cap: 100万元
certainty: ceiling
frequency: {years: 3}
parameters: {门槛: 3亿元}
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Policies of one's own, which may be written to."""
    target = tmp_path / "policies"
    for name in ("facts", "regions", "lexicon"):
        shutil.copytree(policies_home() / name, target / name)
    for path in policies_home().glob("*.yaml"):
        shutil.copy(path, target)
    monkeypatch.setenv("CEWEN_POLICIES", str(target))
    return target


@pytest.fixture
def pair() -> tuple[Person, Person]:
    """Two policy editors of one office."""
    office = make_organization("city")
    return make_member(Role.POLICY_EDITOR, office), make_member(Role.POLICY_EDITOR, office)


def start(person: Person) -> Draft:
    return services.start_draft(
        actor_of_person(person), policy_id=ID, name="措施.txt", content=TEXT.encode(), region="武汉市"
    )


def form_of(draft: Draft, number: int = 1) -> dict[str, str]:
    """What a browser sends when nothing was touched."""
    files = draft.versions.get(number=number).files
    given = {f"file:{name}": text.replace("\n", "\r\n") for name, text in files.items() if name != TEXT_FILE}
    for name, text in files.items():
        given |= {
            field.name: field.value.replace("\n", "\r\n") for group in groups_of(name, text) for field in group.fields
        }
    return {"base": str(number), **given}


def measure_file(draft: Draft) -> str:
    files: dict[str, str] = draft.versions.get(number=1).files
    return next(name for name in files if name.startswith("measures/"))


def fill_header(client: Client, draft: Draft) -> None:
    """The header by its fields, as an editor fills it in."""
    given = form_of(draft) | {f"{MARK}policy.yaml|{key}": value for key, value in HEADER.items()}
    assert client.post(f"/drafts/{draft.pk}/save/", given).status_code == 302


def confirmed(pair: tuple[Person, Person]) -> Draft:
    draft = start(pair[0])
    fill_header(client_of(pair[0]), draft)
    assert draft.versions.get(number=2).error_count == 0
    services.confirm_version(actor_of_person(pair[1]), draft_id=draft.pk, number=2)
    return draft


# --- fields ----------------------------------------------------------------------------------------------------


def test_fields_left_alone_change_nothing(pair: tuple[Person, Person]) -> None:
    draft = start(pair[0])
    client_of(pair[0]).post(f"/drafts/{draft.pk}/save/", form_of(draft))
    assert draft.versions.get(number=2).files == draft.versions.get(number=1).files


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("cap", "200万元", "200万元"),
        ("cap", "", None),
        (
            "cap",
            "{2026-01-01: 100万元, 2028-01-01: 150万元}",
            {date(2026, 1, 1): "100万元", date(2028, 1, 1): "150万元"},
        ),
        (
            "conditions",
            "年营业收入 >= 300万元\r\n\r\n企业类型 包含 软件企业",
            ["年营业收入 >= 300万元", "企业类型 包含 软件企业"],
        ),
        ("frequency", "years: 5", {"years": 5}),
        ("frequency", "", None),
        ("parameters", "门槛：5亿元", {"门槛": "5亿元"}),
        ("certainty", "selective", "selective"),
        ("title", "研发: 补助 #1", "研发: 补助 #1"),
    ],
)
def test_a_field_changes_its_key_and_no_other(key: str, text: str, value: Any) -> None:
    name = "measures/01-rd.yaml"
    before = parse_yaml(MEASURE, "").data
    after = parse_yaml(filled_in(name, MEASURE, MEASURE, {f"{MARK}{name}|{key}": text}), "").data
    assert after.get(key) == value
    assert {each: after.get(each) for each in before if each != key} == {
        each: before[each] for each in before if each != key
    }


def test_tiers_are_lines_and_a_line_without_an_amount_keeps_its_words() -> None:
    name, text = (
        "measures/01-x.yaml",
        "id: x\nkind: tiered\ntiers:\n  - {name: 一, when: 年营业收入 >= 1亿元, amount: 1万元}\n",
    )
    made = filled_in(
        name, text, text, {f"{MARK}{name}|tiers": "一 | 年营业收入 >= 2亿元 | 2万元\n二 | 年营业收入 >= 3亿元"}
    )
    assert parse_yaml(made, "").data["tiers"] == [
        {"name": "一", "when": "年营业收入 >= 2亿元", "amount": "2万元"}, {"name": "二", "when": "年营业收入 >= 3亿元"},
    ]  # fmt: skip


def test_entries_of_a_list_are_changed_and_taken_away(pair: tuple[Person, Person]) -> None:
    draft = start(pair[0])
    given = form_of(draft) | {f"{MARK}tasks.yaml|0.lead": "市经信局、市财政局", f"{MARK}tasks.yaml|1.{REMOVE}": "1"}
    client_of(pair[0]).post(f"/drafts/{draft.pk}/save/", given)
    tasks = parse_yaml(draft.versions.get(number=2).files["tasks.yaml"], "").data
    assert [each["lead"] for each in tasks] == [["市经信局", "市财政局"]]


def test_what_is_typed_as_yaml_and_in_a_field_both_count() -> None:
    name = "measures/01-rd.yaml"
    made = filled_in(name, MEASURE.replace("3亿元", "4亿元"), MEASURE, {f"{MARK}{name}|cap": "200万元"})
    data = parse_yaml(made, "").data
    assert (data["parameters"]["门槛"], data["cap"]) == ("4亿元", "200万元")


def test_yaml_that_cannot_be_read_stays_for_its_author() -> None:
    assert filled_in("measures/01-rd.yaml", "id: [", MEASURE, {f"{MARK}measures/01-rd.yaml|cap": "1元"}) == "id: ["


def test_lists_and_measures_can_be_added_and_taken_away_and_nothing_else() -> None:
    known = {TEXT_FILE: "文", "policy.yaml": "id: x", "measures/01-a.yaml": "id: a"}
    changed = {
        TEXT_FILE: "改", "policy.yaml": " ", "measures/01-a.yaml": "", "facts.yaml": "- label: 甲", "../x.yaml": "x",
        "measures/../../x.yaml": "x", "regions/x.yaml": "x", "measures/02-b.yaml": "id: b",
    }  # fmt: skip
    assert with_changes(known, changed) == {
        TEXT_FILE: "文", "policy.yaml": " ", "facts.yaml": "- label: 甲", "measures/02-b.yaml": "id: b",
    }  # fmt: skip


def test_the_check_says_each_finding_beside_its_rule_and_field(pair: tuple[Person, Person]) -> None:
    draft = start(pair[0])
    name = measure_file(draft)
    part = client_of(pair[0]).post(f"/drafts/{draft.pk}/check/", form_of(draft) | {f"{MARK}{name}|cap": "五人"})
    body = part.content.decode()
    assert "hx-swap-oob" in body
    assert f'data-key="cap" data-file="{name}"' in body
    assert 'data-key="issuer" data-file="policy.yaml"' in body


def test_a_finding_in_a_list_leads_to_its_entry(pair: tuple[Person, Person]) -> None:
    draft = start(pair[0])
    facts = "- label: 甲指标\n  key: first_of_two\n  subject: enterprise\n  type: count\n  unit: 个\n- label: 乙指标\n" \
            "  key: second_of_two\n  subject: enterprise\n  type: nonsense\n"  # fmt: skip
    part = client_of(pair[0]).post(f"/drafts/{draft.pk}/check/", form_of(draft) | {"file:facts.yaml": facts})
    assert 'data-key="1.type" data-file="facts.yaml"' in part.content.decode()


def test_a_measure_stands_beside_the_paragraph_it_rests_on(pair: tuple[Person, Person]) -> None:
    draft = start(pair[0])
    page = client_of(pair[0]).get(f"/drafts/{draft.pk}/")
    rows = {at: cards for at, _kind, _pieces, cards in page.context["rows"]}
    at = next(at for at, cards in rows.items() if cards)
    pieces = page.context["rows"][at][2]
    assert "支持研发" in "".join(piece.text for piece in pieces)
    assert rows[at][0]["name"] == measure_file(draft)


# --- two people ------------------------------------------------------------------------------------------------


def test_edits_of_different_files_meet_and_of_one_file_are_shown() -> None:
    base = {"a": "1", "b": "1", "c": "1"}
    files, both = merged(base, {"a": "2", "b": "2", "c": "1"}, {"a": "1", "b": "3", "c": "4"})
    assert (files, both) == ({"a": "2", "b": "3", "c": "4"}, ("b",))


def test_two_editors_lose_nothing(pair: tuple[Person, Person]) -> None:
    draft = start(pair[0])
    name = measure_file(draft)
    mine = form_of(draft) | {f"{MARK}{name}|cap": "300万元", f"{MARK}{name}|note": "我的说明"}
    theirs = form_of(draft) | {f"{MARK}{name}|cap": "200万元", f"{MARK}policy.yaml|issuer": "某市人民政府"}
    assert client_of(pair[1]).post(f"/drafts/{draft.pk}/save/", theirs).status_code == 302
    page = client_of(pair[0]).post(f"/drafts/{draft.pk}/save/", mine)
    body = page.content.decode()
    assert page.status_code == 422
    assert draft.versions.count() == 2
    assert "cap: 200万元" in body  # theirs, to be read
    assert 'value="300万元"' in body  # mine, still in its field
    assert 'value="某市人民政府"' in body  # theirs elsewhere, taken over
    assert 'name="base" value="2"' in body


# --- versions --------------------------------------------------------------------------------------------------


def test_a_version_says_who_changed_what_and_its_files_can_be_kept(pair: tuple[Person, Person]) -> None:
    draft = start(pair[0])
    name, client = measure_file(draft), client_of(pair[0])
    client.post(f"/drafts/{draft.pk}/save/", form_of(draft) | {f"{MARK}{name}|cap": "300万元", "note": "提高上限"})
    page = client.get(f"/drafts/{draft.pk}/versions/2/").content.decode()
    assert "<del>cap: 100万元</del><ins>cap: 300万元</ins>" in page
    assert "提高上限" in page
    assert pair[0].name in page
    assert "两版的规则相同" not in page
    packed = client.get(f"/drafts/{draft.pk}/versions/2/files.zip").content
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert f"{ID}/{name}" in archive.namelist()
        assert "cap: 300万元" in archive.read(f"{ID}/{name}").decode()
    assert client.get(f"/drafts/{draft.pk}/versions/9/").status_code == 404
    assert client_of(make_member(Role.POLICY_EDITOR)).get(f"/drafts/{draft.pk}/versions/1/").status_code == 404


def test_differences_name_only_what_changed() -> None:
    found = differences({"a": "1\n2\n", "b": "x"}, {"a": "1\n3\n", "b": "x", "c": "neu"})
    assert [(each.name, [line for line in each.lines if line[0] in "+-"]) for each in found] == [
        ("a", [("-", "2"), ("+", "3")]), ("c", [("+", "neu")]),
    ]  # fmt: skip


# --- publishing ------------------------------------------------------------------------------------------------


def test_a_publication_not_yet_due_is_withdrawn_and_one_that_is_done_is_not(
    pair: tuple[Person, Person], home: Path
) -> None:
    draft, client = confirmed(pair), client_of(pair[0])
    later = timezone.localdate() + timedelta(days=3)
    assert client.post(f"/drafts/{draft.pk}/publish/", {"number": "2", "on": later.isoformat()}).status_code == 302
    assert "撤回发布" in client.get(f"/drafts/{draft.pk}/").content.decode()
    assert client.post(f"/drafts/{draft.pk}/withdraw/").status_code == 302
    draft.refresh_from_db()
    assert (draft.status, draft.publish_on) == (DraftStatus.EDITING, None)
    assert services.finish_publishing(later) == 0
    assert not (home / ID).exists()
    assert Event.objects.filter(action="drafts.draft.withdrawn").exists()
    services.publish_draft(actor_of_person(pair[0]), draft_id=draft.pk, number=2, on=timezone.localdate())
    with pytest.raises(ValidationError):
        services.withdraw_publication(actor_of_person(pair[0]), draft_id=draft.pk)
    assert client.post(f"/drafts/{draft.pk}/withdraw/").status_code == 422


def test_what_is_published_is_in_the_library_the_calculator_and_the_runs_at_once(
    pair: tuple[Person, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(policies, "RECHECK_SECONDS", 0)
    assert corpus().policy(ID) is None
    draft, client = confirmed(pair), client_of(pair[0])
    done = client.post(f"/drafts/{draft.pk}/publish/", {"number": "2", "on": timezone.localdate().isoformat()})
    assert done.status_code == 302
    assert client.get(f"/policies/{ID}/").status_code == 200
    assert "某市支持软件企业发展若干措施" in client.get("/policies/").content.decode()
    assert any(policy.id == ID for policy, _measures in choices(timezone.localdate()))
    assert "软件企业补助" in client.get("/reforms/").content.decode()
    key = f"{ID}#{corpus().policy(ID).measures[0].id}"  # type: ignore[union-attr]
    assert (
        plan_on(timezone.localdate()).measure(key) is not None
    )  # what the calculator and the list of entitlements ask


def test_without_policies_of_its_own_the_page_says_so_before(
    pair: tuple[Person, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    draft = confirmed(pair)
    client = client_of(pair[0])
    assert "CEWEN_POLICIES" not in client.get(f"/drafts/{draft.pk}/").content.decode()
    monkeypatch.delenv("CEWEN_POLICIES")
    for address in ("/drafts/", f"/drafts/{draft.pk}/"):
        assert "CEWEN_POLICIES" in client.get(address).content.decode()


def test_the_list_is_searched_sorted_kept_and_says_what_waits_for_whom(pair: tuple[Person, Person]) -> None:
    draft = start(pair[0])
    fill_header(client_of(pair[0]), draft)
    for person, count in ((pair[0], 0), (pair[1], 1)):
        page = client_of(person).get("/drafts/?status=waiting")
        assert len(page.context["page"].object_list) == count
    client = client_of(pair[1])
    assert ID in client.get("/drafts/?q=软件企业&sort=title").content.decode()
    assert ID not in client.get("/drafts/?q=没有这个词").content.decode()
    kept = client.get("/drafts/?file=csv").content.decode("utf-8-sig")
    assert ID in kept
    assert pair[0].name in kept
    assert client.get("/drafts/?file=xlsx").content[:2] == b"PK"


def test_a_draft_given_up_frees_its_id_and_can_be_taken_up_again(pair: tuple[Person, Person]) -> None:
    draft, client = start(pair[0]), client_of(pair[0])
    assert client.post(f"/drafts/{draft.pk}/abandon/").status_code == 302
    assert client.get(f"/drafts/{draft.pk}/").status_code == 404
    assert ID not in client.get("/drafts/").content.decode()
    assert ID in client.get("/drafts/?status=abandoned").content.decode()
    assert client_of(make_member(Role.POLICY_EDITOR)).post(f"/drafts/{draft.pk}/resume/").status_code == 404
    second = start(pair[1])
    client.post(f"/drafts/{draft.pk}/resume/")  # while another draft has the id, nothing changes
    draft.refresh_from_db()
    assert draft.status == DraftStatus.ABANDONED
    services.abandon_draft(actor_of_person(pair[1]), draft_id=second.pk)
    assert client.post(f"/drafts/{draft.pk}/resume/").status_code == 302
    draft.refresh_from_db()
    assert draft.status == DraftStatus.EDITING
    assert draft.versions.count() == 1


def test_what_is_decided_cannot_be_given_up(pair: tuple[Person, Person]) -> None:
    draft = confirmed(pair)
    later = timezone.localdate() + timedelta(days=3)
    services.publish_draft(actor_of_person(pair[0]), draft_id=draft.pk, number=2, on=later)
    assert client_of(pair[0]).post(f"/drafts/{draft.pk}/abandon/").status_code == 422
    draft.refresh_from_db()
    assert draft.status == DraftStatus.PUBLISHING
