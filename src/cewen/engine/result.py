"""What evaluating a measure gives: status, interval, reasons, what is missing, and who suppressed it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cewen.base.period import InForce
from cewen.base.truth import Truth
from cewen.engine.gap import Gap
from cewen.engine.reference import Missing
from cewen.rules.lower import LoweredMeasure


class Status(StrEnum):
    """结论"""

    MET = "met"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"
    NOT_IN_FORCE = "not_in_force"

    @property
    def label(self) -> str:
        return {"met": "符合", "not_met": "不符合", "unknown": "待核实", "not_in_force": "未施行或已失效"}[self.value]


@dataclass(frozen=True, slots=True)
class Amount:
    """An interval in whole fen. definite: both ends equal; a ceiling starts at nothing."""

    low: int
    high: int

    def __post_init__(self) -> None:
        if not 0 <= self.low <= self.high:
            raise ValueError(f"no interval from {self.low} to {self.high} fen")


@dataclass(frozen=True, slots=True)
class ConditionOutcome:
    """One condition (条件) of the clause: its words, whether it holds, and the values looked at."""

    text: str
    truth: Truth
    detail: str


@dataclass(frozen=True, slots=True)
class Suppression:
    """Why a met measure adds nothing (被谁顶替): the measure that wins, under which rule and clause."""

    measure: str
    clause: str
    rule: str
    reason: str

    def to_json(self) -> dict[str, str]:
        return {"measure": self.measure, "clause": self.clause, "rule": self.rule, "reason": self.reason}


@dataclass(frozen=True, slots=True)
class Result:
    """One measure for one subject. `amount` is None where the clause or the facts give no bound.

    `simulated` tells how the instrument stands when it was evaluated as if in force; `reason` how it stands when not.
    """

    measure: LoweredMeasure
    subject: str
    object_name: str | None
    status: Status
    amount: Amount | None = None
    reason: InForce | None = None
    simulated: InForce | None = None
    tier: str | None = None
    conditions: tuple[ConditionOutcome, ...] = ()
    needs: tuple[Missing, ...] = ()
    gaps: tuple[Gap, ...] = ()
    suppressed_by: Suppression | None = None
    steps: tuple[str, ...] = ()

    @property
    def counts(self) -> bool:
        """Whether its amount enters a total."""
        return self.status is Status.MET and self.suppressed_by is None and self.amount is not None

    @property
    def need_labels(self) -> tuple[str, ...]:
        """Labels of the missing facts, each once."""
        return tuple(dict.fromkeys(missing.fact.label for missing in self.needs))
