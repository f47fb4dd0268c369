"""What goes in and comes out of the calls on supervision."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from ninja import Schema
from pydantic import Field

from cewen.portal.calls import Json, RowId, Words


class StepIn(Schema):
    """What is done (办理)."""

    identity: str = Field("", max_length=300, description="以哪个身份，写 steps 给的 key；不写取第一个合适的")
    text: str = Field("", max_length=4000)
    owner: str = Field("", max_length=100)
    due: date | None = None
    reference: str = Field("", max_length=300, description="佐证材料的出处")
    key: str = Field("", max_length=100, description="同一个键再来，不再办")


class TaskFilter(Words):
    """Which tasks (任务筛选)."""

    policy: str = Field("", max_length=120)
    unit: str = Field("", max_length=60, description="牵头或责任单位")
    lamp: Literal["", "red", "yellow", "blue", "none"] = ""
    state: str = Field("", max_length=40)
    on: date | None = None


class StepOut(Schema):
    """Step that may be taken now (可办的环节), and under which identities."""

    edge: str
    label: str
    identities: list[dict[str, str]]


class EventOfTask(Schema):
    """What happened to a task (经过)."""

    number: int
    edge: str
    label: str
    on: date
    unit: str
    person: str
    text: str
    evidence: list[str]
    files: list[dict[str, Any]]


class TaskFull(Schema):
    """Task with what happened (任务及经过); `is_open` is false where the caller may not read what was reported."""

    on: date
    task: Json
    steps: list[StepOut]
    is_open: bool
    events: list[EventOfTask]


class UnitOut(Schema):
    """Load of a unit (单位任务数)."""

    unit: str
    open: int
    red: int
    yellow: int
    blue: int
    closed: int
    takes_part: int


class DutyIn(Schema):
    """Which organization answers for a unit (单位对应)."""

    organization: RowId
    unit: str = Field(min_length=1, max_length=100)
    starts_on: date
    ends_on: date | None = None


class DutyOut(Schema):
    """Unit duty (单位对应)."""

    id: int
    organization: str
    unit: str
    starts_on: date
    ends_on: date | None
