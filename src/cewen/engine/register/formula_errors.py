"""Cells of a workbook whose formula failed: the spreadsheet reader gives them as empty, which would read as unknown."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

ERRORS = frozenset({"#DIV/0!", "#N/A", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!", "#SPILL!", "#CALC!"})

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_CELL = re.compile(rb"<(?:\w+:)?c\b([^>]*\bt=\"e\"[^>]*)>(.*?)</(?:\w+:)?c>", re.DOTALL)
_REFERENCE = re.compile(rb"\br=\"([A-Z]+)(\d+)\"")
_VALUE = re.compile(rb"<(?:\w+:)?v>(.*?)</(?:\w+:)?v>", re.DOTALL)


def formula_errors(path: Path) -> dict[str, dict[tuple[int, int], str]]:
    """Sheet name -> (row, column) from zero -> error text. Empty for sheets without any, and for files of other make."""
    try:
        with zipfile.ZipFile(path) as archive:
            return {name: dict(_errors(archive.read(part))) for name, part in _parts(archive)}
    except (zipfile.BadZipFile, KeyError, etree.XMLSyntaxError, OSError):
        return {}


def _parts(archive: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    links = etree.fromstring(archive.read("xl/_rels/workbook.xml.rels"), parser)
    targets = {str(link.get("Id")): str(link.get("Target")) for link in links}
    for sheet in etree.fromstring(archive.read("xl/workbook.xml"), parser).iter(f"{_MAIN}sheet"):
        target = targets[str(sheet.get(_LINK))]
        yield str(sheet.get("name")), target.lstrip("/") if target.startswith("/") else f"xl/{target}"


def _errors(xml: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    if b't="e"' not in xml:
        return
    for match in _CELL.finditer(xml):
        at, value = _REFERENCE.search(match[1]), _VALUE.search(match[2])
        if at and value:
            yield (int(at[2]) - 1, _column(at[1].decode("ascii"))), value[1].decode("utf-8", "replace")


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number - 1
