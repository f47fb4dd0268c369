"""From a file to its text, whatever its format: txt, md, html, docx, pdf."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from pathlib import Path

from cewen.base.diagnostic import Diagnostic, Severity
from cewen.base.errors import CewenError
from cewen.base.source import Place
from cewen.text.formats.html import read_html
from cewen.text.formats.markdown import read_markdown
from cewen.text.formats.pdf import read_pdf
from cewen.text.formats.plain import decode_text
from cewen.text.formats.word import read_word

LARGEST_FILE = 64 * 2**20
"""Bytes; official texts are far below one megabyte."""

_HTML_NAMES = (".html", ".htm", ".shtml", ".xhtml", ".mhtml")
_MARKDOWN_NAMES = (".md", ".markdown")
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\x00", b"MM\x00*", b"BM")


@dataclass(frozen=True, slots=True)
class ReadText:
    """读出的文本. Offsets everywhere count the code points of `text`.

    For txt these are the file's characters as they are, line ends included, a byte order mark excluded; for other
    formats they are the characters of the text taken out of the file. `format` is txt, md, html, docx or pdf;
    `findings` are warnings, such as an empty file (CW017) or damaged characters (CW018).
    """

    path: Path
    text: str
    format: str
    encoding: str | None = None
    findings: tuple[Diagnostic, ...] = ()


def read_text(path: Path | str) -> ReadText:
    """The text of a file; its kind is told by its bytes first and by its name second.

    Raises CewenError: CW010 cannot be opened, CW011 scanned PDF, CW012 a format that is not read, CW013 no text,
    CW014 damaged, CW015 encrypted, CW016 too large.
    """
    path = Path(path)
    place = Place(file=str(path))
    data = _bytes_of(path, place)
    suffix = path.suffix.lower()
    if data.lstrip()[:5] == b"%PDF-" or b"%PDF-" in data[:1024]:
        return _finished(path, read_pdf(data, place), "pdf", None)
    if data.startswith(b"PK\x03\x04"):
        return _finished(path, _read_package(data, place), "docx", None)
    _refuse_known(data, suffix, place)
    if suffix in _HTML_NAMES or _looks_like_html(data):
        text, encoding = read_html(data, place)
        return _finished(path, text, "html", encoding)
    decoded = decode_text(data, place)
    if suffix in _MARKDOWN_NAMES:
        return _finished(path, read_markdown(decoded.text), "md", decoded.encoding, decoded.damaged)
    return _finished(path, decoded.text, "txt", decoded.encoding, decoded.damaged)


def _bytes_of(path: Path, place: Place) -> bytes:
    try:
        if path.is_dir():
            raise CewenError.of("CW010", "这是文件夹，不是文件", "给出文件夹里某个文件的路径", place)
        size = path.stat().st_size
        if size > LARGEST_FILE:
            raise CewenError.of(
                "CW016", f"文件有 {size // 2**20} MB，超过 {LARGEST_FILE // 2**20} MB", "拆成几个文件再读", place
            )
        return path.read_bytes()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise CewenError.of("CW010", "找不到这个文件", "检查路径和文件名", place) from error
    except (OSError, ValueError) as error:
        raise CewenError.of("CW010", f"文件打不开：{error}", "检查路径和读取权限", place) from error


def _read_package(data: bytes, place: Place) -> str:
    """A zip file: Word, or another office format, which is named."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise CewenError.of("CW014", "文件已损坏，打不开", "重新下载，或者打开后另存一份", place) from error
    if "word/document.xml" in names:
        return read_word(data, place)
    kinds = (("xl/", "Excel 表格"), ("ppt/", "幻灯片"), ("OFD.xml", "OFD 文件"), ("content.xml", "ODF 文件"))
    kind = next((label for mark, label in kinds if any(name.startswith(mark) for name in names)), "压缩包")
    raise _not_read(kind, place)


def _refuse_known(data: bytes, suffix: str, place: Place) -> None:
    if data.startswith(_COMPOUND):
        raise _not_read("旧版 Word 或 WPS 文件", place)
    if data.startswith(_PICTURES) and suffix not in (".txt", *_MARKDOWN_NAMES, *_HTML_NAMES):
        raise _not_read("图片", place)
    if data.startswith(b"{\\rtf"):
        raise _not_read("RTF 文件", place)


def _not_read(kind: str, place: Place) -> CewenError:
    return CewenError.of("CW012", f"这是{kind}，不能直接读", "另存为 docx、pdf、html 或 txt 再读", place)


def _looks_like_html(data: bytes) -> bool:
    start = data[:512].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    return start.startswith((b"<!doctype html", b"<html")) or (start.startswith(b"<?xml") and b"<html" in start)


def _finished(path: Path, text: str, name: str, encoding: str | None, damaged: int = 0) -> ReadText:
    place = Place(file=str(path))
    findings: list[Diagnostic] = []
    if not text.strip():
        findings.append(Diagnostic("CW017", "文件里没有文字", "检查是不是选错了文件", place, severity=Severity.WARNING))
    if damaged:
        findings.append(
            Diagnostic(
                "CW018",
                f"有 {damaged} 个字读不出来，显示为“\ufffd”",
                "换一份完整的文件，或者用编辑器改正这些字",
                place,
                severity=Severity.WARNING,
            )
        )
    return ReadText(path, text, name, encoding, tuple(findings))
