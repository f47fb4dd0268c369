"""A policy as the pages show it: each clause beside what it does, with nothing of the web in it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext_noop

from cewen.base.period import InForce
from cewen.base.source import Span
from cewen.rules.facts import Vocabulary
from cewen.rules.measure import Measure
from cewen.rules.policy import Policy, Target, TaskEntry
from cewen.rules.readback import readback
from cewen.text.blocks import Block, BlockKind, blocks_of
from cewen.text.clause import Clause, Document
from cewen.text.lines import cells_of
from cewen.text.parse import parse_document
from cewen.text.readings import Readings, read_all
from cewen.text.render.page import tidy_piece

STATUS_WORDS = {
    InForce.IN_FORCE: gettext_noop("施行中"),
    InForce.DRAFT: gettext_noop("征求意见稿"),
    InForce.NOT_YET: gettext_noop("尚未施行"),
    InForce.EXPIRED: gettext_noop("已失效"),
    InForce.REPEALED: gettext_noop("已废止"),
}
"""One word for each status; the sentence with its date comes from `InForce.says`."""


@dataclass(frozen=True, slots=True)
class MeasureShown:
    """Measure beside its clause (条文旁的措施): its readback, and where its quote stands in the text."""

    measure: Measure
    readback: str
    span: Span | None


@dataclass(slots=True)
class Beside:
    """What a clause does (条文的作用): measures, targets, tasks, units, promises read, and passages not understood."""

    measures: list[MeasureShown] = field(default_factory=list)
    targets: list[Target] = field(default_factory=list)
    tasks: list[TaskEntry] = field(default_factory=list)
    units: list[str] = field(default_factory=list)
    incentives: list[str] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.measures or self.targets or self.tasks or self.units)


@dataclass(frozen=True, slots=True)
class Mark:
    """Highlight of a run of the text (标注): its kind, what it belongs to, and what a reader sees when pointing at it."""

    span: Span
    kind: str
    target: str
    title: str


@dataclass(frozen=True, slots=True)
class Run:
    """A run of characters shown alike (文字段): part of a heading or not, marked or not."""

    text: str
    mark: Mark | None = None
    is_heading: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph or table row of the text (段落)."""

    kind: str
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of the document that begins with a clause (条款段) and what stands beside it.

    `paragraphs` are its own, without those of the clauses below it; `clause` is None before the first clause and after
    the body.
    """

    clause: Clause | None
    paragraphs: tuple[Paragraph, ...]
    beside: Beside
    spans: tuple[Span, ...]

    @property
    def anchor(self) -> str:
        return anchor_of(self.clause.path) if self.clause else ""


@dataclass(frozen=True)
class Sheet:
    """A policy laid out for reading (政策文本页): document, readings, sections and marks."""

    policy: Policy
    document: Document
    readings: Readings
    sections: tuple[Section, ...]

    def section(self, path: str) -> Section | None:
        """The section that begins with the clause at `path`."""
        return next((each for each in self.sections if each.clause is not None and each.clause.path == path), None)

    def status(self, on: date) -> InForce:
        return self.policy.header.validity.on(on)


@dataclass(frozen=True, slots=True)
class Hit:
    """A clause that a search found (命中): the words around, cut into (text, is_match) pieces."""

    path: str
    title: str
    pieces: tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class Found:
    """A policy in the library (政策库条目) with its status on the day, and the clauses the search hit."""

    policy: Policy
    status: InForce
    hits: tuple[Hit, ...] = ()
    hit_count: int = 0


@dataclass(frozen=True, slots=True)
class Moment:
    """A day on which something starts or ends (时间点)."""

    day: date
    kind: str
    word: str
    policy: Policy
    clause: str = ""
    detail: str = ""


def anchor_of(path: str) -> str:
    """The anchor of a clause in its document: the same for the same clause path, whatever else changes."""
    return f"c-{path}"


def lay_out(policy: Policy, vocabulary: Vocabulary) -> Sheet:
    """The policy with its text parsed and read, cut into sections, each with what stands beside it."""
    document = parse_document(policy.text)
    readings = read_all(document)
    shown = [
        MeasureShown(each, readback(each, policy, vocabulary), policy.find(each.quote)) for each in policy.measures
    ]
    marks = _marks(policy, readings, shown)
    sections = []
    for clause, blocks in _stretches(document):
        paragraphs = tuple(_paragraph(document, block, marks) for block in blocks)
        spans = tuple(piece for block in blocks for piece in block.pieces)
        sections.append(Section(clause, paragraphs, Beside(), spans))
    sheet = Sheet(policy, document, readings, tuple(sections))
    _fill(sheet, shown)
    return sheet


def _stretches(document: Document) -> Iterator[tuple[Clause | None, list[Block]]]:
    clause: Clause | None = None
    blocks: list[Block] = []
    is_after = False
    for block in blocks_of(document):
        begins_after = block.kind is BlockKind.AFTER and not is_after
        if block.clause is not None or begins_after:
            if blocks:
                yield clause, blocks
            clause, blocks, is_after = block.clause, [], begins_after
        blocks.append(block)
    if blocks:
        yield clause, blocks


def _fill(sheet: Sheet, shown: Sequence[MeasureShown]) -> None:
    """Puts everything beside its clause; what rests on text outside the clauses, beside that text."""
    by_path = {section.clause.path: section.beside for section in sheet.sections if section.clause}

    def beside(path: str, span: Span | None) -> Beside:
        if path in by_path or not sheet.sections:
            return by_path.get(path, Beside())
        held = (section for section in sheet.sections if span and any(span.meets(own) for own in section.spans))
        return next(held, sheet.sections[0]).beside

    policy, readings = sheet.policy, sheet.readings
    for each in shown:
        beside(each.measure.clause, each.span).measures.append(each)
    for target in policy.targets:
        beside(target.clause, policy.find(target.quote)).targets.append(target)
    for task in policy.tasks:
        beside(task.clause, policy.find(task.quote)).tasks.append(task)
    for units in readings.units:
        names = beside(units.clause, units.span).units
        names.extend(name for name in units.all if name not in names)
    covered = [each.span for each in shown if each.span]
    for incentive in readings.incentives:
        if not any(span.meets(incentive.span) for span in covered):
            words = f"{incentive.beneficiary or '对象未写明'}（{incentive.certainty.label}）"
            beside(incentive.clause, incentive.span).incentives.append(words)
    for unread in readings.unread:
        clause = sheet.document.clause_at(unread.span.start)
        beside(clause.path if clause else "", unread.span).unread.append(unread.why)


def _marks(policy: Policy, readings: Readings, shown: Iterable[MeasureShown]) -> list[Mark]:
    """Marks that do not meet, in order; where two would, measures come before targets, targets before units."""
    wanted = [Mark(each.span, "measure", f"m-{each.measure.id}", each.measure.title) for each in shown if each.span]
    for target in policy.targets:
        span = policy.find(target.quote)
        if span is not None:
            wanted.append(Mark(span, "target", f"t-{target.id}", target.indicator))
    wanted += [Mark(units.span, "unit", "", "责任单位") for units in readings.units]
    chosen: list[Mark] = []
    for mark in wanted:
        if len(mark.span) and not any(mark.span.meets(other.span) for other in chosen):
            chosen.append(mark)
    return sorted(chosen, key=lambda mark: mark.span)


def _paragraph(document: Document, block: Block, marks: Sequence[Mark]) -> Paragraph:
    text = document.text
    if block.kind is BlockKind.ROW:
        cells = [cell for piece in block.pieces for cell in cells_of(piece.of(text))]
        return Paragraph("row", tuple(Run(cell) for cell in cells))
    heading_end = block.clause.heading.end if block.kind is BlockKind.CLAUSE and block.clause else 0
    runs = []
    for piece in block.pieces:
        for span, mark in _cut(piece, marks, heading_end):
            shown = tidy_piece(text, span)
            if shown:
                runs.append(Run(shown, mark, span.end <= heading_end))
    return Paragraph(block.kind.value, tuple(runs))


def _cut(piece: Span, marks: Sequence[Mark], heading_end: int) -> Iterator[tuple[Span, Mark | None]]:
    """The piece in parts, cut at the edges of marks and where the heading ends."""
    near = [mark for mark in marks if mark.span.meets(piece)]
    edges = {piece.start, piece.end, heading_end}
    edges |= {edge for mark in near for edge in (mark.span.start, mark.span.end)}
    inside = sorted(edge for edge in edges if piece.start <= edge <= piece.end)
    for start, end in itertools.pairwise(inside):
        yield Span(start, end), next((mark for mark in near if mark.span.start <= start < mark.span.end), None)


@dataclass(frozen=True, slots=True)
class Bar:
    """A policy on the timeline (时间线上的文件): where its bar and marks stand, in pixels; `left` None: never in force.

    `is_open` bars have no end; `dots` are the years its targets are due, each with how many.
    """

    policy: Policy
    status: InForce
    y: float
    left: float | None
    width: float
    is_open: bool
    consulted: float | None
    dots: tuple[tuple[float, int, int], ...]

    @property
    def name_at(self) -> float:
        """Where its title begins: above its bar, but never so far right that a long title would run out."""
        begins = [at for at in (self.left, self.consulted, *(x for x, _, _ in self.dots)) if at is not None]
        first = min(begins, default=float(CHART_EDGE))
        return max(float(CHART_EDGE), min(first, CHART_WIDTH - CHART_EDGE - 15.0 * len(self.policy.header.title)))


@dataclass(frozen=True, slots=True)
class TimelineChart:
    """The timeline drawn (时间线图): bars under a scale of years, and a line for today."""

    width: int
    height: int
    bars: tuple[Bar, ...]
    years: tuple[tuple[float, int], ...]
    today: float


CHART_WIDTH, ROW_HEIGHT, CHART_TOP, CHART_EDGE = 1100, 56, 32, 12


def draw_timeline(policies: Sequence[Policy], on: date) -> TimelineChart | None:
    """Every policy as a bar from its first to its last day in force; None without a single date."""
    days = [day for each in policies for day in _days_of(each)]
    if not days:
        return None
    first = date(min(*days, on).year, 1, 1).toordinal()
    last = date(max(*days, on).year + 1, 1, 1).toordinal()

    def x(day: date) -> float:
        return round(CHART_EDGE + (day.toordinal() - first) / (last - first) * (CHART_WIDTH - 2 * CHART_EDGE), 1)

    shown = sorted((each for each in policies if _days_of(each)), key=lambda each: (min(_days_of(each)), each.id))
    bars = tuple(_bar(each, on, CHART_TOP + number * ROW_HEIGHT, x) for number, each in enumerate(shown))
    years = range(date.fromordinal(first).year, date.fromordinal(last).year)
    height = CHART_TOP + len(bars) * ROW_HEIGHT + 8
    return TimelineChart(CHART_WIDTH, height, bars, tuple((x(date(year, 1, 1)), year) for year in years), x(on))


def _days_of(policy: Policy) -> list[date]:
    header = policy.header
    named = (header.consulted_on, header.issued_on, header.effective_on, header.expires_on, header.repealed_on)
    return [day for day in named if day is not None] + [date(year, 12, 31) for year in _due_years(policy)]


def _due_years(policy: Policy) -> list[int]:
    return sorted(target.year for target in policy.targets if target.year is not None and target.kind == "target")


def _bar(policy: Policy, on: date, y: float, x: Callable[[date], float]) -> Bar:
    header, due = policy.header, _due_years(policy)
    ends = min((day for day in (header.expires_on, header.repealed_on) if day), default=None)
    left = x(header.effective_on) if header.effective_on else None
    right = x(ends) if ends else float(CHART_WIDTH - CHART_EDGE)
    return Bar(
        policy, header.validity.on(on), y, left, round(right - left, 1) if left is not None else 0.0, ends is None,
        x(header.consulted_on) if header.consulted_on else None,
        tuple((x(date(year, 12, 31)), year, due.count(year)) for year in dict.fromkeys(due)),
    )  # fmt: skip
