"""Types and units of facts and expressions: 500万元 is money, 15% a ratio, 4级 a level; they do not mix."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from cewen.base.money import FEN_PER_YUAN, SCALES


class Kind(StrEnum):
    """What a fact's value is. The words are those of the `type` column of the contract."""

    MONEY = "money"
    COUNT = "count"
    INTEGER = "integer"
    RATIO = "ratio"
    BOOLEAN = "boolean"
    TEXT = "text"
    ENUM = "enum"
    SET = "set"
    REGION = "region"
    USCC = "uscc"
    DATE = "date"

    @property
    def label(self) -> str:
        return _LABELS[self]

    @property
    def is_number(self) -> bool:
        return self in (Kind.MONEY, Kind.COUNT, Kind.INTEGER, Kind.RATIO)


_LABELS = {
    Kind.MONEY: "金额", Kind.COUNT: "数量", Kind.INTEGER: "整数", Kind.RATIO: "比例", Kind.BOOLEAN: "是否",
    Kind.TEXT: "文字", Kind.ENUM: "单选", Kind.SET: "多选", Kind.REGION: "地区", Kind.USCC: "统一社会信用代码",
    Kind.DATE: "日期",
}  # fmt: skip

MONEY_UNIT = "元"
RATIO_UNIT = ""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A type with number values. `unit` is 元 (held as fen), "" for pure numbers and ratios, or a counting word."""

    unit: str

    @property
    def is_money(self) -> bool:
        return self.unit == MONEY_UNIT

    @property
    def label(self) -> str:
        if self.unit == RATIO_UNIT:
            return "比例或纯数"
        return "金额（元）" if self.is_money else f"以“{self.unit}”计的数量"


MONEY = Quantity(MONEY_UNIT)
RATIO = Quantity(RATIO_UNIT)

_PERCENT = {"%": Fraction(1, 100), "‰": Fraction(1, 1000), "个百分点": Fraction(1, 100)}
_ALIASES = {"个月": ("月", 1), "年": ("月", 12), "位": ("名", 1)}
"""Counting words that mean another unit; 年 as a length of time is twelve months."""


def parse_literal(number: Fraction, suffix: str) -> tuple[Fraction, Quantity]:
    """The value in its base unit (fen for money) of a number and what is written after it.

    "500" + "万元" -> 500_000_000 fen; "15" + "%" -> 3/20; "2" + "年" -> 24 月. Raises ValueError in Chinese.
    """
    suffix = suffix.strip()
    if suffix in _PERCENT:
        return number * _PERCENT[suffix], RATIO
    scale = next((word for word in sorted(SCALES, key=len, reverse=True) if word and suffix.startswith(word)), "")
    unit = suffix[len(scale) :]
    value = number * SCALES[scale]
    if unit == MONEY_UNIT:
        return value * FEN_PER_YUAN, MONEY
    if unit in _ALIASES:
        unit, factor = _ALIASES[unit]
        return value * factor, Quantity(unit)
    if any(mark in unit for mark in SCALES if mark):
        raise ValueError(f"“{suffix}”不是认识的单位")
    return value, Quantity(unit)
