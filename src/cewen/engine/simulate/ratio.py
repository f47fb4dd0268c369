"""Ratios as people write them, exact: 8%, -3.5%, 0.08."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from fractions import Fraction

from cewen.base.errors import CewenError
from cewen.base.money import fold


def parse_ratio(text: str, what: str, least: Fraction, most: Fraction) -> Fraction:
    """The exact ratio of "8%" or "0.08". Raises CewenError (CW648), naming `what`, for other text or out of bounds."""
    folded = fold(text).replace(" ", "")
    try:
        number = Decimal(folded.removesuffix("%").removesuffix("％"))
        if not number.is_finite() or abs(number.adjusted()) > 9:
            raise InvalidOperation
        value = Fraction(number) / (100 if folded.endswith("%") else 1)
    except (InvalidOperation, ValueError):
        raise CewenError.of("CW648", f"{what}“{text}”不是比例", "写成 8% 这样。") from None
    if not least <= value <= most:
        message = f"{what}“{text}”不在 {ratio_text(least)} 到 {ratio_text(most)} 之间"
        raise CewenError.of("CW648", message, "核对百分号与小数点。")
    return value


def ratio_text(value: Fraction, places: int = 2) -> str:
    """Percent with at most `places` decimals, rounded half up: 3/20 -> "15%"."""
    scaled = value * 100 * 10**places
    magnitude = (2 * abs(scaled.numerator) + scaled.denominator) // (2 * scaled.denominator)
    number = Decimal(magnitude if value >= 0 else -magnitude).scaleb(-places)
    text = f"{number:f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text) + "%"
