"""One cell to one value: what a spreadsheet or a column makes of a number becomes exact again, or is refused."""

from __future__ import annotations

import math
from datetime import date
from decimal import Decimal

from cewen.base.money import LARGEST_FEN
from cewen.engine.fact_value import ValueFault, read_value
from cewen.engine.factsheet import Value
from cewen.engine.register.columns import Column
from cewen.engine.register.formula_errors import ERRORS
from cewen.engine.register.table import Cell
from cewen.rules.facts import Fact
from cewen.rules.regions import Regions
from cewen.rules.types import Kind

_LARGEST_EXACT = 2**53
"""Above it a binary float no longer holds every whole number; for money the whole number is fen."""

_NOTHING = ("无", "没有")
"""How a cell says that a set is known to be empty; a blank cell says it is not known."""


def read_cell(column: Column, cell: Cell, regions: Regions) -> Value | None:
    """The value of a cell in the base unit of its fact; None for a blank one. Raises ValueFault."""
    fact = column.fact
    if isinstance(cell, str) and cell in ERRORS:
        raise ValueFault("CW602", f"“{fact.label}”的公式出错：{cell}", "改好公式；不知道的留空。")
    raw: object = _exact(fact, cell) if isinstance(cell, float) else cell
    if column.in_fen:
        raw = _yuan(fact, raw)
    elif fact.type in (Kind.TEXT, Kind.USCC, Kind.ENUM) and isinstance(raw, int) and not isinstance(raw, bool):
        raw = str(raw)
    elif fact.type is Kind.SET and isinstance(raw, str) and raw.strip() in _NOTHING and raw not in fact.values:
        raw = []
    elif isinstance(raw, date) and fact.type is not Kind.DATE:
        raw = raw.isoformat()
    return read_value(fact, raw, regions)


def _exact(fact: Fact, number: float) -> int | Decimal:
    """The shortest decimal that the float stands for, which is what was typed."""
    if not math.isfinite(number):
        raise ValueFault("CW603", f"“{fact.label}”不是可用的数：{number}", "填写有限的数；不知道的留空。")
    if fact.type is Kind.USCC:
        message = f"“{fact.label}”被存成数字，末几位已经丢失"
        raise ValueFault("CW606", message, "把这一列设为文本格式，照营业执照重填 18 位代码。")
    limit = _LARGEST_EXACT // 100 if fact.type is Kind.MONEY else _LARGEST_EXACT
    if abs(number) > limit:
        message = f"“{fact.label}”太大，工作表里的数已不精确：{number:.17g}"
        raise ValueFault("CW613", message, "核对位数；确实这样大的，把单元格设为文本并带单位写，如 100万亿元。")
    return int(number) if number.is_integer() else Decimal(repr(number))


def _yuan(fact: Fact, raw: object) -> object:
    """Yuan of whole fen; anything but a whole number is refused."""
    if isinstance(raw, str):
        text = raw.strip().replace(",", "")
        raw = int(text) if text.lstrip("+-").isdecimal() else raw
    if isinstance(raw, Decimal) and raw.is_finite() and raw == raw.to_integral_value():
        raw = int(raw)
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise ValueFault("CW604", f"“{fact.label}”以分计，应是整数，写的是“{raw}”", "填写以分为单位的整数。")
    if abs(raw) > LARGEST_FEN:
        raise ValueFault("CW603", f"“{fact.label}”超出可表示的范围", "检查是否多写了位数。")
    return Decimal(raw).scaleb(-2)
