"""The edge pack: for every threshold of the rules, enterprises that meet all else and stand on it and beside it.

Made by the reference interpreter itself: facts are set until a condition holds, then one of them is moved. What the
vocabulary can say of an enterprise that moves in the middle of a year is: 注册地 is a fact of the day, so the mover is
outside while an award it got inside is dated a day before, on, or after the plan's date; annual facts pass a threshold
in one year and fall short of it in the next.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from math import ceil, floor
from random import Random

from cewen.base.truth import Truth
from cewen.engine.edges import made_up_code
from cewen.engine.factsheet import NAME_KEYS, FactKey, FactSheet, PastAward, Record, Value, View, collection_of
from cewen.engine.reference import Interpreter
from cewen.rules import ops
from cewen.rules.facts import SUBJECTS, Fact
from cewen.rules.load import Corpus
from cewen.rules.lower import LoweredMeasure, Plan
from cewen.rules.types import Kind

FIRST_NUMBER = 5_000_000
"""Codes of the pack begin here, away from those of `edge_register`."""

Values = dict[FactKey, Value]


def edge_pack(plan: Plan, *, seed: int = 0, missing: float = 0.0, year: int | None = None) -> tuple[FactSheet, ...]:
    """Fact sheets on every edge of the plan's rules (边界样本). A share `missing` of the facts is left out at random.

    For each number a rule compares: one unit below the threshold, on it, one above, zero, below zero where the fact
    may be, and missing; for each first time: first and second crossers, those who stay above, and years missing; for
    each other test: yes, no, missing; for each measure that is paid once or once a year: awards around the date.
    """
    random, gaps = Random(seed), Random(f"{seed} {missing}")
    last = plan.on.year - 1 if year is None else year
    found: list[FactSheet] = []
    for measure in plan.measures:
        for made in _of_measure(_Maker(plan, measure, last, random)):
            found.append(_numbered(made, FIRST_NUMBER + len(found), gaps, missing))
    return tuple(found)


def _of_measure(maker: _Maker) -> Iterator[FactSheet]:
    conditions = [condition.op for condition in maker.measure.conditions]
    tiers = maker.measure.tiers or (None,)
    for at, tier in enumerate(tiers):
        own = [] if tier is None or tier.condition is None else [tier.condition]
        favourable = maker.favourable([*conditions, *own])
        yield favourable.sheet()
        read: list[ops.TruthOp | ops.NumberOp] = [*(conditions if at == 0 else []), *own]
        if tier is not None:
            read.append(tier.amount)
        for op in read:
            for hinge in _hinges(op):
                yield from (each.sheet() for each in favourable.around(hinge))
        yield from favourable.with_awards()


def _hinges(op: ops.TruthOp | ops.NumberOp) -> Iterator[ops.TruthOp]:
    """Every test below `op`, and every comparison a least or greatest number makes."""
    match op:
        case ops.Compare() | ops.FirstTime() | ops.IsTrue() | ops.OneOf() | ops.Holds() | ops.LiesIn():
            yield op
        case ops.Least() | ops.Greatest():
            for part in op.parts[1:]:
                yield ops.Compare(">=", op.parts[0], part)
    for child in ops.children(op):
        yield from _hinges(child)


def _numbers(op: ops.TruthOp | ops.NumberOp) -> Iterator[ops.FactNumber]:
    if isinstance(op, ops.FactNumber):
        yield op
    for child in ops.children(op):
        yield from _numbers(child)


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes enterprises for one measure; `year` is the year annual facts mean."""

    plan: Plan
    measure: LoweredMeasure
    year: int
    random: Random

    @property
    def corpus(self) -> Corpus:
        return self.plan.corpus

    def favourable(self, wanted: list[ops.TruthOp]) -> _Firm:
        """An enterprise, with an object of the measure's subject, that meets all of `wanted` as far as one can."""
        firm = _Firm(self, self._any_values())
        for _ in range(3):  # what meets one condition may undo another
            for op in wanted:
                firm = firm.meeting(op, Truth.MET)
        return firm

    def _any_values(self) -> Values:
        """Every fact the measure's subject and its enterprise can have, at no particular value."""
        values: Values = {}
        for fact in self.corpus.vocabulary:
            if fact.subject in ("enterprise", self.measure.measure.subject):
                for year in range(self.year - 3, self.year + 1) if fact.is_annual else (None,):
                    value = self._any_value(fact)
                    if value is not None:
                        values[fact.key, year] = value
        return values

    def _any_value(self, fact: Fact) -> Value | None:
        match fact.type:
            case Kind.BOOLEAN:
                return self.random.random() < 0.5
            case Kind.ENUM:
                return self.random.choice(fact.values)
            case Kind.SET:
                return frozenset(value for value in fact.values if self.random.random() < 0.4)
            case Kind.REGION:
                return self.random.choice(self.corpus.regions.codes())
        if not fact.type.is_number or fact.type is Kind.RATIO:
            return None  # has no column
        low, high = fact.bounds()
        top = 10**11 if fact.type is Kind.MONEY else 500
        return Fraction(self.random.randint(floor(low or 0), min(top, top if high is None else floor(high))))


@dataclass(frozen=True, slots=True)
class _Firm:
    """An enterprise in the making: the facts of the measure's subject and of the enterprise together."""

    maker: _Maker
    values: Values
    awards: tuple[PastAward, ...] = ()

    # --- as a fact sheet

    def sheet(self) -> FactSheet:
        subject = self.maker.measure.measure.subject
        enterprise = self._record("enterprise", "enterprise")
        if subject == "enterprise":
            return FactSheet(enterprise, (), self.awards)
        return FactSheet(enterprise, (self._record(subject, f"{collection_of(subject)}[0]"),), self.awards)

    def _record(self, subject: str, path: str) -> Record:
        vocabulary = self.maker.corpus.vocabulary
        own = {key: value for key, value in self.values.items() if vocabulary.by_key(key[0]).subject == subject}
        if subject != "enterprise":
            own[NAME_KEYS[subject], None] = "对象一"
        return Record(subject, path, own)

    @property
    def interpreter(self) -> Interpreter:
        sheet = self.sheet()
        record = (*sheet.others, sheet.enterprise)[0]
        corpus = self.maker.corpus
        return Interpreter(corpus.vocabulary, corpus.regions, View(record, sheet.enterprise, self.maker.year))

    def _key(self, key: str, years_back: int = 0) -> FactKey:
        return key, self.maker.year - years_back if self._fact(key).is_annual else None

    def _fact(self, key: str) -> Fact:
        return self.maker.corpus.vocabulary.by_key(key)

    def with_values(self, changed: Mapping[FactKey, Value | None]) -> _Firm:
        """The same enterprise with some facts set, or left out where None."""
        merged = {**self.values, **changed}
        return replace(self, values={key: value for key, value in merged.items() if value is not None})

    # --- meeting a condition

    def meeting(self, op: ops.TruthOp, wanted: Truth) -> _Firm:
        """Changed so that `op` has the wanted truth; as it is where that cannot be had by changing one fact of each part."""
        if self.interpreter.truth(op) is wanted:
            return self
        match op:
            case ops.Not():
                return self.meeting(op.operand, ~wanted)
            case ops.All() | ops.Any():
                every = isinstance(op, ops.All) == (wanted is Truth.MET)
                changed = self
                for part in op.parts:
                    changed = changed.meeting(part, wanted)
                    if not every and changed.interpreter.truth(op) is wanted:
                        break
                return changed
        for changed in self.around(op):
            if changed.interpreter.truth(op) is wanted:
                return changed
        return self

    # --- the edges of a test

    def around(self, hinge: ops.TruthOp) -> Iterator[_Firm]:
        """This enterprise on every side of a test."""
        match hinge:
            case ops.IsTrue():
                yield from self._each(hinge.key, (True, False, None))
            case ops.OneOf():
                others = [value for value in self._fact(hinge.key).values if value not in hinge.values]
                yield from self._each(hinge.key, (hinge.values[0], hinge.values[-1], *others[:1], None))
            case ops.Holds():
                some, every = frozenset(hinge.values), frozenset(self._fact(hinge.key).values)
                yield from self._each(hinge.key, (some, every, every - {hinge.values[0]}, frozenset(), None))
            case ops.LiesIn():
                yield from self._movers(hinge)
            case ops.FirstTime():
                yield from self._crossers(hinge)
            case ops.Compare():
                for leaf in dict.fromkeys(_numbers(hinge)):
                    yield from self._beside(hinge, leaf)

    def _each(self, key: str, values: tuple[Value | None, ...]) -> Iterator[_Firm]:
        for value in dict.fromkeys(values):
            yield self.with_values({self._key(key): value})

    def _beside(self, hinge: ops.Compare, leaf: ops.FactNumber) -> Iterator[_Firm]:
        """One unit below where both sides are equal, there, one unit above; zero, below zero, the ends; missing."""
        key, fact = self._key(leaf.key, leaf.years_back), self._fact(leaf.key)
        root = self._root(hinge, key)
        wanted: list[int] = [] if root is None else [floor(root) - 1, floor(root), ceil(root), ceil(root) + 1]
        low, high = fact.bounds()
        least = -fact.largest if low is None else ceil(low)
        most = fact.largest if high is None else floor(high)
        for value in dict.fromkeys([*wanted, 0, 1, -1, least, most]):
            if least <= value <= most:
                yield self.with_values({key: Fraction(value)})
        yield self.with_values({key: None})

    def _root(self, hinge: ops.Compare, key: FactKey) -> Fraction | None:
        """Where left − right is zero, as a line in one fact; None where it is no line, or has no such place."""
        at_zero, at_one, at_two = (self.with_values({key: Fraction(x)})._difference(hinge) for x in (0, 1, 2))
        if at_one is None or at_two is None:
            return None
        if at_zero is None or at_two - at_one != at_one - at_zero:
            return self._pole(hinge, key, at_one)
        slope = at_one - at_zero
        return None if slope == 0 else -at_zero / slope

    def _pole(self, hinge: ops.Compare, key: FactKey, at_one: Fraction) -> Fraction | None:
        """The root of a quotient with the fact below its line: left = a / x and right constant."""
        if not isinstance(hinge.left, ops.Divide):
            return None
        right = self.interpreter.number(hinge.right).exact
        return None if not right else (at_one + right) / right

    def _difference(self, hinge: ops.Compare) -> Fraction | None:
        interpreter = self.interpreter
        left, right = interpreter.number(hinge.left).exact, interpreter.number(hinge.right).exact
        return None if left is None or right is None else left - right

    def _crossers(self, hinge: ops.FirstTime) -> Iterator[_Firm]:
        """By what the year, the year before and the year before that were: below (-1), on (0), above (1) or missing."""
        threshold = self.interpreter.number(hinge.threshold).exact
        if threshold is None:
            return
        keys = [self._key(hinge.fact.key, hinge.fact.years_back + back) for back in range(4)]
        for steps in _HISTORIES:
            values = [None if step is None else Fraction(max(0, floor(threshold) + step)) for step in (*steps, -1)]
            yield self.with_values(dict(zip(keys, values, strict=True)))
        low, _ = self._fact(hinge.fact.key).bounds()
        for value in (0, -1):
            if low is None or value >= low:
                yield self.with_values({keys[0]: Fraction(value)})

    def _movers(self, hinge: ops.LiesIn) -> Iterator[_Firm]:
        """Inside, outside, not known; outside with an award from inside, dated around the plan's date."""
        regions = self.maker.corpus.regions
        inside = [code for code in regions.codes() if any(regions.lies_in(code, outer) for outer in hinge.codes)]
        outside = [code for code in regions.codes() if code not in inside]
        yield from self._each(hinge.key, (*hinge.codes, *inside[:1], *inside[-1:], *outside[:1], *outside[-1:], None))
        for where in (*inside[:1], *outside[:1]):
            moved = self.with_values({self._key(hinge.key): where})
            for day in _days(self.maker.plan.on)[:3]:
                yield replace(moved, awards=(PastAward(self.maker.measure.key, day, 10_000_000),))

    # --- awards already made

    def with_awards(self) -> Iterator[FactSheet]:
        """Awards of the measure on the days that decide; under its tiers, its objects, and others."""
        measure, plan = self.maker.measure, self.maker.plan
        if measure.measure.frequency is None:
            return
        tiers = [None, "别的档", *(tier.name for tier in measure.tiers if tier.name)]
        objects = [None] if measure.measure.subject == "enterprise" else [None, "对象一", "别的"]
        amounts = [int(t.amount.value) for t in measure.tiers if isinstance(t.amount, ops.Constant)]
        for day in _days(plan.on):
            yield replace(self, awards=(PastAward(measure.key, day, 12_345),)).sheet()
        day = plan.on - timedelta(days=1)
        for tier in tiers:
            for thing in objects:
                for amount in [12_345, *amounts]:
                    yield replace(self, awards=(PastAward(measure.key, day, amount, thing, tier),)).sheet()
        years = tuple(PastAward(measure.key, day.replace(year=day.year - back), 1) for back in range(1, 6))
        for count in range(1, 6):
            yield replace(self, awards=years[:count]).sheet()


_HISTORIES: tuple[tuple[int | None, int | None, int | None], ...] = (
    (1, -1, -1), (0, -1, -1), (-1, -1, -1), (1, 0, -1), (0, 0, -1), (1, 1, -1), (-1, 1, -1), (1, -1, 1), (1, -1, 0),
    (0, -1, 0), (1, 1, 1), (-1, 1, 1), (None, -1, -1), (1, None, -1), (1, None, 1), (1, -1, None), (0, None, None),
    (None, None, None),
)  # fmt: skip
"""The year, the year before, and the one before that: the second line begins with second crossers."""


def _days(on: date) -> tuple[date, ...]:
    """Days at which an award counts otherwise than a day before or after."""
    day = timedelta(days=1)
    this_year = on.replace(month=1, day=1)
    return on - day, on, on + day, this_year - day, this_year, on.replace(month=12, day=31)


def _numbered(sheet: FactSheet, number: int, random: Random, missing: float) -> FactSheet:
    """With a code and a name, and a share of its facts left out."""

    def kept(record: Record) -> Record:
        fixed = {(NAME_KEYS[subject], None) for subject in SUBJECTS}
        values = {k: v for k, v in record.values.items() if k in fixed or not missing or random.random() >= missing}
        return replace(record, values=values)

    enterprise = kept(sheet.enterprise)
    values = {**enterprise.values, ("uscc", None): made_up_code(number), ("name", None): f"合成企业{number}"}
    return replace(sheet, enterprise=replace(enterprise, values=values), others=tuple(map(kept, sheet.others)))
