"""Tiered: steps by level, threshold or title. 三、四、五级的，分别给予20万元、30万元、50万元."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from cewen.rules.kinds.limits import limited
from cewen.rules.measure import Dated, Measure, Scope, Tier, shown, spellings


class TierEntry(BaseModel):
    """One step (档), written lowest first."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(description="档次名称，如 五级")
    when: str = Field(description="适用条件")
    amount: Dated


class TieredMeasure(Measure):
    """Reward by steps (分档奖励): of the steps whose condition is met the last one counts."""

    kind_label: ClassVar[str] = "分档"

    kind: Literal["tiered"] = "tiered"
    tiers: tuple[TierEntry, ...] = Field(min_length=1, description="由低到高")
    cap: Dated | None = None

    def lower_tiers(self, scope: Scope) -> tuple[Tier, ...]:
        return tuple(
            Tier(
                entry.name,
                scope.truth(entry.when, "tiers", index, "when"),
                limited(scope.money(entry.amount, "tiers", index, "amount"), self.cap, scope),
                entry.when,
            )
            for index, entry in enumerate(self.tiers)
        )

    def amount_sentence(self) -> str:
        steps = "；".join(f"{entry.name}（{entry.when}）{shown(entry.amount)}" for entry in self.tiers)
        return f"分档给予：{steps}" + (f"，最高不超过{shown(self.cap)}" if self.cap else "")

    def amount_expressions(self) -> Iterator[tuple[str, tuple[str | int, ...]]]:
        for index, entry in enumerate(self.tiers):
            yield from ((text, ("tiers", index, "amount")) for text in spellings(entry.amount))
        if self.cap is not None:
            yield from ((text, ("cap",)) for text in spellings(self.cap))
