"""How sure an amount is; the word the text, the rules and every result share."""

from __future__ import annotations

from enum import StrEnum


class Certainty(StrEnum):
    """Certainty (确定性): 给予 is definite, 最高 a ceiling, 择优 selects, 一事一议 gives no number.

    A ceiling is never an amount.
    """

    DEFINITE = "definite"
    CEILING = "ceiling"
    SELECTIVE = "selective"
    CASE_BY_CASE = "case_by_case"

    @property
    def label(self) -> str:
        return {"definite": "确定", "ceiling": "最高限额", "selective": "择优", "case_by_case": "一事一议"}[self.value]
