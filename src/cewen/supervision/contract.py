"""The JSON of `cewen tasks`, in the order of the contract."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from cewen.supervision.case import TaskCase, lamp_of
from cewen.supervision.unit import Units
from cewen.supervision.workflow import Workflow


def tasks_json(on: date, cases: Iterable[TaskCase], workflow: Workflow, units: Units) -> dict[str, Any]:
    """`{"on": …, "tasks": […]}`. `lead` is null where no unit is named and none has taken it."""
    return {"on": on.isoformat(), "tasks": [task_json(each, workflow, units, on) for each in cases]}


def task_json(case: TaskCase, workflow: Workflow, units: Units, on: date) -> dict[str, Any]:
    """One task; units under the name they bear on the day."""
    task = case.task
    return {
        "id": task.id,
        "policy": task.policy,
        "clause": task.clause,
        "title": task.title,
        "lead": "、".join(units.name_on(unit, on) for unit in case.lead) or None,
        "lead_named": task.lead_named,
        "responsible": [units.name_on(unit, on) for unit in task.responsible],
        "due": case.due.isoformat() if case.due else None,
        "recurrence": task.recurrence,
        "state": case.state,
        "lamp": lamp_of(case, workflow, on)[0],
    }
