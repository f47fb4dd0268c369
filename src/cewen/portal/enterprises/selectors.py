"""Reading the register: rows, pages, one enterprise, the whole as columns; only what lies in the actor's scope."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from django.core.cache import cache
from django.db.models import Count, Q, QuerySet, Sum, Value
from django.db.models.functions import Concat
from django.utils.translation import gettext_noop

from cewen.engine.columns.layout import AWARDS, USCC, Columns
from cewen.engine.columns.versioned import VersionedColumns
from cewen.engine.factsheet import FactSheet, PastAward
from cewen.portal import paging
from cewen.portal.access import ADMINISTRATORS, OFFICERS, Actor, Role
from cewen.portal.accounts.models import Organization
from cewen.portal.accounts.selectors import region_codes, regions
from cewen.portal.enterprises.domain import ColumnsBuilder, DistrictSum, sheet_of
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
from cewen.portal.paging import KeysetPage, Order, in_order
from cewen.portal.policies.selectors import corpus, edition

READERS = OFFICERS | ADMINISTRATORS | {Role.SUPERVISOR, Role.STATISTICIAN}
"""Who may read the register, in their regions."""
_WIDE = READERS - {Role.OFFICER_DISTRICT}

_Answer = TypeVar("_Answer")
PAGE_SIZE = 50
SORTS: dict[str, tuple[str, Order]] = {
    "name": (gettext_noop("名称"), Order("name")),
    "-revenue": (gettext_noop("营业收入从高到低"), Order("revenue", descending=True, is_number=True)),
    "revenue": (gettext_noop("营业收入从低到高"), Order("revenue", is_number=True)),
    "-employees": (gettext_noop("从业人员从多到少"), Order("employees", descending=True, is_number=True)),
    "employees": (gettext_noop("从业人员从少到多"), Order("employees", is_number=True)),
    "uscc": (gettext_noop("统一社会信用代码"), Order("uscc")),
}
"""Orders of the list with their words. What is not known stands last."""

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


def enterprises_in_scope(actor: Actor) -> QuerySet[Enterprise]:
    """Enterprises of the actor's regions. Those without a known region are for wider roles than a district's."""
    codes = _scope_codes(actor)
    return Enterprise.objects.all() if codes is None else Enterprise.objects.filter(region_code__in=sorted(codes))


def _scope_codes(actor: Actor) -> frozenset[str] | None:
    """Codes of the actor's regions, "" among them for roles that also see who has none; None for all there are."""
    codes = region_codes(actor, READERS)
    if codes is None:
        return None
    return codes | {""} if actor.grants_of(_WIDE) else codes


def search(actor: Actor, query: RegisterQuery) -> QuerySet[Enterprise]:
    """Rows that fit, without order."""
    return _fitting(query, _wanted_codes(actor, query), "region_code")


def _wanted_codes(actor: Actor, query: RegisterQuery) -> frozenset[str] | None:
    """Codes of regions that are both in scope and asked for; None where every enterprise lies in one of them."""
    codes = _scope_codes(actor)
    if query.region:
        known = regions()
        asked = frozenset(code for code in known.codes() if known.lies_in(code, query.region))
        return asked if codes is None else asked & codes
    return codes


def _fitting(query: RegisterQuery, codes: frozenset[str] | None, region_column: str) -> QuerySet[Enterprise]:
    rows = Enterprise.objects.all()
    for word in query.words.split()[:5]:
        code = word.upper()
        begins = Q(uscc__gte=code, uscc__lt=f"{code}~")  # as a range, which an index serves
        way = (
            "icontains" if word.lower() != code else "contains"
        )  # PostgreSQL turns every name to capitals for the first
        rows = rows.filter(begins if _CODE.fullmatch(code) else Q(**{f"name__{way}": word}))
    if codes is not None:
        if region_column != "region_code":
            rows = rows.alias(**{region_column: Concat("region_code", Value(""))})
        rows = rows.filter(**{f"{region_column}__in": sorted(codes)})
    if query.size:
        rows = rows.filter(size=query.size)
    if query.field:
        rows = rows.filter(fields__contains=query.field)
    if query.awards in ("yes", "no"):
        rows = rows.filter(award_count__gt=0) if query.awards == "yes" else rows.filter(award_count=0)
    return rows


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """One page of the register (企业库的一页), how many fit and how many there are in scope, and what may be chosen."""

    page: KeysetPage[Enterprise]
    count: int
    everything: int
    choices: dict[str, list[tuple[str, str]]]


class _Answers:
    """Answers about the register (答复), kept until it changes, for all who have the same regions."""

    def __init__(self, actor: Actor) -> None:
        self.actor, self.codes, self.version = actor, _scope_codes(actor), register_version()

    def count(self, query: RegisterQuery) -> int:
        """Number of rows that fit."""
        asked = (query.words, query.region, query.size, query.field, query.awards)
        return self.kept("count", asked, lambda: search(self.actor, query).count())

    def used_codes(self) -> frozenset[str]:
        """Codes of regions with enterprises anywhere."""
        every = Enterprise.objects.order_by().values_list("region_code", flat=True).distinct()
        return self.kept("used", (), lambda: frozenset(every))

    def kept(self, name: str, asked: tuple[str, ...], find: Callable[[], _Answer]) -> _Answer:
        """What was found before for the same question, else found now."""
        key = repr((self.version, self.codes if self.codes is None else sorted(self.codes), asked))
        place = f"enterprises.{name}.{hashlib.sha256(key.encode()).hexdigest()}"
        found: _Answer | None = cache.get(place)
        if found is None:
            found = find()
            cache.set(place, found, 3600)
        return found


def count_of(actor: Actor, query: RegisterQuery) -> int:
    """Number of rows that fit; kept until the register changes."""
    return _Answers(actor).count(query)


def ordered(rows: QuerySet[Enterprise], sort: str) -> QuerySet[Enterprise]:
    """In an order of `SORTS`."""
    return in_order(rows, SORTS.get(sort, SORTS["name"])[1])


def page_of(actor: Actor, query: RegisterQuery, after: str = "", before: str = "") -> RegisterPage:
    """A page of what fits.

    Where much fits, the order is walked until the page is full; where little does, it is found first and then sorted.
    The planner of SQLite takes the second way whenever an index serves a region, which costs with every row that fits;
    so the region is hidden from it where walking reads fewer rows: a page of p rows out of n among all costs about
    p × all ÷ n.
    """
    known = _Answers(actor)
    fit, everything, used = known.count(query), known.count(RegisterQuery()), known.used_codes()
    codes = _wanted_codes(actor, query)
    if codes is not None and used <= codes:
        codes = None
    is_walked = fit * fit > PAGE_SIZE * everything
    rows = _fitting(query, codes, "region_walked" if is_walked else "region_code")
    page = paging.page_of(rows, SORTS.get(query.sort, SORTS["name"])[1], PAGE_SIZE, after, before)
    return RegisterPage(page, fit, everything, _choices(used if known.codes is None else used & known.codes))


def by_district(actor: Actor, query: RegisterQuery) -> list[DistrictSum]:
    """What fits, by region, the most enterprises first; kept until the register changes.

    A region counts what lies in it, zones included, as the filter of the list does; "" those without a known region.
    """
    asked = (query.words, query.region, query.size, query.field, query.awards)
    # The place is hidden from the planner (see `page_of`): one index holds all that is summed, and is read in one go.
    place = Concat("region_code", Value(""))
    rows = _fitting(query, _wanted_codes(actor, query), "region_walked").order_by().values_list(place)
    sums = rows.annotate(count=Count("id"), told=Count("revenue"), won=Sum("award_count"), revenue=Sum("revenue"))
    found = _Answers(actor).kept("districts", asked, lambda: [(code, *more) for code, *more in sums])
    known = regions()
    districts = []
    for code, *_ in found:
        own = [each for each in found if each[0] == code or (code and each[0] and known.lies_in(each[0], code))]
        count, told, won, revenue = (sum(each[at] or 0 for each in own) for at in (1, 2, 3, 4))
        districts.append(DistrictSum(code, count, revenue if told else None, count - told, won))
    return sorted(districts, key=lambda one: -one.count)


def _choices(codes: frozenset[str]) -> dict[str, list[tuple[str, str]]]:
    """What the filters offer: regions that have enterprises, sizes, kinds."""
    known, facts = regions(), {fact.key: fact for fact in corpus().vocabulary}
    return {
        "regions": [(code, known.name(code)) for code in sorted(codes) if code],
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
        self.whole: VersionedColumns | None = None
        self.last_award = 0
        self.scopes: dict[tuple[frozenset[str], bool], Columns] = {}


_kept = _Kept()
EPOCH_BITS = 32
"""The upper bits of the register's version change when a backup is restored; changes count in the lower ones."""
MOST_CHANGED = 5
"""The register is read whole again when more than one in so many enterprises has changed."""


def forget_columns() -> None:
    """Drop the columns kept in this process: a database put back to an earlier state counts its versions anew."""
    with _kept.lock:
        _kept.key, _kept.whole, _kept.scopes = None, None, {}


def register_columns(actor: Actor) -> Columns:
    """The register in the actor's scope as columns, in order of id; kept until the register or the policies change.

    When few enterprises have changed, only these are read again: a simulation right after an edit need not wait.
    """
    codes = region_codes(actor, READERS)
    wide = bool(actor.grants_of(_WIDE))
    key = (register_version(), edition().digest)
    with _kept.lock:
        if _kept.key != key or _kept.whole is None:
            # After a restore (see safekeeping) a version of an enterprise may stand for another state than before.
            if _kept.key is None or _kept.key[1:] != key[1:] or _kept.key[0] >> EPOCH_BITS != key[0] >> EPOCH_BITS:
                _kept.whole = None
            _kept.whole, _kept.scopes, _kept.key = _whole_register(_kept), {}, key
        whole = _kept.whole.columns
        if codes is None:
            return whole
        if (codes, wide) not in _kept.scopes:
            if len(_kept.scopes) >= 8:
                _kept.scopes.clear()
            _kept.scopes[codes, wide] = _within(whole, enterprises_in_scope(actor))
        return _kept.scopes[codes, wide]


def _whole_register(kept: _Kept) -> VersionedColumns:
    known, changed, last = kept.whole, None, 0
    if known is not None:
        rows = Enterprise.objects.order_by("id").values_list("id", "record__version")
        now = np.array([(row_id, version or 0) for row_id, version in rows.iterator(20_000)], np.int64).reshape(-1, 2)
        changed, last = known.changed(now[:, 0], now[:, 1]), kept.last_award
        awarded = list(Award.objects.filter(id__gt=last).values_list("enterprise_id", flat=True))
        if Award.objects.count() != known.columns.awards.num_rows + len(awarded):
            changed = None  # an award that was being written when the others were read, or one that is gone
        elif changed is not None:
            changed = np.union1d(changed, np.array(awarded, np.int64))
    if known is None or changed is None or len(changed) * MOST_CHANGED > len(now):
        found, kept.last_award = _read_columns(Enterprise.objects.all(), Award.objects.all())
        return found
    if not len(changed):
        return known
    ids = changed.tolist()
    fresh, last_fresh = _read_columns(
        Enterprise.objects.filter(id__in=ids), Award.objects.filter(enterprise_id__in=ids)
    )
    kept.last_award = max(last, last_fresh)
    return known.with_enterprises(fresh)


def _read_columns(rows: QuerySet[Enterprise], awards: QuerySet[Award]) -> tuple[VersionedColumns, int]:
    """Rows and their awards as columns, in order of id; and the last award."""
    builder, heads = ColumnsBuilder(corpus()), []
    names = ("id", "uscc", "name", "record__version", "record__facts", "record__objects_known")
    for row_id, uscc, name, version, facts, objects in rows.order_by("id").values_list(*names).iterator(5000):
        builder.add(uscc, name, facts or {}, objects or ())
        heads.append((row_id, version or 0))
    made = list(awards.order_by("enterprise_id", "on", "id").values_list(
        "enterprise__uscc", "measure", "on", "amount", "object", "tier", "id"
    ))  # fmt: skip
    columns: list[list[Any]] = [list(column) for column in zip(*made, strict=True)] if made else [[] for _ in range(7)]
    last = max(columns.pop(), default=0)
    columns[4], columns[5] = [each or None for each in columns[4]], [each or None for each in columns[5]]
    arrays = [pa.array(column, field.type) for column, field in zip(columns, AWARDS, strict=True)]
    ids, versions = np.array(heads, np.int64).reshape(-1, 2).T
    return VersionedColumns(builder.build(pa.table(arrays, schema=AWARDS)), ids, versions), last


def _within(whole: Columns, rows: QuerySet[Enterprise]) -> Columns:
    codes = pa.array(list(rows.order_by().values_list("uscc", flat=True)), pa.string())
    tables = {name: table.filter(pc.is_in(table[USCC], value_set=codes)) for name, table in whole.tables.items()}
    return Columns(whole.layout, tables, whole.awards.filter(pc.is_in(whole.awards[USCC], value_set=codes)))
