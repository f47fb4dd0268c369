"""Use cases of reforms: save a scenario, share it by a link with the sums of that day, take either back."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cewen.base.errors import CewenError
from cewen.engine.simulate.apply import apply_reform
from cewen.engine.simulate.compare import GroupLine
from cewen.engine.simulate.simulate import Side, Simulation
from cewen.engine.simulate.words import assumption_words
from cewen.portal.access import Actor, require
from cewen.portal.audit.services import record
from cewen.portal.enterprises.selectors import register_version
from cewen.portal.policies.selectors import corpus
from cewen.portal.reforms.domain import Edit, reform_file
from cewen.portal.reforms.jobs import Asked
from cewen.portal.reforms.models import Scenario
from cewen.portal.reforms.selectors import rules_digest, scenarios_in_scope, simulate
from cewen.portal.runs.selectors import EVALUATORS

SECRET_BYTES = 18
MOST_SCENARIOS = 500
"""Of one person; more are a program gone wrong."""
USUAL_DAYS, MOST_DAYS = 30, 366
"""How long a link opens."""
FEWEST = 3
"""Enterprises behind a sum that leaves the portal: fewer could be told apart."""


@transaction.atomic
def save_scenario(
    actor: Actor, *, title: str, note: str, reform: dict[str, Any], asked: Asked, measure_key: str = ""
) -> Scenario:
    """保存方案. Raises CewenError with every fault of the reform, ValidationError for a title that is missing."""
    require(actor, EVALUATORS, _("保存改革方案"))
    title = title.strip()
    if not title:
        raise ValidationError({"title": _("给方案起一个名称。")})
    if scenarios_in_scope(actor).count() >= MOST_SCENARIOS:
        raise ValidationError({"title": _("方案已有五百个，先删去不用的。")})
    data = {**reform, "title": title, **({"note": note.strip()} if note.strip() else {})}
    apply_reform(corpus(), reform_file(data), asked.on)
    found = Scenario(
        author_id=actor.row_id, title=title, note=note.strip(), reform=data, on=asked.on, year=asked.year,
        as_if_in_force=asked.as_if_in_force, measure_key=measure_key, register_version=register_version(),
        rules_digest=rules_digest(data),
    )  # fmt: skip
    found.full_clean(exclude=["author", "share_until", "figures"])
    found.save()
    record(actor, "reforms.scenario.saved", f"scenario:{found.pk}", {"title": title, "reform": data, "on": asked.on})
    return found


def share_scenario(actor: Actor, *, scenario_id: int, days: int = USUAL_DAYS) -> Scenario:
    """分享方案: whoever has the link sees, also signed out, the reform and the sums of today, until the link ends.

    No enterprise is named and no sum over fewer than three goes out. Sharing again keeps the link and renews the rest.
    """
    require(actor, EVALUATORS, _("分享改革方案"))
    if not 1 <= days <= MOST_DAYS:
        raise ValidationError({"days": _("链接的期限在 1 天到 366 天之间。")})
    known = scenarios_in_scope(actor).get(pk=scenario_id)
    try:
        outcome = simulate(actor, reform_file(known.reform), Asked(known.on, known.year, known.as_if_in_force))
        figures = open_figures(outcome.simulation, outcome.moved)
    except CewenError as error:
        figures = {"fault": "；".join(each.message for each in error.diagnostics)}
    with transaction.atomic():
        found = scenarios_in_scope(actor).select_for_update().get(pk=scenario_id)
        found.share_secret = found.share_secret or secrets.token_urlsafe(SECRET_BYTES)
        found.share_until = timezone.localdate() + timedelta(days=days)
        found.figures = {**figures, "made_on": timezone.localdate().isoformat()}
        found.save(update_fields=["share_secret", "share_until", "figures"])
        record(actor, "reforms.scenario.shared", f"scenario:{found.pk}", {"until": found.share_until})
    return found


def open_figures(found: Simulation, changed: Mapping[str, int]) -> dict[str, Any]:
    """What of a simulation may go out: totals and groups in fen, None where fewer than three stand behind a sum.

    `changed` counts, for each group, whose amounts differ: before and after side by side tell what these gain or lose.
    Where one group alone were kept back, the next smallest is kept back with it: the rest would give it away.
    """
    balance = found.balance
    moved = balance.winners + balance.losers + balance.mixed
    is_told = min(found.before.entitled, found.after.entitled) >= FEWEST and not 0 < moved < FEWEST
    return {
        "enterprises": found.enterprises,
        "before": _side(found.before) if is_told else None,
        "after": _side(found.after) if is_told else None,
        "winners": balance.winners, "losers": balance.losers, "mixed": balance.mixed, "same": balance.same,
        "changes": [{**each.to_json(), "label": Edit(each.key, each.path, "").label} for each in found.changes],
        "sizes": _groups(found.sizes, changed), "districts": _groups(found.districts, changed),
        "fields": _groups(found.fields, changed),
        "assumptions": list(assumption_words(found.settings)),
    }  # fmt: skip


def _side(side: Side) -> dict[str, int]:
    return {"definite": side.cost.definite, "ceiling": side.cost.ceiling, "entitled": side.entitled}


def _groups(lines: Sequence[GroupLine], changed: Mapping[str, int]) -> list[dict[str, Any]]:
    shown = [line for line in lines if line.entitled_before or line.entitled_after]
    fewest = {line.name: min(each for each in (line.entitled_before, line.entitled_after) if each) for line in shown}
    kept = {name for name, count in fewest.items() if count < FEWEST or 0 < changed.get(name, 0) < FEWEST}
    if len(kept) == 1:
        kept |= set(sorted((name for name in fewest if name not in kept), key=fewest.__getitem__)[:1])
    return [
        {
            "name": line.name, "enterprises": line.enterprises,
            **({} if line.name in kept else {
                "entitled_before": line.entitled_before, "entitled_after": line.entitled_after,
                "definite_before": line.before.definite, "definite_after": line.after.definite,
                "ceiling_before": line.before.ceiling, "ceiling_after": line.after.ceiling,
            }),
        }
        for line in shown
    ]  # fmt: skip


@transaction.atomic
def withdraw_scenario(actor: Actor, *, scenario_id: int) -> Scenario:
    """收回分享: the link opens nothing any more."""
    require(actor, EVALUATORS, _("收回分享"))
    found = scenarios_in_scope(actor).select_for_update().get(pk=scenario_id)
    if found.share_secret is not None:
        found.share_secret, found.share_until, found.figures = None, None, None
        found.save(update_fields=["share_secret", "share_until", "figures"])
        record(actor, "reforms.scenario.withdrawn", f"scenario:{found.pk}")
    return found


@transaction.atomic
def remove_scenario(actor: Actor, *, scenario_id: int) -> None:
    """删去方案: it leaves the lists and its link; the row stays for the audit."""
    require(actor, EVALUATORS, _("删去改革方案"))
    found = scenarios_in_scope(actor).select_for_update().get(pk=scenario_id)
    found.removed_at, found.share_secret, found.figures = timezone.now(), None, None
    found.save(update_fields=["removed_at", "share_secret", "figures"])
    record(actor, "reforms.scenario.removed", f"scenario:{found.pk}", {"title": found.title})
