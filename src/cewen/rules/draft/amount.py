"""What is given, as entries of a measure file: an amount, a share of a base, so much each, or steps."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from cewen.rules.draft.lexicon import Lexicon, value_condition
from cewen.rules.draft.numbers import money_text, share_text, unit_of, value_text
from cewen.rules.draft.proposal import Proposer
from cewen.rules.draft.quote import Quoted
from cewen.rules.placeholder import PENDING
from cewen.rules.types import MONEY, Kind
from cewen.text.flow import fold_text
from cewen.text.quantities.numeral import parse_chinese
from cewen.text.readings.incentives import Amount, AmountKind, Incentive, Tier
from cewen.text.readings.passage import Passage

_LEVEL = re.compile(r"(?P<number>\d{1,3}|[一二三四五六七八九十]{1,3})(?P<unit>级|星)?")
_GIVEN_AFTER = re.compile(r"(?:的?标准|的)?(?:给予|予以|发放|申请|享受)?(?P<what>[一-鿿]{2,14}?)(?=[,。;:、(]|$)")
_STRANGE = re.compile(r"[^0-9A-Za-z一-鿿]+")
_LONGEST_VALUE = 30
_FIXED = (AmountKind.FIXED, AmountKind.UPTO)


@dataclass(frozen=True, slots=True)
class Given:
    """The benefit of a measure (给多少): its entries, the words of it nobody knew, what is left to judgment, and what a single
    step asks: a condition of the whole measure."""

    entries: dict[str, Any]
    unknown: tuple[tuple[str, str], ...] = ()
    open_words: tuple[str, ...] = ()
    when: str | None = None


def read_amount(
    incentive: Incentive, quoted: Quoted, passage: Passage, lexicon: Lexicon, proposer: Proposer, title: str
) -> Given:
    """The entries `kind`, `amount`, `cap` … of a measure; every number is the reading's. `title` names a fact that says
    which step a recipient is on, where the text only names the steps."""
    tiers = incentive.tiers
    if all(tier.amount.kind is AmountKind.CASE_BY_CASE for tier in tiers):
        benefit = lexicon.benefit(quoted.flow)
        return Given({"kind": "discretionary", "benefit": (benefit.benefit if benefit else None) or "money"})
    reader = _Reader(quoted, passage, lexicon, proposer, title, [], [])
    steps = [tier for tier in tiers if tier.amount.kind is not AmountKind.CASE_BY_CASE]
    entries = reader.single(steps[0]) if len(steps) == 1 else reader.steps(steps)
    only_when = reader.when_of(steps[0]) if len(steps) == 1 and steps[0].when else None
    return Given(entries, tuple(reader.unknown), tuple(reader.open_words), only_when)


def quoted_end(quoted: Quoted, passage: Passage, amount: Amount) -> int:
    """Where an amount ends within the quote."""
    return quoted.local(passage, amount.span)[1]


@dataclass(slots=True)
class _Reader:
    quoted: Quoted
    passage: Passage
    lexicon: Lexicon
    proposer: Proposer
    title: str
    unknown: list[tuple[str, str]]
    open_words: list[str]

    @property
    def subject(self) -> str:
        return self.proposer.subject

    def single(self, tier: Tier) -> dict[str, Any]:
        amount = tier.amount
        cap = None if tier.cap is None else money_text(tier.cap)
        if amount.kind is AmountKind.PER_UNIT and amount.low is not None:
            return {"kind": "per_unit", "each": money_text(amount.low), "count": self._count(amount), "cap": cap}
        if amount.kind is AmountKind.RATE and amount.low is not None:
            base = self._base(amount.of)
            if self.lexicon.is_co_funding(base):
                return {"kind": "co_funding", "of": base, "rate": share_text(amount.low), "cap": cap}
        return {"amount": self._amount(tier), "cap": cap}

    def steps(self, tiers: list[Tier]) -> dict[str, Any]:
        caps = {tier.cap for tier in tiers}
        shared = caps.pop() if len(caps) == 1 else None
        unit = next((found["unit"] for tier in reversed(tiers) if (found := self._level(tier)) and found["unit"]), None)
        rows = []
        for index, tier in enumerate(tiers):
            amount = self._amount(tier)
            if shared is None and tier.cap is not None:
                amount = f"最低({amount}, {money_text(tier.cap)})"
            name = "".join((tier.when or f"第{index + 1}档").split())
            if (found := self._level(tier)) and unit and not found["unit"]:
                name += unit
            rows.append((tier, {"name": name, "when": self._when(tier, unit), "amount": amount}))
        self._choose(rows)
        if all(tier.amount.kind in _FIXED for tier in tiers):
            rows.sort(key=lambda row: row[0].amount.low or Fraction(0))
        return {"kind": "tiered", "tiers": [row for _, row in rows], "cap": money_text(shared) if shared else None}

    def _choose(self, rows: list[tuple[Tier, dict[str, Any]]]) -> None:
        """Steps the text only names become the values of one proposed fact, all of them where one is not known: a fact
        for some and another fact for the rest could hold at once."""
        named = [row for tier, row in rows if tier.threshold is None and " >= " not in row["when"]]
        if not any(row["when"] == PENDING for row in named):
            return
        values = tuple(_STRANGE.sub("", fold_text(row["name"]))[:_LONGEST_VALUE] for row in named)
        label = self.proposer.choice(f"{self.title}档次", values)
        fact = self.proposer.facts.get(label)
        if fact is not None:
            for row, value in zip(named, values, strict=True):
                row["when"] = value_condition(fact.to_fact("proposed"), value)

    def _amount(self, tier: Tier) -> str:
        amount = tier.amount
        low, high = amount.low or Fraction(0), amount.high or Fraction(0)
        match amount.kind:
            case AmountKind.RATE:
                return f"{self._base(amount.of)} * {share_text(low)}"
            case AmountKind.RANGE_PERCENT:
                self.open_words.append(f"在{share_text(low)}至{share_text(high)}之间，由主管部门确定")
                return f"{self._base(amount.of)} * {share_text(high)}"
            case AmountKind.RANGE_YUAN:
                self.open_words.append(f"在{money_text(low)}至{money_text(high)}之间，由主管部门确定")
                return money_text(high)
            case AmountKind.PER_UNIT:
                return f"{money_text(low)} * {self._count(amount)}"
        return money_text(low)

    def _base(self, of: str) -> str:
        words = fold_text(of)
        expression = self.lexicon.expression(words, MONEY, self.subject, self.quoted.flow) if words else None
        if expression is None:
            self.unknown.append((of or "按比例计算的基数", "元"))
            return self.proposer.quantity(of, "元") if of else PENDING
        return f"({expression})" if " + " in expression and not expression.startswith("(") else expression

    def _count(self, amount: Amount) -> str:
        unit = amount.unit
        wanted = unit_of(unit)
        fact = None if wanted is None else self.lexicon.last_fact(self.quoted.flow, wanted, self.subject)
        if fact is None:
            self.unknown.append((f"{unit}数", unit))
            end = quoted_end(self.quoted, self.passage, amount)
            given = (_GIVEN_AFTER.match(self.quoted.flow, end) or {"what": ""})["what"]
            name = re.sub(r"[/每]", "", unit)
            return self.proposer.quantity(f"{given or self.title}{name}数", unit, own=True)
        return fact.label

    # --- what selects a step -----------------------------------------------------------------------------------

    def _level(self, tier: Tier) -> re.Match[str] | None:
        return _LEVEL.fullmatch(fold_text(tier.when or "")) if tier.threshold is None else None

    def when_of(self, tier: Tier) -> str:
        """What a step asks, as a condition; 待定 where its words are not known."""
        level = self._level(tier)
        return self._when(tier, level["unit"] if level else None)

    def _when(self, tier: Tier, unit: str | None) -> str:
        before = self._before(tier)
        if tier.threshold is not None:
            return self._threshold(tier, before)
        level = self._level(tier)
        if level is not None and unit is not None:
            fact = self.lexicon.last_fact(before, unit_of(unit), self.subject, self.quoted.flow)
            digits = level["number"]
            number = int(digits) if digits.isdigit() else int(parse_chinese(digits) or 0)
            if fact is None:
                self.unknown.append((before[-12:] or "等级", unit))
                return f"{self.proposer.quantity(f'{self.title}等级', unit, own=True)} = {number}{unit}"
            return f"{fact.label} = {number}{unit}"
        return self._title(tier)

    def _threshold(self, tier: Tier, before: str) -> str:
        assert tier.threshold is not None
        number = value_text(tier.threshold.value, tier.threshold.unit)
        wanted = unit_of(tier.threshold.unit)
        words = before + fold_text(tier.when or "")
        fact = None if wanted is None else self.lexicon.last_fact(words, wanted, self.subject, self.quoted.flow)
        operator = tier.threshold.op if tier.threshold.op in (">", ">=", "<", "<=", "=") else ">="
        if fact is None:
            named = re.split(r"[,;。、:]", before)[-1][-16:] or re.sub(r"[\d.]+.*$", "", fold_text(tier.when or ""))
            self.unknown.append((named or (tier.when or "档次"), tier.threshold.unit))
            return f"{self.proposer.quantity(named, tier.threshold.unit)} {operator} {number}"
        if "首次" in words and fact.is_annual and operator in (">", ">="):
            return f"{'首次突破' if operator == '>' else '首次达到'}({fact.label}, {number})"
        return f"{fact.label} {operator} {number}"

    def _title(self, tier: Tier) -> str:
        """A title or class that a registered fact holds as one of its values."""
        words = fold_text(tier.when or "")
        for fact in self.lexicon.vocabulary:
            if fact.type in (Kind.SET, Kind.ENUM) and fact.subject in (self.subject, "enterprise"):
                for value in fact.values:
                    if words and fold_text(value) == words:
                        return value_condition(fact, value)
        hit = next((hit for hit in self.lexicon.phrases(words) if hit.entry.condition), None)
        if hit is not None and hit.end - hit.start == len(words):
            return str(hit.entry.condition)
        self.unknown.append((tier.when or "档次", ""))
        return PENDING

    def _before(self, tier: Tier) -> str:
        """The words of the quote up to the step; of the first step where the text lists them."""
        span = tier.when_span
        if span is None:
            return self.quoted.flow
        start, _ = self.quoted.local(self.passage, span)
        return self.quoted.flow[: max(0, start)]
