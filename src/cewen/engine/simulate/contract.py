"""The JSON of `cewen simulate`.

- `title`: name of the reform, or of the two policies; `sides`: names of `before` and `after`.
- `assumptions`: `on`, `facts_year`, `engine`, `as_if_in_force`, `take_up`, `growth`, `budget`.
- `enterprises`: how many there are in the register.
- `changes`: `kind` (changed, added, removed), `key`, `title`, `clause`, `path`, `before`, `after`.
- `findings`: notices with code, message, remedy and place.
- `before`, `after`: `definite`, `ceiling` (never added), `awards`, `entitled` (enterprises with at least one).
- `measures`: `key`, `title`, `clause`, `certainty`, and for `before` and `after` (null where the side lacks it)
  `awards`, `amount`, `without_amount`, `unknown`, `suppressed`, `not_applied`, `not_in_force`.
- `districts`, `sizes`, `fields`: `name`, `enterprises`, and `before`, `after`: `definite`, `ceiling`, `entitled`.
- `balance`: `winners`, `losers`, `mixed`, `same`: enterprises, by both kinds of money without adding them.
- `definite`, `ceiling`: `winners`, `losers`, `same`, `gained`, `lost`, `top_winners`, `top_losers`, and for `before` and
  `after` the distribution: `recipients`, `total`, `median`, `greatest`, `deciles`, `gini`, `top_ten_share`.
- `bunching`: for `before` and `after` each threshold: `subject`, `expression`, `value`, `measures`, `known`, and in
  `near` for each `band` how many are `below` and `above`.
- `years`: `on`, `facts_year`, `before`, `after`, `not_in_force`.
- `allocation`: null without a budget; for `before` and `after` `left`, and for `definite` and `ceiling` `claimed`,
  `granted`, `in_full`, `in_part`, `nothing`.

Money is yuan as text with two decimals. Shares and Gini are decimals as text, rounded half up to four places.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from cewen.base.money import round_half_up, yuan_text
from cewen.engine.simulate.allocate import Allocation, Granted
from cewen.engine.simulate.bunching import BANDS, Bunching
from cewen.engine.simulate.compare import Balance, EnterpriseChange, GroupLine, MeasureLine, Shift
from cewen.engine.simulate.distribution import Distribution
from cewen.engine.simulate.ratio import ratio_text
from cewen.engine.simulate.simulate import Settings, Side, Simulation
from cewen.engine.simulate.tally import Cost, MeasureTally

Shape = dict[str, Any]


def simulation_json(found: Simulation) -> Shape:
    """The shape described above."""
    return {
        "title": found.title,
        "sides": {"before": found.before_title, "after": found.after_title},
        "assumptions": assumptions_json(found.settings),
        "enterprises": found.enterprises,
        "changes": [change.to_json() for change in found.changes],
        "findings": [finding.to_json() for finding in found.findings],
        "before": side_json(found.before),
        "after": side_json(found.after),
        "measures": [_measure(line) for line in found.measures],
        "districts": [_group(line) for line in found.districts],
        "sizes": [_group(line) for line in found.sizes],
        "fields": [_group(line) for line in found.fields],
        "balance": balance_json(found.balance),
        **{each.kind.value: _shift(each, found.distributions[each.kind]) for each in found.shifts},
        "bunching": {
            side: [_bunching(each) for each in lines]
            for side, lines in zip(("before", "after"), found.bunching, strict=True)
        },
        "years": [
            {
                "on": line.on.isoformat(), "facts_year": line.facts_year, "before": side_json(line.before),
                "after": side_json(line.after), "not_in_force": list(line.dormant),
            }
            for line in found.years
        ],
        "allocation": _allocations(found.allocations),
    }  # fmt: skip


def assumptions_json(settings: Settings) -> Shape:
    """What was assumed."""
    take_up, growth, budget = settings.take_up, settings.growth, settings.budget
    return {
        "on": settings.on.isoformat(),
        "facts_year": settings.facts_year,
        "engine": settings.engine,
        "as_if_in_force": settings.as_if_in_force,
        "take_up": {
            "rate": ratio_text(take_up.rate), "by_measure": {key: ratio_text(rate) for key, rate in take_up.by_measure.items()},
            "seed": take_up.seed,
        },
        "growth": {
            "rate": ratio_text(growth.rate), "by_fact": {key: ratio_text(rate) for key, rate in growth.by_fact.items()},
            "years": settings.years,
        },
        "budget": None if budget is None else {
            "amount": yuan_text(budget.amount), "rule": budget.rule.value,
            "rank_by": budget.rank_by.label if budget.rank_by else None,
        },
    }  # fmt: skip


def decimal_text(value: Fraction, places: int = 4) -> str:
    """A ratio as a decimal, rounded half up."""
    digits = str(round_half_up(abs(value) * 10**places)).rjust(places + 1, "0")
    return f"{'-' if value < 0 else ''}{digits[:-places]}.{digits[-places:]}"


def _cost(cost: Cost) -> Shape:
    return {"definite": yuan_text(cost.definite), "ceiling": yuan_text(cost.ceiling)}


def side_json(side: Side) -> Shape:
    """Totals of one side."""
    return {**_cost(side.cost), "awards": side.awards, "entitled": side.entitled}


def balance_json(balance: Balance) -> Shape:
    """Enterprises that win, lose, do both, or neither."""
    return {
        "winners": balance.winners, "losers": balance.losers, "mixed": balance.mixed, "same": balance.same,
    }  # fmt: skip


def _measure(line: MeasureLine) -> Shape:
    measure = line.either.measure
    return {
        "key": line.key,
        "title": measure.measure.title,
        "clause": measure.measure.clause,
        "certainty": measure.measure.certainty.value,
        "before": _tally(line.before),
        "after": _tally(line.after),
    }


def _tally(tally: MeasureTally | None) -> Shape | None:
    if tally is None:
        return None
    return {
        "awards": tally.awards, "amount": yuan_text(tally.amount),
        "without_amount": tally.without_amount, "unknown": tally.unknown, "suppressed": tally.suppressed,
        "not_applied": tally.not_applied, "not_in_force": tally.not_in_force,
    }  # fmt: skip


def _group(line: GroupLine) -> Shape:
    return {
        "name": line.name,
        "enterprises": line.enterprises,
        "before": {**_cost(line.before), "entitled": line.entitled_before},
        "after": {**_cost(line.after), "entitled": line.entitled_after},
    }


def _shift(shift: Shift, both: tuple[Distribution, Distribution]) -> Shape:
    return {
        "winners": shift.winners,
        "losers": shift.losers,
        "same": shift.same,
        "gained": yuan_text(shift.gained),
        "lost": yuan_text(shift.lost),
        "top_winners": [_enterprise(each) for each in shift.top_winners],
        "top_losers": [_enterprise(each) for each in shift.top_losers],
        "before": _distribution(both[0]),
        "after": _distribution(both[1]),
    }


def _enterprise(each: EnterpriseChange) -> Shape:
    return {
        "uscc": each.uscc, "name": each.name, "district": each.district, "before": yuan_text(each.before),
        "after": yuan_text(each.after),
    }  # fmt: skip


def _distribution(found: Distribution) -> Shape:
    return {
        "recipients": found.recipients,
        "total": yuan_text(found.total),
        "median": yuan_text(found.median),
        "greatest": yuan_text(found.greatest),
        "deciles": [yuan_text(part) for part in found.deciles],
        "gini": decimal_text(found.gini),
        "top_ten_share": decimal_text(found.top_share),
    }


def _bunching(found: Bunching) -> Shape:
    threshold = found.threshold
    return {
        "subject": threshold.subject,
        "expression": threshold.words,
        "value": threshold.value_text,
        "measures": [measure.key for measure in threshold.measures],
        "known": found.known,
        "near": [
            {"band": ratio_text(band), "below": below, "above": above}
            for band, below, above in zip(BANDS, found.below, found.above, strict=True)
        ],
    }


def _allocations(both: tuple[Allocation, Allocation] | None) -> Shape | None:
    return None if both is None else {"before": _allocation(both[0]), "after": _allocation(both[1])}


def _allocation(found: Allocation) -> Shape:
    return {"definite": _granted(found.definite), "ceiling": _granted(found.ceiling), "left": yuan_text(found.left)}


def _granted(granted: Granted) -> Shape:
    return {
        "claimed": yuan_text(granted.claimed), "granted": yuan_text(granted.granted), "in_full": granted.in_full,
        "in_part": granted.in_part, "nothing": granted.nothing,
    }  # fmt: skip
