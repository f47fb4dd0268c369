"""Word (docx): paragraphs and tables in the order of the document, automatic numbers included."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import docx

from cewen.base.errors import CewenError
from cewen.base.source import Place
from cewen.text.formats.numbering import Numbering, W

_LARGEST = 256 * 2**20
"""Bytes a docx may unpack to."""


def read_word(data: bytes, place: Place) -> str:
    """One line a paragraph, one line a table row with tabs between cells.

    Raises CewenError CW014 for a damaged file, CW016 for one that unpacks to more than 256 MB.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            size = sum(entry.file_size for entry in archive.infolist())
        if size > _LARGEST:
            raise CewenError.of("CW016", "这个 docx 解开后超过 256 MB", "拆成几个文件再读", place)
        document = docx.Document(io.BytesIO(data))
        body = document.element.body
        numbering = Numbering.of(_part_root(document, "numbering"), _part_root(document, "styles"))
        return "\n".join(_lines(body, numbering))
    except CewenError:
        raise
    except Exception as error:  # a damaged package fails in zipfile, lxml or the library, each with its own exceptions
        raise CewenError.of(
            "CW014", "这个 docx 文件已损坏，读不出来", "用 Word 或 WPS 打开后另存一份 docx", place
        ) from error


def _part_root(document: Any, name: str) -> Any:
    for relation in document.part.rels.values():
        if relation.reltype.endswith(f"/{name}") and not relation.is_external:
            part = relation.target_part
            return getattr(part, "element", None)
    return None


def _lines(parent: Any, numbering: Numbering) -> Iterator[str]:
    for child in parent:
        if child.tag == f"{W}p":
            yield numbering.label(child) + _text(child)
        elif child.tag == f"{W}tbl":
            for row in child.iter(f"{W}tr"):
                if _nearest_table(row) is child:
                    yield "\t".join(_cell(cell) for cell in row.iter(f"{W}tc") if _nearest_table(cell) is child)
        elif child.tag in (f"{W}sdt", f"{W}sdtContent", f"{W}ins", f"{W}smartTag", f"{W}customXml"):
            yield from _lines(child, numbering)


def _nearest_table(element: Any) -> Any:
    return next(element.iterancestors(f"{W}tbl"))


def _cell(cell: Any) -> str:
    return " ".join(filter(None, (_text(paragraph).strip() for paragraph in cell.iter(f"{W}p"))))


def _text(paragraph: Any) -> str:
    """The paragraph's characters; deleted ones (tracked changes) and field codes are not there."""
    parts: list[str] = []
    for node in paragraph.iter():
        if node.tag == f"{W}t":
            parts.append(node.text or "")
        elif node.tag == f"{W}tab" and node.getparent().tag == f"{W}r":
            parts.append("\t")
        elif node.tag in (f"{W}br", f"{W}cr"):
            parts.append("\n")
        elif node.tag == f"{W}noBreakHyphen":
            parts.append("-")
    return "".join(parts)
