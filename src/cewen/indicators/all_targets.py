"""All targets of a corpus on a day, chosen by document and region."""

from __future__ import annotations

from datetime import date

from cewen.indicators.assess import Assessment, assess_target
from cewen.indicators.definition import Indicators
from cewen.indicators.derive import with_derived
from cewen.indicators.store import Observations
from cewen.rules.load import Corpus


def assess_targets(
    corpus: Corpus,
    observations: Observations,
    indicators: Indicators,
    on: date,
    *,
    policy: str | None = None,
    region: str | None = None,
    as_if_in_force: bool = False,
) -> tuple[Assessment, ...]:
    """Every target in the order of the documents. `region` is a name, 武汉市, and stands for itself alone.

    Figures published after `on` are not looked at, not even to derive others.
    """
    known = with_derived(observations.as_of(on), indicators)
    return tuple(
        assess_target(each, target, known, indicators, on, as_if_in_force=as_if_in_force)
        for each in corpus.policies
        if policy is None or each.id == policy
        for target in each.targets
        if region is None or target.region == region
    )
