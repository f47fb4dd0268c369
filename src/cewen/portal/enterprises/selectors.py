"""Reading the register: rows, pages, one enterprise, the whole as columns; only what lies in the actor's scope."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.core.cache import cache
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_noop

from cewen.base.money import LARGEST_FEN
from cewen.engine.columns.layout import AWARDS, USCC, Columns
from cewen.engine.factsheet import FactSheet, PastAward
from cewen.portal.access import ADMINISTRATORS, OFFICERS, Actor, Role
from cewen.portal.accounts.models import Organization
from cewen.portal.accounts.selectors import region_codes, regions
from cewen.portal.enterprises.domain import ColumnsBuilder, sheet_of
from cewen.portal.enterprises.models import (
    Award,
    Enterprise,
    EnterpriseClaim,
    FactChange,
    FactImport,
    FactRecord,
    RegisterState,
    SavedView,
)
from cewen.portal.policies.selectors import corpus, edition

READERS = OFFICERS | ADMINISTRATORS | {Role.SUPERVISOR, Role.STATISTICIAN}
"""Who may read the register, in their regions."""
_WIDE = READERS - {Role.OFFICER_DISTRICT}

PAGE_SIZE = 50
SORTS: dict[str, tuple[str, str, bool]] = {
    "name": (gettext_noop("名称"), "name", False),
    "-revenue": (gettext_noop("营业收入从高到低"), "revenue", True),
    "revenue": (gettext_noop("营业收入从低到高"), "revenue", False),
    "-employees": (gettext_noop("从业人员从多到少"), "employees", True),
    "employees": (gettext_noop("从业人员从少到多"), "employees", False),
    "uscc": (gettext_noop("统一社会信用代码"), "uscc", False),
}
"""Orders of the list: their words, column, and whether the greatest stands first. What is not known stands last."""

_NUMBERS = ("revenue", "employees")
_CODE = re.compile(r"[0-9][0-9A-Z]{3,17}")


@dataclass(frozen=True, slots=True)
class RegisterQuery:
    """What is asked of the register (查询条件): every field "" where nothing is asked."""

    words: str = ""
    region: str = ""
    size: str = ""
    field: str = ""
    awards: str = ""
    sort: str = "name"

    @property
    def is_filtered(self) -> bool:
        return any((self.words, self.region, self.size, self.field, self.awards))


@dataclass(frozen=True, slots=True)
class KeysetPage:
    """One page of the list (一页) with the marks of the pages around it; "" where there is none."""

    rows: list[Enterprise]
    before: str
    after: str


def enterprises_in_scope(actor: Actor) -> QuerySet[Enterprise]:
    """Enterprises of the actor's regions. Those without a known region are for wider roles than a district's."""
    codes = region_codes(actor, READERS)
    if codes is None:
        return Enterprise.objects.all()
    wide = Q(region_code="") if actor.grants_of(_WIDE) else Q()
    return Enterprise.objects.filter(Q(region_code__in=sorted(codes)) | wide)


def search(actor: Actor, query: RegisterQuery) -> QuerySet[Enterprise]:
    """Rows that fit, without order."""
    rows = enterprises_in_scope(actor)
    for word in query.words.split()[:5]:
        code = word.upper()
        begins = Q(uscc__gte=code, uscc__lt=f"{code}~")  # as a range, which an index serves
        rows = rows.filter(begins if _CODE.fullmatch(code) else Q(name__icontains=word))
    if query.region:
        known = regions()
        codes = [code for code in known.codes() if known.lies_in(code, query.region)]
        rows = rows.filter(region_code__in=codes)
    if query.size:
        rows = rows.filter(size=query.size)
    if query.field:
        rows = rows.filter(fields__contains=query.field)
    if query.awards in ("yes", "no"):
        rows = rows.filter(award_count__gt=0) if query.awards == "yes" else rows.filter(award_count=0)
    return rows


def count_of(actor: Actor, query: RegisterQuery) -> int:
    """Number of rows that fit; kept until the register changes."""
    codes = region_codes(actor, READERS)
    scope = "" if codes is None else f"{sorted(codes)}{bool(actor.grants_of(_WIDE))}"
    asked = (register_version(), scope, query.words, query.region, query.size, query.field, query.awards)
    key = f"enterprises.count.{hashlib.sha256(repr(asked).encode()).hexdigest()}"
    kept: int | None = cache.get(key)
    if kept is None:
        kept = search(actor, query).count()
        cache.set(key, kept, 600)
    return kept


def ordered(rows: QuerySet[Enterprise], sort: str, reverse: bool = False) -> QuerySet[Enterprise]:
    """In an order of `SORTS`, equal ones by id; `reverse` from the end."""
    _, column, descending = SORTS.get(sort, SORTS["name"])
    first = F(column).desc(nulls_last=True) if descending else F(column).asc(nulls_last=True)
    if column not in _NUMBERS:
        first = F(column).asc()
    if reverse:
        return rows.order_by(first, "id").reverse()
    return rows.order_by(first, "id")


def page_of(rows: QuerySet[Enterprise], sort: str, after: str = "", before: str = "") -> KeysetPage:
    """A page by the row it follows or goes before: as quick at the end of the list as at its beginning."""
    _, column, descending = SORTS.get(sort, SORTS["name"])
    mark = _read_mark(before or after, column)
    backwards = bool(before) and mark is not None
    if mark is not None:
        rows = rows.filter(_beyond(column, descending != backwards, backwards, *mark))
    found = list(ordered(rows, sort, backwards)[: PAGE_SIZE + 1])
    more = len(found) > PAGE_SIZE
    found = found[:PAGE_SIZE]
    if backwards:
        found.reverse()
    has_before = more if backwards else mark is not None
    has_after = True if backwards else more
    return KeysetPage(
        found,
        _mark(found[0], column) if found and has_before else "",
        _mark(found[-1], column) if found and has_after else "",
    )


def _beyond(column: str, smaller: bool, backwards: bool, value: Any, row_id: int) -> Q:
    """Rows past a mark in the direction of reading; nothing known stands at the end of the list."""
    tie = Q(id__lt=row_id) if backwards else Q(id__gt=row_id)
    nothing = Q(**{f"{column}__isnull": True})
    if value is None:
        return (nothing & tie) | ~nothing if backwards else nothing & tie
    past = Q(**{f"{column}__lt" if smaller else f"{column}__gt": value}) | (Q(**{column: value}) & tie)
    return past if backwards or column not in _NUMBERS else past | nothing


def _mark(row: Enterprise, column: str) -> str:
    text = json.dumps([getattr(row, column), row.pk], ensure_ascii=False)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _read_mark(text: str, column: str) -> tuple[Any, int] | None:
    """The value and id of a mark; None for one that this list did not give out."""
    try:
        found = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError:
        return None
    if not isinstance(found, list) or len(found) != 2 or type(found[1]) is not int or abs(found[1]) > LARGEST_FEN:
        return None
    value = found[0]
    is_number = value is None or (type(value) is int and abs(value) <= LARGEST_FEN)
    is_text = isinstance(value, str) and "\0" not in value
    return (value, found[1]) if (is_number if column in _NUMBERS else is_text) else None


def choices(actor: Actor) -> dict[str, list[tuple[str, str]]]:
    """What the filters offer: regions of the actor that have enterprises, sizes, kinds."""
    known = regions()
    used = enterprises_in_scope(actor).order_by().values_list("region_code", flat=True).distinct()
    facts = {fact.key: fact for fact in corpus().vocabulary}
    return {
        "regions": sorted(((code, known.name(code)) for code in used if code), key=lambda pair: pair[0]),
        "sizes": [(value, value) for value in facts["enterprise_size"].values] if "enterprise_size" in facts else [],
        "fields": [(value, value) for value in facts["enterprise_kinds"].values],
    }


def saved_views(actor: Actor) -> QuerySet[SavedView]:
    """The actor's own."""
    return SavedView.objects.filter(person_id=actor.row_id)


def enterprise_in_scope(actor: Actor, uscc: str) -> Enterprise | None:
    """An enterprise the actor may read: of its regions, or its own."""
    own = Organization.objects.filter(id__in=actor.organization_ids(Role.APPLICANT), uscc=uscc)
    rows = Enterprise.objects.all() if own.exists() else enterprises_in_scope(actor)
    return rows.select_related("record", "record__batch__person").filter(uscc=uscc).first()


def own_organizations(actor: Actor) -> QuerySet[Organization]:
    """Enterprises the actor is an applicant of."""
    return Organization.objects.filter(id__in=actor.organization_ids(Role.APPLICANT), uscc__isnull=False)


def past_awards(enterprise: Enterprise | None) -> tuple[PastAward, ...]:
    """Its awards already made, as rules see them."""
    if enterprise is None:
        return ()
    rows = Award.objects.filter(enterprise=enterprise)
    return tuple(PastAward(each.measure, each.on, each.amount, each.object or None, each.tier or None) for each in rows)


def awards_of(enterprise: Enterprise) -> list[tuple[Award, str]]:
    """Its awards with the title of the measure, or its key where that is no longer in the library."""
    found = []
    for each in Award.objects.filter(enterprise=enterprise):
        known = corpus().measure(each.measure)
        found.append((each, known[1].title if known else each.measure))
    return found


def factsheet_of(enterprise: Enterprise) -> FactSheet:
    """The fact sheet of an enterprise as it stands."""
    record = _record(enterprise)
    return sheet_of(
        enterprise.uscc, enterprise.name, record.facts, record.objects_known, past_awards(enterprise), corpus()
    )


def _record(enterprise: Enterprise) -> FactRecord:
    try:
        return enterprise.record
    except FactRecord.DoesNotExist:
        return FactRecord(enterprise=enterprise)


def record_of(enterprise: Enterprise) -> FactRecord:
    """Its facts as texts; an empty record where there are none."""
    return _record(enterprise)


def changes_of(enterprise: Enterprise, most: int = 50) -> list[tuple[FactChange, str]]:
    """What changed last, each with the label of its fact."""
    labels = {fact.key: fact.label for fact in corpus().vocabulary}
    rows = FactChange.objects.select_related("person", "batch").filter(enterprise=enterprise)[:most]
    return [(each, labels.get(each.key, each.key)) for each in rows]


def imports_in_scope(actor: Actor) -> QuerySet[FactImport]:
    """The actor's own imports; all of them for administrators."""
    rows = FactImport.objects.select_related("person")
    return rows if actor.may(ADMINISTRATORS) else rows.filter(person_id=actor.row_id)


def claims_in_scope(actor: Actor) -> QuerySet[EnterpriseClaim]:
    """Claims for enterprises of the regions an officer or administrator acts for, open ones first."""
    deciders = OFFICERS | ADMINISTRATORS
    codes = region_codes(actor, deciders) if actor.grants_of(deciders) else frozenset()
    rows = EnterpriseClaim.objects.select_related("person").order_by("-stage", "id")
    return rows if codes is None else rows.filter(region_code__in=sorted(codes))


def claims_of(actor: Actor) -> QuerySet[EnterpriseClaim]:
    """The actor's own claims."""
    return EnterpriseClaim.objects.filter(person_id=actor.row_id)


def register_version() -> int:
    """Number of changes of the register so far."""
    return RegisterState.objects.filter(id=1).values_list("version", flat=True).first() or 0


class _Kept:
    def __init__(self) -> None:
        self.lock = Lock()
        self.key: tuple[int, str] | None = None
        self.whole: Columns | None = None
        self.scopes: dict[tuple[frozenset[str], bool], Columns] = {}


_kept = _Kept()


def forget_columns() -> None:
    """Drop the columns kept in this process: a database put back to an earlier state counts its versions anew."""
    with _kept.lock:
        _kept.key, _kept.whole, _kept.scopes = None, None, {}


def register_columns(actor: Actor) -> Columns:
    """The register in the actor's scope as columns, in order of id; kept until the register or the policies change."""
    codes = region_codes(actor, READERS)
    wide = bool(actor.grants_of(_WIDE))
    key = (register_version(), edition().digest)
    with _kept.lock:
        if _kept.key != key or _kept.whole is None:
            _kept.whole, _kept.scopes, _kept.key = _whole_register(), {}, key
        whole = _kept.whole
        if codes is None:
            return whole
        if (codes, wide) not in _kept.scopes:
            if len(_kept.scopes) >= 8:
                _kept.scopes.clear()
            _kept.scopes[codes, wide] = _within(whole, enterprises_in_scope(actor))
        return _kept.scopes[codes, wide]


def _whole_register() -> Columns:
    builder = ColumnsBuilder(corpus())
    for uscc, name, facts, objects in _stored_rows():
        builder.add(uscc, name, facts, objects)
    rows = list(Award.objects.order_by("enterprise_id", "on", "id").values_list(
        "enterprise__uscc", "measure", "on", "amount", "object", "tier"
    ))  # fmt: skip
    columns: list[list[Any]] = [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in AWARDS]
    columns[4], columns[5] = [each or None for each in columns[4]], [each or None for each in columns[5]]
    arrays = [pa.array(column, field.type) for column, field in zip(columns, AWARDS, strict=True)]
    return builder.build(pa.table(arrays, schema=AWARDS))


def _stored_rows() -> Iterator[tuple[str, str, Any, Any]]:
    rows = Enterprise.objects.order_by("id").values_list("uscc", "name", "record__facts", "record__objects_known")
    for uscc, name, facts, objects in rows.iterator(5000):
        yield uscc, name, facts or {}, objects or ()


def _within(whole: Columns, rows: QuerySet[Enterprise]) -> Columns:
    codes = pa.array(list(rows.order_by().values_list("uscc", flat=True)), pa.string())
    tables = {name: table.filter(pc.is_in(table[USCC], value_set=codes)) for name, table in whole.tables.items()}
    return Columns(whole.layout, tables, whole.awards.filter(pc.is_in(whole.awards[USCC], value_set=codes)))


def facts_year(on: date) -> int:
    """The year annual facts mean on a day."""
    return on.year - 1
