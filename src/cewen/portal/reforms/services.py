"""Use cases of reforms: save a scenario, share it by a link, take either back."""

from __future__ import annotations

import secrets
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from cewen.engine.simulate.apply import apply_reform
from cewen.portal.access import Actor, require
from cewen.portal.audit.services import record
from cewen.portal.policies.selectors import corpus
from cewen.portal.reforms.domain import reform_file
from cewen.portal.reforms.models import Scenario
from cewen.portal.reforms.selectors import Asked, scenarios_in_scope
from cewen.portal.runs.selectors import EVALUATORS

SECRET_BYTES = 18
MOST_SCENARIOS = 500
"""Of one person; more are a program gone wrong."""


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
        as_if_in_force=asked.as_if_in_force, measure_key=measure_key,
    )  # fmt: skip
    found.full_clean(exclude=["author"])
    found.save()
    record(actor, "reforms.scenario.saved", f"scenario:{found.pk}", {"title": title, "reform": data, "on": asked.on})
    return found


@transaction.atomic
def share_scenario(actor: Actor, *, scenario_id: int) -> Scenario:
    """分享方案: whoever may evaluate and has the link sees the reform, with figures of the own regions only."""
    require(actor, EVALUATORS, _("分享改革方案"))
    found = scenarios_in_scope(actor).select_for_update().get(pk=scenario_id)
    if found.share_secret is None:
        found.share_secret = secrets.token_urlsafe(SECRET_BYTES)
        found.save(update_fields=["share_secret"])
        record(actor, "reforms.scenario.shared", f"scenario:{found.pk}")
    return found


@transaction.atomic
def withdraw_scenario(actor: Actor, *, scenario_id: int) -> Scenario:
    """收回分享: the link opens nothing any more."""
    require(actor, EVALUATORS, _("收回分享"))
    found = scenarios_in_scope(actor).select_for_update().get(pk=scenario_id)
    if found.share_secret is not None:
        found.share_secret = None
        found.save(update_fields=["share_secret"])
        record(actor, "reforms.scenario.withdrawn", f"scenario:{found.pk}")
    return found


@transaction.atomic
def remove_scenario(actor: Actor, *, scenario_id: int) -> None:
    """删去方案: it leaves the lists and its link; the row stays for the audit."""
    require(actor, EVALUATORS, _("删去改革方案"))
    found = scenarios_in_scope(actor).select_for_update().get(pk=scenario_id)
    found.removed_at, found.share_secret = timezone.now(), None
    found.save(update_fields=["removed_at", "share_secret"])
    record(actor, "reforms.scenario.removed", f"scenario:{found.pk}", {"title": found.title})
