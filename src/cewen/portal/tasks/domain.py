"""Tasks as the pages show them, who stands for which unit, and what a file of evidence may be."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from cewen.base.errors import CewenError
from cewen.portal import uploads
from cewen.portal.access import Grant
from cewen.supervision.case import TaskCase, lamp_of
from cewen.supervision.contract import task_json
from cewen.supervision.event import Actor as TaskActor
from cewen.supervision.unit import Units
from cewen.supervision.workflow import Edge, Workflow

LAMP_ORDER = ("red", "yellow", "blue", "none")
LAMP_COLORS = {"red": "overdue", "yellow": "ceiling", "blue": "accent", "none": "not_met"}
LAMP_SIGNS = {"red": "●", "yellow": "▲", "blue": "◆", "none": "○"}
NOT_IN_FORCE = "征求意见稿，尚未施行"

MOST_BYTES = 10 * 1024 * 1024
KINDS = {
    ".pdf": ("application/pdf", (b"%PDF-",)),
    ".docx": ("application/vnd.openxmlformats-officedocument.wordprocessingml.document", (b"PK\x03\x04",)),
    ".xlsx": ("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (b"PK\x03\x04",)),
    ".jpg": ("image/jpeg", (b"\xff\xd8\xff",)),
    ".jpeg": ("image/jpeg", (b"\xff\xd8\xff",)),
    ".png": ("image/png", (b"\x89PNG\r\n\x1a\n",)),
}
"""Kinds of files taken as evidence: how the name ends, the type, how the content begins."""
_PACKAGES = {".docx": uploads.DOCUMENT, ".xlsx": uploads.WORKBOOK}
DOOR = uploads.Door(kind="CW750", size="CW750", path="CW750", unpacked=100 * 1024 * 1024)


@dataclass(frozen=True, slots=True)
class TaskShown:
    """Task as a row of the list (任务一行) on a day."""

    case: TaskCase
    lamp: str
    lamp_label: str
    state: str
    lead: tuple[str, ...]
    responsible: tuple[str, ...]
    policy_title: str

    @property
    def color(self) -> str:
        return LAMP_COLORS[self.lamp]

    @property
    def sign(self) -> str:
        return LAMP_SIGNS[self.lamp]

    @property
    def policy_id(self) -> str:
        return self.case.task.policy

    @property
    def key(self) -> str:
        """What stands behind # in the id of the task."""
        return self.case.task.id.partition("#")[2]

    @property
    def is_unowned(self) -> bool:
        return self.case.is_open and not self.case.is_owned


def show(case: TaskCase, workflow: Workflow, units: Units, on: date, title: str) -> TaskShown:
    """The row of a task; units under the names they bear on the day."""
    lamp, words = lamp_of(case, workflow, on)
    state = workflow.states[case.state].label if case.state in workflow.states else NOT_IN_FORCE
    lead = tuple(units.name_on(unit, on) for unit in case.lead)
    responsible = tuple(units.name_on(unit, on) for unit in case.task.responsible)
    return TaskShown(case, lamp, words, state, lead, responsible, title)


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom an actor stands for on a task (办理身份): the actor of the workflow, and the organization that gives the right."""

    actor: TaskActor
    organization_id: int

    @property
    def key(self) -> str:
        return f"{self.organization_id}:{self.actor.role}:{self.actor.unit}:{self.actor.acts_for}"

    @property
    def words(self) -> str:
        stands_in = f"（代{self.actor.acts_for}）" if self.actor.acts_for else ""
        return f"{self.actor.unit or '督查'}{stands_in}"


def unit_names(organization: str, region: str) -> tuple[str, ...]:
    """What documents of a region call an organization: 武汉市经信局 is 市经信局 in documents of 武汉市.

    What stands in brackets at the end of its name is not part of it.
    """
    name = organization.partition("（")[0].strip()
    short = region[:-1] if len(region) > 2 else region
    return (name, name.removeprefix(short)) if short and name.startswith(short) and name != short else (name,)


def identity_of(grant: Grant, name: str, role: str, unit: str) -> Identity:
    """The identity a grant gives; a deputy acts for whoever the grant is of."""
    return Identity(TaskActor(name, unit, role, grant.on_behalf_of or ""), grant.organization_id)


def edges_open(case: TaskCase, workflow: Workflow, role: str) -> dict[str, Edge]:
    """Steps of a role from where the task stands."""
    return {name: edge for name, edge in workflow.edges.items() if edge.by == role and case.state in edge.sources}


def check_evidence(name: str, content: bytes) -> str:
    """The content type of a file that may be evidence. Raises CewenError (CW750) for any other."""
    suffix = "." + uploads.check_name(name, DOOR).rpartition(".")[2].lower()
    if suffix not in KINDS:
        kinds = "、".join(sorted(each.removeprefix(".") for each in KINDS))
        raise CewenError.of("CW750", f"“{name}”这类文件不收", f"佐证材料收 {kinds}。")
    if not content:
        raise CewenError.of("CW750", f"“{name}”是空文件", "重新选择文件。")
    if len(content) > MOST_BYTES:
        raise CewenError.of("CW750", f"“{name}”超过 {MOST_BYTES // 1024 // 1024} MB", "压缩图片，或分成几个文件。")
    kind, begins = KINDS[suffix]
    if suffix in _PACKAGES:
        uploads.check_package(io.BytesIO(content), name, DOOR, _PACKAGES[suffix])
    if not content.startswith(begins):
        raise CewenError.of("CW750", f"“{name}”的内容不是 {suffix.removeprefix('.')}", "用原来的程序打开，另存一份。")
    return kind


@dataclass(frozen=True, slots=True)
class UnitLoad:
    """What a unit owes (单位任务量): numbers of open tasks it leads by lamp, closed ones, and ones it takes part in."""

    unit: str
    red: int
    yellow: int
    blue: int
    none: int
    closed: int
    takes_part: int

    @property
    def open(self) -> int:
        return self.red + self.yellow + self.blue + self.none


def unit_loads(rows: Iterable[TaskShown]) -> tuple[UnitLoad, ...]:
    """One for each unit, the latest first."""
    found = list(rows)
    units = dict.fromkeys(unit for row in found for unit in (*row.lead, *row.responsible))
    loads = []
    for unit in units:
        own = [row for row in found if unit in row.lead]
        lit = {lamp: sum(row.case.is_open and row.lamp == lamp for row in own) for lamp in LAMP_ORDER}
        closed = sum(row.case.state == "closed" for row in own)
        part = sum(unit in row.responsible and unit not in row.lead and row.case.is_open for row in found)
        loads.append(UnitLoad(unit, lit["red"], lit["yellow"], lit["blue"], lit["none"], closed, part))
    return tuple(sorted(loads, key=lambda load: (-load.red, -load.yellow, -load.open, load.unit)))


def export_rows(rows: Iterable[TaskShown], workflow: Workflow, units: Units, on: date) -> Iterator[dict[str, Any]]:
    """The fields of the contract, one task a row, and the words beside the codes."""
    for row in rows:
        plain = task_json(row.case, workflow, units, on)
        yield plain | {"state_label": row.state, "lamp_label": row.lamp_label, "owner": row.case.owner}
