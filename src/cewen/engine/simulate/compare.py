"""Before and after, side by side: by measure, by group of enterprises, and who gains and who loses."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from cewen.engine.columns.measure_columns import Money
from cewen.engine.simulate.tally import Cost, MeasureTally, Tally, all_keys


class MoneyKind(StrEnum):
    """The two kinds of money (金额的两类), never added: what is owed, and what is at most."""

    DEFINITE = "definite"
    CEILING = "ceiling"

    @property
    def label(self) -> str:
        return {"definite": "确定", "ceiling": "最高"}[self.value]

    def of(self, tally: Tally) -> Money:
        """Per enterprise."""
        return tally.definite if self is MoneyKind.DEFINITE else tally.ceiling


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """One measure before and after (按措施); None on the side where it does not exist."""

    key: str
    before: MeasureTally | None
    after: MeasureTally | None

    @property
    def either(self) -> MeasureTally:
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def is_same(self) -> bool:
        """Awards and money alike on both sides."""
        if self.before is None or self.after is None:
            return False
        return self.before is self.after or _figures(self.before) == _figures(self.after)


def _figures(tally: MeasureTally) -> tuple[object, ...]:
    return tally.awards, tally.cost, tally.unknown, tally.suppressed


def compare_measures(before: Tally, after: Tally) -> tuple[MeasureLine, ...]:
    """Every measure of either side, in the order of the policies."""
    keys = all_keys((before, after))
    return tuple(MeasureLine(key, before.measures.get(key), after.measures.get(key)) for key in keys)


@dataclass(frozen=True, slots=True)
class GroupLine:
    """One group of enterprises before and after (分组): how many, how many get something, the money."""

    name: str
    enterprises: int
    entitled_before: int
    entitled_after: int
    before: Cost
    after: Cost


# --- who gains, who loses --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class EnterpriseChange:
    """One enterprise that gains or loses (受益或受损企业), fen of one kind of money."""

    uscc: str
    name: str
    district: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Shift:
    """Winners and losers (受益与受损) in one kind of money. winners + losers + same is every enterprise."""

    kind: MoneyKind
    winners: int
    losers: int
    same: int
    gained: int
    lost: int
    top_winners: tuple[EnterpriseChange, ...]
    top_losers: tuple[EnterpriseChange, ...]


@dataclass(frozen=True, slots=True)
class Balance:
    """Enterprises by both kinds of money together (总的得失), without adding them.

    `winners`: one kind rises and none falls; `losers` the reverse; `mixed`: one rises and the other falls.
    """

    winners: int
    losers: int
    mixed: int
    same: int
