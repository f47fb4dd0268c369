"""Promises of money of a document, as the library keeps them: every figure with the clause it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from cewen.base.certainty import Certainty
from cewen.base.source import Span
from cewen.rules.draft.numbers import money_text, share_text
from cewen.rules.draft.quote import clause_of, quote_text
from cewen.text.clause import Document
from cewen.text.readings import Incentive
from cewen.text.readings.incentives import AmountKind, Tier


@dataclass(frozen=True, slots=True)
class Figure:
    """Figure of a promise (奖补标准): one step. `low` and `high` are yuan or percent, equal unless a range is given;
    `of` is the base of a rate or what a sum is paid for each of; `cap` is yuan."""

    when: str
    kind: AmountKind
    low: Fraction | None
    high: Fraction | None
    of: str
    cap: Fraction | None

    @property
    def is_rate(self) -> bool:
        return self.kind in (AmountKind.RATE, AmountKind.RANGE_PERCENT)

    def text(self, certainty: Certainty) -> str:
        """The figure as a person reads it; a ceiling always says that it is one."""
        before = f"{self.when}：" if self.when else ""
        if self.low is None or self.high is None:
            return f"{before}一事一议"
        cap = f"，最高 {money_text(self.cap)}" if self.cap is not None else ""
        if self.is_rate:
            share = (
                share_text(self.low) if self.low == self.high else f"{share_text(self.low)}至{share_text(self.high)}"
            )
            limit = "不超过 " if certainty is not Certainty.DEFINITE and not cap else ""
            return f"{before}{self.of}的 {limit}{share}{cap}" if self.of else f"{before}{limit}{share}{cap}"
        if self.kind is AmountKind.PER_UNIT:
            limit = "最高 " if certainty is not Certainty.DEFINITE else ""
            return f"{before}每{self.of} {limit}{money_text(self.low)}{cap}"
        if self.low != self.high:
            return f"{before}{money_text(self.low)}至{money_text(self.high)}{cap}"
        limit = "最高 " if self.is_ceiling(certainty) else ""
        return f"{before}{limit}{money_text(self.low)}{cap}"

    def is_ceiling(self, certainty: Certainty) -> bool:
        """Whether less may be given than the figure says."""
        return self.kind in (AmountKind.UPTO, AmountKind.RANGE_YUAN, AmountKind.RANGE_PERCENT) or (
            certainty is not Certainty.DEFINITE
        )


@dataclass(frozen=True, slots=True)
class Promise:
    """Promise of money (奖补) as read in a document; `span` is its place in the file, `heading` the clause's title."""

    clause: str
    heading: str
    quote: str
    span: Span
    beneficiary: str
    figures: tuple[Figure, ...]
    certainty: Certainty
    frequency: str | None

    @property
    def frequency_text(self) -> str:
        said = self.frequency or ""
        years = f"连续 {said.removeprefix('years:')} 年" if said.startswith("years:") else "未写明"
        return {"one_off": "一次性", "annual": "每年"}.get(said, years)


def promises_of(document: Document, incentives: tuple[Incentive, ...]) -> Iterator[Promise]:
    """The readings of a document as promises, in order."""
    for incentive in incentives:
        clause = clause_of(document, incentive.span)
        found = document.clause(clause)
        yield Promise(
            clause=clause,
            heading="".join(found.title.split()) if found else "",
            quote=quote_text(document, incentive.span),
            span=incentive.span,
            beneficiary=incentive.beneficiary or "",
            figures=tuple(map(_figure, incentive.tiers)),
            certainty=incentive.certainty,
            frequency=incentive.frequency,
        )


def _figure(tier: Tier) -> Figure:
    amount = tier.amount
    when = "".join((tier.when or "").split())
    of = amount.unit if amount.kind is AmountKind.PER_UNIT else "".join((amount.of or "").split())
    return Figure(when, amount.kind, amount.low, amount.high, of, tier.cap)


def promise_json(promise: Promise) -> dict[str, Any]:
    """A promise as the store keeps it."""
    return {
        "clause": promise.clause, "heading": promise.heading, "quote": promise.quote,
        "span": [promise.span.start, promise.span.end], "beneficiary": promise.beneficiary,
        "certainty": promise.certainty.value, "frequency": promise.frequency,
        "figures": [
            [figure.when, figure.kind.value, *map(_kept, (figure.low, figure.high)), figure.of, _kept(figure.cap)]
            for figure in promise.figures
        ],
    }  # fmt: skip


def promise_of(kept: dict[str, Any]) -> Promise:
    """The promise again."""
    figures = tuple(
        Figure(when, AmountKind(kind), _number(low), _number(high), of, _number(cap))
        for when, kind, low, high, of, cap in kept["figures"]
    )
    return Promise(
        kept["clause"], kept["heading"], kept["quote"], Span(*kept["span"]), kept["beneficiary"], figures,
        Certainty(kept["certainty"]), kept["frequency"],
    )  # fmt: skip


def _kept(value: Fraction | None) -> str | None:
    return None if value is None else str(value)


def _number(text: str | None) -> Fraction | None:
    return None if text is None else Fraction(text)
