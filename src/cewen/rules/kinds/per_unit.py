"""Per unit: so much for each person, item or square metre. 每引进1人给予20万元，每家机构最多支持3人."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from cewen.rules import ops
from cewen.rules.kinds.limits import limited
from cewen.rules.measure import Dated, Measure, Scope, Tier, shown, spellings
from cewen.rules.types import MONEY


class PerUnitMeasure(Measure):
    """Reward for each unit (按数量): unit amount times a counted fact, the count limited by `most`."""

    kind_label: ClassVar[str] = "按数量"

    kind: Literal["per_unit"] = "per_unit"
    each: Dated = Field(description="每一单位的金额，如 20万元")
    count: str = Field(description="数量类事实或表达式，如 引进人才数")
    most: Dated | None = Field(None, description="最多计多少，如 3人")
    cap: Dated | None = None

    def lower_tiers(self, scope: Scope) -> tuple[Tier, ...]:
        count = scope.number(self.count, "count")
        if self.most is not None:
            count = ops.Least(count.quantity, (count, scope.number(self.most, "most")))
        amount = ops.Multiply(MONEY, scope.money(self.each, "each"), count)
        return (Tier(None, None, limited(amount, self.cap, scope)),)

    def amount_sentence(self) -> str:
        most = f"，最多计{shown(self.most)}" if self.most else ""
        cap = f"，最高不超过{shown(self.cap)}" if self.cap else ""
        return f"按“{self.count}”每单位给予{shown(self.each)}{most}{cap}"

    def amount_expressions(self) -> Iterator[tuple[str, tuple[str | int, ...]]]:
        for name, value in (("each", self.each), ("most", self.most), ("cap", self.cap)):
            if value is not None:
                yield from ((text, (name,)) for text in spellings(value))
