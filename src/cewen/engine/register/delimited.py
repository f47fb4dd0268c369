"""Delimited text (csv): UTF-8 with or without a mark, or GB18030; comma, tab or semicolon."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path

from cewen.base.errors import CewenError
from cewen.base.source import Place
from cewen.engine.register.table import Row, Table

_BLOCK = 1 << 20
_OTHER_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_delimited(path: Path) -> Table:
    """The table of a csv file, named after the file. Raises CewenError (CW610) for other encodings and broken quotes."""
    try:
        encoding = find_encoding(path)
    except OSError as error:
        message = f"读不到文件：{error.strerror}"
        raise CewenError.of("CW610", message, "检查路径与权限。", Place(str(path))) from error
    if encoding is None:
        remedy = "用 Excel 打开，另存为“CSV UTF-8（逗号分隔）”。"
        raise CewenError.of("CW610", "文字编码不是 UTF-8，也不是 GB18030", remedy, Place(str(path)))
    return Table(str(path), None, path.stem, _rows(path, encoding))


def find_encoding(path: Path) -> str | None:
    """The first of UTF-8 and GB18030 that decodes the whole file; None when neither does, or it is UTF-16."""
    with path.open("rb") as file:
        if file.read(2) in _OTHER_MARKS:
            return None
    for encoding in ("utf-8-sig", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        with path.open("rb") as file:
            try:
                while block := file.read(_BLOCK):
                    if "\0" in decoder.decode(block):
                        return None
                decoder.decode(b"", final=True)
            except UnicodeDecodeError:
                continue
        return encoding
    return None


def _rows(path: Path, encoding: str) -> Iterator[Row]:
    with path.open(encoding=encoding, newline="") as file:
        delimiter = _delimiter(file.readline())
        file.seek(0)
        reader = csv.reader(file, delimiter=delimiter, strict=True)
        number = 0
        try:
            for number, cells in enumerate(reader, start=1):
                yield Row(number, tuple(cells))
        except csv.Error as error:
            message = "这一行的引号没有配对，或单元格过长"
            place = Place(str(path), row=number + 1, line=reader.line_num)
            raise CewenError.of("CW610", message, "检查英文双引号；文字里的引号要写两个。", place) from error


def _delimiter(header: str) -> str:
    return max(",\t;", key=lambda mark: (header.count(mark), mark == ","))
