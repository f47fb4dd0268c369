"""Co-funding: a share of what a higher level gave. 按照省级支持资金额度的20%予以奖励."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from cewen.rules import ops
from cewen.rules.kinds.limits import limited
from cewen.rules.measure import Dated, Measure, Scope, Tier, shown, spellings
from cewen.rules.types import MONEY


class CoFundingMeasure(Measure):
    """Co-funding (配套支持) of an award the register already knows."""

    kind_label: ClassVar[str] = "配套"

    kind: Literal["co_funding"] = "co_funding"
    of: str = Field(description="上级支持金额的事实，如 省级支持金额")
    rate: Dated = Field(description="配套比例，如 20%；1:1 写 100%")
    cap: Dated | None = None

    def lower_tiers(self, scope: Scope) -> tuple[Tier, ...]:
        amount = ops.Multiply(MONEY, scope.money(self.of, "of"), scope.number(self.rate, "rate"))
        return (Tier(None, None, limited(amount, self.cap, scope)),)

    def amount_sentence(self) -> str:
        return f"按“{self.of}”的{shown(self.rate)}配套" + (f"，最高不超过{shown(self.cap)}" if self.cap else "")

    def amount_expressions(self) -> Iterator[tuple[str, tuple[str | int, ...]]]:
        yield self.of, ("of",)
        for name, value in (("rate", self.rate), ("cap", self.cap)):
            if value is not None:
                yield from ((text, (name,)) for text in spellings(value))
