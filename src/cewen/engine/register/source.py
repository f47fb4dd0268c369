"""Which tables a register consists of: the sheets of a workbook, one file, or the files of a folder."""

from __future__ import annotations

import difflib
from collections.abc import Callable
from pathlib import Path

from cewen.base.errors import CewenError
from cewen.base.money import fold
from cewen.base.source import Place
from cewen.engine.register.columnar import read_columnar
from cewen.engine.register.delimited import read_delimited
from cewen.engine.register.findings import Findings
from cewen.engine.register.table import Table
from cewen.engine.register.workbook import read_workbook
from cewen.rules.facts import COLLECTIONS, SUBJECTS

SHEETS: dict[str, str] = {
    **SUBJECTS, "awards": "已获奖补",
}  # fmt: skip
"""Subject and the Chinese name of its sheet; `awards` are the awards already made."""

_SUBJECT_OF: dict[str, str] = {name: subject for subject, name in SHEETS.items()}
_SUBJECT_OF |= {"enterprises": "enterprise", "awards": "awards"}
_SUBJECT_OF |= {collection: subject for subject, collection in COLLECTIONS.items()}

NOTES = frozenset({"说明", "填表说明", "来源", "readme", "notes", "sources"})
"""Sheets and files that accompany a register and hold no facts."""


def _one_delimited(path: Path) -> list[Table]:
    return [read_delimited(path)]


def _one_columnar(path: Path) -> list[Table]:
    return [read_columnar(path)]


_READERS: dict[str, Callable[[Path], list[Table]]] = {
    ".xlsx": read_workbook,
    ".xlsm": read_workbook,
    ".csv": _one_delimited,
    ".parquet": _one_columnar,
}


def find_tables(path: Path, findings: Findings) -> dict[str, Table]:
    """Subject -> table. Raises CewenError where a file cannot be read at all; wrong names go to `findings`."""
    if path.is_dir():
        tables = [table for file in _files(path) for table in _READERS[file.suffix.lower()](file)]
    elif path.suffix.lower() in _READERS:
        tables = _READERS[path.suffix.lower()](path)
    else:
        message = f"不认识“{path.suffix or path.name}”这种文件"
        raise CewenError.of("CW610", message, f"名册用 {'、'.join(_READERS)}，或放这些文件的文件夹。", Place(str(path)))
    found: dict[str, Table] = {}
    for table in tables:
        subject = _SUBJECT_OF.get(fold(table.name).lower())
        if subject is None and table.sheet is None and not path.is_dir():
            subject = "enterprise"  # one csv or parquet file under any name is the list of enterprises
        if subject is None:
            _check_name(table, findings)
        elif subject in found:
            message = f"“{SHEETS[subject]}”有两张表：{found[subject].place()} 与 {table.place()}"
            findings.error("CW611", message, "合并成一张，或移走一张。", table.place())
        else:
            found[subject] = table
    if "enterprise" not in found:
        remedy = "工作表取名“企业”，文件取名 enterprises.csv 或 企业.csv。"
        findings.error("CW611", "没有企业表", remedy, Place(str(path)))
    return found


def _files(folder: Path) -> list[Path]:
    files = (file for file in sorted(folder.iterdir()) if file.is_file() and file.name[:1] not in (".", "~"))
    found = [file for file in files if file.suffix.lower() in _READERS and fold(file.stem).lower() not in NOTES]
    if not found:
        raise CewenError.of("CW610", "文件夹里没有名册文件", f"放入 {'、'.join(_READERS)} 文件。", Place(str(folder)))
    return found


def _check_name(table: Table, findings: Findings) -> None:
    if fold(table.name).lower() in NOTES or all(row.is_blank for row in table.rows):
        return
    near = difflib.get_close_matches(fold(table.name).lower(), list(_SUBJECT_OF), n=1, cutoff=0.5)
    what = "工作表" if table.sheet else "文件"
    hint = f"是不是“{near[0]}”？" if near else ""
    known = "、".join(f"{name}" for name in SHEETS.values())
    remedy = f"{hint}改名为 {known} 之一；不算的放进“说明”或移走。"
    findings.error("CW611", f"不认识{what}“{table.name}”", remedy, table.place())
