"""Pages of the library: the same benefit in several documents, and who implements what, each one self-contained."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache

import jinja2

from cewen.rules.draft.numbers import money_text, share_text
from cewen.rules.library.benefit import Benefit, BenefitGroup
from cewen.rules.library.implement import Implementation
from cewen.rules.phrase import plain_number


@dataclass(frozen=True, slots=True)
class Bar:
    """Bar of a chart (柱): its length in thousandths of the longest, drawn hollow where it is only a ceiling."""

    label: str
    clause: str
    anchor: str
    value: str
    length: int
    is_ceiling: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A benefit with the anchor its bar points at."""

    anchor: str
    benefit: Benefit
    status: str


@dataclass(frozen=True, slots=True)
class Section:
    """A purpose on the page: its rows, and a chart of rates and one of sums where two documents give any."""

    group: BenefitGroup
    rows: tuple[Row, ...]
    rates: tuple[Bar, ...]
    sums: tuple[Bar, ...]


def benefits_page(groups: Sequence[BenefitGroup], on: date) -> str:
    """The comparison as a page: a section a purpose, ceilings never shown as amounts, every figure with its clause."""
    return (
        _environment()
        .get_template("benefits.html.j2")
        .render(sections=[_section(number, group, on) for number, group in enumerate(groups, 1)], on=on)
    )


def implementation_page(found: Implementation) -> str:
    """The upper document's clauses on the left, on the right what implements each, with score and common words."""
    return _environment().get_template("implements.html.j2").render(found=found, share=_share, pieces=_pieces)


def _section(number: int, group: BenefitGroup, on: date) -> Section:
    rows = tuple(
        Row(f"p{number}-{index}", benefit, benefit.document.status_text(on))
        for index, benefit in enumerate(group.benefits, 1)
    )
    rates = [(row, *row.benefit.highest_rate) for row in rows if row.benefit.highest_rate is not None]
    sums = [(row, *row.benefit.highest_sum) for row in rows if row.benefit.highest_sum is not None]
    return Section(group, rows, _bars(rates, share_text), _bars(sums, money_text))


def _bars(values: Iterable[tuple[Row, Fraction, bool]], text: Callable[[Fraction], str]) -> tuple[Bar, ...]:
    """From zero, the longest a thousand; nothing to compare where there is but one."""
    known = list(values)
    longest = max((value for _, value, _ in known), default=Fraction(0))
    if len({row.benefit.document.id for row, _, _ in known}) < 2 or not longest:
        return ()
    ordered = sorted(known, key=lambda each: -each[1])
    return tuple(
        Bar(
            row.benefit.document.title,
            row.benefit.promise.clause,
            row.anchor,
            ("最高 " if ceiling else "") + text(value),
            int(value * 1000 / longest),
            ceiling,
        )
        for row, value, ceiling in ordered
    )


def _share(score: float) -> str:
    """A score with two decimals."""
    return plain_number(Fraction(round(score * 100), 100))


def _pieces(text: str, words: Sequence[str]) -> list[tuple[str, bool]]:
    """The text cut where the words stand; True for a word."""
    if not words:
        return [(text, False)]
    pattern = re.compile("|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)), re.IGNORECASE)
    found: list[tuple[str, bool]] = []
    at = 0
    for match in pattern.finditer(text):
        found += [(text[at : match.start()], False), (match.group(), True)]
        at = match.end()
    return [piece for piece in (*found, (text[at:], False)) if piece[0]]


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.ChoiceLoader(
            [jinja2.PackageLoader("cewen.rules", "library"), jinja2.PackageLoader("cewen.text", "templates")]
        ),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
