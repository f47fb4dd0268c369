"""What prepared operations look at: the facts of one subject and its enterprise, and the reference for the rest."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from cewen.base.truth import Truth
from cewen.engine.factsheet import FactKey, FactSheet, PastAward, Record, Value, View
from cewen.engine.range import Range
from cewen.engine.reference import Interpreter
from cewen.rules import ops
from cewen.rules.facts import Vocabulary
from cewen.rules.regions import Regions

Kleene = bool | None
"""met, not met, unknown (None): what closures give instead of a `Truth`, because it is compared faster."""

TRUTHS: Mapping[Kleene, Truth] = {True: Truth.MET, False: Truth.NOT_MET, None: Truth.UNKNOWN}
KLEENE: Mapping[Truth, Kleene] = {truth: value for value, truth in TRUTHS.items()}


class Chains:
    """Of each region (地区) asked for, the codes of itself and of everything it lies in; worked out once."""

    def __init__(self, regions: Regions) -> None:
        self.regions = regions
        self._known = frozenset(regions.codes())
        self._found: dict[str, frozenset[str]] = {}

    def of(self, code: str) -> frozenset[str]:
        """Every `outer` for which `regions.lies_in(code, outer)` holds."""
        found = self._found.get(code)
        if found is None:
            above = self.regions.chain(code)
            # The chain ends where a code is not registered; that last code still counts as lying in itself.
            last = above[-1].parent if above else code
            found = frozenset(region.code for region in above) | ({last} if last is not None else frozenset())
            if code in self._known:  # codes nobody registered come from outside and would fill the memory
                self._found[code] = found
        return found


class Situation:
    """The view of one record (对象) in a reference year, for prepared operations.

    `own` are the values of the record, `company` those of the enterprise. `words` remembers how values read, so that
    a fact many conditions look at is written once.
    """

    __slots__ = (
        "_history", "_interpreter", "awards", "chains", "company", "name", "own", "record", "sheet", "vocabulary", "words", "year",
    )  # fmt: skip

    def __init__(
        self,
        record: Record,
        sheet: FactSheet,
        year: int,
        awards: tuple[PastAward, ...],
        vocabulary: Vocabulary,
        chains: Chains,
    ) -> None:
        self.record, self.sheet, self.year, self.awards = record, sheet, year, awards
        self.name = record.name
        self.own: Mapping[FactKey, Value] = record.values
        self.company: Mapping[FactKey, Value] = sheet.enterprise.values
        self.vocabulary, self.chains = vocabulary, chains
        self.words: dict[object, str] = {}
        self._history: dict[tuple[bool, str], tuple[tuple[int, Fraction], ...]] = {}
        self._interpreter: Interpreter | None = None

    @property
    def interpreter(self) -> Interpreter:
        """The reference for the same facts."""
        if self._interpreter is None:
            view = View(self.record, self.sheet.enterprise, self.year, self.awards)
            self._interpreter = Interpreter(self.vocabulary, self.chains.regions, view)
        return self._interpreter

    def ask(self, op: ops.TruthOp) -> Kleene:
        """The reference's answer."""
        return KLEENE[self.interpreter.truth(op)]

    def ask_number(self, op: ops.NumberOp) -> Range:
        """The reference's range."""
        return self.interpreter.number(op)

    def history(self, of_enterprise: bool, key: str) -> tuple[tuple[int, Fraction], ...]:
        """Years and known values of an annual number fact."""
        found = self._history.get((of_enterprise, key))
        if found is None:
            values = self.company if of_enterprise else self.own
            found = tuple(
                (year, value)
                for (name, year), value in values.items()
                if name == key and year is not None and isinstance(value, Fraction)
            )
            self._history[of_enterprise, key] = found
        return found
