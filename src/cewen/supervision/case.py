"""Where a task stands: its events folded over the task, and whether a step may be taken."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from cewen.base.errors import CewenError
from cewen.supervision.event import Actor, Event, Step
from cewen.supervision.task import Task
from cewen.supervision.unit import Units
from cewen.supervision.workflow import NEED_LABELS, ROLE_LABELS, Workflow

NOT_IN_FORCE = "not_in_force"
REPORTS = ("plan", "progress", "report", "take", "hand_over", "extend", "reopen", "return")
"""Steps that show that something moves."""


@dataclass(frozen=True, slots=True)
class TaskCase:
    """Task with its history (在办任务). `lead` is the unit that took it where the document named none."""

    task: Task
    state: str
    lead: tuple[str, ...]
    owner: str
    due: date | None
    level: int
    moved_on: date | None
    version: int
    events: tuple[Event, ...] = field(repr=False, default=())

    @property
    def is_open(self) -> bool:
        return self.state not in ("closed", "withdrawn", NOT_IN_FORCE)

    @property
    def is_owned(self) -> bool:
        """Whether a unit and a person answer for it."""
        return bool(self.lead and self.owner)


def open_case(task: Task, workflow: Workflow, events: Iterable[Event] = ()) -> TaskCase:
    """A task with its events applied in order."""
    state = workflow.start if task.is_in_force else NOT_IN_FORCE
    case = TaskCase(task, state, task.lead, "", task.due, 0, task.starts, workflow.version)
    for event in events:
        case = _applied(case, event)
    return case


def _applied(case: TaskCase, event: Event) -> TaskCase:
    step = event.step
    return replace(
        case,
        state=event.to,
        lead=case.lead or ((step.actor.unit,) if step.edge == "take" else ()),
        owner=step.owner or case.owner,
        due=step.due or case.due,
        level=case.level + (step.edge == "escalate"),
        moved_on=step.on if step.edge in REPORTS else case.moved_on,
        version=event.version,
        events=(*case.events, event),
    )


def decide(case: TaskCase, step: Step, workflow: Workflow, units: Units, last: Event | None) -> Event:
    """The event a step makes: may you, does it fit, then the change. `last` is the end of the whole chain.

    Raises CewenError: CW812 no such step from this state, CW813 not yours to take, CW814 something missing.
    """
    edge = workflow.edges.get(step.edge)
    label = workflow.states[case.state].label if case.state in workflow.states else "尚未施行"
    if edge is None or case.state not in edge.sources:
        possible = [
            each.label for each in workflow.edges.values() if case.state in each.sources and each.by != "system"
        ]
        wanted = edge.label if edge else step.edge
        remedy = f"现在可以：{'、'.join(possible)}。" if possible else "征求意见稿施行以后才督办。"
        raise CewenError.of("CW812", f"“{case.task.title}”现在是“{label}”，不能{wanted}", remedy)
    _check_actor(case, step, workflow, units)
    missing = [
        NEED_LABELS[need]
        for need in edge.needs
        if not {"owner": step.owner, "text": step.text.strip(), "evidence": step.evidence, "due": step.due}[need]
    ]
    if missing:
        raise CewenError.of("CW814", f"{edge.label}缺少{'、'.join(missing)}", f"补上{'、'.join(missing)}再提交。")
    if step.due is not None and step.due < step.on:
        raise CewenError.of("CW814", f"新的期限 {step.due} 早于 {step.on}", "填一个以后的日期。")
    if last is not None and step.on < last.step.on and case.events and step.on < case.events[-1].step.on:
        before = case.events[-1].step.on
        raise CewenError.of("CW814", f"日期 {step.on} 早于上一环节的 {before}", "按发生的先后记录。")
    to = case.state if edge.to == "same" else edge.to
    return Event.after(last, step, case.state, to, workflow.version)


def _check_actor(case: TaskCase, step: Step, workflow: Workflow, units: Units) -> None:
    edge, actor = workflow.edges[step.edge], step.actor
    if actor.role != edge.by:
        message = f"{edge.label}由{ROLE_LABELS[edge.by]}办理，{actor.person}是{ROLE_LABELS.get(actor.role, actor.role)}"
        raise CewenError.of("CW813", message, f"请{ROLE_LABELS[edge.by]}的人办理。")
    if edge.by == "lead" and case.lead and not any(units.same(actor.unit, unit, step.on) for unit in case.lead):
        lead = "、".join(units.name_on(unit, step.on) for unit in case.lead)
        raise CewenError.of("CW813", f"这件任务由{lead}牵头，{actor.unit}不能{edge.label}", f"请{lead}办理。")
    if edge.other_than is not None:
        before = next((each for each in reversed(case.events) if each.step.edge == edge.other_than), None)
        if before is not None and _is_same_person(before.step.actor, actor):
            message = f"{actor.person}办过“{workflow.edges[edge.other_than].label}”，不能再{edge.label}"
            raise CewenError.of("CW813", message, "换一个人核验。")


def _is_same_person(one: Actor, other: Actor) -> bool:
    return bool({one.person, one.acts_for} & {other.person, other.acts_for} - {""})


def lamp_of(case: TaskCase, workflow: Workflow, on: date) -> tuple[str, str]:
    """Colour and words of the lamp on a day; `none` for what is done, not due and not silent."""
    if not case.is_open:
        return "none", ""
    for rule in workflow.lamps:
        days = timedelta(days=rule.days)
        due, since = case.due, case.moved_on
        holds = {
            "overdue": due is not None and on > due,
            "near": due is not None and on + days >= due,
            "silent": case.state != "reported" and bool(case.owner) and since is not None and on > since + days,
            "unowned": not case.is_owned and case.task.starts is not None and on > case.task.starts + days,
        }[rule.when]
        if holds:
            return rule.lamp, rule.label
    return "none", ""
