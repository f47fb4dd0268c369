"""Tasks as the documents give them: clauses with units, yearly obligations one a year, targets nobody is named for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Literal

from cewen.base.period import InForce, Validity
from cewen.rules.load import Corpus
from cewen.rules.policy import Policy, Target, TaskEntry

Origin = Literal["clause", "yearly", "target"]


@dataclass(frozen=True, slots=True)
class Task:
    """Task (督办任务). `lead` is empty where the document names no unit at all; `lead_named` says whether it names the
    lead, or the first responsible unit was taken. `due` is None where neither clause nor document gives a day."""

    id: str
    policy: str
    clause: str
    title: str
    quote: str
    lead: tuple[str, ...]
    lead_named: bool
    responsible: tuple[str, ...]
    due: date | None
    recurrence: Literal["yearly", "none"]
    origin: Origin
    starts: date | None
    is_in_force: bool


def spawn_tasks(corpus: Corpus, on: date) -> tuple[Task, ...]:
    """Every task there is on a day, in the order of the documents.

    A clause with units is one task until the document ends. A yearly obligation or yearly target gives a task for each
    year the document is in force, from its first to the current one, or to its last. A target without units is a task
    without lead: it stays on the list until somebody takes it. Tasks of a draft are listed as not in force.
    """
    return tuple(task for policy in corpus.policies for task in _of_policy(policy, on))


def _of_policy(policy: Policy, on: date) -> Iterator[Task]:
    validity = policy.header.validity
    stands = validity.on(on)
    if stands is InForce.NOT_YET:
        return
    in_force = stands is not InForce.DRAFT
    for entry in policy.tasks:
        yield _of_clause(policy, entry, in_force)
    for target in policy.targets:
        if target.kind == "annual_obligation" or (target.kind == "target" and target.frequency == "annual"):
            yield from _yearly(policy, target, on, in_force)
        elif target.kind == "target" and not target.units:
            yield _of_target(policy, target, in_force)


def _of_clause(policy: Policy, entry: TaskEntry, in_force: bool) -> Task:
    validity = policy.header.validity
    units = tuple(dict.fromkeys((*entry.lead, *entry.responsible)))
    return Task(
        f"{policy.id}#{entry.id}", policy.id, entry.clause, entry.title, entry.quote, entry.lead, entry.lead_named,
        units, _end(validity), "none", "clause", validity.effective_on, in_force,
    )  # fmt: skip


def _yearly(policy: Policy, target: Target, on: date, in_force: bool) -> Iterator[Task]:
    validity = policy.header.validity
    first, last = validity.effective_on, _end(validity)
    years: list[int | None] = [None]
    if first is not None:
        until = min(on.year, last.year if last else on.year, target.year or on.year)
        years = [*range(first.year, until + 1)]
    for year in years:
        ends = None if year is None else date(year, 12, 31)
        due = min(ends, last) if ends is not None and last is not None else ends
        starts = None if year is None or first is None else max(date(year, 1, 1), first)
        name = f"{policy.id}#{target.id}" + (f"@{year}" if year else "")
        title = target.indicator + (f"（{year}年）" if year else "")
        yield Task(
            name, policy.id, target.clause, title, target.quote, target.units[:1], False,
            target.units, due, "yearly", "yearly", starts, in_force,
        )  # fmt: skip


def _of_target(policy: Policy, target: Target, in_force: bool) -> Task:
    validity = policy.header.validity
    due = date(target.year, 12, 31) if target.year else _end(validity)
    return Task(
        f"{policy.id}#target:{target.id}", policy.id, target.clause, f"目标：{target.indicator}", target.quote, (), False,
        (), due, "none", "target", validity.effective_on, in_force,
    )  # fmt: skip


def _end(validity: Validity) -> date | None:
    ends = [day for day in (validity.expires_on, validity.repealed_on) if day is not None]
    return min(ends) if ends else None
