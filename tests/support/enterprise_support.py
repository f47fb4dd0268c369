"""Enterprises, their facts and files of a register for tests of the portal."""

from __future__ import annotations

import io
from pathlib import Path

import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from cewen.engine.register import read_register
from cewen.portal.enterprises.jobs import load_sheets
from cewen.portal.enterprises.models import Enterprise
from cewen.portal.policies.selectors import corpus

SOFTWARE = "91429999H00000047W"
"""Code of an enterprise of the example register, in the East Lake zone."""
OTHER = "91429999H00000004F"
MEASURES_DAY = "2024-06-30"
"""A day on which measures with amounts are in force."""


def load_examples(repo: Path) -> int:
    """The example register, loaded; gives its number of enterprises."""
    return load_sheets(read_register(repo / "examples" / "register", corpus()).sheets, None)["rows"]


def workbook(rows: list[list[object]], name: str = "名册.xlsx", sheet: str = "企业") -> SimpleUploadedFile:
    """A workbook with one sheet, as it is uploaded."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    page = book.add_worksheet(sheet)
    for at, row in enumerate(rows):
        page.write_row(at, 0, row)
    book.close()
    return SimpleUploadedFile(name, buffer.getvalue())


HEADER: list[object] = ["名称", "统一社会信用代码", "注册地", "企业类型", "年营业收入:2023", "年研发投入:2023"]
GOOD: list[object] = ["甲公司（合成）", SOFTWARE, "洪山区", "软件企业", "6800万元", 12000000]


def upload(client: Client, *files: SimpleUploadedFile) -> tuple[int, str, str]:
    """Status, body and address after uploading files and following to their page."""
    response = client.post("/enterprises/imports/", {"files": list(files), "source": "年报"}, follow=True)
    return response.status_code, response.content.decode(), str(response.request["PATH_INFO"])


def named(uscc: str) -> Enterprise:
    return Enterprise.objects.select_related("record").get(uscc=uscc)
