"""Money is whole fen. Text becomes fen exactly or not at all; fractions become fen once, half up."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal, InvalidOperation
from fractions import Fraction

FEN_PER_YUAN = 100
LARGEST_FEN = 2**63 - 1
"""Whole fen fit in 64 bits, so that columns and the reference hold the same values."""

SCALES: dict[str, int] = {
    "": 1, "十": 10, "百": 10**2, "千": 10**3, "万": 10**4, "十万": 10**5,
    "百万": 10**6, "千万": 10**7, "亿": 10**8, "十亿": 10**9, "百亿": 10**10, "千亿": 10**11, "万亿": 10**12,
}  # fmt: skip
"""Chinese scale words that may stand between a number and its unit."""

PART_OF_A_FEN = "金额的最小单位是分，不能再小"
TOO_LARGE = "金额超出可表示的范围（约 9.2 亿亿元）"
_MONEY = re.compile(r"(?P<sign>[+-]?)(?P<number>\d[\d,]*(?:\.\d+)?|\.\d+)(?P<scale>[十百千万亿]*)元?(?:人民币)?")


def fold(text: str) -> str:
    """Full-width letters, digits and signs as half-width ones (NFKC), without outer blanks."""
    return unicodedata.normalize("NFKC", text).strip()


def parse_money(text: str) -> int:
    """Whole fen of "1.5亿元", "6,800万元", "５００万元" or "12345.67" (yuan).

    Raises ValueError, with a Chinese sentence, for text that is no amount, has a part of a fen, or exceeds 64 bits.
    """
    match = _MONEY.fullmatch(fold(text).replace(" ", "").replace("¥", "").replace("￥", ""))
    if not match:
        raise ValueError(f"“{text}”不是金额")
    if match["scale"] not in SCALES:
        raise ValueError(f"“{match['scale']}元”不是认识的金额单位")
    whole, _, decimals = match["number"].replace(",", "").partition(".")
    one: int = 10 ** len(decimals)
    fen, rest = divmod(int(whole + decimals or "0") * SCALES[match["scale"]] * FEN_PER_YUAN, one)
    if rest:
        raise ValueError(PART_OF_A_FEN)
    if fen > LARGEST_FEN:
        raise ValueError(TOO_LARGE)
    return -fen if match["sign"] == "-" else fen


def whole_fen(yuan: Fraction | Decimal | int) -> int:
    """Fen of an exact amount of yuan; ValueError if a part of a fen is left over or 64 bits are exceeded."""
    try:
        fen = Fraction(yuan) * FEN_PER_YUAN
    except (InvalidOperation, ValueError, OverflowError) as error:
        raise ValueError(f"{yuan} 不是金额") from error
    if fen.denominator != 1:
        raise ValueError(PART_OF_A_FEN)
    if abs(fen.numerator) > LARGEST_FEN:
        raise ValueError(TOO_LARGE)
    return fen.numerator


def round_half_up(value: Fraction) -> int:
    """The nearest whole number; a half goes away from zero (GB/T 8170 rounds half to even; payment practice does not)."""
    magnitude = (2 * abs(value.numerator) + value.denominator) // (2 * value.denominator)
    return magnitude if value >= 0 else -magnitude


def yuan_text(fen: int) -> str:
    """Yuan with two decimals, as contracts and exports carry it: 1000000 -> "10000.00"."""
    sign = "-" if fen < 0 else ""
    yuan, rest = divmod(abs(fen), FEN_PER_YUAN)
    return f"{sign}{yuan}.{rest:02d}"


def display_money(fen: int) -> str:
    """For people: 万元 with two decimals below 1 亿, then 亿元; a thin space before the unit.

    The display is rounded half up; exact yuan stand in tooltips and exports.
    """
    unit, scale = ("亿元", 10**10) if abs(fen) >= 10**10 else ("万元", 10**6)
    hundredths = round_half_up(Fraction(fen * 100, scale))
    sign = "-" if hundredths < 0 else ""
    whole, rest = divmod(abs(hundredths), 100)
    return f"{sign}{whole:,}.{rest:02d}\u2009{unit}"
