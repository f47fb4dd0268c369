"""Files as they come in: one place that looks at a name and into a package before anything else reads it."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from cewen.base.errors import CewenError

LONGEST_NAME = 150
MOST_PARTS = 2000
LARGEST_RATIO = 200
"""A part of a package that unpacks to more than this many times its size is nothing anybody wrote."""
MOST_CELLS = 6_000_000
"""Cells of the rectangle around all cells of one sheet: a reader keeps the empty ones too."""
MOST_EMPTY, LEAST_FILLED = 1_000_000, 20
"""Above so many cells, one in twenty has to hold something."""
MOST_COLUMNS = 4000
LONGEST_STRING = 1 << 17
"""Bytes of one text in a workbook; a spreadsheet itself stops at 32,767 characters."""
LARGEST_TEXTS = 1 << 29
"""Bytes of the texts of a workbook, each counted as often as a cell shows it."""
LONGEST_LINE = 1 << 20
_BLOCK = 1 << 20
_OVERLAP = 256
_CUT = 2
"""Cells that the ends of a block may cut before their place is told."""

WORKBOOK, DOCUMENT = "xl/workbook.xml", "word/document.xml"
_COMPOUND = b"\xd0\xcf\x11\xe0"
_ZIP = b"PK\x03\x04"
_DEVICES = frozenset({"con", "prn", "aux", "nul", *(f"{port}{at}" for port in ("com", "lpt") for at in range(1, 10))})
_MACROS = re.compile(r"vba|macro|activex|(^|/)ole", re.IGNORECASE)
_EMBEDDED = re.compile(r"(^|/)(embeddings|externallinks)/|\.(exe|dll|js|vbs|bat|cmd|ps1|scr|msi|lnk|zip|rar|7z|jar|xlsm?|docm?)$",
                       re.IGNORECASE)  # fmt: skip
_DECLARED = re.compile(rb"encoding\s*=\s*[\"']([^\"']+)[\"']")
_FOREIGN_LINK = re.compile(rb"<(?:[\w.-]+:)?Relationship\b[^>]*>")
_COLUMN = re.compile(rb"r\s*=\s*[\"']([A-Za-z]{1,3})[0-9]")
_ROW = re.compile(rb"r\s*=\s*[\"'][A-Za-z]{0,3}([0-9]{1,9})[\"']")
_ROW_BEGIN = re.compile(rb"<(?:[\w.-]+:)?row[\s/>]")
_CELL_BEGIN = re.compile(rb"<(?:[\w.-]+:)?c[\s/>]")
_SHARED = re.compile(rb"t\s*=\s*[\"']s[\"'][^>]*>\s*<(?:[\w.-]+:)?v[^>]*>\s*([0-9]{1,9})")
_STRING_END = re.compile(rb"</(?:[\w.-]+:)?si\s*>")


@dataclass(frozen=True, slots=True)
class Door:
    """Door (上传入口): under which codes it refuses another kind, too much, and a path; bytes a package may unpack to."""

    kind: str
    size: str
    path: str
    unpacked: int


def shown(name: str) -> str:
    """A file name as a sentence may carry it: no invisible characters, not endless."""
    plain = "".join(each for each in name if each.isprintable())
    return plain if len(plain) <= 60 else f"{plain[:40]}…{plain[-15:]}"


def check_name(name: str, door: Door) -> str:
    """A file name that leads nowhere and can be kept on any machine. Raises CewenError with the code of the door."""
    stem = name.partition(".")[0].strip().lower()
    is_odd = any(each in '/\\:*?"<>|\0' or not each.isprintable() for each in name)
    if not name or len(name) > LONGEST_NAME or name[0] in ".~" or name[-1] in ". " or is_odd or stem in _DEVICES:
        raise CewenError.of(door.path, f"文件名“{shown(name)}”太长，或有路径、不能用的字符。", "换一个普通的文件名。")
    return name


def check_package(stream: IO[bytes], name: str, door: Door, main: str) -> None:
    """Whether a package (xlsx, docx) is what it says and nothing besides. Reads every part once and keeps none.

    `main` is WORKBOOK or DOCUMENT. Raises CewenError with a code of the door: another kind, locked, damaged, macros,
    embedded objects, links to elsewhere, entities of its own; too large unpacked; paths inside.
    """
    said, ending = f"“{shown(name)}”", "xlsx" if main == WORKBOOK else "docx"
    remedy = f"用 Office 或 WPS 打开，另存为普通的 {ending}。"
    stream.seek(0)
    head = stream.read(4)
    if head == _COMPOUND:
        raise CewenError.of(door.kind, f"{said}加了密码，或是旧版格式。", f"去掉密码，另存为 {ending}。")
    if head != _ZIP:
        raise CewenError.of(door.kind, f"{said}不是 {ending}，或已损坏。", remedy)
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            parts = archive.infolist()
            _check_directory(parts, said, remedy, door)
            names = {part.filename for part in parts}
            if "[Content_Types].xml" not in names or main not in names:
                raise CewenError.of(door.kind, f"{said}不是 {ending}，或已损坏。", remedy)
            _check_parts(archive, parts, said, remedy, door, main)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError, ValueError) as error:
        raise CewenError.of(door.kind, f"{said}已损坏，读不完整。", remedy) from error
    except Exception as error:
        if type(error).__module__ != "zlib":
            raise
        raise CewenError.of(door.kind, f"{said}已损坏，读不完整。", remedy) from error


def _check_directory(parts: list[zipfile.ZipInfo], said: str, remedy: str, door: Door) -> None:
    if len(parts) > MOST_PARTS:
        raise CewenError.of(door.size, f"{said}里有 {len(parts)} 个部分，不像正常的文件。", remedy)
    seen: set[str] = set()
    for part in parts:
        low = part.orig_filename.lower()
        pieces = low.replace("\\", "/").split("/")
        is_link = (part.external_attr >> 16) & 0o170000 == 0o120000
        if low.startswith(("/", "\\")) or ".." in pieces or ":" in low or "\0" in low or is_link:
            raise CewenError.of(door.path, f"{said}里有指向别处的路径。", remedy)
        if low in seen:
            raise CewenError.of(door.kind, f"{said}里有两个同名的部分。", remedy)
        seen.add(low)
        if part.flag_bits & 1:
            raise CewenError.of(door.kind, f"{said}加了密码。", "去掉密码再传。")
        if _MACROS.search(low):
            raise CewenError.of(door.kind, f"{said}里有宏或控件，不收。", f"去掉宏。{remedy}")
        if _EMBEDDED.search(low):
            raise CewenError.of(
                door.kind, f"{said}里嵌有别的文件，或链接到别的文件，不收。", f"删去嵌入的对象、断开链接。{remedy}"
            )
    # What the directory promises; what a part really holds is counted while it is read.
    bomb = CewenError.of(door.size, f"{said}解开后过大，不像正常的文件。", remedy)
    if sum(part.file_size for part in parts) > door.unpacked:
        raise bomb
    for part in parts:
        if part.file_size > _BLOCK and part.file_size > LARGEST_RATIO * max(1, part.compress_size):
            raise bomb


def _check_parts(
    archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo], said: str, remedy: str, door: Door, main: str
) -> None:
    kinds = archive.read("[Content_Types].xml")
    if b"macroEnabled" in kinds:
        raise CewenError.of(door.kind, f"{said}里有宏，不收。", f"去掉宏。{remedy}")
    texts, whole, cells = _Texts(), 0, 0
    for part in parts:
        sheet = _Sheet()
        for window, overlap in _windows(archive, part):
            if not overlap and not _is_plain_xml(part.filename, window):
                raise CewenError.of(door.kind, f"{said}里有编码不明的内容，不收。", remedy)
            whole += len(window) - overlap
            if whole > door.unpacked:
                raise CewenError.of(door.size, f"{said}解开后过大，不像正常的文件。", remedy)
            if (b"<!DOCTYPE" in window or b"<!ENTITY" in window) and not part.filename.lower().endswith(".svg"):
                raise CewenError.of(door.kind, f"{said}里有自定义的实体（DTD），不收。", remedy)
            if part.filename.lower().endswith(".rels") and _leads_outside(window):
                raise CewenError.of(door.kind, f"{said}会从别处取内容，不收。", f"断开外部链接、嵌入图片。{remedy}")
            if main == WORKBOOK and part.filename.lower().endswith("sharedstrings.xml"):
                texts.add(window[overlap:])
            elif main == WORKBOOK:
                sheet.add(window, overlap)
                if sheet.columns > MOST_COLUMNS or sheet.rows * sheet.columns > MOST_CELLS:
                    message = f"{said}的工作表有 {sheet.rows:,} 行 × {sheet.columns:,} 列，装不下。"
                    raise CewenError.of(door.size, message, "删去远处的空单元格；确有这么多，改存 csv 或 parquet。")
        if sheet.rows * sheet.columns > MOST_EMPTY and sheet.cells * LEAST_FILLED < sheet.rows * sheet.columns:
            message = f"{said}的工作表有 {sheet.rows:,} 行 × {sheet.columns:,} 列，几乎都是空的。"
            raise CewenError.of(door.size, message, "删去远处的空单元格，只留表格。")
        cells += sheet.cells
    is_heavy = texts.longest * cells > LARGEST_TEXTS and texts.shown_by(archive, parts) > LARGEST_TEXTS
    if texts.longest > LONGEST_STRING or is_heavy:
        raise CewenError.of(door.size, f"{said}里的文字过长，展开后装不下。", "缩短单元格里的文字，或改存 csv。")


def _windows(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[tuple[bytes, int]]:
    """Blocks of a part, each with the end of the one before, so that nothing hides between two; how much that is."""
    with archive.open(part) as stream:
        tail = b""
        while block := stream.read(_BLOCK):
            yield tail + block, len(tail)
            tail = block[-_OVERLAP:]


def _is_plain_xml(name: str, window: bytes) -> bool:
    """False for XML in an encoding in which the marks looked for would not be seen."""
    if not name.lower().endswith((".xml", ".rels", ".vml")):
        return True
    start = window.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        return True
    declared = _DECLARED.search(start[:200]) if start.startswith(b"<?xml") else None
    return start[:1] == b"<" and b"\0" not in start[:200] and (
        declared is None or declared[1].lower() in (b"utf-8", b"us-ascii", b"ascii")
    )  # fmt: skip


def _leads_outside(window: bytes) -> bool:
    """A relation to something outside that would be fetched; a hyperlink waits until somebody clicks."""
    return any(
        b"External" in each[0] and b"/hyperlink" not in each[0] for each in _FOREIGN_LINK.finditer(window)
    )  # fmt: skip


@dataclass(slots=True)
class _Texts:
    """Texts of a workbook: how long each is and how often cells show it."""

    lengths: list[int] = field(default_factory=list)
    open_length: int = 0
    longest: int = 0

    def add(self, window: bytes) -> None:
        *ended, rest = _STRING_END.split(window)
        for piece in ended:
            self._end(self.open_length + len(piece))
            self.open_length = 0
        self.open_length += len(rest)
        self.longest = max(self.longest, self.open_length)

    def _end(self, length: int) -> None:
        self.lengths.append(length)
        self.longest = max(self.longest, length)

    def shown_by(self, archive: zipfile.ZipFile, parts: list[zipfile.ZipInfo]) -> int:
        """Bytes of all texts, each as often as a cell shows it: the sheets are read once more."""
        most, total = len(self.lengths), 0
        for part in parts:
            for window, overlap in _windows(archive, part):
                total += sum(self.lengths[at] for at in map(int, _SHARED.findall(window[overlap:])) if at < most)
        return total


@dataclass(slots=True)
class _Sheet:
    """The rectangle around the cells of one part, whether they name their places or just follow each other."""

    rows: int = 0
    columns: int = 0
    cells: int = 0
    counted_rows: int = 0
    open_cells: int = 0

    def add(self, window: bytes, overlap: int) -> None:
        """A block with the end of the one before; what is counted one by one is counted behind the overlap."""
        names = _COLUMN.findall(window)
        named = max((_number(each) for each in set(names)), default=0)
        self.rows = max(self.rows, max(map(int, set(_ROW.findall(window))), default=0))
        self.columns = max(self.columns, named)
        cells = sum(map(window.count, (b"<c ", b"<c>", b"<c/", b":c ", b":c>", b":c/")))
        self.cells += cells
        if cells > len(names) + _CUT or b"<row>" in window or b"<row/" in window:
            self._count(window[overlap:])
        else:
            self.open_cells = 0

    def _count(self, block: bytes) -> None:
        """Cells that do not name their places follow each other, in rows that do."""
        *ended, rest = _ROW_BEGIN.split(block)
        for piece in ended:
            self.columns = max(self.columns, self.open_cells + len(_CELL_BEGIN.findall(piece)))
            self.open_cells = 0
        self.counted_rows += len(ended)
        self.open_cells += len(_CELL_BEGIN.findall(rest))
        self.rows, self.columns = max(self.rows, self.counted_rows), max(self.columns, self.open_cells)


def _number(letters: bytes) -> int:
    found = 0
    for each in letters.upper():
        found = found * 26 + each - 64
    return found


def check_delimited(stream: IO[bytes], name: str, door: Door) -> None:
    """Whether a csv is text with lines and columns of an ordinary table. Raises CewenError with a code of the door."""
    said, remedy = f"“{shown(name)}”", "用 Excel 另存为“CSV UTF-8（逗号分隔）”。"
    stream.seek(0)
    length, is_first = 0, True
    while block := stream.read(_BLOCK):
        if b"\0" in block or (block.startswith((b"\xff\xfe", b"\xfe\xff")) and is_first):
            raise CewenError.of(door.kind, f"{said}的文字编码不是 UTF-8，也不是 GB18030，或不是文本。", remedy)
        if is_first and max(map(block.partition(b"\n")[0].count, (b",", b"\t", b";"))) >= MOST_COLUMNS:
            raise CewenError.of(door.size, f"{said}有 {MOST_COLUMNS:,} 列以上，不像名册。", "只留要用的列。")
        is_first = False
        first, *more = block.split(b"\n")
        length += len(first)
        longest = max((len(each) for each in more[:-1]), default=0)
        if max(length, longest) > LONGEST_LINE:
            raise CewenError.of(door.size, f"{said}有一行长过 {LONGEST_LINE // 2**20} MB。", "核对换行；每家企业一行。")
        if more:
            length = len(more[-1])
