"""Readback: a measure as one Chinese sentence that an officer holds against the clause."""

from __future__ import annotations

from collections.abc import Callable

from cewen.base.certainty import Certainty
from cewen.rules.facts import SUBJECTS, Vocabulary
from cewen.rules.kinds.co_funding import CoFundingMeasure
from cewen.rules.kinds.formula import FormulaMeasure
from cewen.rules.kinds.per_unit import PerUnitMeasure
from cewen.rules.kinds.tiered import TieredMeasure
from cewen.rules.kinds.top_up import TopUpMeasure
from cewen.rules.measure import Dated, ForYears, Measure
from cewen.rules.phrase import Speaker
from cewen.rules.policy import Policy, StackingRule

_CERTAINTY = {
    Certainty.DEFINITE: "",
    Certainty.CEILING: "（最高限额，非承诺数额）",
    Certainty.SELECTIVE: "（择优，符合条件不等于获得）",
    Certainty.CASE_BY_CASE: "（一事一议，由主管部门决定）",
}


def readback(measure: Measure, policy: Policy, vocabulary: Vocabulary) -> str:
    """The measure as a sentence: who, under which conditions, how often, how much, how sure, by which clause.

    凡注册地属于武汉市、企业类型包含软件企业、年营业收入不少于500万元的企业，每年可按年研发投入的10%获得补助，最高100万元。
    Every number of the measure is in it; so are stacking rules that name the measure.
    """
    speaker = Speaker(vocabulary, measure.parameters)
    sentences = [
        f"{_who(measure, speaker)}，{_how_often(measure)}{_what(measure, speaker)}{_CERTAINTY[measure.certainty]}。"
    ]
    if measure.open_conditions:
        sentences.append(f"另须由主管部门判断：{'；'.join(measure.open_conditions)}。")
    sentences.extend(_stacking(rule, policy) for rule in policy.header.stacking if measure.id in rule.members)
    unsaid = [name for name in measure.parameters if not any(f"“{name}”（" in said for said in sentences)]
    if unsaid:
        named = "；".join(f"{name} {speaker.say_dated(measure.parameters[name])}" for name in unsaid)
        sentences.append(f"参数：{named}。")
    clauses = dict.fromkeys((measure.clause, *(citation.clause for citation in measure.citations)))
    sentences.append(f"依据：{'、'.join(clauses)}。")
    return "".join(sentences)


def _who(measure: Measure, speaker: Speaker) -> str:
    subject = SUBJECTS[measure.subject]
    conditions = [_grouped(text, speaker) for text in measure.conditions]
    if not conditions:
        return f"凡{subject}"
    if len(conditions) == 1:
        return f"凡{conditions[0]}的{subject}"
    return f"凡{'、'.join(conditions[:-1])}，且{conditions[-1]}的{subject}"


def _grouped(text: str, speaker: Speaker) -> str:
    """A condition with 或 or 且 inside stands in brackets among the others."""
    said = speaker.say(text)
    return f"（{said}）" if "，或者" in said or "，且" in said else said


def _how_often(measure: Measure) -> str:
    each = {"measure": "", "tier": "每一档", "object": f"每个{SUBJECTS[measure.subject]}"}[measure.counts_per]
    match measure.frequency:
        case "one_off":
            return f"{each}限一次，可" if each else "可一次性"
        case "annual":
            return f"{each}每年可"
        case ForYears(years=years):
            return f"{each}最多{years}年、每年可"
    return "可"


def _what(measure: Measure, speaker: Speaker) -> str:
    say = next((words for kind, words in _WORDS.items() if isinstance(measure, kind)), None)
    return f"获得支持：{measure.amount_sentence()}" if say is None else say(measure, speaker)


def _formula(measure: FormulaMeasure, speaker: Speaker) -> str:
    is_plain = isinstance(measure.amount, str) and measure.amount[:1].isdigit() and " " not in measure.amount.strip()
    amount = speaker.say_dated(measure.amount)
    if is_plain:
        most = "最高" if measure.certainty is not Certainty.DEFINITE else ""
        return f"获得{most}{amount}{_capped(measure.cap, speaker)}"
    at_most = "不超过" if measure.certainty is Certainty.CEILING else ""
    return f"按{at_most}{amount}获得补助{_capped(measure.cap, speaker)}"


def _tiered(measure: TieredMeasure, speaker: Speaker) -> str:
    steps = "；".join(
        f"{entry.name}（{speaker.say(entry.when)}）{speaker.say_dated(entry.amount)}" for entry in measure.tiers
    )
    most = "最高" if measure.certainty is not Certainty.DEFINITE else ""
    return f"按档获得{most}：{steps}；同时符合几档的，取最后一档{_capped(measure.cap, speaker)}"


def _per_unit(measure: PerUnitMeasure, speaker: Speaker) -> str:
    most = f"，最多计{speaker.say_dated(measure.most)}" if measure.most is not None else ""
    each = f"按{speaker.say(measure.count)}每一单位获得{speaker.say_dated(measure.each)}"
    return f"{each}{most}{_capped(measure.cap, speaker)}"


def _co_funding(measure: CoFundingMeasure, speaker: Speaker) -> str:
    share = f"按{speaker.say(measure.of)}的{speaker.say_dated(measure.rate)}获得配套"
    return share + _capped(measure.cap, speaker)


def _top_up(measure: TopUpMeasure, speaker: Speaker) -> str:
    full = f"按{speaker.say_dated(measure.amount)}{_capped(measure.cap, speaker)}计算应得总额"
    return f"{full}，减去已按{'、'.join(measure.less)}获得的，补足差额"


_WORDS: dict[type[Measure], Callable[..., str]] = {
    FormulaMeasure: _formula, TieredMeasure: _tiered, PerUnitMeasure: _per_unit, CoFundingMeasure: _co_funding,
    TopUpMeasure: _top_up,
}  # fmt: skip
"""Words of each kind that holds expressions; the others speak through their own `amount_sentence`."""


def _capped(cap: Dated | None, speaker: Speaker) -> str:
    return "" if cap is None else f"，最高{speaker.say_dated(cap)}"


def _stacking(rule: StackingRule, policy: Policy) -> str:
    others = [found.title if (found := policy.measure(member)) else member for member in rule.members]
    named = "、".join(f"“{title}”" for title in others)
    where = "同一企业" if rule.per == "enterprise" else "同一对象"
    if rule.rule == "joint_cap":
        return f"{where}的{named}合计最高{rule.limit}（{rule.clause}）。"
    return f"{where}的{named}就高不重复（{rule.clause}）。"
