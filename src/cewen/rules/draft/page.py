"""draft.html: the official text with every reading marked beside the rule drafted from it, and the unread in red."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby

import jinja2

from cewen.base.source import Span
from cewen.rules.draft.policy import DraftedPolicy
from cewen.rules.draft.proposal import ProposedFact
from cewen.rules.facts import SUBJECTS
from cewen.rules.placeholder import PENDING
from cewen.text.blocks import Block, blocks_of
from cewen.text.lines import tidy

_WORDS = {"incentive": "奖补", "target": "目标", "unit": "责任单位", "unread": "未读懂"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text with one mark or none (一段文字); `first` where the mark begins."""

    text: str
    kind: str = ""
    anchor: str = ""
    title: str = ""
    first: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """What was drafted from a reading (草稿卡片): the file, the sentence it reads back as, and what is to be done."""

    anchor: str
    title: str
    file: str
    readback: str
    pending: tuple[str, ...]
    proposed: tuple[str, ...]
    text: str


@dataclass(frozen=True, slots=True)
class Row:
    """A paragraph with the cards of the readings that begin in it."""

    kind: str
    pieces: tuple[Piece, ...]
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class _Mark:
    span: Span
    kind: str
    anchor: str
    title: str


def draft_page(drafted: DraftedPolicy, readbacks: Mapping[str, str]) -> str:
    """One self-contained page. `readbacks` are the sentences of the measures by id; the rule's text stands below."""
    marks = list(_marks(drafted))
    rows = list(_rows(drafted, marks, _cards(drafted, readbacks)))
    unread = [mark.anchor for mark in marks if mark.kind == "unread"]
    return _template().render(
        title=drafted.document.metadata.title or "（无标题）",
        policy_id=drafted.id,
        rows=rows,
        unread=unread,
        following=dict(zip(unread, [*unread[1:], unread[0] if unread else ""], strict=False)),
        pending=sum(len(card.pending) for row in rows for card in row.cards),
        proposed=len(drafted.facts),
        words=_WORDS,
        counts={kind: sum(mark.kind == kind for mark in marks) for kind in _WORDS},
    )


def _marks(drafted: DraftedPolicy) -> Iterator[_Mark]:
    """Every reading; what comes later is drawn over what came before, so nothing unread is hidden."""
    readings = drafted.readings
    for index, units in enumerate(readings.units, 1):
        yield _Mark(units.span, "unit", f"unit-{index}", "责任单位")
    for index, target in enumerate(readings.targets, 1):
        yield _Mark(target.span, "target", f"target-{index}", f"目标：{target.indicator}")
    for measure in drafted.measures:
        yield _Mark(measure.quoted.span, "incentive", measure.id, f"奖补：{measure.id}")
    for index, unread in enumerate(readings.unread, 1):
        yield _Mark(unread.span, "unread", f"unread-{index}", f"未读懂：{unread.why}")


def _cards(drafted: DraftedPolicy, readbacks: Mapping[str, str]) -> list[tuple[Span, Card]]:
    found = []
    facts = {fact.label: fact for fact in drafted.facts}
    for measure in drafted.measures:
        file = drafted.measure_files[measure.id]
        text = drafted.files[file]
        pending = tuple(line.strip() for line in text.splitlines() if PENDING in line and not line.startswith("note:"))
        title = str(measure.entries["title"])
        said = readbacks.get(measure.id, "")
        proposed = tuple(_said(facts[label]) for label in measure.proposed if label in facts)
        found.append((measure.quoted.span, Card(measure.id, title, file, said, pending, proposed, text)))
    return found


def _said(fact: ProposedFact) -> str:
    """A proposed fact in a line: what it is called, what it is, whose it is, in which words of the text."""
    kind = f"{fact.type.label}，{fact.unit}" if fact.unit and fact.unit != "元" else fact.type.label
    period = "，每年" if fact.period == "annual" else ""
    values = f"：{'、'.join(fact.values)}" if fact.values else ""
    return f"{fact.label}（{SUBJECTS[fact.subject]}的{kind}{period}{values}）"


def _rows(drafted: DraftedPolicy, marks: list[_Mark], cards: list[tuple[Span, Card]]) -> Iterator[Row]:
    text = drafted.document.text
    paint = [-1] * len(text)
    for index, mark in enumerate(marks):
        paint[mark.span.start : mark.span.end] = [index] * len(mark.span)
    shown: set[int] = set()
    left = sorted(cards, key=lambda pair: pair[0].start, reverse=True)
    for block in blocks_of(drafted.document):
        pieces = tuple(_pieces(text, block, paint, marks, shown))
        mine: list[Card] = []
        while left and left[-1][0].start < block.span.end:
            mine.append(left.pop()[1])
        yield Row(block.kind.value, pieces, tuple(mine))


def _pieces(text: str, block: Block, paint: list[int], marks: list[_Mark], shown: set[int]) -> Iterator[Piece]:
    for span in block.pieces:
        for index, group in groupby(range(span.start, span.end), key=paint.__getitem__):
            words = tidy("".join(text[at] for at in group))
            if not words:
                continue
            if index < 0:
                yield Piece(words)
                continue
            mark = marks[index]
            yield Piece(words, mark.kind, mark.anchor, mark.title, index not in shown)
            shown.add(index)


@cache
def _template() -> jinja2.Template:
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("cewen.rules", "draft"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("page.html.j2")
