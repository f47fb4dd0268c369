"""Figures that are not published but follow from two that are; marked as derived, with both sources."""

from __future__ import annotations

from cewen.indicators.definition import Derivation, Indicator, Indicators
from cewen.indicators.observation import Bound, Maturity, Observation, Trust
from cewen.indicators.store import Observations


def with_derived(observations: Observations, indicators: Indicators) -> Observations:
    """With every annual level a `Derivation` gives where none is published. The share is the last one published for a
    period that had ended by then; without one nothing is derived."""
    more: list[Observation] = []
    for indicator in indicators.entries:
        for derivation in indicator.derived:
            published = {each.period.text for each in observations.series(indicator.key, derivation.region)}
            for part in observations.series(indicator.key, derivation.part):
                if part.period.is_year and part.period.text not in published:
                    found = _derive(observations, indicator, derivation, part)
                    more += [found] if found is not None else []
    return observations.add(more)


def _derive(
    observations: Observations, indicator: Indicator, derivation: Derivation, part: Observation
) -> Observation | None:
    shares = [
        each
        for each in observations.series(derivation.share, derivation.part)
        if each.period.end <= part.period.end and each.value > 0
    ]
    if not shares:
        return None
    share = shares[-1]
    bound = part.bound if part.bound is not Bound.EXACT else Bound.APPROXIMATE
    return Observation(
        indicator.key,
        derivation.region,
        "",
        part.period,
        part.value / (share.value / 100),
        part.unit,
        bound,
        Trust.DERIVED,
        Maturity.UNSTATED,
        part.basis,
        max(part.published_on, share.published_on),
        part.is_estimated or share.is_estimated,
        f"推算：{derivation.part}{part.period.label}（{part.source_title}）÷ 占比 {float(share.value):g}%（{share.source_title}）",
        part.source_url,
        derivation.why,
    )
