"""Alerts of a day: every rule tried on every target and series, and each says why it fired or did not."""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from cewen.indicators.alert_rules import AlertRule
from cewen.indicators.assess import Assessment, TargetStatus
from cewen.indicators.definition import Indicators
from cewen.indicators.observation import Observation
from cewen.indicators.store import Observations

NOBODY = "无人负责"
SETTLED = (TargetStatus.MET, TargetStatus.MET_EARLY, TargetStatus.MISSED, TargetStatus.NOT_IN_FORCE)


@dataclass(frozen=True, slots=True)
class Alert:
    """Outcome of one rule on one subject (预警记录): fired or not, and why; `owner` has to answer."""

    on: date
    rule: AlertRule
    subject: str
    fired: bool
    because: str
    owner: str = NOBODY


@dataclass(frozen=True, slots=True)
class Situation:
    """What the rules look at: a day's assessments, those of the last round, and what was published until then."""

    on: date
    before: date
    now: tuple[Assessment, ...]
    then: tuple[Assessment, ...]
    observations: Observations
    indicators: Indicators

    def published_since(self) -> tuple[Observation, ...]:
        """Figures that came after the last round."""
        return tuple(each for each in self.observations.entries if self.before < each.published_on <= self.on)


def evaluate_alerts(rules: Iterable[AlertRule], situation: Situation) -> tuple[Alert, ...]:
    """The log of a round: all outcomes in the order of the rules."""
    return tuple(alert for rule in rules for alert in _RULES[rule.rule](rule, situation))


def _owner(each: Assessment) -> str:
    return each.target.units[0] if each.target.units else NOBODY


def _per_target(
    judge: Callable[[AlertRule, Situation, Assessment, Assessment | None], tuple[bool, str] | None],
) -> Callable[[AlertRule, Situation], Iterator[Alert]]:
    def run(rule: AlertRule, situation: Situation) -> Iterator[Alert]:
        then = {each.id: each for each in situation.then}
        for each in situation.now:
            verdict = judge(rule, situation, each, then.get(each.id))
            if verdict is not None:
                yield Alert(situation.on, rule, each.id, *verdict, _owner(each))

    return run


def _status_changed(
    rule: AlertRule, situation: Situation, each: Assessment, then: Assessment | None
) -> tuple[bool, str] | None:
    if then is None:
        return None
    if then.status is each.status:
        return False, f"状态仍是“{each.status.label}”"
    return True, f"由“{then.status.label}”变为“{each.status.label}”：{each.reason}"


def _probability_crossed(
    rule: AlertRule, situation: Situation, each: Assessment, then: Assessment | None
) -> tuple[bool, str] | None:
    if each.outlook is None:
        return None
    limit, now = float(rule.ratio("below")), each.outlook.probability
    earlier = then.outlook.probability if then is not None and then.outlook is not None else None
    if now >= limit:
        return False, f"可能性 {now * 100:.0f}%，不低于 {limit * 100:.0f}%"
    if earlier is not None and earlier < limit:
        return False, f"可能性 {now * 100:.0f}%，上次已低于 {limit * 100:.0f}%"
    return True, f"可能性降到 {now * 100:.0f}%，低于 {limit * 100:.0f}%"


def _due_soon(
    rule: AlertRule, situation: Situation, each: Assessment, then: Assessment | None
) -> tuple[bool, str] | None:
    if each.target.year is None or each.target.kind != "target":
        return None
    due = date(each.target.year, 12, 31)
    left = (due - situation.on).days
    if each.status in SETTLED:
        return False, f"已有结论：{each.status.label}"
    if left > rule.days:
        return False, f"离期限还有 {left} 天"
    late = f"期限已过 {-left} 天" if left < 0 else f"离期限还有 {left} 天"
    return True, f"{late}，状态是“{each.status.label}”"


def _no_recent_figure(
    rule: AlertRule, situation: Situation, each: Assessment, then: Assessment | None
) -> tuple[bool, str] | None:
    if each.indicator is None or each.status in SETTLED:
        return None
    if each.observed is None:
        return True, "从来没有收到公布数"
    age = (situation.on.year - each.observed.period.end.year) * 12 + situation.on.month - each.observed.period.end.month
    said = f"最近一期是{each.observed.period.label}，距今 {age} 个月"
    return age > rule.months, said


def _no_owner(
    rule: AlertRule, situation: Situation, each: Assessment, then: Assessment | None
) -> tuple[bool, str] | None:
    if each.target.kind != "target":
        return None
    if each.target.units:
        return False, f"由{each.target.units[0]}负责"
    return True, "条文没有写责任单位，须指定一个"


def _revised(rule: AlertRule, situation: Situation) -> Iterator[Alert]:
    """A figure that came since the last round against the one it takes the place of."""
    limit = rule.ratio("more_than")
    for each in situation.published_since():
        earlier = situation.observations.as_of(each.published_on - timedelta(days=1)).at(
            each.indicator, each.region, each.period.text, each.basis
        )
        if earlier is None or not earlier.value or earlier.unit != each.unit:
            continue
        change = each.value / earlier.value - 1
        said = f"{_name(situation, each)}由 {float(earlier.value):g} 改为 {float(each.value):g} {each.unit}（{float(change) * 100:+.2f}%）"
        yield Alert(situation.on, rule, _subject(each), abs(change) > limit, said)


def _sources_conflict(rule: AlertRule, situation: Situation) -> Iterator[Alert]:
    limit = rule.ratio("more_than")
    series = dict.fromkeys((each.indicator, each.region) for each in situation.observations.as_of(situation.on).entries)
    known = situation.observations.as_of(situation.on)
    for key, region in series:
        for group in known.conflicts(key, region):
            values = [each.value for each in group]
            gap = max(values) / min(values) - 1 if min(values) > 0 else Fraction(1)
            told = "；".join(f"{float(each.value):g} {each.unit}（{each.source_title}）" for each in group)
            yield Alert(
                situation.on, rule, _subject(group[0]), gap > limit, f"{_name(situation, group[0])}各来源不同：{told}"
            )


def _unusual_growth(rule: AlertRule, situation: Situation) -> Iterator[Alert]:
    """A published growth outside the band of its own past; never on a base below the floor."""
    known = situation.observations.as_of(situation.on)
    for each in situation.published_since():
        indicator = situation.indicators.find(each.indicator)
        if indicator is None or indicator.measure != "growth" or indicator.of is None:
            continue
        level = known.at(indicator.of, each.region, each.period.text)
        unit = level.unit if level is not None else ""
        floor = rule.base_in(unit) if level is not None else None
        if floor is not None and level is not None and level.value / (1 + each.value / 100) < floor:
            base = float(level.value / (1 + each.value / 100))
            said = f"{_name(situation, each)} {float(each.value):+g}%，基数只有 {base:.2f} {unit}，低于 {rule.least_base}，不报"
            yield Alert(situation.on, rule, _subject(each), False, said)
            continue
        past = [
            float(other.value)
            for other in known.series(indicator.key, each.region)
            if other.period.end < each.period.end and other.published_on <= situation.before
        ]
        if level is None and float(abs(each.value)) > 100:
            said = f"{_name(situation, each)} {float(each.value):+g}%，不知道基数，不报"
            yield Alert(situation.on, rule, _subject(each), False, said)
            continue
        if len(past) < 4:
            yield Alert(
                situation.on, rule, _subject(each), False, f"{_name(situation, each)}以往只有 {len(past)} 期，不判断"
            )
            continue
        middle, spread = statistics.median(past), statistics.pstdev(past) or 1.0
        off = abs(float(each.value) - middle) / spread
        said = f"{_name(situation, each)} {float(each.value):+g}%，以往中位数 {middle:+.1f}%，相差 {off:.1f} 个标准差"
        yield Alert(situation.on, rule, _subject(each), off > float(rule.spread), said)


def _subject(each: Observation) -> str:
    return f"{each.indicator}|{each.region}|{each.period.text}"


def _name(situation: Situation, each: Observation) -> str:
    indicator = situation.indicators.find(each.indicator)
    return f"{each.region}{each.period.label}{indicator.label if indicator else each.indicator}"


_RULES: dict[str, Callable[[AlertRule, Situation], Iterator[Alert]]] = {
    "status_changed": _per_target(_status_changed),
    "probability_crossed": _per_target(_probability_crossed),
    "due_soon": _per_target(_due_soon),
    "no_recent_figure": _per_target(_no_recent_figure),
    "no_owner": _per_target(_no_owner),
    "revised": _revised,
    "sources_conflict": _sources_conflict,
    "unusual_growth": _unusual_growth,
}
