"""From the passage to the promises in their final form."""

from __future__ import annotations

from cewen.text.clause import Document
from cewen.text.readings.cover import SpanCover
from cewen.text.readings.incentives.assemble import assemble
from cewen.text.readings.incentives.condition import Limit, read_conditions, read_limits
from cewen.text.readings.incentives.draft import Draft
from cewen.text.readings.incentives.incentive import Incentive
from cewen.text.readings.incentives.manner import read_beneficiary, read_certainty, read_frequency
from cewen.text.readings.incentives.merge import merge
from cewen.text.readings.incentives.row import read_rows
from cewen.text.readings.incentives.tier import build_tiers
from cewen.text.readings.passage import Passage


def read_incentives(document: Document, passage: Passage | None = None) -> tuple[Incentive, ...]:
    """Every promise of money, in order. Deterministic; never raises on any text."""
    laid_out = passage or Passage.of(document)
    rows = read_rows(laid_out)
    taken = SpanCover(row.span for row in rows)
    found = [_finish(laid_out, draft) for draft in merge(laid_out, assemble(laid_out, taken))]
    return tuple(sorted([*found, *rows], key=lambda incentive: incentive.span))


def _finish(passage: Passage, draft: Draft) -> Incentive:
    tiers, limits = build_tiers(passage, draft)
    certainty = read_certainty(passage, draft, tiers, limits)
    caps = [member for step in draft.steps for group in step.caps for member in group.members]
    for zone in (*draft.carried, *draft.later):
        limits.extend(limit for limit in _new(limits, read_limits(passage, zone)) if limit.quantity not in caps)
    who = read_beneficiary(passage, draft)
    return Incentive(
        clause=passage.clause_path(draft.start),
        span=passage.span(draft.start, draft.end),
        beneficiary="".join(who.of(passage.document.text).split()) if who else None,
        beneficiary_span=who,
        tiers=tiers,
        conditions=tuple(read_conditions(passage, limits)),
        certainty=certainty,
        frequency=read_frequency(passage, draft),
        totals=tuple(passage.span(*total) for total in draft.totals),
    )


def _new(known: list[Limit], more: list[Limit]) -> list[Limit]:
    return [limit for limit in more if limit not in known]
