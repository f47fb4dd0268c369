"""How great one award may be before sums could overflow."""

from __future__ import annotations

from cewen.base.errors import CewenError
from cewen.rules.lower import LoweredMeasure

LARGEST_AWARD = 10**16
"""Fen of one award; five hundred of them still fit in 64 bits together. A greater award is a mistake in a rule."""


def oversized(measure: LoweredMeasure) -> CewenError:
    """The error (CW647) for an award beyond the limit, naming measure and clause."""
    about = f"措施“{measure.measure.title}”（{measure.measure.clause}）"
    message = f"{about}算出的一笔奖补超过 100 万亿元，合计会溢出"
    return CewenError.of("CW647", message, "检查方案里金额、比例的单位，或给它加上限 cap。")
