"""The vocabulary: every fact declared once, with label, type, unit, period, range and source."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from cewen.base.money import parse_money
from cewen.rules.types import MONEY, Kind, Quantity, parse_literal

Subject = Literal["enterprise", "project", "product", "park"]
SUBJECTS: dict[str, str] = {"enterprise": "企业", "project": "项目", "product": "产品", "park": "园区"}
_BOUND = re.compile(r"(-?\d+(?:\.\d+)?)(.*)")
COLLECTIONS: dict[str, str] = {"project": "projects", "product": "products", "park": "parks"}
"""How the records of each subject besides the enterprise are called in a fact sheet and a register."""


LARGEST_MONEY = 10**15
LARGEST_NUMBER = 10**9
"""What a record may hold at most: 10 万亿元 in fen, a thousand million of anything counted.

Larger input is a mistake. The limits also prove that 64 bits hold every product a rule forms. They are no bound of a
clause: an unknown amount does not become "at most 10 万亿元".
"""


class Fact(BaseModel):
    """Declaration of a fact (事实): what an enterprise, project, product or park can be asked.

    `minimum` and `maximum` are written with their unit ("0元") and bound every value; `values` lists what a choice
    may be; `source` names the register or proof it comes from.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    label: str = Field(description="规则与表头里写的名称，如 年营业收入")
    key: str = Field(pattern=r"^[a-z][a-z0-9_]*$", description="列名与接口用的英文名")
    subject: Subject
    type: Kind
    unit: str = Field("", description="元、人、级、月……；没有单位的留空")
    period: Literal["annual", "point", "event"] = "point"
    definition: str = ""
    minimum: str | None = Field(None, description="最小值（含），带单位")
    maximum: str | None = Field(None, description="最大值（含），带单位")
    values: tuple[str, ...] = Field((), description="单选、多选的可选值")
    source: str = Field("", description="来源：登记册、报表或证明材料")

    @property
    def is_annual(self) -> bool:
        return self.period == "annual"

    @cached_property
    def quantity(self) -> Quantity | None:
        """The number type of its values; None for facts that are no numbers."""
        if not self.type.is_number:
            return None
        return MONEY if self.type is Kind.MONEY else Quantity(self.unit)

    def bounds(self) -> tuple[Fraction | None, Fraction | None]:
        """Least and greatest value in the base unit (fen for money); None where open."""
        return self.declared_range

    @cached_property
    def declared_range(self) -> tuple[Fraction | None, Fraction | None]:
        """As `bounds`, worked out once."""
        return self._bound(self.minimum), self._bound(self.maximum)

    @property
    def largest(self) -> int:
        """The greatest magnitude a record may hold, in the base unit."""
        return LARGEST_MONEY if self.type is Kind.MONEY else LARGEST_NUMBER

    def _bound(self, text: str | None) -> Fraction | None:
        """The value of a bound; ValueError, in Chinese, for text that is none in the unit of the fact."""
        if text is None:
            return None
        if self.type is Kind.MONEY:
            return Fraction(parse_money(text))
        match = _BOUND.fullmatch(text)
        if match is None:
            raise ValueError(f"“{self.label}”的取值范围“{text}”不是数")
        value, quantity = parse_literal(Fraction(Decimal(match[1])), match[2])
        if quantity != self.quantity:
            raise ValueError(f"“{self.label}”的取值范围“{text}”不是以“{self.unit or '%'}”计的数")
        return value

    @model_validator(mode="after")
    def _has_sound_range(self) -> Fact:
        low, high = self.bounds()
        if low is not None and high is not None and low > high:
            raise ValueError(f"“{self.label}”的最小值 {self.minimum} 大于最大值 {self.maximum}")
        if self.type is Kind.ENUM and not self.values:
            raise ValueError(f"“{self.label}”是单选，要在 values 里列出取值")
        return self


class Vocabulary:
    """All declared facts, by label and by key. Labels are unique over all subjects."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self.facts = tuple(facts)
        self._by_label = {fact.label: fact for fact in self.facts}
        self._by_key = {fact.key: fact for fact in self.facts}

    def __iter__(self) -> Iterator[Fact]:
        return iter(self.facts)

    def by_label(self, label: str) -> Fact | None:
        return self._by_label.get(label)

    def by_key(self, key: str) -> Fact:
        return self._by_key[key]

    def of_subject(self, subject: str) -> tuple[Fact, ...]:
        return tuple(fact for fact in self.facts if fact.subject == subject)

    def like(self, label: str, subject: str | None = None) -> str | None:
        """The declared label nearest to a misspelled one, for a remedy; None when nothing is near."""
        labels = [fact.label for fact in self.facts if subject in (None, fact.subject)]
        near = difflib.get_close_matches(label, labels, n=1, cutoff=0.5)
        return near[0] if near else None
