"""Numerals in Arabic and Chinese digits, exactly."""

from __future__ import annotations

from fractions import Fraction

CHINESE_DIGITS = {
    "〇": 0,
    "零": 0,
    "一": 1,
    "二": 2,
    "两": 2,
    "三": 3,
    "四": 4,
    "五": 5,
    "六": 6,
    "七": 7,
    "八": 8,
    "九": 9,
}
SMALL_SCALES = {"十": 10, "百": 100, "千": 1000}
LARGE_SCALES = {"万": 10**4, "亿": 10**8}
CHINESE_NUMERAL = "〇零一二两三四五六七八九十百千万亿半"
LONGEST_NUMERAL = 40
"""More digits than this is no number of a policy; it is left alone so that nothing grows without bound."""


def parse_arabic(text: str) -> Fraction:
    """ "6,800" and "1.5" as fractions; ValueError for anything else."""
    return Fraction(text.replace(",", ""))


def parse_scale(text: str) -> int:
    """ "万" is 10 000, "百万" 1 000 000, "" 1."""
    value = 1
    for character in text:
        value *= SMALL_SCALES.get(character) or LARGE_SCALES[character]
    return value


def parse_chinese(text: str) -> Fraction | None:
    """ "五百万" is 5 000 000, "二十" 20, "二〇" 20, "百" 100 (one of it), "半" a half; None for what is no number."""
    if text == "半":
        return Fraction(1, 2)
    if not text or "半" in text or len(text) > LONGEST_NUMERAL:
        return None
    if all(character in CHINESE_DIGITS for character in text):
        digits = "".join(str(CHINESE_DIGITS[character]) for character in text)
        return Fraction(int(digits))
    total = section = 0
    digit: int | None = None
    for character in text:
        if character in CHINESE_DIGITS:
            if digit:
                return None
            digit = CHINESE_DIGITS[character]
        elif character in SMALL_SCALES:
            section += (1 if digit is None or digit == 0 else digit) * SMALL_SCALES[character]
            digit = None
        else:
            section += digit or 0
            digit = None
            scale = LARGE_SCALES[character]
            if scale > total > 0:
                total = (total + section) * scale
            else:
                total += (section or 1) * scale
            section = 0
    return Fraction(total + section + (digit or 0))
