"""Every door that takes a file refuses what is none, with one sentence, at once, and keeps nothing of it."""

from __future__ import annotations

import io
import resource
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from cewen.portal.access import Role
from cewen.portal.drafts.models import Draft
from cewen.portal.enterprises.forms import DOOR
from cewen.portal.enterprises.models import Enterprise, FactImport, FactRecord
from cewen.portal.indicators.models import Observation, ScoreCardEntry
from cewen.portal.tasks.models import Evidence, TaskEvent
from cewen.portal.uploads import WORKBOOK, check_package
from enterprise_support import SOFTWARE
from hostile_support import NAMES, PACKAGES, SHEETS, TABLES, document, packed, parts_of, workbook
from portal_support import client_of, make_member, make_organization

pytestmark = pytest.mark.django_db
MOST_MEMORY = 300 * 1024
"""Kibibytes by which the greatest memory of the process may grow."""
REMEDIES = (
    "另存",
    "去掉",
    "重新选",
    "重新传",
    "换一个",
    "收 ",
    "选一个",
    "断开",
    "缩短",
    "分成",
    "只留",
    "核对",
    "删去",
    "存为",
    "写上",
    "empty",
    "空",
)
STEP = "/tasks/wuhan/2022-software-plan/root-technology/steps/report/"
DEFINITION = "version: '1'\ntitle: 卡\nitems:\n- {key: a, label: 甲, points: 100}\n".encode()
CELLS = "district,item,plan,result,flag\n洪山区,a,1,1,reported\n".encode()


def by_city(role: Role) -> Client:
    return client_of(make_member(role, make_organization("city", "420100", "武汉市科技局")))


def import_page(name: str, content: bytes) -> HttpResponse:
    data = {"files": [SimpleUploadedFile(name, content)]}
    return by_city(Role.OFFICER_CITY).post("/enterprises/imports/", data)  # type: ignore[return-value]


def import_call(name: str, content: bytes) -> HttpResponse:
    client = by_city(Role.OFFICER_CITY)
    return client.post("/api/v1/imports", {"files": [SimpleUploadedFile(name, content)]})  # type: ignore[return-value]


def draft_page(name: str, content: bytes) -> HttpResponse:
    data = {"document": SimpleUploadedFile(name, content), "policy_id": "wuhan/2031-hostile", "region": "武汉市"}
    return by_city(Role.POLICY_EDITOR).post("/drafts/", data)  # type: ignore[return-value]


def evidence_page(name: str, content: bytes) -> HttpResponse:
    home = make_organization("city", "420100", "武汉市科技局")
    client, who = client_of(make_member(Role.OFFICER_CITY, home)), {"identity": f"{home.pk}:lead:市科技局:"}
    assert client.post(STEP.replace("report", "take"), {**who, "owner": "李某", "key": "1"}).status_code == 302
    assert client.post(STEP.replace("report", "plan"), {**who, "text": "方案", "key": "2"}).status_code == 302
    data = {**who, "text": "办完了", "file": SimpleUploadedFile(name, content), "key": "3"}
    return client.post(STEP, data)  # type: ignore[return-value]


def observation_page(name: str, content: bytes) -> HttpResponse:
    client = by_city(Role.STATISTICIAN)
    return client.post("/observations/import/", {"file": SimpleUploadedFile(name, content)})  # type: ignore[return-value]


def cells_page(name: str, content: bytes) -> HttpResponse:
    files = {"definition": SimpleUploadedFile("d.yaml", DEFINITION), "cells": SimpleUploadedFile(name, content)}
    return by_city(Role.SUPERVISOR).post("/score-cards/", files)  # type: ignore[return-value]


def facts_page(name: str, content: bytes) -> HttpResponse:
    """The workbook of an enterprise's own facts."""
    home = make_organization("enterprise", "420111", uscc=SOFTWARE)
    client = client_of(make_member(Role.APPLICANT, home))
    Enterprise.objects.create(uscc=SOFTWARE, name="甲", region_code="420111")
    return client.post("/mine/workbook/", {"file": SimpleUploadedFile(name, content)})  # type: ignore[return-value]


@pytest.fixture(autouse=True)
def own_files(settings: Any, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"


Door = Callable[[str, bytes], HttpResponse]
WORKBOOKS: tuple[Door, ...] = (import_page, import_call, evidence_page, observation_page, facts_page)
DOCUMENTS: tuple[Door, ...] = (draft_page, evidence_page)
TEXTS: tuple[Door, ...] = (import_page, observation_page, cells_page)


def kept() -> list[object]:
    """All that any of the doors would leave behind."""
    files = [path for path in Path(settings.MEDIA_ROOT).rglob("*") if path.is_file()]
    rows = [Draft, FactRecord, Observation, ScoreCardEntry, Evidence, FactImport]
    return [*files, *(each for model in rows for each in model._default_manager.all())]


def refused(door: Door, name: str, content: bytes) -> str:
    """The page that says so."""
    before, memory = kept(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    response = door(name, content)
    page = response.content.decode()
    assert response.status_code in (413, 422), page[:2000]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < MOST_MEMORY
    assert kept() == before
    assert TaskEvent.objects.filter(edge="report").count() == 0
    assert any(word in page for word in REMEDIES), page
    return page


@pytest.mark.parametrize("attack", [*PACKAGES, *SHEETS])
@pytest.mark.parametrize("door", WORKBOOKS, ids=lambda door: door.__name__)
def test_a_workbook_that_is_none_is_refused(door: Door, attack: str) -> None:
    page = refused(door, "名册.xlsx", {**PACKAGES, **SHEETS}[attack](workbook()))
    assert "名册.xlsx" in page or "空" in page or "有一个文件" in page


@pytest.mark.parametrize("attack", PACKAGES)
@pytest.mark.parametrize("door", DOCUMENTS, ids=lambda door: door.__name__)
def test_a_document_that_is_none_is_refused(door: Door, attack: str) -> None:
    refused(door, "措施.docx", PACKAGES[attack](document()))


@pytest.mark.parametrize(
    ("door", "attack"),
    [(door, attack) for door in TEXTS for attack in TABLES if (door, attack) != (import_page, "an open quote")],
    ids=lambda part: getattr(part, "__name__", part),
)
def test_a_table_that_is_none_is_refused(door: Door, attack: str) -> None:
    refused(door, "表.csv", TABLES[attack])


def test_a_quote_that_stays_open_is_found_while_the_rows_are_checked() -> None:
    page = import_page("表.csv", TABLES["an open quote"])
    assert page.status_code == 302
    found = FactImport.objects.get()
    assert found.stage == FactImport.Stage.FAULTY
    assert "引号没有配对" in str(found.findings)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    ("door", "ending", "content"),
    [
        (import_page, ".xlsx", workbook()),
        (evidence_page, ".xlsx", workbook()),
        (draft_page, ".txt", "某市规划".encode()),
    ],
    ids=["imports", "evidence", "drafts"],
)
def test_a_name_that_leads_elsewhere_is_refused(door: Door, ending: str, content: bytes, name: str) -> None:
    refused(door, name.format(ending), content)


@pytest.mark.parametrize("ending", [".xlsm", ".xls", ".xlsb", ".exe", ".html", ".xlsx.exe", ""])
@pytest.mark.parametrize("door", [*WORKBOOKS[:4], draft_page], ids=lambda door: door.__name__)
def test_another_ending_is_refused_whatever_is_inside(door: Door, ending: str) -> None:
    if door is draft_page and ending == ".html":
        return
    refused(door, f"名册{ending}", workbook())


DEFINITIONS = {
    "laughs": b"version: &a [x, x, x, x, x, x, x, x]\n"
    + b"".join(b"k%d: &%c [%s]\n" % (at, 98 + at, b", ".join([b"*%c" % (97 + at)] * 8)) for at in range(9))
    + b"title: *j\nitems: []\n",
    "a tag": b"version: !!python/object/apply:os.system ['true']\nitems: []\n",
    "too long": DEFINITION + b"#" * 70_000,
    "a number without end": b"version: '1'\nitems:\n- {key: a, label: a, points: 1e999999999}\n",
    "deep": b"version: " + b"[" * 5000,
    "no letters": b"\0\xff",
}


@pytest.mark.parametrize("attack", DEFINITIONS)
def test_a_definition_that_unfolds_is_refused(attack: str) -> None:
    files = {
        "definition": SimpleUploadedFile("d.yaml", DEFINITIONS[attack]),
        "cells": SimpleUploadedFile("c.csv", CELLS),
    }
    response = by_city(Role.SUPERVISOR).post("/score-cards/", files)
    assert response.status_code == 422, response.content.decode()[:2000]
    assert ScoreCardEntry.objects.count() == 0


def test_the_same_definition_without_tricks_is_taken() -> None:
    files = {"definition": SimpleUploadedFile("d.yaml", DEFINITION), "cells": SimpleUploadedFile("c.csv", CELLS)}
    assert by_city(Role.SUPERVISOR).post("/score-cards/", files).status_code == 302


@pytest.mark.parametrize(
    ("door", "name", "content"),
    [
        (import_page, "名册.xlsx", workbook()),
        (evidence_page, "册.xlsx", workbook()),
        (evidence_page, "文.docx", document()),
    ],
    ids=["imports", "evidence workbook", "evidence document"],
)
def test_a_good_file_is_taken(door: Door, name: str, content: bytes) -> None:
    """What the attacks are made from: refused they are for the trick and nothing else."""
    assert door(name, content).status_code == 302


def test_a_hyperlink_and_printer_settings_are_no_attack() -> None:
    link = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" '
        b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink" '
        b'Target="https://example.org/" TargetMode="External"/></Relationships>'
    )
    parts = parts_of(workbook()) | {"xl/printerSettings/printerSettings1.bin": b"\0" * 99,
                                    "xl/worksheets/_rels/sheet1.xml.rels": link}  # fmt: skip
    check_package(io.BytesIO(packed(parts)), "册.xlsx", DOOR, WORKBOOK)
