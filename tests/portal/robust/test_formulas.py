"""What begins like a formula is text on the way in and text on the way out, in every file the portal gives."""

from __future__ import annotations

import csv
import io
import re
import zipfile

import pyarrow as pa
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cewen.portal.access import Role
from cewen.portal.enterprises.models import Enterprise, FactImport, FactRecord
from cewen.portal.enterprises.services import touch_register
from cewen.portal.indicators.models import Observation
from cewen.portal.listing import table_file
from cewen.portal.runs import views
from enterprise_support import GOOD, HEADER, SOFTWARE, upload
from portal_support import client_as, client_of, make_member

pytestmark = pytest.mark.django_db
EVIL = ("=cmd|' /C calc'!A0", "+1+1", "-2+3+cmd|' /C calc'!A0", "@SUM(1)", "\t=1+1", '=HYPERLINK("http://192.0.2.1")')
_RUNS = re.compile(r"^[=+\-@\t\r]")


def cells_of(content: bytes) -> list[str]:
    """Every cell of a csv or xlsx file as a spreadsheet would take it."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            sheets = [archive.read(name).decode() for name in archive.namelist() if "worksheets/sheet" in name]
        assert not any("<f>" in sheet for sheet in sheets), "a formula was written"
        return []
    return [cell for row in csv.reader(io.StringIO(content.decode("utf-8-sig"))) for cell in row]


def running(content: bytes) -> list[str]:
    """Cells a spreadsheet would run: those that begin so and are no number."""
    return [each for each in cells_of(content) if _RUNS.match(each) and not re.fullmatch(r"[+-]?\d+(\.\d+)?%?", each)]


def answer(client: Client, path: str) -> bytes:
    response = client.get(path)
    assert response.status_code == 200, (path, response.status_code)
    return b"".join(response) if response.streaming else response.content


@pytest.mark.parametrize("text", EVIL)
def test_a_formula_in_a_register_is_kept_as_text_and_given_as_text(text: str) -> None:
    client = client_of(make_member(Role.OFFICER_CITY))
    quoted = io.StringIO()
    csv.writer(quoted).writerows([HEADER, [text, *GOOD[1:]]])
    _, page, address = upload(client, SimpleUploadedFile("名册.csv", quoted.getvalue().encode()))
    assert FactImport.objects.get().stage == FactImport.Stage.CLEAN, page
    client.post(f"{address}load/")
    assert Enterprise.objects.get(uscc=SOFTWARE).name == text.strip()
    for kind in ("csv", "xlsx"):
        content = answer(client, f"/enterprises/export.{kind}")
        assert running(content) == []
        assert kind == "xlsx" or any(text.strip() in each for each in cells_of(content))


def test_a_formula_in_a_workbook_counts_by_its_value_and_the_findings_hold_none() -> None:
    client = client_of(make_member(Role.OFFICER_CITY))
    rows = "\n".join([",".join(map(str, HEADER)), f"=cmd|x,{SOFTWARE},=HYPERLINK(1),+1,@a,-x"])
    _, _page, address = upload(client, SimpleUploadedFile("名册.csv", rows.encode()))
    assert FactImport.objects.get().stage == FactImport.Stage.FAULTY
    assert running(answer(client, f"{address}findings.xlsx")) == []


@pytest.mark.parametrize("text", EVIL)
def test_every_list_of_the_portal_is_given_as_text(text: str) -> None:
    for kind in ("csv", "xlsx"):
        content = table_file([{"name": text, "number": -3, "list": [text]}], kind)
        assert running(content) == []
    assert "-3" in cells_of(table_file([{"number": -3}], "csv"))


@pytest.mark.parametrize("column", ["region", "source_title", "source_url", "note"])
def test_figures_with_a_formula_are_not_brought_in(column: str) -> None:
    """Open data is given out as it came, to machines too: what a spreadsheet would run never comes in."""
    row = {"indicator": "software-business-revenue", "region": "武汉市", "period": "2025", "value": "4011", "unit": "亿元",
           "trust": "official", "maturity": "preliminary", "published_on": "2026-08-01", "source_title": "公报",
           "source_url": "https://example.org/", "note": "无"}  # fmt: skip
    for text in EVIL:
        if not text.startswith("\t"):  # blanks around a cell are taken off
            quoted = io.StringIO()
            csv.writer(quoted).writerows([list(row), list((row | {column: text}).values())])
            sent = {"file": SimpleUploadedFile("公布数.csv", quoted.getvalue().encode())}
            response = client_as(Role.STATISTICIAN).post("/observations/import/", sent)
            assert response.status_code == 422
            assert "会当作公式" in response.content.decode()
    assert Observation.objects.count() == 0


def test_an_award_of_an_enterprise_with_such_a_name_is_given_as_text() -> None:

    made = Enterprise.objects.create(uscc=SOFTWARE, name=EVIL[0], region_code="420111")
    FactRecord.objects.create(enterprise=made, facts={"registered_in": {"": "420111"}})
    touch_register()
    table = pa.table({name: pa.array([EVIL[0]]) for name in views.COLUMNS})
    found = [cell for row in list(views._texts(table))[1:] for cell in row]
    assert all(str(cell).startswith("'=") for cell in found)
