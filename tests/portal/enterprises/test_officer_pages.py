"""The officer's pages: districts on tiles, chosen columns, corrections with their ground, findings cell by cell, the desk."""

from __future__ import annotations

import csv
import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from python_calamine import CalamineWorkbook

from cewen.engine.register.template import template_workbook
from cewen.portal.access import Role
from cewen.portal.accounts.domain import tile_map
from cewen.portal.accounts.models import RoleAssignment
from cewen.portal.accounts.selectors import regions
from cewen.portal.enterprises import selectors
from cewen.portal.enterprises.domain import findings_found
from cewen.portal.enterprises.models import Enterprise, EnterpriseClaim, FactChange, FactImport
from cewen.portal.policies.selectors import corpus
from enterprise_support import GOOD, HEADER, OTHER, SOFTWARE, load_examples, named, upload, workbook
from portal_support import client_as, client_of, make_actor, make_member, make_organization, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def files_of_the_test(settings: object, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"  # type: ignore[attr-defined]


@pytest.fixture
def examples(repo: Path) -> int:
    return load_examples(repo)


def client_in(region: str, role: Role = Role.OFFICER_DISTRICT) -> Client:
    kind = "district" if role is Role.OFFICER_DISTRICT else "city"
    return client_of(make_member(role, make_organization(kind, region)))


# --- districts


def test_districts_add_up_to_the_list_and_lead_into_it(examples: int) -> None:
    client = client_in("420100", Role.OFFICER_CITY)
    page = client.get("/enterprises/districts/", {"size": "小型"}).content.decode()
    told = {link: int(count) for link, count in re.findall(r'<a href="([^"]+)" aria-label="[^"]+ (\d+) 家">', page)}
    assert len(told) > 3
    for link, count in told.items():
        listed = client.get(link.replace("&amp;", "&")).content.decode()
        assert f"{count} 家企业" in listed
        assert "size=%E5%B0%8F" in link


def test_a_district_sees_its_own_tile_only(examples: int) -> None:
    page = client_in("420111").get("/enterprises/districts/").content.decode()
    assert page.count("<a href") - page.split("<main")[0].count("<a href") >= 1
    assert re.findall(r'<a href="[^"]*region=(\d{6}[-a-z]*)"', page.split("<main")[1]) == ["420111", "420111"]


def test_no_two_tiles_have_one_name() -> None:
    tiles = tile_map(regions(), {"420111": 1})
    assert len({tile.name for tile in tiles}) == len(tiles) > 10
    assert all(len(tile.name) <= 6 for tile in tiles)


# --- columns


def test_what_is_exported_is_what_is_shown(examples: int) -> None:
    client = client_in("420100", Role.OFFICER_CITY)
    asked = {"q": "软件", "sort": "-revenue", "col": ["region", "revenue"]}
    page = client.get("/enterprises/", asked).content.decode()
    table = page.split("<table")[1].split("</table>")[0]
    assert "注册地" in table
    assert "规模" not in table
    assert "笔" not in table
    link = re.search(r'href="(/enterprises/export\.csv[^"]*)"', page)
    assert link
    content = b"".join(client.get(link[1].replace("&amp;", "&")).streaming_content).decode()  # type: ignore[attr-defined]
    rows = list(csv.reader(io.StringIO(content.removeprefix("\ufeff"))))
    assert rows[0] == ["统一社会信用代码", "名称", "注册地代码", "注册地", "年营业收入（元）", "营业收入年度"]
    named_rows = re.findall(r'href="/enterprises/([0-9A-Z]{18})/"', table)
    assert [row[0] for row in rows[1:]][: len(named_rows)] == named_rows
    book = client.get("/enterprises/export.xlsx", asked).content
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    assert [str(cell) for cell in sheet[0]] == rows[0]
    assert [str(row[0]) for row in sheet[1:]] == [row[0] for row in rows[1:]]


def test_a_column_nobody_has_is_left_out_and_none_means_all(examples: int) -> None:
    client = client_in("420100", Role.OFFICER_CITY)
    assert (
        "规模"
        in client.get("/enterprises/", {"col": "made_up"}).content.decode().split("<thead>")[1].split("</thead>")[0]
    )


# --- corrections


def test_a_correction_needs_its_ground_and_keeps_what_was(examples: int) -> None:
    client = client_in("420100-dhgx")
    address = f"/enterprises/{SOFTWARE}/correct/"
    before = named(SOFTWARE).record.facts["revenue"]["2023"]
    assert client.get(address, {"key": "revenue", "year": "2023"}).status_code == 200
    data = {"key": "revenue", "year": "2023", "text": "5000万元"}
    refused = client.post(address, data)
    assert refused.status_code == 422
    assert "依据" in refused.content.decode()
    assert named(SOFTWARE).record.facts["revenue"]["2023"] == before
    page = client.post(address, {**data, "source": "2023 年审计报告"}, follow=True).content.decode()
    assert named(SOFTWARE).record.facts["revenue"]["2023"] == "50000000.00"
    assert "2023 年审计报告" in page
    change = FactChange.objects.get(enterprise__uscc=SOFTWARE)
    assert (change.old, change.new) == (before, "50000000.00")
    wrong = client.post(address, {**data, "text": "很多", "source": "x"})
    assert wrong.status_code == 422


@pytest.mark.parametrize("asked", [
    {"key": "nothing"}, {"key": "revenue"}, {"key": "dcmm_level", "year": "2023"}, {"key": "project_kinds"},
])  # fmt: skip
def test_a_fact_that_is_none_cannot_be_corrected(examples: int, asked: dict[str, str]) -> None:
    assert client_in("420100", Role.OFFICER_CITY).get(f"/enterprises/{SOFTWARE}/correct/", asked).status_code == 404


def test_nobody_corrects_outside_the_own_district(examples: int) -> None:
    client, before = client_in("420111"), named(SOFTWARE).record.facts
    data = {"key": "dcmm_level", "text": "5", "source": "x"}
    assert client.post(f"/enterprises/{SOFTWARE}/correct/", data).status_code == 404
    assert client_as(Role.STATISTICIAN).post(f"/enterprises/{SOFTWARE}/correct/", data).status_code == 403
    assert named(SOFTWARE).record.facts == before


def test_an_enterprises_page_says_who_acts_for_it_and_what_it_may_get(examples: int) -> None:
    home = make_organization("enterprise", "420100-dhgx", uscc=SOFTWARE, name="甲公司")
    member, stranger = make_member(Role.APPLICANT, home), make_person("想认领的人")
    EnterpriseClaim.objects.create(
        person=stranger, uscc=SOFTWARE, name="甲公司", region_code="420100-dhgx", grounds="法务"
    )
    client = client_in("420100-dhgx")
    page = client.get(f"/enterprises/{SOFTWARE}/").content.decode()
    assert member.name in page
    assert "想认领的人" in page
    part = client.get(f"/enterprises/{SOFTWARE}/entitlements/lines/", {"part": "sums"}, headers={"HX-Request": "true"})
    assert "不符合" in part.content.decode()
    assert "<html" not in part.content.decode()
    assert client_in("420111").get(f"/enterprises/{SOFTWARE}/entitlements/lines/").status_code == 404


# --- findings and the template


def test_findings_name_their_cell_show_the_row_and_are_found_by_kind() -> None:
    client = client_as(Role.OFFICER_CITY)
    bad: list[object] = ["乙公司（合成）", OTHER, "不存在的区", "软件企业", "很多钱", 12000000]
    _status, page, address = upload(client, workbook([HEADER, GOOD, bad]))
    found = FactImport.objects.get()
    cells = {each["field"]: each["at"] for each in found.findings if each.get("at")}
    assert cells["注册地"] == "C3"
    assert cells["年营业收入:2023"] == "E3"
    assert "整行" in page
    assert ["名称", "乙公司（合成）"] in found.findings[0]["whole"]
    code = found.findings[0]["code"]
    some = client.get(address, {"code": code}).content.decode()
    assert some.count("<tr data-row") == sum(each["code"] == code for each in found.findings)
    assert client.get(address, {"q": "很多钱"}).content.decode().count("<tr data-row") == 1
    again = re.search(r'<form class="inline again".*?</form>', page, re.DOTALL)
    assert again
    assert 'action="/enterprises/imports/"' in again[0]
    assert 'value="年报"' in again[0]  # the source is carried along
    _, fixed, _ = upload(client, workbook([HEADER, GOOD]))
    assert "可以载入" in fixed


def test_findings_are_filtered_and_sorted_without_a_page() -> None:
    rows = [{"code": "A", "field": "乙", "row": 2, "cell": "X1"}, {"code": "B", "field": "甲", "row": 1, "cell": None}]
    assert findings_found(rows, "x1") == rows[:1]
    assert findings_found(rows, code="B") == rows[1:]
    assert [each["row"] for each in findings_found(rows, sort="field")] == [2, 1]
    assert findings_found(rows) == rows


def test_the_empty_workbook_is_one_the_reader_takes() -> None:
    client = client_as(Role.OFFICER_CITY)
    content = client.get("/enterprises/imports/template.xlsx").content
    assert content == template_workbook(corpus().vocabulary, timezone.localdate().year - 1) or content[:2] == b"PK"
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert book.sheet_names == ["企业", "项目", "产品", "园区", "已获奖补", "说明"]
    head = [str(cell) for cell in book.get_sheet_by_index(0).to_python()[0]]
    row = ["" for _ in head]
    row[head.index("名称")], row[head.index("统一社会信用代码")], row[head.index("注册地")] = (
        "甲公司（合成）",
        SOFTWARE,
        "洪山区",
    )
    row[next(at for at, label in enumerate(head) if label.startswith("年营业收入:"))] = "6800万元"
    _, page, _ = upload(client, workbook([list(head), list(row)]))
    assert "可以载入" in page
    _, page, _ = upload(client, SimpleUploadedFile("空表.xlsx", content))
    assert "不认识" not in page


# --- the desk


def test_the_desk_shows_what_waits_for_whom(examples: int) -> None:
    client = client_in("420111")
    quiet = client.get("/").content.decode()
    assert "没有等您办的事" in quiet
    person = make_person("申请人")
    for code, region in ((SOFTWARE, "420111"), (OTHER, "420106")):
        EnterpriseClaim.objects.create(person=person, uscc=code, name="甲", region_code=region, grounds="法务")
    page = client.get("/").content.decode()
    desk = page.split('id="desk"')[1].split("</section>")[0]
    assert re.search(r"<b>1</b>.*?认领待核实", desk, re.DOTALL)  # one of two: the other lies elsewhere
    assert 'href="/enterprises/claims/"' in desk


def test_claims_are_found_by_words_and_state_and_taken_along_as_a_file(examples: int) -> None:
    client, person = client_in("420111"), make_person("=申请人")
    for code, name, stage, region in ((SOFTWARE, "甲公司", "open", "420111"), (OTHER, "乙公司", "refused", "420111"),
                                      ("91420100MA4KABCD1A", "丙公司", "open", "420106")):  # fmt: skip
        EnterpriseClaim.objects.create(
            person=person, uscc=code, name=name, region_code=region, grounds="法务", stage=stage
        )
    page = client.get("/enterprises/claims/").content.decode()
    assert ("甲公司" in page, "乙公司" in page, "丙公司" in page) == (True, True, False)
    assert "乙公司" not in client.get("/enterprises/claims/", {"stage": "open"}).content.decode()
    assert "甲公司" not in client.get("/enterprises/claims/", {"q": OTHER}).content.decode()
    text = client.get("/enterprises/claims/", {"file": "csv", "stage": "open"}).content.decode()
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [row[0] for row in rows] == ["企业", "甲公司"]
    assert rows[1][3] == "'=申请人"


def test_an_import_that_was_left_is_on_the_desk_and_an_old_one_is_not() -> None:
    officer = make_member(Role.OFFICER_CITY)
    client = client_of(officer)
    for stage, age in (("clean", 1), ("faulty", 2), ("faulty", 40), ("loaded", 1)):
        FactImport.objects.create(
            file_name="名册.xlsx", stored_as=f"{stage}{age}", sha256="0" * 64, size=1, stage=stage, person=officer,
            created_at=timezone.now() - timedelta(days=age),
        )  # fmt: skip
    desk = client.get("/").content.decode().split('id="desk"')[1].split("</section>")[0]
    assert re.search(r"<b>1</b>.*?待确认载入", desk, re.DOTALL)
    assert re.search(r"<b>1</b>.*?没有载入", desk, re.DOTALL)
    other = client_as(Role.OFFICER_CITY).get("/").content.decode()
    assert "待确认载入" not in other


def test_who_watches_sees_late_tasks_and_the_number_is_that_of_the_list() -> None:
    client = client_as(Role.SUPERVISOR)
    desk = client.get("/").content.decode().split('id="desk"')[1].split("</section>")[0]
    late = re.search(r'<b>(\d+)</b>.*?href="(/tasks/[^"]+)">督办任务逾期', desk, re.DOTALL)
    assert late
    listed = client.get(late[2].replace("&amp;", "&"))
    assert listed.context["count"] == int(late[1])


def test_nobody_without_a_role_has_a_desk() -> None:
    assert 'id="desk"' not in Client().get("/").content.decode()
    assert 'id="desk"' not in client_as(Role.PERSON).get("/").content.decode()


# --- signing up for an enterprise

SIGN_UP = {"username": "newfirm", "name": "李经理", "password1": "Zhuzi-river-42", "password2": "Zhuzi-river-42"}


def test_signing_up_with_a_code_claims_the_enterprise_and_leads_to_the_calculator() -> None:
    client = Client()
    more = {"uscc": "91420100ma4kabcd1a", "enterprise": "新软件公司", "region": "洪山区"}
    answer = client.post("/accounts/signup/", {**SIGN_UP, **more})
    assert (answer.status_code, answer["Location"]) == (302, "/calculate/")
    claim = EnterpriseClaim.objects.get()
    assert (claim.uscc, claim.region_code, claim.stage) == ("91420100MA4KABCD1A", "420111", "open")
    page = client.get("/calculate/").content.decode()
    assert "认领正等" in page
    assert 'value="洪山区"' in page
    assert RoleAssignment.objects.count() == 0  # nothing is granted before an officer decides
    assert client.get("/mine/").status_code == 403


@pytest.mark.parametrize(("more", "said"), [
    ({"uscc": "91420100MA4KABCD1B", "enterprise": "x", "region": "洪山区"}, "校验位"),
    ({"uscc": "91420100MA4KABCD1A", "enterprise": "x", "region": "火星区"}, "没有这个区划"),
    ({"uscc": "91420100MA4KABCD1A"}, "认领企业要写这一项"),
])  # fmt: skip
def test_a_wrong_code_or_place_makes_neither_person_nor_claim(more: dict[str, str], said: str) -> None:
    answer = Client().post("/accounts/signup/", {**SIGN_UP, **more})
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert EnterpriseClaim.objects.count() == 0


def test_signing_up_without_an_enterprise_claims_none() -> None:
    answer = Client().post("/accounts/signup/", SIGN_UP)
    assert answer["Location"] == "/"
    assert EnterpriseClaim.objects.count() == 0


@pytest.mark.parametrize(("role", "address"), [
    (Role.APPLICANT, "/mine/"), (Role.POLICY_EDITOR, "/drafts/"), (Role.OFFICER_CITY, "/"),
])  # fmt: skip
def test_signing_in_leads_to_ones_work(role: Role, address: str) -> None:
    from portal_support import PASSWORD

    person = make_member(role)
    answer = Client().post("/accounts/login/", {"login": person.username, "password": PASSWORD})
    assert answer["Location"] == address


def test_from_signing_up_to_the_list_of_the_enterprise_with_what_was_filled_in_before(examples: int) -> None:
    person = Client()
    more = {"uscc": SOFTWARE, "enterprise": "甲公司", "region": "东湖高新区"}
    person.post("/accounts/signup/", {**SIGN_UP, **more})
    claim = EnterpriseClaim.objects.get()
    assert claim.region_code == "420100-dhgx"  # the register knows better than the form
    person.post("/calculate/", {"on": "2025-05-31", "f-enterprise-rd_spend-2024": "900"})
    officer = client_in("420100-dhgx")
    officer.post(f"/enterprises/claims/{claim.pk}/decide/", {"decision": "approve"})
    page = person.get("/mine/").content.decode()
    assert "填了 1 项" in page
    person.post("/mine/carry/")
    assert named(SOFTWARE).record.facts["rd_spend"]["2024"] == "9000000.00"
    assert "最高" in person.get("/mine/", {"on": "2025-05-31"}).content.decode()


def test_an_enterprise_finds_on_its_front_page_what_it_should_supply(examples: int) -> None:
    home = make_organization("enterprise", "420111", uscc="91420100MA4KABCD1A", name="新公司")
    client = client_of(make_member(Role.APPLICANT, home))
    desk = client.get("/").content.decode().split('id="desk"')[1].split("</section>")[0]
    assert re.search(r"<b>\d+</b>.*?补上就能定的事实</a> <span[^>]*>新公司", desk, re.DOTALL)


def test_a_revenue_nobody_knows_is_not_a_revenue_of_nothing(examples: int) -> None:
    Enterprise.objects.filter(region_code="420111").update(revenue=None)
    some = Enterprise.objects.filter(region_code="420106").values_list("id", flat=True)[0]
    Enterprise.objects.filter(id=some).update(revenue=None)
    actor = make_actor(Role.OFFICER_CITY, region_code="420100")
    found = {each.code: each for each in selectors.by_district(actor, selectors.RegisterQuery())}
    assert found["420111"].revenue is None
    assert found["420111"].unknown == found["420111"].count > 0
    assert found["420106"].unknown == 1
    assert (found["420106"].revenue or 0) > 0
