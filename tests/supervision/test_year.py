"""A year of supervision: spawned, taken, late, escalated, returned, closed; a unit renamed, a deputy acting, a crash."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from cewen.base.errors import CewenError
from cewen.rules.load import Corpus, load_corpus
from cewen.supervision import journal as journal_module
from cewen.supervision.case import TaskCase, lamp_of, open_case
from cewen.supervision.escalate import escalate
from cewen.supervision.event import Actor, Step, broken_links
from cewen.supervision.journal import Journal, cases_on
from cewen.supervision.task import spawn_tasks
from cewen.supervision.unit import Renaming, Units
from cewen.supervision.workflow import Workflow, shipped_workflow

ROOT = "wuhan/2022-software-plan#root-technology"
RENAMED = date(2024, 5, 1)
UNITS = Units((Renaming(name="市科技局", renamed_to="市科技创新局", on=RENAMED),))
LEAD = Actor("李某", "市科技局", "lead")
SUPERVISOR = Actor("王某", "市政府督查室", "supervisor")


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return load_corpus()


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return Journal(tmp_path / "supervision.sqlite")


def _step(edge: str, on: str, actor: Actor = LEAD, task: str = ROOT, **rest: object) -> Step:
    return Step(task, edge, actor, date.fromisoformat(on), **({"text": "说明"} | rest))  # type: ignore[arg-type]


def _code(journal: Journal, corpus: Corpus, step: Step, units: Units = UNITS) -> str:
    with pytest.raises(CewenError) as caught:
        journal.act(corpus, step, shipped_workflow(), units)
    return caught.value.diagnostics[0].code


def _reported(journal: Journal, corpus: Corpus) -> None:
    for step in (
        _step("take", "2024-01-10", owner="李某"),
        _step("plan", "2024-02-01"),
        _step("progress", "2024-03-01"),
        _step("report", "2024-04-01", evidence=("名单公告",)),
    ):
        journal.act(corpus, step, shipped_workflow(), UNITS)


def _simulate(journal: Journal, corpus: Corpus, workflow: Workflow, days: Iterator[date]) -> list[TaskCase]:
    """A year in which some units work, some are slow and some do nothing."""
    random = Random(7)
    for on in days:
        escalate(journal, corpus, workflow, UNITS, on)
        for case in cases_on(corpus, journal.events(), workflow, on, lambda each: each.is_open):
            lead = UNITS.name_on((case.lead or ("市发改委",))[0], on)
            person = f"{lead}经办人"
            actor = (
                Actor(f"{lead}副职", lead, "lead", acts_for=person)
                if random.random() < 0.3
                else Actor(person, lead, "lead")
            )
            edge = {
                "open": "take", "assigned": "plan", "planned": "progress", "in_progress": random.choice(["progress", "report"]),
                "returned": "plan", "reported": random.choice(["close", "return"]),
            }[case.state]  # fmt: skip
            if hash_of(case.task.id) % 4 == 0 or random.random() < 0.5:
                continue
            who = SUPERVISOR if edge in ("close", "return") else actor
            step = Step(case.task.id, edge, who, on, "说明", ("材料",), owner=person if edge == "take" else "")
            journal.act(corpus, step, workflow, UNITS)
    return list(cases_on(corpus, journal.events(), workflow, on))


def hash_of(text: str) -> int:
    return sum(text.encode())


def test_a_year_leaves_no_task_without_an_owner_or_a_reason(journal: Journal, corpus: Corpus) -> None:
    workflow = shipped_workflow()
    only = Corpus(
        corpus.home,
        corpus.vocabulary,
        corpus.regions,
        tuple(p for p in corpus.policies if p.id.startswith("wuhan/2022-software")),
    )
    days = (date(2025, 1, 15) + timedelta(days=30 * step) for step in range(16))
    cases = _simulate(journal, only, workflow, days)
    last = date(2025, 1, 15) + timedelta(days=450)
    assert {case.state for case in cases} >= {"closed", "open"}
    assert any(event.to == "returned" for event in journal.events())
    assert any(event.step.actor.acts_for for event in journal.events())
    for case in cases:
        if case.is_open and not case.is_owned:
            assert lamp_of(case, workflow, last)[0] in ("red", "yellow"), case.task.id
        if case.is_open and case.due is not None and last > case.due + timedelta(days=60):
            assert case.level == 2, case.task.id
    renamed = [event for event in journal.events() if event.step.actor.unit == "市科技创新局"]
    assert renamed
    assert journal.faults() == ()
    assert broken_links(journal.events()) == ()


def test_nothing_closes_without_evidence_or_by_the_one_who_reported(journal: Journal, corpus: Corpus) -> None:
    journal.act(corpus, _step("take", "2024-01-10", owner="李某"), shipped_workflow(), UNITS)
    assert _code(journal, corpus, _step("close", "2024-01-11", SUPERVISOR)) == "CW812"
    journal.act(corpus, _step("plan", "2024-02-01"), shipped_workflow(), UNITS)
    assert _code(journal, corpus, _step("report", "2024-03-01")) == "CW814"
    journal.act(corpus, _step("report", "2024-03-01", evidence=("公告",)), shipped_workflow(), UNITS)
    himself = Actor("李某", "市政府督查室", "supervisor")
    deputy = Actor("赵某", "市政府督查室", "supervisor", acts_for="李某")
    assert _code(journal, corpus, _step("close", "2024-03-02", himself)) == "CW813"
    assert _code(journal, corpus, _step("close", "2024-03-02", deputy)) == "CW813"
    assert journal.act(corpus, _step("close", "2024-03-02", SUPERVISOR), shipped_workflow(), UNITS).state == "closed"


def test_another_unit_may_not_act_and_the_renamed_one_may(journal: Journal, corpus: Corpus) -> None:
    other = Actor("张某", "市商务局", "lead")
    new = Actor("李某", "市科技创新局", "lead")
    assert _code(journal, corpus, _step("take", "2024-01-10", other, owner="张某")) == "CW813"
    assert _code(journal, corpus, _step("take", "2024-01-10", new, owner="李某")) == "CW813"
    case = journal.act(corpus, _step("take", "2024-06-01", new, owner="李某"), shipped_workflow(), UNITS)
    assert case.owner == "李某"


def test_a_crash_between_report_and_review_loses_nothing(
    journal: Journal, corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    _reported(journal, corpus)
    before = journal.events()
    append = journal_module._append

    def crash(connection: sqlite3.Connection, event: object) -> None:
        append(connection, event)  # type: ignore[arg-type]
        raise KeyboardInterrupt

    monkeypatch.setattr(journal_module, "_append", crash)
    with pytest.raises(KeyboardInterrupt):
        journal.act(corpus, _step("close", "2024-04-10", SUPERVISOR), shipped_workflow(), UNITS)
    monkeypatch.undo()
    assert journal.events() == before
    assert journal.faults() == ()
    assert journal.act(corpus, _step("close", "2024-04-10", SUPERVISOR), shipped_workflow(), UNITS).state == "closed"


def test_the_same_click_twice_is_one_event(journal: Journal, corpus: Corpus) -> None:
    step = _step("take", "2024-01-10", owner="李某", key="一次")
    first = journal.act(corpus, step, shipped_workflow(), UNITS)
    assert journal.act(corpus, step, shipped_workflow(), UNITS) == first
    assert len(journal.events()) == 1


def test_escalation_happens_once_a_level(journal: Journal, corpus: Corpus) -> None:
    workflow = shipped_workflow()
    on = date(2026, 1, 20)
    first = escalate(journal, corpus, workflow, UNITS, on)
    assert first
    assert escalate(journal, corpus, workflow, UNITS, on) == ()
    assert all("督查机构" in event.step.text or "分管负责人" in event.step.text for event in first)


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE event SET step = replace(step, '李某', '张某') WHERE number = 2",
        "DELETE FROM event WHERE number = 2",
        "DELETE FROM event WHERE number = (SELECT max(number) FROM event)",
        "UPDATE event SET number = 99 WHERE number = 1; UPDATE event SET number = 1 WHERE number = 2;"
        "UPDATE event SET number = 2 WHERE number = 99",
        "INSERT INTO event SELECT 9, task, 'x', step, source, target, version, hash, 'made-up' FROM event WHERE number = 4",
    ],
)
def test_every_kind_of_damage_is_found(journal: Journal, corpus: Corpus, damage: str) -> None:
    _reported(journal, corpus)
    assert journal.faults() == ()
    with sqlite3.connect(journal.path) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute("UPDATE event SET task = 'x'")
    connection.close()
    connection = sqlite3.connect(journal.path)
    connection.executescript(f"DROP TRIGGER event_no_update; DROP TRIGGER event_no_delete; {damage};")
    connection.close()
    assert journal.faults()


def test_all_clauses_with_units_are_tasks_and_years_spawn_theirs(corpus: Corpus) -> None:
    tasks = spawn_tasks(corpus, date(2024, 7, 1))
    assert sum(task.origin == "clause" for task in tasks) == 64
    assert all(task.lead for task in tasks if task.origin == "clause")
    yearly = [
        task.id for task in tasks if task.id.startswith("wuhan/2022-digital-economy-measures#matching-conference@")
    ]
    assert [each.rsplit("@")[1] for each in yearly] == ["2022", "2023", "2024"]
    later = spawn_tasks(corpus, date(2026, 7, 1))
    last = [task for task in later if task.id.endswith("matching-conference@2025")]
    assert [task.due for task in last] == [date(2025, 5, 31)]
    assert not any(task.id.endswith("matching-conference@2026") for task in later)


def test_a_draft_has_tasks_nobody_is_supervised_for(corpus: Corpus, journal: Journal) -> None:
    workflow = shipped_workflow()
    draft = [task for task in spawn_tasks(corpus, date(2026, 1, 1)) if task.policy.startswith("hubei/")]
    assert len([task for task in draft if task.origin == "clause"]) == 18
    assert {open_case(task, workflow).state for task in draft} == {"not_in_force"}
    step = _step("take", "2026-01-10", Actor("甲", draft[0].lead[0], "lead"), draft[0].id, owner="甲")
    assert _code(journal, corpus, step) == "CW812"
