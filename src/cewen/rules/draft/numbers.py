"""Numbers of a reading as the condition language writes them: 500万元, 15%, 1.5亿元, 4级."""

from __future__ import annotations

from fractions import Fraction

from cewen.rules.phrase import plain_number
from cewen.rules.types import Quantity, parse_literal

_SCALES = ((10**8, "亿"), (10**4, "万"), (1, ""))


def has_decimals(value: Fraction) -> bool:
    """Whether a number can be written out in digits."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    return rest == 1


def money_text(amount: Fraction, unit: str = "元") -> str:
    """An amount with the largest scale that leaves it whole or short: 5000万元, 1.5亿元, 300万美元."""
    for scale, word in _SCALES:
        scaled = amount / scale
        if amount >= scale and has_decimals(scaled) and (scaled * 100).denominator == 1:
            return f"{plain_number(scaled)}{word}{unit}"
    if has_decimals(amount):
        return f"{plain_number(amount)}{unit}"
    return f"{amount.numerator}{unit} / {amount.denominator}"


def share_text(percent: Fraction) -> str:
    """A rate given in percent: 10%, or 1 / 3 where it has no end in digits."""
    if has_decimals(percent):
        return f"{plain_number(percent)}%"
    share = percent / 100
    return f"{share.numerator} / {share.denominator}"


def value_text(value: Fraction, unit: str) -> str:
    """A threshold with its unit."""
    if unit.endswith("元"):
        return money_text(value, unit)
    if unit in ("%", "个百分点", "‰"):
        return f"{plain_number(value)}{unit}" if has_decimals(value) else share_text(value)
    return f"{plain_number(value)}{unit}" if has_decimals(value) else f"{value.numerator} / {value.denominator}"


def unit_of(unit: str) -> Quantity | None:
    """The unit a fact must have to be held against a number; None where the language has none."""
    try:
        return parse_literal(Fraction(1), unit)[1]
    except ValueError:
        return None
