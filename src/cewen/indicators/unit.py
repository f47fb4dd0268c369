"""Units of indicators: 亿元 and 万亿元, 万个 and 个, 个 and 家 — brought to one so that numbers can be compared."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

_TIMES = (("万亿", 10**12), ("百亿", 10**10), ("十亿", 10**9), ("亿", 10**8), ("万", 10**4), ("千", 10**3))
_COUNTED = frozenset({"个", "家", "项", "款", "名", "人", "件", "所", "座", "批", "场", "份", "次"})
_FLOPS = {"PFLOPS": 1, "EFLOPS": 1000}


@dataclass(frozen=True, slots=True)
class Unit:
    """Unit (计量单位): how many of the `base` one of it is; things that are counted (个、家、项) have one base."""

    text: str
    factor: Fraction
    base: str


def parse_unit(text: str) -> Unit:
    """亿元 is 10^8 元; 万个 is 10^4 of what is counted; `个/年` is 个 (that it is yearly is the target's frequency)."""
    plain = text.strip().removesuffix("/年")
    if plain in _FLOPS:
        return Unit(text, Fraction(_FLOPS[plain]), "PFLOPS")
    if plain == "%":
        return Unit(text, Fraction(1, 100), "比例")
    if plain == "倍":
        return Unit(text, Fraction(1), "倍")
    head, slash, per = plain.partition("/")
    for prefix, times in _TIMES:
        if head.startswith(prefix) and len(head) > len(prefix):
            return Unit(text, Fraction(times), _base(head.removeprefix(prefix)) + slash + per)
    return Unit(text, Fraction(1), _base(head) + slash + per)


def _base(name: str) -> str:
    return "个" if name in _COUNTED else name


def convert(value: Fraction, unit: str, to: str) -> Fraction | None:
    """`value` of `unit` in units of `to`; None where they do not measure the same thing."""
    own, other = parse_unit(unit), parse_unit(to)
    return value * own.factor / other.factor if own.base == other.base else None
