"""Score cards from files: a definition in yaml, cells in csv, and both as plain data that gives the same card again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any, cast, get_args

import yaml

from cewen.base.errors import CewenError
from cewen.base.source import Place
from cewen.indicators.observation import read_number
from cewen.indicators.scorecard import Appeal, Flag, ScoreCard, ScoreCell, ScoreItem, score_districts

CELL_COLUMNS = ("district", "item", "plan", "result", "flag")
_REMEDY = "写 version、title 与 items；每项有 key、label、points，可有 most（完成率上限，如 1.2）与 unit。"


@dataclass(frozen=True, slots=True)
class CardContent:
    """What a score card is made of (记分卡内容): version of the weights, items and cells."""

    version: str
    title: str
    items: tuple[ScoreItem, ...]
    cells: tuple[ScoreCell, ...]

    def to_json(self) -> dict[str, Any]:
        """Plain data with exact numbers as text."""
        return {
            "version": self.version,
            "title": self.title,
            "items": [
                {"key": each.key, "label": each.label, "points": str(each.points), "most": str(each.most), "unit": each.unit}
                for each in self.items
            ],
            "cells": [
                {"district": each.district, "item": each.item, "plan": _text(each.plan), "result": _text(each.result),
                 "flag": each.flag}
                for each in self.cells
            ],
        }  # fmt: skip


def read_card(definition: bytes, cells: bytes) -> CardContent:
    """A definition (yaml) and its cells (csv with the columns of `CELL_COLUMNS`). Raises CewenError (CW753)."""
    try:
        data = yaml.safe_load(definition.decode("utf-8-sig"))
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise CewenError.of("CW753", "考核定义不是 UTF-8 的 YAML 文件", _REMEDY) from error
    if not isinstance(data, dict) or not isinstance(data.get("items"), list) or not data.get("version"):
        raise CewenError.of("CW753", "考核定义缺少 version 或 items", _REMEDY)
    try:
        text = cells.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise CewenError.of("CW753", "各格的数不是 UTF-8 的 csv 文件", "用 Excel 另存为“CSV UTF-8”。") from error
    reader = csv.DictReader(io.StringIO(text))
    missing = [name for name in CELL_COLUMNS if name not in (reader.fieldnames or ())]
    if missing:
        remedy = f"第一行写上：{'、'.join(CELL_COLUMNS)}。"
        raise CewenError.of("CW753", f"各格的表缺少列：{'、'.join(missing)}", remedy, Place("cells.csv", 1, 1))
    rows = [{name: (row[name] or "").strip() for name in CELL_COLUMNS} for row in reader]
    plain = {"version": str(data["version"]), "title": str(data.get("title") or "考核记分卡"), "items": data["items"]}
    return card_content(plain | {"cells": rows})


def card_content(data: Mapping[str, Any]) -> CardContent:
    """The content of plain data, as `to_json` gives it. Raises CewenError (CW753) naming the item or the row."""
    items = []
    for number, each in enumerate(data["items"], 1):
        if not isinstance(each, Mapping) or not each.get("key") or not each.get("label"):
            raise CewenError.of("CW753", f"第 {number} 个考核项缺少 key 或 label", _REMEDY)
        points = _number(each.get("points"), f"第 {number} 个考核项的 points")
        most = _number(each.get("most", "1"), f"第 {number} 个考核项的 most")
        if points is None or most is None:
            raise CewenError.of("CW753", f"第 {number} 个考核项缺少 points", _REMEDY)
        items.append(ScoreItem(str(each["key"]), str(each["label"]), points, most, str(each.get("unit") or "")))
    cells = []
    for row, each in enumerate(data["cells"], 2):
        flag = each.get("flag") or "reported"
        if flag not in get_args(Flag):
            remedy = f"写 {'、'.join(get_args(Flag))} 之一。"
            raise CewenError.of("CW753", f"第 {row} 行的 flag 写成了“{flag}”", remedy, Place("cells.csv", row, 1))
        plan, result = (_number(each.get(name), f"第 {row} 行的 {name}") for name in ("plan", "result"))
        if not each.get("district"):
            raise CewenError.of("CW753", f"第 {row} 行没有写地区", "填 district。", Place("cells.csv", row, 1))
        cells.append(ScoreCell(str(each["district"]), str(each["item"]), plan, result, cast(Flag, flag)))
    return CardContent(data["version"], data["title"], tuple(items), tuple(cells))


def appeal_of(district: str, item: str, on: date, text: str, decision: str, result: str) -> Appeal:
    """An appeal with its result as written; empty: nothing is changed. Raises CewenError (CW753)."""
    return Appeal(district, item, on, text, decision, _number(result, "申诉后的数"))


def card_of(content: CardContent, appeals: Iterable[Appeal] = ()) -> ScoreCard:
    """The card scored. Raises CewenError (CW809)."""
    return score_districts(content.version, content.items, content.cells, appeals)


def _number(value: Any, what: str) -> Fraction | None:
    text = "" if value is None else str(value).strip()
    if not text:
        return None
    try:
        return read_number(text)
    except (ValueError, ZeroDivisionError):
        raise CewenError.of("CW753", f"{what}“{text[:60]}”不是数", "只写数字，如 12.5；没有的留空。") from None


def _text(value: Fraction | None) -> str:
    return "" if value is None else str(value)
