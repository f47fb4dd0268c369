"""What the tests of registers share: codes that are valid and never real, and registers written in every format."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import xlsxwriter

Table = Sequence[Sequence[Any]]

CODES = ("91429999H00000004F", "91429999H00000012A", "91429999H000000205", "91429999H000000392")
"""Valid check digits, a region that does not exist."""

ENTERPRISES: Table = (
    ("名称", "统一社会信用代码", "注册地", "企业类型", "年营业收入:2022", "年营业收入：2023", "年研发投入:2023", "DCMM等级"),
    ("甲公司", CODES[0], "420111", "软件企业", "5000万元", 68000000, "1200万元", 3),
    ("乙公司", CODES[1], "武汉市武昌区", "制造业企业、软件企业", 10000000, 12999999.99, 3000000, 0),
    ("丙公司", CODES[2], "420502", "软件企业", 10000000, "", "", ""),
)  # fmt: skip
PROJECTS: Table = (
    ("统一社会信用代码", "项目名称", "项目类型", "生产性设备投资", "项目研发投入", "建设期月数"),
    (CODES[1], "产线一期", "智能化改造", 8000000, 1000000, 18),
    (CODES[1], "产线二期", "智能化改造", 4999999.99, 0, 12),
)
AWARDS: Table = (
    ("统一社会信用代码", "措施", "日期", "金额"),
    (CODES[0], "wuhan/2022-digital-economy-measures#dcmm-award", "2022-11-01", 200000),
)
SHEETS: Mapping[str, Table] = {"企业": ENTERPRISES, "项目": PROJECTS, "已获奖补": AWARDS}


def write_csv(path: Path, rows: Table, encoding: str = "utf-8-sig") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def write_folder(folder: Path, sheets: Mapping[str, Table] = SHEETS) -> Path:
    folder.mkdir(exist_ok=True)
    for name, rows in sheets.items():
        write_csv(folder / f"{name}.csv", rows)
    return folder


def write_workbook(path: Path, sheets: Mapping[str, Table] = SHEETS) -> Path:
    book = xlsxwriter.Workbook(path)
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    book.close()
    return path
