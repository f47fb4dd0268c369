"""Formula: an amount, or a rate of a base, up to a cap. 给予500万元；按投资额的30%给予最高500万元."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar, Literal

from pydantic import Field

from cewen.base.certainty import Certainty
from cewen.rules.kinds.limits import limited
from cewen.rules.measure import Dated, Measure, Scope, Tier, shown, spellings


class FormulaMeasure(Measure):
    """Reward or cost-share subsidy (奖励、补助) given by one expression."""

    kind_label: ClassVar[str] = "定额或按比例"

    kind: Literal["formula"] = "formula"
    amount: Dated = Field(description="金额表达式，如 500万元 或 年研发投入 * 10%")
    cap: Dated | None = Field(None, description="最高不超过，如 100万元")

    def lower_tiers(self, scope: Scope) -> tuple[Tier, ...]:
        amount = limited(scope.money(self.amount, "amount"), self.cap, scope)
        return (Tier(None, None, amount),)

    def amount_sentence(self) -> str:
        constant = isinstance(self.amount, str) and self.amount[:1].isdigit() and self.cap is None
        if constant:
            return ("给予最高" if self.certainty in (Certainty.CEILING, Certainty.SELECTIVE) else "给予") + str(
                self.amount
            )
        rate = "按不超过" if self.certainty is Certainty.CEILING else "按"
        return f"{rate}“{shown(self.amount)}”计算" + (f"，最高不超过{shown(self.cap)}" if self.cap else "")

    def amount_expressions(self) -> Iterator[tuple[str, tuple[str | int, ...]]]:
        yield from ((text, ("amount",)) for text in spellings(self.amount))
        if self.cap is not None:
            yield from ((text, ("cap",)) for text in spellings(self.cap))
