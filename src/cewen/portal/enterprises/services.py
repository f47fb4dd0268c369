"""Use cases of the register: facts, imports, saved views, claims; each may, fits, changes, records, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from stdnum.cn import uscc as uscc_number

from cewen.engine.fact_value import ValueFault
from cewen.portal.access import ADMINISTRATORS, OFFICERS, SYSTEM, Actor, Refused, Role, require
from cewen.portal.accounts.models import Organization, Person
from cewen.portal.accounts.selectors import enterprise_by_uscc, region_codes, regions
from cewen.portal.accounts.services import assign_role, register_organization
from cewen.portal.audit.models import Event
from cewen.portal.audit.services import record
from cewen.portal.enterprises.domain import ENTERPRISE, OWN_COLUMNS, figures_of, parse_value, write_value
from cewen.portal.enterprises.models import (
    Enterprise,
    EnterpriseClaim,
    FactChange,
    FactImport,
    FactRecord,
    RegisterState,
    SavedView,
)
from cewen.portal.enterprises.selectors import claims_in_scope, enterprise_in_scope, imports_in_scope, own_organizations
from cewen.portal.policies.selectors import corpus
from cewen.rules.facts import COLLECTIONS, Fact

EDITORS = OFFICERS | ADMINISTRATORS | {Role.APPLICANT}
DECIDERS = OFFICERS | ADMINISTRATORS
MOST_OBJECTS = 200
STALE = timedelta(seconds=30)
"""An import of which nobody told anything for so long was left by a server that is gone."""
WORKING = (FactImport.Stage.RECEIVED, FactImport.Stage.LOADING)
MOST_RESUMED = 2
MOST_VIEWS = 50


def touch_register() -> None:
    """Count the register's version up, in the transaction of the change."""
    if not RegisterState.objects.filter(id=1).update(version=F("version") + 1):
        RegisterState.objects.create(id=1, version=1)


@transaction.atomic
def open_own_enterprise(actor: Actor, uscc: str) -> Enterprise:
    """The register's row of an enterprise the actor belongs to, made where it is not there yet."""
    home = own_organizations(actor).filter(uscc=uscc).first()
    if home is None or home.uscc is None:
        raise Refused(_("只能办理自己企业的事项。"))
    found, is_new = Enterprise.objects.get_or_create(
        uscc=home.uscc, defaults={"name": home.name, "region_code": home.region_code}
    )
    if is_new:
        FactRecord.objects.create(enterprise=found, facts={"registered_in": {"": home.region_code}})
        touch_register()
        record(actor, "enterprises.opened", f"enterprise:{found.uscc}", {"name": found.name})
    return found


@transaction.atomic
def change_fact(
    actor: Actor, *, uscc: str, path: str = ENTERPRISE, key: str, year: str = "", text: str, source: str = ""
) -> bool:
    """改一项事实: by the enterprise itself or an officer of its region; "" says that it is not known. True when changed.

    Raises ValidationError by "text" for a value that does not fit its fact, Refused out of scope.
    """
    require(actor, EDITORS, _("修改事实"))
    enterprise = enterprise_in_scope(actor, uscc)
    if enterprise is None:
        raise Refused(_("没有这家企业，或不在您的范围内。"))
    fact = _fact(path, key, year)
    try:
        value = parse_value(fact, text, regions())
    except ValueFault as fault:
        raise ValidationError({"text": f"{fault.message}。{fault.remedy}"}) from fault
    new = "" if value is None else write_value(fact, value)
    found = _locked(enterprise)
    holder = _holder(found, path)
    old = _put(holder, key, year, new, path == ENTERPRISE)
    if old == new:
        return False
    said = source.strip()[:200] or _("自行填报")
    if path == ENTERPRISE:
        found.sources.setdefault(key, {})[year] = [said, timezone.localdate().isoformat(), actor.name]
    _save(enterprise, found)
    FactChange.objects.create(
        enterprise=enterprise, path=path, key=key, year=year, old=old, new=new, source=said, person_id=actor.person_id
    )
    data = {"path": path, "fact": key, "year": year, "old": old, "new": new, "source": said}
    record(actor, "enterprises.fact.changed", f"enterprise:{uscc}", data)
    return True


@transaction.atomic
def add_object(actor: Actor, *, uscc: str, subject: str) -> str:
    """新增项目、产品或园区: an empty one; gives its path."""
    require(actor, EDITORS, _("修改事实"))
    enterprise = enterprise_in_scope(actor, uscc)
    if enterprise is None:
        raise Refused(_("没有这家企业，或不在您的范围内。"))
    if subject not in COLLECTIONS:
        raise ValidationError(_("请选项目、产品或园区。"))
    found = _locked(enterprise)
    if len(found.objects_known) >= MOST_OBJECTS:
        raise ValidationError(_("项目、产品、园区合计至多 %(most)d 个。") % {"most": MOST_OBJECTS})
    count = sum(each["subject"] == subject for each in found.objects_known)
    found.objects_known.append({"subject": subject, "facts": {}})
    _save(enterprise, found)
    path = f"{COLLECTIONS[subject]}[{count}]"
    record(actor, "enterprises.object.added", f"enterprise:{uscc}", {"path": path})
    return path


@transaction.atomic
def remove_object(actor: Actor, *, uscc: str, path: str) -> None:
    """删去项目、产品或园区; what it held stays in the history."""
    require(actor, EDITORS, _("修改事实"))
    enterprise = enterprise_in_scope(actor, uscc)
    if enterprise is None:
        raise Refused(_("没有这家企业，或不在您的范围内。"))
    found = _locked(enterprise)
    at = _position(found, path)
    gone = found.objects_known.pop(at)
    _save(enterprise, found)
    for key, old in gone["facts"].items():
        FactChange.objects.create(
            enterprise=enterprise, path=path, key=key, old=old, source=_("删去"), person_id=actor.person_id
        )
    record(actor, "enterprises.object.removed", f"enterprise:{uscc}", {"path": path, "facts": gone["facts"]})


def _fact(path: str, key: str, year: str) -> Fact:
    subject = ENTERPRISE
    if path != ENTERPRISE:
        subject = next((each for each, name in COLLECTIONS.items() if path.startswith(f"{name}[")), "")
    fact = next((each for each in corpus().vocabulary.of_subject(subject) if each.key == key), None)
    is_year = year.isascii() and year.isdecimal() and 1990 <= int(year) <= 2100
    if fact is None or key in OWN_COLUMNS or (fact.is_annual and not is_year) or (not fact.is_annual and year):
        raise ValidationError({"text": _("没有登记这个事实，或年份不对。")})
    return fact


def _locked(enterprise: Enterprise) -> FactRecord:
    FactRecord.objects.get_or_create(enterprise=enterprise)
    return FactRecord.objects.select_for_update(of=("self",)).get(enterprise=enterprise)


def _position(found: FactRecord, path: str) -> int:
    counts: dict[str, int] = {}
    for at, each in enumerate(found.objects_known):
        subject = each["subject"]
        if f"{COLLECTIONS[subject]}[{counts.get(subject, 0)}]" == path:
            return at
        counts[subject] = counts.get(subject, 0) + 1
    raise ValidationError({"text": _("没有这个项目、产品或园区，可能已经删去。")})


def _holder(found: FactRecord, path: str) -> dict[str, Any]:
    if path == ENTERPRISE:
        facts: dict[str, Any] = found.facts
        return facts
    own: dict[str, Any] = found.objects_known[_position(found, path)]["facts"]
    return own


def _put(holder: dict[str, Any], key: str, year: str, new: str, by_year: bool) -> str:
    """Puts the text in place; gives the one before."""
    slot: dict[str, str] = holder.setdefault(key, {}) if by_year else holder
    name = year if by_year else key
    old = slot.get(name, "")
    if new:
        slot[name] = new
    else:
        slot.pop(name, None)
    if by_year and not slot:
        holder.pop(key, None)
    return old


def _save(enterprise: Enterprise, found: FactRecord) -> None:
    found.version += 1
    found.save()
    figures = figures_of(found.facts)
    Enterprise.objects.filter(pk=enterprise.pk).update(
        region_code=figures.region_code, size=figures.size, fields=figures.fields, revenue=figures.revenue,
        revenue_year=figures.revenue_year, employees=figures.employees, employees_year=figures.employees_year,
    )  # fmt: skip
    touch_register()


@transaction.atomic
def receive_import(
    actor: Actor, *, file_name: str, stored_as: str, size: int, sha256: str, source: str = ""
) -> FactImport:
    """收到导入文件: what was uploaded, before it is read. `stored_as` is its folder under the files of the portal."""
    require(actor, DECIDERS, _("导入企业库"))
    codes = region_codes(actor, DECIDERS)
    found = FactImport.objects.create(
        file_name=file_name[:200], stored_as=stored_as, size=size, sha256=sha256, person_id=actor.person_id,
        source=source.strip()[:200], region_codes=None if codes is None else sorted(codes),
    )  # fmt: skip
    record(actor, "enterprises.import.received", f"import:{found.pk}", {"file": found.file_name, "sha256": sha256})
    return found


@transaction.atomic
def confirm_import(actor: Actor, *, import_id: int) -> FactImport:
    """确认载入: a clean import, or one that was interrupted, is to be loaded; the loading itself is a job."""
    require(actor, DECIDERS, _("导入企业库"))
    found = imports_in_scope(actor).select_for_update(of=("self",)).get(pk=import_id)
    if found.stage not in (FactImport.Stage.CLEAN, FactImport.Stage.FAILED):
        raise Refused(_("这一批现在不能载入：%(stage)s。") % {"stage": found.get_stage_display()})
    found.stage, found.beat_at = FactImport.Stage.LOADING, timezone.now()
    found.save(update_fields=["stage", "beat_at"])
    record(actor, "enterprises.import.confirmed", f"import:{found.pk}", {"file": found.file_name})
    return found


def source_words(batch: FactImport | None) -> str:
    """What a batch names as its source, or its file; "" for none."""
    return "" if batch is None else batch.source or batch.file_name


def finish_import(found: FactImport, counts: Mapping[str, int]) -> None:
    """载入完成: recorded inside the transaction that loaded the rows."""
    FactImport.objects.filter(pk=found.pk).update(
        stage=FactImport.Stage.LOADED, finished_at=timezone.now(), row_count=counts["rows"], new_count=counts["new"],
        changed_count=counts["changed"],
    )  # fmt: skip
    touch_register()
    actor = Actor(found.person_id, found.person.name) if found.person else SYSTEM
    record(actor, "enterprises.import.loaded", f"import:{found.pk}", {"file": found.file_name, **counts})


@transaction.atomic
def resume_import(import_id: int) -> bool:
    """接着办导入: one whose server is gone is taken up by this process, twice at most. False: it is not to be taken up.

    Nobody else takes up the same one; what had been confirmed is loaded whole, what was being checked is checked again.
    """
    lockable = connection.features.has_select_for_update_skip_locked
    rows = FactImport.objects.select_for_update(of=("self",), skip_locked=lockable)
    found = rows.filter(pk=import_id, stage__in=WORKING, beat_at__lt=timezone.now() - STALE).first()
    if found is None:
        return False
    data = {"file": found.file_name, "stage": found.stage}
    tried = Event.objects.filter(subject=f"import:{found.pk}", action="enterprises.import.resumed").count()
    if tried >= MOST_RESUMED:
        found.stage = FactImport.Stage.FAILED
        found.save(update_fields=["stage"])
        record(SYSTEM, "enterprises.import.broken_off", f"import:{found.pk}", data)
        return False
    found.beat_at = timezone.now()
    found.save(update_fields=["beat_at"])
    record(SYSTEM, "enterprises.import.resumed", f"import:{found.pk}", data)
    return True


@transaction.atomic
def expire_import(import_id: int, findings: list[dict[str, object]]) -> bool:
    """到期清理导入: one nobody loaded in time can be loaded no more; what was found stays. False: it is not to be."""
    waiting = (FactImport.Stage.CLEAN, FactImport.Stage.FAILED)
    found = FactImport.objects.select_for_update(of=("self",)).filter(pk=import_id, stage__in=waiting).first()
    if found is None:
        return False
    found.stage, found.findings = FactImport.Stage.FAULTY, findings
    found.save(update_fields=["stage", "findings"])
    record(SYSTEM, "enterprises.import.expired", f"import:{found.pk}", {"file": found.file_name})
    return True


@transaction.atomic
def save_view(actor: Actor, *, name: str, query: str) -> SavedView:
    """保存查询: under a name of one's own; the same name replaces."""
    require(actor, {Role.PERSON}, _("保存查询"))
    if SavedView.objects.filter(person_id=actor.row_id).exclude(name=name).count() >= MOST_VIEWS:
        raise ValidationError({"name": _("至多保存 %(most)d 个查询，请先删去一些。") % {"most": MOST_VIEWS}})
    found, _new = SavedView.objects.update_or_create(
        person_id=actor.row_id, name=name.strip()[:60], defaults={"query": query[:500]}
    )
    record(actor, "enterprises.view.saved", f"view:{found.pk}", {"name": found.name, "query": found.query})
    return found


@transaction.atomic
def delete_view(actor: Actor, *, view_id: int) -> None:
    """删去查询: one's own."""
    found = SavedView.objects.get(pk=view_id, person_id=actor.row_id)
    record(actor, "enterprises.view.deleted", f"view:{found.pk}", {"name": found.name})
    found.delete()


@transaction.atomic
def claim_enterprise(actor: Actor, *, uscc: str, name: str, region_code: str, grounds: str) -> EnterpriseClaim:
    """认领企业: counts only once an officer has approved it, or a colleague's invitation was accepted instead."""
    require(actor, {Role.PERSON}, _("认领企业"))
    code = uscc.strip().upper()
    if not uscc_number.is_valid(code):
        raise ValidationError({"uscc": _("统一社会信用代码的校验位不对，请核对 18 位代码。")})
    region = regions().find(region_code.strip())
    if region is None:
        raise ValidationError({"region_code": _("没有这个区划。填代码或名称，如 420111 或 洪山区。")})
    if own_organizations(actor).filter(uscc=code).exists():
        raise ValidationError({"uscc": _("您已经是这家企业的人。")})
    if EnterpriseClaim.objects.filter(person_id=actor.row_id, uscc=code, stage=EnterpriseClaim.Stage.OPEN).exists():
        raise ValidationError({"uscc": _("您已经提交过，正在等待核实。")})
    known = Enterprise.objects.filter(uscc=code).first()
    where = known.region_code if known and known.region_code else region.code
    found = EnterpriseClaim.objects.create(
        person_id=actor.row_id, uscc=code, name=(known.name if known else "") or name.strip(), region_code=where,
        grounds=grounds.strip()[:300],
    )  # fmt: skip
    data = {"uscc": code, "name": found.name, "region_code": where, "grounds": found.grounds}
    record(actor, "enterprises.claim.made", f"claim:{found.pk}", data)
    return found


@transaction.atomic
def decide_claim(actor: Actor, *, claim_id: int, approve: bool, reason: str = "") -> EnterpriseClaim:
    """核实认领: by an officer of the region, never one's own; approval makes the person an applicant of the enterprise."""
    require(actor, DECIDERS, _("核实认领"))
    found = claims_in_scope(actor).select_for_update(of=("self",)).get(pk=claim_id, stage=EnterpriseClaim.Stage.OPEN)
    if found.person_id == actor.person_id:
        raise Refused(_("不能核实自己的认领。"))
    if not approve and not reason.strip():
        raise ValidationError({"reason": _("不同意要写明理由，让对方知道怎么办。")})
    if approve:
        home = enterprise_by_uscc(found.uscc) or _new_home(found)
        person = Person.objects.get(pk=found.person_id)
        assign_role(
            SYSTEM, person=person, role=Role.APPLICANT, organization=home, region_code=home.region_code,
            starts_on=timezone.localdate(),
        )  # fmt: skip
        found.organization = home
    found.stage = EnterpriseClaim.Stage.APPROVED if approve else EnterpriseClaim.Stage.REFUSED
    found.reason, found.decided_by_id, found.decided_at = reason.strip()[:300], actor.person_id, timezone.now()
    found.save()
    data = {"uscc": found.uscc, "person": found.person_id, "reason": found.reason}
    if approve:
        record(actor, "enterprises.claim.approved", f"claim:{found.pk}", data)
    else:
        record(actor, "enterprises.claim.refused", f"claim:{found.pk}", data)
    return found


def _new_home(found: EnterpriseClaim) -> Organization:
    return register_organization(
        SYSTEM, kind="enterprise", name=found.name, uscc=found.uscc, region_code=found.region_code
    )
