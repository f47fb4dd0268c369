"""The week in one page: what changed, who is late, which targets are at risk and on what evidence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from cewen.indicators.assess import Assessment, TargetStatus
from cewen.indicators.definition import Indicators
from cewen.indicators.observation import Observation
from cewen.indicators.store import Observations

RISKS = (TargetStatus.MISSED, TargetStatus.OFF_TRACK, TargetStatus.AT_RISK)


@dataclass(frozen=True, slots=True)
class LateTask:
    """Late task (逾期任务) as its unit reads it; `days` past the due day."""

    unit: str
    title: str
    policy: str
    clause: str
    due: date
    days: int
    owner: str


@dataclass(frozen=True, slots=True)
class StatusChange:
    """Change of a target's status (状态变化) since the day before the period."""

    before: Assessment
    now: Assessment

    @property
    def is_worse(self) -> bool:
        return self.now.status in RISKS and self.before.status not in RISKS


@dataclass(frozen=True, slots=True)
class Publication:
    """A figure that came in the period (新公布数), and the one for the same period it stands beside, if any."""

    label: str
    observation: Observation
    earlier: Observation | None


@dataclass(frozen=True)
class Digest:
    """Weekly digest (周报): what changed after `since` and until `on`, tasks late by unit, targets at risk."""

    on: date
    since: date
    changes: tuple[StatusChange, ...]
    published: tuple[Publication, ...]
    late: tuple[tuple[str, tuple[LateTask, ...]], ...]
    risks: tuple[Assessment, ...]
    targets: int

    @property
    def summary(self) -> str:
        late = sum(len(tasks) for _unit, tasks in self.late)
        return (
            f"{self.since} 之后到 {self.on}：{len(self.changes)} 个目标状态有变化，新公布 {len(self.published)} 个数；"
            f"{late} 件任务逾期，涉及 {len(self.late)} 个单位；{self.targets} 个目标中 {len(self.risks)} 个有风险或未达到。"
        )


def make_digest(
    now: Iterable[Assessment],
    then: Iterable[Assessment],
    observations: Observations,
    indicators: Indicators,
    late: Iterable[LateTask],
    on: date,
    since: date,
) -> Digest:
    """The digest from the assessments of two days; units with the most late tasks stand first."""
    found = tuple(now)
    earlier = {each.id: each for each in then}
    changes = tuple(
        StatusChange(earlier[each.id], each)
        for each in found
        if each.id in earlier and earlier[each.id].status is not each.status
    )
    before = observations.as_of(since)
    published = tuple(
        Publication(
            indicator.label if (indicator := indicators.find(each.indicator)) else each.indicator,
            each,
            before.at(each.indicator, each.region, each.period.text, each.basis),
        )
        for each in observations.as_of(on).entries
        if each.published_on > since
    )
    by_unit: dict[str, list[LateTask]] = {}
    for task in late:
        by_unit.setdefault(task.unit, []).append(task)
    units = sorted(by_unit.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    ordered = tuple((unit, tuple(sorted(tasks, key=lambda task: (-task.days, task.title)))) for unit, tasks in units)
    risks = sorted((each for each in found if each.status in RISKS), key=lambda each: RISKS.index(each.status))
    return Digest(on, since, changes, published, ordered, tuple(risks), len(found))
