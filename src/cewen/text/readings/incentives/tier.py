"""Tiers of a promise: sums zipped with 分别 lists, caps put on rates, brackets given their thresholds."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from fractions import Fraction

from cewen.text.quantities import Bound, Kind, Quantity
from cewen.text.readings.incentives import lexicon
from cewen.text.readings.incentives.choice import Choice, read_choices
from cewen.text.readings.incentives.condition import LABEL_UNITS, Limit, read_limits
from cewen.text.readings.incentives.draft import Draft, Step
from cewen.text.readings.incentives.group import Group
from cewen.text.readings.incentives.incentive import Amount, AmountKind, Threshold, Tier
from cewen.text.readings.passage import Passage

_BASE_HEAD = re.compile(r"(?:按照|按|参照|以|可|分别|给予|予以|不超过|不高于|最高|对|的)+")
_BASE_TAIL = re.compile(
    r"(?:的|(?:前|后|第)[一二两三四五\d]年|不超过|最高|最多|各|分别|给予|予以|奖励|补助|按|(?:补助|奖励|补贴)?(?:比例|标准)(?:提高|提升|上浮)?(?:至|到|为)?)+$"
)
_BEYOND = re.compile(r"(?:以上)?的?部分")


def build_tiers(passage: Passage, draft: Draft) -> tuple[tuple[Tier, ...], list[Limit]]:
    """The tiers, and the limits of the zones that no tier used."""
    tiers: list[Tier] = []
    limits: list[Limit] = []
    chained = len([step for step in draft.steps if step.group.members]) > 1 and not draft.is_umbrella
    shared = _shared_units(passage, draft) if chained else set()
    edges = _edges(passage, draft) if chained else Counter()
    for position, step in enumerate(draft.steps):
        own = read_limits(passage, step.zone)
        if not step.group.members:
            tiers.append(_without_number(passage, draft, step))
            limits.extend(own if draft.is_case else [])
            continue
        amounts = [_amount(passage, step, member) for member in step.group.members]
        caps = _labelled_caps(passage, step) or _caps(step) or _caps_in_brackets(passage, step)
        wanted = max(len(amounts), len(caps)) if len(amounts) == 1 or len(caps) == len(amounts) else len(amounts)
        choices, used = read_choices(passage, step, wanted)
        if chained and wanted == 1 and len(choices) < 2:
            choices, used = _bracket(passage, step, own, shared, edges)
        built = _zip(passage, step, amounts, caps, choices, wanted, named=draft.is_umbrella or chained)
        if draft.is_umbrella and len(draft.steps) > 1:
            own, built = _of_umbrella(passage, step, position, own, built)
        kept = [limit for limit in own if limit.quantity not in used and limit.quantity not in caps]
        if chained:
            kept = [limit for limit in kept if limit.quantity.unit not in shared] if position == 0 else []
        tiers.extend(built)
        limits.extend(kept)
    return tuple(tiers), limits


def _of_umbrella(
    passage: Passage, step: Step, position: int, own: list[Limit], built: list[Tier]
) -> tuple[list[Limit], list[Tier]]:
    """Under one promise for all, what a step demands selects its tier; what stands before 其中 holds for all."""
    text = passage.flow.text
    among = text.find("其中", *step.zone)
    if among >= 0:
        return [limit for limit in own if limit.quantity.end <= among], built
    floors = [limit for limit in own if limit.op in (">=", ">") and limit.quantity.kind is Kind.MONEY]
    if floors and len(built) == 1 and built[0].threshold is None:
        choice = Choice(floors[0].quantity.left, floors[0].quantity.right, floors[0].quantity)
        built = [replace(built[0], threshold=_threshold(passage, choice, None))]
        own = [limit for limit in own if limit is not floors[0]]
    return (own if position == 0 else []), built


def _without_number(passage: Passage, draft: Draft, step: Step) -> Tier:
    span = passage.span(step.group.start, step.group.end)
    if draft.is_case:
        return Tier(None, None, Amount(AmountKind.CASE_BY_CASE, None, None, "", "", span))
    found = passage.flow.text.find(step.when or "", step.group.start, step.group.end)
    when_span = passage.span(found, found + len(step.when)) if step.when and found >= 0 else None
    when = when_span.of(passage.document.text) if when_span else None
    return Tier(when, when_span, Amount(AmountKind.RATE, Fraction(50), Fraction(50), "额度", "", span))


def _amount(passage: Passage, step: Step, member: Quantity) -> Amount:
    """The amount one member of a list gives; a bound on the first holds for the members after it."""
    span = passage.span(member.start, member.end)
    if member.kind is not Kind.MONEY:
        kind = AmountKind.RANGE_PERCENT if member.is_range else AmountKind.RATE
        base = _base(passage, step)
        of_span = passage.span(*base) if base else None
        times = 100 if member.kind is Kind.TIMES else 1
        return Amount(
            kind, member.low * times, member.high * times, passage.words(*base) if base else "", "", span, of_span
        )
    if member.is_range:
        return Amount(AmountKind.RANGE_YUAN, member.low, member.high, "", "", span)
    if step.per is not None:
        unit_span = passage.span(*step.per)
        unit = re.sub(r"每年|每", "", passage.words(*step.per)) or passage.words(*step.per)
        return Amount(AmountKind.PER_UNIT, member.low, member.high, "", unit, span, None, unit_span)
    least = member.bound is Bound.AT_LEAST and len(step.group.members) == 1
    most = [group.members[0] for group in step.caps if group.members and group.members[0].low > member.low]
    if least and most:
        return Amount(AmountKind.RANGE_YUAN, member.low, most[0].high, "", "", passage.span(member.start, most[0].end))
    kind = AmountKind.UPTO if _is_limit(passage, step.group, member) else AmountKind.FIXED
    return Amount(kind, member.low, member.high, "", "", span)


def _is_limit(passage: Passage, group: Group, member: Quantity) -> bool:
    if member.bound in (Bound.AT_MOST, Bound.BELOW):
        return True
    if member.bound is not None:
        return False
    first, last = group.members[0], group.members[-1]
    if last.bound in (Bound.AT_MOST, Bound.BELOW) and last.right > last.end and last is not first:
        return True
    return first.bound in (Bound.AT_MOST, Bound.BELOW) and first.left < first.start


def _base(passage: Passage, step: Step) -> tuple[int, int] | None:
    """What a rate is taken of: the words between 按 and the number, as a flow range."""
    first = step.group.members[0]
    end = first.left
    start = max(step.group.phrase, end - 60)
    if start == end and step.zone[1] > step.zone[0]:
        start = max(step.zone[0], end - 40)
    words = passage.flow.text[start:end]
    start += words.rfind(",") + 1
    words = passage.flow.text[start:end]
    head = _BASE_HEAD.match(words)
    start += head.end() if head else 0
    tail = _BASE_TAIL.search(passage.flow.text[start:end])
    end = start + tail.start() if tail else end
    return (start, end) if end > start else None


def _caps(step: Step) -> list[Quantity]:
    """The caps that count: a list as long as the tiers, else the one per enterprise, else the largest."""
    if not step.takes_cap:
        return []
    lists = [group for group in step.caps if len(group.members) > 1]
    if lists:
        return list(lists[0].members)
    single = [group.members[0] for group in step.caps if group.members]
    if not single:
        return []
    return [max(single, key=lambda quantity: (quantity.high, -quantity.start))]


def _labelled_caps(passage: Passage, step: Step) -> list[Quantity]:
    """瞪羚企业最高30万元，独角兽企业最高100万元: limits for what the conditions name, one each."""
    singles = [group.members[0] for group in step.caps if len(group.members) == 1]
    if len(singles) < 2 or len(singles) != len(step.caps) or not step.group.is_rate:
        return []
    text = passage.flow.text
    named = text[slice(*step.zone)]
    for cap in singles:
        begin = max(text.rfind(mark, 0, cap.left) for mark in ",;") + 1
        label = re.sub(r'["对其中]', "", text[begin : cap.left])
        if lexicon.LIMIT_SUBJECT.match(label) or len(label) < 2 or label[:2] not in re.sub('"', "", named):
            return []
    return singles


def _caps_in_brackets(passage: Passage, step: Step) -> list[Quantity]:
    """（分别为200万元、100万元…）before a single rate: one cap for each grade named before."""
    if not step.group.is_rate or len(step.group.members) != 1:
        return []
    sums = [
        q for q in passage.between(*step.zone) if q.kind is Kind.MONEY and passage.inside[q.start] and q.bound is None
    ]
    if len(sums) < 2 or "分别为" not in passage.flow.text[max(step.zone[0], sums[0].start - 8) : sums[0].start]:
        return []
    return sums


def _edges(passage: Passage, draft: Draft) -> Counter[Fraction]:
    """How many brackets begin or end at each number."""
    return Counter(
        edge
        for step in draft.steps
        for limit in read_limits(passage, step.zone)
        for edge in {limit.quantity.low, limit.quantity.high}
    )


def _bracket(
    passage: Passage, step: Step, own: list[Limit], shared: set[str], edges: Counter[Fraction]
) -> tuple[list[Choice], set[Quantity]]:
    """The bracket of a chain: its lower bound in the unit the links share, money before all else."""
    floors = [limit.quantity for limit in own if limit.op in (">=", ">") and limit.quantity.unit in shared]
    floors.reverse()
    floors.sort(key=lambda quantity: (quantity.kind is not Kind.MONEY, edges[quantity.low] < 2))
    for quantity in floors:
        return [Choice(quantity.left, quantity.right, quantity)], {quantity}
    for quantity in passage.between(*step.zone):
        if quantity.bound in (Bound.ABOVE, Bound.AT_LEAST) and _BEYOND.match(passage.flow.text, quantity.right):
            return [Choice(quantity.left, quantity.right, quantity)], {quantity}
    return [Choice(step.zone[0], step.zone[1])] if step.zone[1] > step.zone[0] else [], set()


def _shared_units(passage: Passage, draft: Draft) -> set[str]:
    """Units that bound something in the first zone and in a later one."""
    zones = [read_limits(passage, step.zone) for step in draft.steps if step.group.members]
    shared: set[str] = set()
    for limit in zones[0] if zones else []:
        unit = limit.quantity.unit
        bounds = [{(other.op, other.quantity.low) for other in zone if other.quantity.unit == unit} for zone in zones]
        if any(bounds[1:]) and any(bound != bounds[0] for bound in bounds[1:] if bound):
            shared.add(unit)
    return shared


def _zip(
    passage: Passage,
    step: Step,
    amounts: list[Amount],
    caps: list[Quantity],
    choices: list[Choice],
    wanted: int,
    *,
    named: bool,
) -> list[Tier]:
    tiers = []
    if not choices and named and step.zone[1] > step.zone[0]:
        choices = [_name_of_zone(passage.flow.text, step.zone)] if wanted == 1 else []
    floor = next((choice.quantity.bound for choice in choices if choice.quantity and choice.quantity.bound), None)
    for position in range(wanted):
        amount = amounts[position] if len(amounts) == wanted else amounts[0]
        cap = caps[position] if len(caps) == wanted else caps[0] if caps else None
        if amount.kind not in (AmountKind.RATE, AmountKind.PER_UNIT, AmountKind.RANGE_PERCENT):
            cap = None
        tier = Tier(None, None, amount, cap.high if cap else None, passage.span(cap.start, cap.end) if cap else None)
        choice = choices[position] if position < len(choices) else None
        if choice is not None and choice.end > choice.start:
            span = passage.span(choice.start, choice.end)
            tier = replace(
                tier, when=span.of(passage.document.text), when_span=span, threshold=_threshold(passage, choice, floor)
            )
        tiers.append(tier)
    return tiers


def _name_of_zone(text: str, zone: tuple[int, int]) -> Choice:
    """The last words of a zone: what is said of this tier alone."""
    words = text[zone[0] : zone[1]].rstrip(",的每")
    start = zone[0] + max(words.rfind(","), words.rfind(";"), words.rfind(":")) + 1
    start += 2 if text.startswith("其中", start) else 0
    return Choice(start, zone[0] + len(words))


def _threshold(passage: Passage, choice: Choice, floor: Bound | None) -> Threshold | None:
    quantity = choice.quantity
    if quantity is None or quantity.kind is Kind.RANK or quantity.unit in LABEL_UNITS:
        return None
    if quantity.bound in (Bound.BELOW, Bound.AT_MOST) and not quantity.is_range:
        return None
    op = ">" if (quantity.bound or floor) is Bound.ABOVE else ">="
    return Threshold(op, quantity.low, quantity.unit, passage.span(quantity.start, quantity.end))
