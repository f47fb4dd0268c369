"""Numbers a reform moves by a factor nobody means: 万元 where 亿元 was, a lost percent sign."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from cewen.base.money import SCALES, fold

_LITERAL = re.compile(r"(?<![\w.])(?P<number>\d[\d,]*(?:\.\d+)?) *(?P<unit>%|[十百千万亿]*元)?")

FACTOR = Fraction(1000)
"""Amounts and counts: 万元 for 元 is ten thousand times, 亿元 for 万元 as well."""

RATIO_FACTOR = Fraction(100)
"""Ratios: a percent sign too many or too few."""


def suspect_factor(before: Any, after: Any) -> Fraction | None:
    """How many times its old value a number has become, where a mistaken unit is likelier than the intention.

    Values are texts of a measure file; of dated ones the last counts. None where the texts differ in more than numbers.
    """
    old, new = _text(before), _text(after)
    if old is None or new is None or _LITERAL.sub("#", old) != _LITERAL.sub("#", new):
        return None
    for one, other in zip(_numbers(old), _numbers(new), strict=True):
        (first, is_ratio), (second, is_ratio_too) = one, other
        most = RATIO_FACTOR if is_ratio or is_ratio_too else FACTOR
        if first and second and not 1 / most < second / first < most:
            return second / first
    return None


def factor_words(factor: Fraction) -> str:
    """原来的 10000 倍, 原来的万分之一 as 1/10000; not whole: about."""
    larger = factor >= 1
    times = factor if larger else 1 / factor
    whole = times.numerator // times.denominator
    about = "" if times.denominator == 1 else "约"
    return f"原来的{about} {whole} 倍" if larger else f"原来的{about} 1/{whole}"


def _text(value: Any) -> str | None:
    if isinstance(value, dict) and value:
        value = value[max(value)]
    return fold(value) if isinstance(value, str) else None


def _numbers(text: str) -> Iterator[tuple[Fraction, bool]]:
    """Each number in its base unit, and whether it is written as percent."""
    for match in _LITERAL.finditer(text):
        number, unit = Fraction(match["number"].replace(",", "")), match["unit"] or ""
        if unit == "%":
            yield number / 100, True
        else:
            yield number * SCALES.get(unit.removesuffix("元"), 1), False
