"""All readings of a document together."""

from __future__ import annotations

from dataclasses import dataclass

from cewen.base.source import Span
from cewen.text.clause import Document
from cewen.text.readings.incentives import Incentive, read_incentives
from cewen.text.readings.passage import Passage
from cewen.text.readings.targets import Target, read_targets
from cewen.text.readings.units import ResponsibleUnits, read_units
from cewen.text.readings.unread import Unread, read_unread


@dataclass(frozen=True, slots=True)
class Readings:
    """Everything read from a document (读出的内容), each in the order of the text."""

    units: tuple[ResponsibleUnits, ...]
    targets: tuple[Target, ...]
    incentives: tuple[Incentive, ...]
    unread: tuple[Unread, ...]


def read_all(document: Document) -> Readings:
    """Units, incentives, targets (numbers of incentives are none) and what is left. Linear in the length of the text."""
    passage = Passage.of(document)
    incentives = read_incentives(document, passage)
    taken: tuple[Span, ...] = tuple(incentive.span for incentive in incentives)
    targets = read_targets(document, passage, taken)
    return Readings(read_units(document), targets, incentives, read_unread(document, incentives, targets, passage))
