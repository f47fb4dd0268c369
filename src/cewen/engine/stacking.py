"""How awards go together: once only, highest only, joint caps. Suppressed awards stay visible and leave the total."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from cewen.base.money import display_money
from cewen.engine.factsheet import FactSheet, PastAward
from cewen.engine.result import Amount, Result, Status, Suppression
from cewen.rules.lower import LoweredRule, Plan
from cewen.rules.measure import ForYears

Pass = Callable[[Plan, tuple[Result, ...], FactSheet], tuple[Result, ...]]


def apply_stacking(plan: Plan, results: tuple[Result, ...], sheet: FactSheet) -> tuple[Result, ...]:
    """Run the passes of `PASSES` in order; each marks results as suppressed or reduces them."""
    for each in PASSES:
        results = each(plan, results, sheet)
    return results


def apply_frequency(plan: Plan, results: tuple[Result, ...], sheet: FactSheet) -> tuple[Result, ...]:
    """一次性、每年、连续N年: an award already made uses up the claim."""
    return tuple(_used_up(plan, result, sheet) if _open(result) else result for result in results)


def _used_up(plan: Plan, result: Result, sheet: FactSheet) -> Result:
    frequency = result.measure.measure.frequency
    if frequency is None:
        return result
    past = [award for award in sheet.awards if award.on <= plan.on and _same_claim(award, result)]
    this_year = [award for award in past if award.on.year == plan.on.year]
    if frequency == "one_off" and past:
        return _suppress(result, "once_only", f"一次性措施，已于 {past[0].on} 获得 {display_money(past[0].amount)}")
    if frequency != "one_off" and this_year:
        reason = f"每年一次，本年度已于 {this_year[0].on} 获得 {display_money(this_year[0].amount)}"
        return _suppress(result, "once_a_year", reason)
    if isinstance(frequency, ForYears) and len({award.on.year for award in past}) >= frequency.years:
        return _suppress(result, "years_used_up", f"最多享受 {frequency.years} 年，已满")
    return result


def _same_claim(award: PastAward, result: Result) -> bool:
    if award.measure != result.measure.key:
        return False
    counts_per = result.measure.measure.counts_per
    if result.subject != "enterprise" and counts_per != "measure":
        return award.object is None or award.object == result.object_name
    if counts_per == "tier" and result.tier is not None:
        if award.tier is not None:
            return award.tier == result.tier
        # A list of payments rarely names the tier; the amount does, where it is one of the tiers'.
        return result.amount is None or award.amount == result.amount.high or not _is_a_tier_amount(award, result)
    return True


def _is_a_tier_amount(award: PastAward, result: Result) -> bool:
    return any(getattr(tier.amount, "value", None) == award.amount for tier in result.measure.tiers)


def apply_highest_only(plan: Plan, results: tuple[Result, ...], sheet: FactSheet) -> tuple[Result, ...]:
    """就高不重复: within each group the award with the highest amount stays."""
    for rule in plan.rules:
        if rule.rule.rule != "highest_only":
            continue
        for group in _groups(rule, results):
            if rule.rule.across == "issuer" and len({results[at].measure.policy.id for at in group}) < 2:
                continue  # the rule speaks of other policies, not of measures of one policy among themselves
            winner = max(group, key=lambda at: (_high(results[at]), -at))
            losers = {
                at: _suppress(
                    results[at],
                    "highest_only",
                    f"就高不重复，取“{results[winner].measure.measure.title}”",
                    results[winner].measure.key,
                    rule,
                )
                for at in group
                if at != winner and not _same_policy(rule, results[at], results[winner])
            }
            results = tuple(losers.get(at, result) for at, result in enumerate(results))
    return results


def _same_policy(rule: LoweredRule, one: Result, other: Result) -> bool:
    return rule.rule.across == "issuer" and one.measure.policy.id == other.measure.policy.id


def apply_joint_caps(plan: Plan, results: tuple[Result, ...], sheet: FactSheet) -> tuple[Result, ...]:
    """合计上限: members take from the limit in the order the rule names them; who finds nothing left is suppressed."""
    for rule in plan.rules:
        if rule.rule.rule != "joint_cap" or rule.limit is None:
            continue
        for group in _groups(rule, results):
            order = sorted(group, key=lambda at: rule.members.index(results[at].measure.key))
            rest = rule.limit
            changed: dict[int, Result] = {}
            for at in order:
                amount = results[at].amount
                if amount is None:
                    continue
                if rest == 0:
                    first = results[order[0]].measure
                    reason = f"合计最高 {display_money(rule.limit)}，已由“{first.measure.title}”用完"
                    changed[at] = _suppress(results[at], "joint_cap", reason, first.key, rule)
                elif amount.high > rest:
                    step = f"合计最高 {display_money(rule.limit)}（{rule.rule.clause}），余 {display_money(rest)}"
                    reduced = Amount(min(amount.low, rest), rest)
                    changed[at] = replace(results[at], amount=reduced, steps=(*results[at].steps, step))
                    rest = 0
                else:
                    rest -= amount.high
            results = tuple(changed.get(at, result) for at, result in enumerate(results))
    return results


PASSES: tuple[Pass, ...] = (apply_frequency, apply_highest_only, apply_joint_caps)


def _open(result: Result) -> bool:
    return result.status is Status.MET and result.suppressed_by is None


def _groups(rule: LoweredRule, results: tuple[Result, ...]) -> Iterable[list[int]]:
    """Positions of met members that compete: of one enterprise, or of one object of it (by name)."""
    groups: dict[str, list[int]] = {}
    for at, result in enumerate(results):
        if _open(result) and result.amount is not None and result.measure.key in rule.members:
            groups.setdefault(_claimant(rule, result), []).append(at)
    return [group for group in groups.values() if len(group) > 1]


def _claimant(rule: LoweredRule, result: Result) -> str:
    if rule.rule.per == "enterprise" or result.subject == "enterprise":
        return "enterprise"
    return result.object_name or result.subject


def _high(result: Result) -> int:
    return result.amount.high if result.amount else 0


def _suppress(
    result: Result, kind: str, reason: str, winner: str | None = None, rule: LoweredRule | None = None
) -> Result:
    clause = rule.rule.clause if rule else result.measure.measure.clause
    suppression = Suppression(winner or result.measure.key, clause, kind, reason)
    return replace(result, suppressed_by=suppression, steps=(*result.steps, f"不计入合计：{reason}"))
