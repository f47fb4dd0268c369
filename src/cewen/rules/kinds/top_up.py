"""Top-up: the difference between an amount and what was already awarded. 已获奖励的，补足差额."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import ClassVar, Literal

from pydantic import Field

from cewen.rules import ops
from cewen.rules.kinds.limits import limited
from cewen.rules.measure import Dated, Measure, Scope, Tier, shown, spellings
from cewen.rules.types import MONEY


class TopUpMeasure(Measure):
    """Top-up of differences (补差): never less than nothing."""

    kind_label: ClassVar[str] = "补差"

    kind: Literal["top_up"] = "top_up"
    amount: Dated = Field(description="应得总额")
    less: tuple[str, ...] = Field(min_length=1, description="要减去的措施，写 政策编号#措施编号")
    cap: Dated | None = None

    def lower_tiers(self, scope: Scope) -> tuple[Tier, ...]:
        full = limited(scope.money(self.amount, "amount"), self.cap, scope)
        rest = ops.Subtract(MONEY, full, ops.AwardedAmount(MONEY, self.less))
        return (Tier(None, None, ops.Greatest(MONEY, (rest, ops.Constant(MONEY, Fraction(0))))),)

    def amount_sentence(self) -> str:
        cap = f"，最高不超过{shown(self.cap)}" if self.cap else ""
        return f"按“{shown(self.amount)}”{cap}，减去已获的{'、'.join(self.less)}，补足差额"

    def amount_expressions(self) -> Iterator[tuple[str, tuple[str | int, ...]]]:
        yield from ((text, ("amount",)) for text in spellings(self.amount))
        if self.cap is not None:
            yield from ((text, ("cap",)) for text in spellings(self.cap))
