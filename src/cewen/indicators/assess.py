"""Where a target stands on a day: the evidence, the pace it needs, the projection and the status that follows."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date
from enum import Enum
from fractions import Fraction

from cewen.base.period import InForce
from cewen.base.truth import Truth
from cewen.indicators.average_growth import average_growth
from cewen.indicators.definition import Indicator, Indicators
from cewen.indicators.forecast.known import Known
from cewen.indicators.forecast.project import Projection, project
from cewen.indicators.goal import Goal, parse_goal
from cewen.indicators.observation import Bound, Observation, Trust
from cewen.indicators.store import Observations
from cewen.indicators.unit import convert, parse_unit
from cewen.rules.policy import Policy, Target

ON_TRACK, OFF_TRACK = 0.75, 0.25
"""At least this probability is on track, less than that one is off track."""


APPROXIMATELY = Fraction(2, 100)
"""How far the true figure may lie from one published as 约."""


class TargetStatus(Enum):
    """Status of a target (目标状态)."""

    MET = ("met", "已达到")
    MET_EARLY = ("met_early", "提前达到")
    ON_TRACK = ("on_track", "进度正常")
    AT_RISK = ("at_risk", "有风险")
    OFF_TRACK = ("off_track", "难以达到")
    MISSED = ("missed", "未达到")
    NO_DATA = ("no_data", "无数据")
    NOT_MEASURABLE = ("not_measurable", "无法衡量")
    NOT_IN_FORCE = ("not_in_force", "尚未施行")

    def __init__(self, code: str, label: str) -> None:
        self.code, self.label = code, label


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a projection says of a target: value and interval in the target's unit, and the probability of meeting it."""

    value: float
    low: float
    high: float
    probability: float
    method: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """Assessment of a target (目标研判) on a day. `observed` is the evidence it rests on, `pace` the yearly growth still
    needed. `if_in_force` is the status a target of a draft would have."""

    policy: Policy
    target: Target
    indicator: Indicator | None
    goal: Goal | None
    on: date
    status: TargetStatus
    reason: str
    observed: Observation | None = None
    pace: float | None = None
    outlook: Outlook | None = None
    if_in_force: TargetStatus | None = None

    @property
    def id(self) -> str:
        return f"{self.policy.id}#{self.target.id}"


@dataclass(frozen=True, slots=True)
class _Case:
    """A target with what is known of it on a day."""

    policy: Policy
    target: Target
    indicator: Indicator
    goal: Goal
    observations: Observations
    indicators: Indicators
    on: date

    def says(
        self,
        status: TargetStatus,
        reason: str,
        observed: Observation | None = None,
        pace: float | None = None,
        outlook: Outlook | None = None,
    ) -> Assessment:
        return Assessment(
            self.policy, self.target, self.indicator, self.goal, self.on, status, reason, observed, pace, outlook
        )

    def value(self, each: Observation) -> Fraction:
        found = convert(each.value, each.unit, self.goal.unit)
        assert found is not None
        return found

    def number(self, each: Observation) -> str:
        """超 3500 亿元（2024年）."""
        region = "" if each.region == self.target.region else each.region
        return f"{region}{each.period.label}{each.bound.label} {float(each.value):g} {each.unit}"


def assess_target(
    policy: Policy,
    target: Target,
    observations: Observations,
    indicators: Indicators,
    on: date,
    *,
    as_if_in_force: bool = False,
) -> Assessment:
    """Assess one target with what was published by `on`.

    `observations` may hold later figures; they are not looked at. A target of a draft is `not_in_force`, and the
    projection is given all the same.
    """
    found = _assess(policy, target, observations.as_of(on), indicators, on)
    stands = policy.header.validity.on(on)
    if stands is InForce.DRAFT and not as_if_in_force:
        reason = f"征求意见稿，尚未施行；若施行：{found.status.label}。{found.reason}"
        return Assessment(
            policy, target, found.indicator, found.goal, on, TargetStatus.NOT_IN_FORCE, reason,
            found.observed, found.pace, found.outlook, found.status,
        )  # fmt: skip
    if stands in (InForce.EXPIRED, InForce.REPEALED):
        return replace(found, reason=f"文件{stands.says(policy.header.validity)}。{found.reason}")
    return found


def _assess(policy: Policy, target: Target, observations: Observations, indicators: Indicators, on: date) -> Assessment:
    goal, indicator = parse_goal(target), indicators.find(target.indicator)

    def without(status: TargetStatus, reason: str) -> Assessment:
        return Assessment(policy, target, indicator, goal, on, status, reason)

    if target.kind == "annual_obligation" and indicator is None:
        return without(TargetStatus.NO_DATA, "这是每年要办的事，看督办任务是否办结：cewen tasks")
    if target.kind == "scope":
        return without(TargetStatus.NOT_MEASURABLE, "这是范围表述，不是可计量的目标")
    if goal is None:
        return without(TargetStatus.NOT_MEASURABLE, f"“{target.value}”不是一个数，没有规定怎样比较")
    if parse_unit(target.unit).base == "倍" and target.base_year is None:
        return without(TargetStatus.NOT_MEASURABLE, "条文没有载明基期，无从计算倍数")
    if indicator is None:
        return without(TargetStatus.NO_DATA, "还没有收到这一指标的公布数；指标目录里也没有它的口径")
    if convert(Fraction(1), indicator.unit, target.unit) is None:
        message = f"指标的单位是{indicator.unit}，目标的单位是{target.unit}，不能比较"
        return without(TargetStatus.NOT_MEASURABLE, message)
    case = _Case(policy, target, indicator, goal, observations, indicators, on)
    if indicator.measure == "average_growth":
        return _average(case)
    if target.frequency == "annual":
        return _yearly(case)
    return _level(case)


def evidence(observations: Observations, indicator: Indicator, region: str) -> tuple[tuple[Observation, ...], str, str]:
    """The series of a region or of the one that stands for it; that region's name and how it differs."""
    own = observations.series(indicator.key, region)
    if own:
        return own, region, ""
    for stand_in in indicator.regions:
        if stand_in.stands_for == region:
            found = observations.series(indicator.key, stand_in.name)
            if found:
                return found, stand_in.name, stand_in.note
    return (), region, ""


def _yearly(case: _Case) -> Assessment:
    """An annual target: the last full year decides, each year for itself."""
    series, _, note = evidence(case.observations, case.indicator, case.target.region)
    years = {each.period.year: each for each in series if each.period.is_year}
    if not years:
        return case.says(TargetStatus.NO_DATA, "还没有收到任何一年的公布数")
    last = years[max(years)]
    done = case.goal.holds(case.value(last))
    said = f"{case.number(last)}，当年{'已' if done else '没有'}{_reach(case.goal)}"
    due = case.on.year - 1
    if last.period.year >= min(due, case.target.year or due):
        status = TargetStatus.MET if done else TargetStatus.MISSED
        return case.says(status, _with(said, note), last)
    return case.says(TargetStatus.NO_DATA, _with(f"{said}；其后各年没有公布数", note), last)


def _level(case: _Case) -> Assessment:
    """A level to be reached by the end of a year, or with no year at all."""
    series, region, note = evidence(case.observations, case.indicator, case.target.region)
    if not series:
        return case.says(TargetStatus.NO_DATA, f"还没有收到{case.target.region}的公布数")
    due = case.target.year
    usable = [each for each in series if each.period.is_year or case.indicator.measure != "flow"]
    usable = [each for each in usable if due is None or each.period.year <= due]
    last = usable[-1] if usable else series[-1]
    decided = _decided(case, usable, note)
    if decided is not None:
        return decided
    if due is None:
        return case.says(TargetStatus.NOT_MEASURABLE, _with(f"条文没有载明期限；{case.number(last)}", note), last)
    known = Known(case.observations, case.indicators, case.indicator.key, region, case.goal.unit)
    pace = _pace(case, last, due)
    projection = project(known, due) if case.indicator.measure in ("flow", "stock") and case.goal.least else None
    if projection is None:
        needs = f"，此后每年需增 {pace * 100:.1f}%" if pace is not None else ""
        message = f"最近一期是{case.number(last)}{needs}；公布数太少，不作预测"
        return case.says(TargetStatus.NO_DATA, _with(message, note), last, pace)
    outlook = _outlook(case, projection)
    return case.says(_by(outlook.probability), _with(_say(case, last, pace, outlook), note), last, pace, outlook)


def _decided(case: _Case, usable: list[Observation], note: str) -> Assessment | None:
    """Met, met early or missed where a published figure says so; a bound decides only in its own direction."""
    due = case.target.year
    for each in usable if case.indicator.measure == "flow" else usable[-1:]:
        says = _says(case, each)
        if says is Truth.MET:
            early = due is not None and case.on <= date(due, 12, 31)
            status = TargetStatus.MET_EARLY if early else TargetStatus.MET
            return case.says(status, _with(f"{case.number(each)}，已{_reach(case.goal)}", note), each)
        at_due = due is not None and each.period.end >= date(due, 12, 31)
        if says is Truth.NOT_MET and at_due:
            message = f"{case.number(each)}，没有{_reach(case.goal)}"
            return case.says(TargetStatus.MISSED, _with(message, note), each)
    return None


def _says(case: _Case, each: Observation) -> Truth:
    """Whether a figure satisfies the target. A bound says so only in its own direction, an approximate figure only
    where all it may stand for agree; a derived figure decides nothing."""
    if each.trust is Trust.DERIVED:
        return Truth.UNKNOWN
    value, rises = case.value(each), case.goal.least is not None
    if each.bound is Bound.APPROXIMATE:
        found = {case.goal.holds(value * (1 - APPROXIMATELY)), case.goal.holds(value * (1 + APPROXIMATELY))}
        return Truth.of(found.pop()) if len(found) == 1 else Truth.UNKNOWN
    holds = case.goal.holds(value)
    if each.bound is Bound.EXACT:
        return Truth.of(holds)
    if (each.bound is Bound.LOWER) == rises:
        return Truth.MET if holds else Truth.UNKNOWN
    return Truth.UNKNOWN if holds else Truth.NOT_MET


def _average(case: _Case) -> Assessment:
    """An average growth: on published growth and on levels, and both have to say yes."""
    if case.target.base_year is None or case.target.year is None or case.indicator.of is None:
        return case.says(TargetStatus.NOT_MEASURABLE, "没有载明基期或期限，无从计算年均增长")
    found = average_growth(
        case.observations,
        case.indicators,
        case.indicator.of,
        case.target.region,
        case.target.base_year,
        case.target.year,
    )
    if found is None:
        return case.says(TargetStatus.NO_DATA, "没有公布的同比增速，也没有基期数")
    goal, share = case.goal.threshold / 100, found.sentence
    if found.is_complete:
        done = all(rate >= float(goal) for rate in found.rates)
        agreed = done or all(rate < float(goal) for rate in found.rates)
        status = (TargetStatus.MET if done else TargetStatus.MISSED) if agreed else TargetStatus.AT_RISK
        reason = share if agreed else f"{share}；两种算法不一致，须由主管部门认定口径"
        return case.says(status, reason, found.last)
    probability = found.probability(float(goal))
    value, low, high = (each * 100 for each in found.reach)
    outlook = Outlook(value, low, high, probability, found.method)
    return case.says(_by(probability), share, found.last, found.needed(float(goal)), outlook)


def _pace(case: _Case, last: Observation, due: int) -> float | None:
    """Yearly growth needed from the last figure to the target."""
    years = due - last.period.year
    value = case.value(last)
    if years <= 0 or value <= 0 or (not last.period.is_year and case.indicator.measure == "flow"):
        return None
    return math.exp(math.log(case.goal.threshold / value) / years) - 1


def _outlook(case: _Case, projection: Projection) -> Outlook:
    goal = case.goal
    least = None if goal.least is None else float(goal.least)
    most = None if goal.most is None else float(goal.most)
    probability = projection.probability_of(least, most)
    return Outlook(projection.value, projection.low, projection.high, probability, projection.method)


def _say(case: _Case, last: Observation, pace: float | None, outlook: Outlook) -> str:
    due = case.target.year
    parts = [f"最近一期全年数是{case.number(last)}" if last.period.is_year else f"最近一期是{case.number(last)}"]
    if due is not None and case.on > date(due, 12, 31):
        parts.append(f"{due}年的数还没有公布")
    if pace is not None:
        parts.append(f"要{_reach(case.goal)}，每年需增 {pace * 100:.1f}%")
    parts.append(f"预计{due}年 {outlook.value:.0f} {case.goal.unit}，达到的可能性 {chance(outlook.probability)}")
    return "；".join(parts)


def _reach(goal: Goal) -> str:
    """A verb phrase: 超过 4000 亿元, 达到 40 个, 不超过 1.3 PUE."""
    return goal.words if goal.words.startswith(("超过", "低于", "不超过")) else f"达到 {goal.words}"


def chance(probability: float) -> str:
    """A probability in whole percents, never 0 or 100; with a decimal where rounding would hide the status."""
    whole = round(probability * 100)
    if any((whole >= limit * 100) != (probability >= limit) for limit in (ON_TRACK, OFF_TRACK)):
        return f"{probability * 100:.1f}%"
    return f"{min(max(whole, 1), 99)}%"


def _by(probability: float) -> TargetStatus:
    if probability >= ON_TRACK:
        return TargetStatus.ON_TRACK
    return TargetStatus.OFF_TRACK if probability < OFF_TRACK else TargetStatus.AT_RISK


def _with(text: str, note: str) -> str:
    return f"{text}（{note}）" if note else text
