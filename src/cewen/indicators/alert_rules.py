"""Which alerts there are and how loud, as data."""

from __future__ import annotations

import re
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from cewen.base.errors import CewenError
from cewen.indicators.unit import parse_unit
from cewen.rules.load import shipped_data
from cewen.rules.shape import shape_findings
from cewen.rules.yaml_file import read_yaml

RuleName = Literal[
    "status_changed", "probability_crossed", "due_soon", "no_recent_figure", "revised", "sources_conflict",
    "unusual_growth", "no_owner",
]  # fmt: skip


class AlertRule(BaseModel):
    """Alert rule (预警规则). Ratios are written as percentages, the base as an amount with its unit."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rule: RuleName
    label: str
    severity: Literal["warning", "notice"]
    days: int = 0
    months: int = 0
    below: str = "50%"
    more_than: str = "0%"
    spread: str = "3"
    least_base: str = "0"

    def ratio(self, name: Literal["below", "more_than"]) -> Fraction:
        """A percentage as a fraction. Raises CewenError (CW808)."""
        text: str = getattr(self, name)
        if not re.fullmatch(r"\d+(\.\d+)?%", text):
            raise CewenError.of("CW808", f"预警规则“{self.label}”的 {name} 写成了“{text}”", "写成百分数，如 1%。")
        return Fraction(text[:-1]) / 100

    def base_in(self, unit: str) -> Fraction | None:
        """`least_base` in a unit; None where it is of another kind, so that it bounds nothing."""
        found = re.fullmatch(r"(\d+(?:\.\d+)?)(\D*)", self.least_base)
        if found is None:
            raise CewenError.of("CW808", f"预警规则“{self.label}”的 least_base 写成了“{self.least_base}”", "如 2亿元。")
        own, other = parse_unit(found[2]), parse_unit(unit)
        return Fraction(found[1]) * own.factor / other.factor if own.base == other.base else None


def read_alert_rules(path: Path) -> tuple[AlertRule, ...]:
    """The rules of a file. Raises CewenError (CW001, CW002)."""
    file = read_yaml(path)
    found: list[AlertRule] = []
    try:
        for entry in file.data or ():
            found.append(AlertRule.model_validate(entry))
    except ValidationError as error:
        raise CewenError(shape_findings(error, AlertRule, file, (len(found),))) from None
    return tuple(found)


@lru_cache(maxsize=1)
def shipped_alert_rules() -> tuple[AlertRule, ...]:
    """The rules that come with the software."""
    return read_alert_rules(shipped_data("workflows") / "alerts.yaml")
