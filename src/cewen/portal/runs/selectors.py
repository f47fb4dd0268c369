"""Reading runs: the register an actor may evaluate, and the runs the actor may see."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from django.conf import settings
from django.core.cache import cache
from django.db.models import QuerySet

from cewen.base.period import InForce, last_full_year
from cewen.engine.columns.layout import Columns
from cewen.portal.access import OFFICERS, Actor, Role
from cewen.portal.accounts.selectors import region_codes
from cewen.portal.enterprises import selectors as enterprises
from cewen.portal.enterprises.models import FactRecord
from cewen.portal.policies.selectors import corpus
from cewen.portal.runs.models import Run, RunStatus

EVALUATORS = OFFICERS | {Role.POLICY_EDITOR, Role.STATISTICIAN, Role.ADMINISTRATOR}
"""Who may evaluate the register: each within the regions of these roles."""
_LOOKED_AT = 100
"""Enterprises at each end of the register that tell which years it has."""


def register_columns(actor: Actor) -> Columns:
    """The register in the regions of the actor's evaluating roles; the same object while neither register nor scope changes.

    A policy editor may work out sums over enterprises whose rows this role does not read: see `may_see_rows`.
    """
    grants = tuple(
        replace(grant, role=Role.STATISTICIAN) if grant.role is Role.POLICY_EDITOR else grant
        for grant in actor.grants_of(EVALUATORS)
    )
    return enterprises.register_columns(Actor(actor.person_id, actor.name, grants))


def may_see_rows(actor: Actor) -> bool:
    """Whether results may name single enterprises to the actor; sums are for every evaluator."""
    return actor.may(enterprises.READERS)


def runs_in_scope(actor: Actor, words: str = "", status: str = "") -> QuerySet[Run]:
    """The actor's own runs, newest first; `words`: only those whose title holds it."""
    found = Run.objects.filter(author_id=actor.row_id)
    if words:
        found = found.filter(title__icontains=words)
    return found.filter(status=status) if status else found


def run_in_scope(actor: Actor, run_id: int) -> Run | None:
    """A run of the actor whose regions are still the actor's; None otherwise."""
    found = runs_in_scope(actor).filter(pk=run_id).first()
    if found is None:
        return None
    codes = region_codes(actor, EVALUATORS)
    if codes is not None and (found.scope is None or not set(found.scope) <= codes):
        return None
    return found


# --- rows of a run ---------------------------------------------------------------------------------------------

SORTS = {"order": None, "amount": ("high_fen", "descending"), "name": ("name", "ascending")}


def result_rows(
    run: Run, words: str = "", measure: str = "", sort: str = "order", codes: frozenset[str] | None = None
) -> pa.Table:
    """Awards of a run that fit: `words` in name or code, one measure, of these enterprises (`codes`).

    Columns are those of the contract.
    """
    table = _stored(str(Path(settings.MEDIA_ROOT) / "runs" / run.result))
    if words:
        held = [pc.match_substring(table[name], words, ignore_case=True) for name in ("name", "uscc")]
        table = table.filter(pc.or_(*held))
    if measure:
        table = table.filter(pc.equal(table["measure"], measure))
    if codes is not None:
        table = table.filter(pc.is_in(table["uscc"], value_set=pa.array(sorted(codes), pa.string())))
    order = SORTS.get(sort)
    return table.sort_by([order]) if order else table


def codes_of(actor: Actor, region: str = "", size: str = "", field: str = "") -> frozenset[str] | None:
    """Codes of the enterprises of a region, size, kind as they are registered now; None where nothing is asked."""
    if not (region or size or field):
        return None
    rows = enterprises.search(actor, enterprises.RegisterQuery(size=size, field=field)).order_by()
    if region:
        rows = rows.filter(region_code=region)  # without its zones, which the sums of a run have apart
    return frozenset(rows.values_list("uscc", flat=True))


@lru_cache(maxsize=4)
def _stored(path: str) -> pa.Table:
    """A file of results, which never changes once it is there."""
    return pq.read_table(path)


def usual_day(today: date) -> date:
    """The day a new run is offered: today while a policy with measures is in force, else the last day one was."""
    policies = [each for each in corpus().policies if each.measures]
    if any(each.header.validity.on(today) is InForce.IN_FORCE for each in policies):
        return today
    ends = [each.header.expires_on for each in policies if each.header.expires_on and each.header.expires_on < today]
    return max(ends, default=today)


def usual_year(actor: Actor, on: date) -> int:
    """The last full year before the day, or the latest one before it that the register has annual facts of.

    Looked for in the first and the last enterprises there are, whoever asks: it is what a form begins with, and the
    register is not read for that. Kept until the register changes.
    """
    del actor
    last = last_full_year(on)
    place = f"runs.year.{enterprises.register_version()}.{last}"
    kept: int | None = cache.get(place)
    if kept is None:
        annual = [fact.key for fact in corpus().vocabulary.of_subject("enterprise") if fact.is_annual]
        years = {
            int(year)
            for order in ("enterprise_id", "-enterprise_id")
            for facts in FactRecord.objects.order_by(order).values_list("facts", flat=True)[:_LOOKED_AT]
            for key in annual
            for year in facts.get(key, ())
        }
        kept = max((year for year in years if year <= last), default=last)
        cache.set(place, kept, 3600)
    return kept


def done_runs(actor: Actor, most: int = 50) -> list[Run]:
    """The actor's runs with results, newest first: what may be laid side by side."""
    return [each for each in runs_in_scope(actor, status=RunStatus.DONE)[:most] if each.summary]


def recent_ends(actor: Actor, since: datetime) -> list[Run]:
    """The actor's runs that ended since, newest first: done, or failed."""
    ended = [RunStatus.DONE, RunStatus.FAILED]
    return list(runs_in_scope(actor).filter(status__in=ended, ended_at__gte=since).defer("summary")[:5])
