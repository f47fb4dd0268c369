"""A policy under examination: its text parsed, its quotes listed, its measures lowered once for all checks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import groupby

from cewen.base.diagnostic import Diagnostic, has_errors
from cewen.base.source import Place, Span
from cewen.rules.check.expressions import expressions_of
from cewen.rules.load import Corpus
from cewen.rules.lower import LoweredMeasure, lower_measure
from cewen.rules.measure import Measure
from cewen.rules.policy import Policy
from cewen.rules.yaml_file import YamlFile
from cewen.text.clause import Document
from cewen.text.flow import Flow, fold_text
from cewen.text.parse import parse_document

_ANY_DAY = date(2000, 1, 1)


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quote (引文) with the clause it names, None where none is named; `owner` is the measure's id, if it is one's."""

    quote: str
    clause: str | None
    place: Place
    clause_place: Place
    owner: str | None = None


def about(measure: Measure) -> str:
    """How a message names a measure: title and clause."""
    return f"措施“{measure.title}”（{measure.clause}）"


@dataclass(frozen=True)
class Examined:
    """A policy under examination (核对中的政策). `on` is the day asked about; None: no particular day."""

    corpus: Corpus
    policy: Policy
    on: date | None = None

    @cached_property
    def document(self) -> Document:
        return parse_document(self.policy.text)

    @cached_property
    def flow(self) -> Flow:
        """The text without page numbers and footnotes, which no sentence runs through."""
        return Flow.of(self.policy.text, without=self.document.noise)

    def found(self, quote: str) -> Iterator[Span]:
        """Every place where a quote stands: word for word, or with page numbers and footnotes left out."""
        seen: set[Span] = set()
        for flow in (self.policy.flow, self.flow):
            at = 0
            while (span := flow.find(quote, at)) is not None:
                if span not in seen:
                    seen.add(span)
                    yield span
                at = flow.index(span.start) + 1

    def part(self, quote: str, where: Span, start: int, end: int) -> Span:
        """The file's characters of a part of a quote that stands at `where`; offsets count the folded quote."""
        flow = Flow.of(self.policy.text, where)
        if flow.text != fold_text(quote):
            flow = Flow.of(self.policy.text, where, self.document.noise)
        return flow.span(start, end)

    # --- places ------------------------------------------------------------------------------------------------

    def file(self, measure: Measure) -> YamlFile | None:
        return self.policy.files.get(self.policy.measure_files.get(measure.id, ""))

    def place(self, measure: Measure, *pointer: str | int) -> Place:
        """Where something of a measure stands in its file."""
        file = self.file(measure)
        return file.place(*pointer) if file else Place()

    def head(self, *pointer: str | int) -> Place:
        """Where something stands in policy.yaml."""
        return self.at("policy.yaml", *pointer)

    def at(self, name: str, *pointer: str | int) -> Place:
        """Where something stands in a file of the policy folder."""
        file = self.policy.files.get(name)
        return file.place(*pointer) if file else Place(f"{self.policy.id}/{name}")

    # --- quotes ------------------------------------------------------------------------------------------------

    @cached_property
    def quotations(self) -> tuple[Quotation, ...]:
        """Every quote of the folder: of header, stacking rules, measures, targets and tasks."""
        return (*self._header_quotations(), *self._measure_quotations(), *self._list_quotations())

    def _header_quotations(self) -> Iterator[Quotation]:
        header = self.policy.header
        if header.validity_quote:
            place = self.head("validity_quote")
            yield Quotation(header.validity_quote, None, place, place)
        for index, rule in enumerate(header.stacking):
            where = ("stacking", index)
            yield Quotation(rule.quote, rule.clause, self.head(*where, "quote"), self.head(*where, "clause"))

    def _measure_quotations(self) -> Iterator[Quotation]:
        for measure in self.policy.measures:
            place, clause_place = self.place(measure, "quote"), self.place(measure, "clause")
            yield Quotation(measure.quote, measure.clause, place, clause_place, measure.id)
            for index, citation in enumerate(measure.citations):
                place = self.place(measure, "citations", index, "quote")
                clause_place = self.place(measure, "citations", index, "clause")
                yield Quotation(citation.quote, citation.clause, place, clause_place, measure.id)

    def _list_quotations(self) -> Iterator[Quotation]:
        for name, entries in (("targets.yaml", self.policy.targets), ("tasks.yaml", self.policy.tasks)):
            # An entry of wrong shape is left out of the list, so the place is found by id, not by position.
            file = self.policy.files.get(name)
            rows = file.data if file and isinstance(file.data, list) else []
            where = {row.get("id"): index for index, row in enumerate(rows) if isinstance(row, dict)}
            for entry in entries:
                index = where.get(entry.id, 0)
                yield Quotation(
                    entry.quote, entry.clause, self.at(name, index, "quote"), self.at(name, index, "clause")
                )

    # --- lowered measures --------------------------------------------------------------------------------------

    @cached_property
    def _lowered(self) -> tuple[tuple[LoweredMeasure, tuple[Diagnostic, ...]], ...]:
        result = []
        for measure in self.policy.measures:
            for day in self._days(measure):
                findings: list[Diagnostic] = []
                lowered = lower_measure(self.corpus, self.policy, measure, day, findings)
                result.append((lowered, tuple(findings)))
        return tuple(result)

    def _days(self, measure: Measure) -> tuple[date, ...]:
        """The days on which a dated value of the measure changes; one day where none does."""
        days = {
            date.fromisoformat(str(expression.pointer[-1]))
            for expression in expressions_of(measure)
            if isinstance(expression.pointer[-1], str) and expression.pointer[-1][:1].isdigit()
        }
        return tuple(sorted(days)) or (self.policy.header.effective_on or self.on or _ANY_DAY,)

    @property
    def misfits(self) -> tuple[Diagnostic, ...]:
        """What lowering found, each once."""
        return tuple(dict.fromkeys(finding for _, findings in self._lowered for finding in findings))

    @property
    def sound(self) -> tuple[LoweredMeasure, ...]:
        """Measures that lower without error, once for each day on which one of their values changes."""
        groups = groupby(self._lowered, key=lambda pair: pair[0].key)
        kept: list[LoweredMeasure] = []
        for _, group in groups:
            variants = list(group)
            if not any(has_errors(findings) for _, findings in variants):
                kept.extend(lowered for lowered, _ in variants)
        return tuple(kept)
