"""The supervision workflow as data: states, steps, who may take them and what they need, lamps and escalations."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from cewen.base.errors import CewenError
from cewen.rules.load import shipped_data
from cewen.rules.shape import shape_findings
from cewen.rules.yaml_file import read_yaml

_MODEL = ConfigDict(extra="forbid", frozen=True)

Role = Literal["lead", "supervisor", "system"]
Need = Literal["owner", "text", "evidence", "due"]

ROLE_LABELS: dict[str, str] = {"lead": "牵头单位", "supervisor": "督查机构", "system": "系统"}
NEED_LABELS: dict[str, str] = {"owner": "责任人", "text": "说明", "evidence": "佐证材料", "due": "新的期限"}


class State(BaseModel):
    """State of a task (任务状态)."""

    model_config = _MODEL

    label: str
    waits_for: Role | None = None
    final: bool = False


class Edge(BaseModel):
    """Step from state to state (办理环节). `to: same` stays. `other_than`: not by the person of that earlier step."""

    model_config = _MODEL

    label: str
    sources: tuple[str, ...] = Field(alias="from")
    to: str
    by: Role
    needs: tuple[Need, ...] = ()
    other_than: str | None = None


class LampRule(BaseModel):
    """Lamp (亮灯规则): `overdue`, `near` (days before due), `silent` (days without a report), `unowned` (days)."""

    model_config = _MODEL

    lamp: Literal["red", "yellow", "blue"]
    label: str
    when: Literal["overdue", "near", "silent", "unowned"]
    days: int = 0


class Escalation(BaseModel):
    """Escalation (提级): so many days after the due date the task goes to a higher body."""

    model_config = _MODEL

    level: int
    after_days: int
    to: str


class Workflow(BaseModel):
    """Workflow (流程) of supervision, one version."""

    model_config = _MODEL

    id: str
    version: int
    title: str
    start: str
    states: dict[str, State]
    edges: dict[str, Edge]
    lamps: tuple[LampRule, ...]
    escalations: tuple[Escalation, ...]


def read_workflow(path: Path) -> Workflow:
    """A workflow file. Raises CewenError: CW001, CW002, and CW811 for an edge to or from a state that is not there."""
    file = read_yaml(path)
    try:
        found = Workflow.model_validate(file.data)
    except ValidationError as error:
        raise CewenError(shape_findings(error, Workflow, file)) from None
    for name, edge in found.edges.items():
        for state in (*edge.sources, edge.to):
            if state != "same" and state not in found.states:
                message = f"环节“{edge.label}”提到没有的状态“{state}”"
                raise CewenError.of("CW811", message, "在 states 里补上，或改正写法。", file.place("edges", name))
        if edge.other_than is not None and edge.other_than not in found.edges:
            message = f"环节“{edge.label}”要与没有的环节“{edge.other_than}”分开"
            raise CewenError.of("CW811", message, "改成 edges 里有的环节。", file.place("edges", name))
    if found.start not in found.states:
        raise CewenError.of("CW811", f"起始状态“{found.start}”不在 states 里", "改正 start。", file.place("start"))
    return found


@lru_cache(maxsize=1)
def shipped_workflow() -> Workflow:
    """The workflow that comes with the software."""
    return read_workflow(shipped_data("workflows") / "supervision.yaml")
