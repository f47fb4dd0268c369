"""Reading what the home pages show: the desk, tours, and the people of the demonstration."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import yaml
from django.conf import settings
from django.db.models import Count
from django.urls import reverse
from django.utils.timezone import localdate
from django.utils.translation import gettext_noop

from cewen.portal.access import ADMINISTRATORS, OFFICERS, Actor, Role
from cewen.portal.drafts import selectors as drafts
from cewen.portal.enterprises import selectors as enterprises
from cewen.portal.enterprises.models import EnterpriseClaim, FactImport
from cewen.portal.entitlements import selectors as entitlements
from cewen.portal.glossary import Said
from cewen.portal.home.domain import DemonstrationPerson, DeskItem, Tour, TourStep
from cewen.portal.runs import selectors as runs
from cewen.portal.tasks import selectors as tasks

REGISTER_READERS, EVALUATORS, TASK_READERS = enterprises.READERS, runs.EVALUATORS, tasks.READERS
RECENT = timedelta(days=30)
"""An import left alone for longer is no work that waits."""
SOON = timedelta(days=7)
"""What falls due within is shown on the desk."""
_PORTAL = Path(__file__).resolve().parents[1]


def is_demonstration() -> bool:
    """True in a portal started by `cewen serve --demo`."""
    return bool(settings.ENVIRONMENT.is_demo)


@lru_cache(maxsize=1)
def demonstration_people() -> tuple[DemonstrationPerson, ...]:
    """Everyone of the demonstration, in the order of its file."""
    data = _read("demonstration.yaml")
    homes = {entry["key"]: entry["name"] for entry in data["organizations"]}
    return tuple(
        DemonstrationPerson(entry["username"], entry["name"], Role(entry["role"]), homes[entry["organization"]])
        for entry in data["people"]
    )


@lru_cache(maxsize=1)
def tours() -> tuple[Tour, ...]:
    """All guided tours."""
    return tuple(
        Tour(
            entry["name"], Said(**entry["title"]), Said(**entry["promise"]), entry.get("account", ""),
            Role(entry.get("role", "public")), tuple(_step(step) for step in entry["steps"]),
        )
        for entry in _read("tours.yaml")
    )  # fmt: skip


def _step(entry: dict[str, Any]) -> TourStep:
    return TourStep(
        entry["page"], tuple(entry.get("with", {}).items()), entry.get("query", ""), entry.get("at", ""),
        Said(**entry["say"]),
    )  # fmt: skip


def tour(name: str) -> Tour | None:
    """A tour by its name."""
    return next((each for each in tours() if each.name == name), None)


def _read(name: str) -> Any:
    return yaml.safe_load((_PORTAL / name).read_text(encoding="utf-8"))


# --- the desk of who has signed in -----------------------------------------------------------------------------------


def desk(actor: Actor, now: datetime) -> dict[str, list[DeskItem]]:
    """What waits for the actor, what is late, what is due, what has come out; each with its number and its page.

    Only what there is: an empty list says that nothing waits.
    """
    found: dict[str, list[DeskItem]] = {"waits": [], "late": [], "due": [], "news": []}
    if actor.may(OFFICERS | ADMINISTRATORS):
        claims, imports = _waiting_claims(actor), _imports_to_see(actor, now)
        _put(found["waits"], gettext_noop("认领待核实"), claims, "enterprises:claims")
        _put(found["waits"], gettext_noop("导入已查清，待确认载入"), imports.get("clean", 0), "enterprises:imports")
        broken = imports.get("faulty", 0) + imports.get("failed", 0)
        _put(found["late"], gettext_noop("导入有问题，没有载入"), broken, "enterprises:imports")
    if actor.may({Role.APPLICANT}):
        _put_own(found["waits"], actor, localdate(now))
    if actor.may({Role.POLICY_EDITOR}):
        own = drafts.drafts_in_scope(actor)
        _put(found["waits"], gettext_noop("草稿待您确认"), drafts.waiting_for(actor, own).count(), "drafts:drafts")
        editing = own.filter(status="editing", author_id=actor.row_id).count()
        _put(found["waits"], gettext_noop("您起草中的政策"), editing, "drafts:drafts")
    if actor.may(EVALUATORS):
        for each in runs.recent_ends(actor, now - timedelta(days=7)):
            word = gettext_noop("测算算完了") if each.status == "done" else gettext_noop("测算没有算成")
            address = reverse("runs:run", args=[each.pk])
            found["news"].append(DeskItem(word, None, address, each.title, localdate(each.ended_at)))
    if actor.may(TASK_READERS):
        _put_tasks(found, actor, localdate(now))
    return found


def _put_own(items: list[DeskItem], actor: Actor, today: date) -> None:
    """What an enterprise may supply, for each of its own: facts that would settle a measure."""
    for code, name in entitlements.own_enterprise(actor)[1][:5]:
        own, _all = entitlements.own_enterprise(actor, code)
        missing = len(entitlements.entitlements_of(own, today).missing) if own else 0
        if missing:
            address = f"{reverse('entitlements:mine')}?uscc={code}"
            items.append(DeskItem(gettext_noop("补上就能定的事实"), missing, address, name))


def _waiting_claims(actor: Actor) -> int:
    """How many claims the actor may decide: those of others."""
    open_ones = enterprises.claims_in_scope(actor).filter(stage=EnterpriseClaim.Stage.OPEN)
    return open_ones.exclude(person_id=actor.row_id).count()


def _imports_to_see(actor: Actor, now: datetime) -> dict[str, int]:
    """How many of the actor's own imports wait for it, by stage: clean ones to load, faulty and broken ones."""
    wait = (FactImport.Stage.CLEAN, FactImport.Stage.FAULTY, FactImport.Stage.FAILED)
    rows = FactImport.objects.filter(person_id=actor.row_id, stage__in=wait, created_at__gte=now - RECENT)
    return dict(rows.order_by().values_list("stage").annotate(count=Count("id")))


def _put(items: list[DeskItem], word: str, count: int, route: str) -> None:
    if count:
        items.append(DeskItem(word, count, reverse(route)))


def _put_tasks(found: dict[str, list[DeskItem]], actor: Actor, today: date) -> None:
    """Tasks of each unit the actor's organizations answer for; all of them for who watches over all.

    What is counted is what the page behind it lists.
    """
    units = ("",) if actor.may(tasks.WIDE_READERS) else tuple(sorted(tasks.units_of(actor, today)))
    soon: dict[str, DeskItem] = {}
    for unit in units:
        late = len(tasks.tasks(today, {"lamp": "red", "unit": unit}))
        if late:
            address = f"{reverse('tasks:tasks')}?lamp=red{f'&unit={quote(unit)}' if unit else ''}"
            found["late"].append(DeskItem(gettext_noop("督办任务逾期"), late, address, unit))
        for row in tasks.tasks(today, {"unit": unit}):
            if row.case.is_open and row.case.due is not None and today <= row.case.due <= today + SOON:
                address = reverse("tasks:task", args=[row.policy_id, row.key])
                soon[address] = DeskItem(gettext_noop("任务到期"), None, address, row.case.task.title, row.case.due)
    found["due"] += sorted(soon.values(), key=lambda item: item.on or today)[:8]
