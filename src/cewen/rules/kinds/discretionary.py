"""Discretionary: a promise without a number. 以“一事一议”方式给予支持；按照规定给予奖励."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field, model_validator

from cewen.base.certainty import Certainty
from cewen.rules.measure import Measure, Scope, Tier

_BENEFITS = {
    "money": "资金支持", "voucher": "服务券", "interest_subsidy": "贷款贴息", "price_preference": "评审价格优惠",
    "purchase_subsidy": "采购补贴", "talent_support": "人才支持", "rent_relief": "租金减免",
}  # fmt: skip


class DiscretionaryMeasure(Measure):
    """Support decided case by case or by selection (一事一议、择优), whose amount the document does not give."""

    kind_label: ClassVar[str] = "无定额"

    kind: Literal["discretionary"] = "discretionary"
    benefit: Literal[
        "money", "voucher", "interest_subsidy", "price_preference", "purchase_subsidy", "talent_support", "rent_relief"
    ] = Field("money", description="支持方式")
    wording: str | None = Field(None, description="条文的说法，如 按照规定给予奖励；不填则按确定性说 一事一议 或 择优")

    @model_validator(mode="after")
    def _gives_no_number(self) -> DiscretionaryMeasure:
        if self.certainty not in (Certainty.CASE_BY_CASE, Certainty.SELECTIVE):
            raise ValueError("没有数额的措施，certainty 只能是 case_by_case 或 selective")
        return self

    def lower_tiers(self, scope: Scope) -> tuple[Tier, ...]:
        return ()

    def amount_sentence(self) -> str:
        way = "一事一议" if self.certainty is Certainty.CASE_BY_CASE else "择优"
        said = self.wording or f"{way}给予{_BENEFITS[self.benefit]}"
        return f"{said}（文件未写明数额）"
