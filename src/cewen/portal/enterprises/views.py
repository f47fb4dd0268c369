"""Pages of the register: list, exports, saved views, imports, claims, and one enterprise."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import xlsxwriter
from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.db.models import Q
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cewen.base.errors import CewenError
from cewen.base.money import yuan_text
from cewen.base.period import last_full_year
from cewen.engine.export.flat import neutral
from cewen.engine.register.template import template_workbook
from cewen.portal.accounts.domain import tile_map
from cewen.portal.accounts.selectors import members_of, regions
from cewen.portal.enterprises import jobs, selectors, services
from cewen.portal.enterprises.domain import (
    ENTERPRISE,
    findings_found,
    findings_workbook,
    known_value,
    object_label,
    yearly_table,
)
from cewen.portal.enterprises.forms import ClaimForm, DecideForm, ViewForm, store_uploads
from cewen.portal.enterprises.models import Enterprise, EnterpriseClaim, FactImport
from cewen.portal.listing import asked_file, table_answer
from cewen.portal.policies.selectors import corpus
from cewen.portal.request import PortalRequest
from cewen.portal.submission import submit

_SPREADSHEET = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_EXPORTED = 1_000_000
_COLUMNS = ("统一社会信用代码", "名称", "注册地代码", "注册地", "规模", "企业类型", "年营业收入（元）", "营业收入年度",
            "从业人员（人）", "从业人员年度", "已获奖补（笔）")  # fmt: skip


_CHOSEN: dict[str, tuple[str, tuple[int, ...]]] = {
    "uscc": (gettext_noop("统一社会信用代码"), (0,)),
    "region": (gettext_noop("注册地"), (2, 3)),
    "size": (gettext_noop("规模"), (4,)),
    "fields": (gettext_noop("类型"), (5,)),
    "revenue": (gettext_noop("营业收入"), (6, 7)),
    "employees": (gettext_noop("从业人员"), (8, 9)),
    "awards": (gettext_noop("已获奖补"), (10,)),
}
"""Columns that may be chosen: the word, and where they stand among those exported. The name is always there."""


def _query(request: PortalRequest) -> selectors.RegisterQuery:
    asked = {name: request.GET.get(key, "").replace("\0", "").strip()[:100] for name, key in _FIELDS.items()}
    if asked["sort"] not in selectors.SORTS:
        asked["sort"] = "name"
    return selectors.RegisterQuery(**asked)


_FIELDS = {"words": "q", "region": "region", "size": "size", "field": "field", "awards": "awards", "sort": "sort"}


def _query_text(query: selectors.RegisterQuery) -> str:
    values = {key: getattr(query, name) for name, key in _FIELDS.items()}
    return urlencode({key: value for key, value in values.items() if value and (key, value) != ("sort", "name")})


@require_GET
def register(request: PortalRequest) -> HttpResponse:
    actor, query = request.actor, _query(request)
    found = selectors.page_of(actor, query, request.GET.get("after", ""), request.GET.get("before", ""))
    context: dict[str, Any] = {
        "query": query,
        "query_text": _query_text(query),
        "page": found.page,
        "count": found.count,
        "regions": regions(),
        "sorts": [(key, words) for key, (words, _order) in selectors.SORTS.items()],
    }
    context["columns"] = _shown(request)
    is_chosen = context["columns"] != list(_CHOSEN)
    context["kept_text"] = urlencode([("col", name) for name in context["columns"]] if is_chosen else [])
    if request.htmx:
        return render(request, "enterprises/rows.html", context)
    context |= {
        "all_columns": [(name, word) for name, (word, _at) in _CHOSEN.items()],
        "choices": found.choices,
        "views": selectors.saved_views(actor),
        "imports": actor.may(services.DECIDERS),
        "everything": found.everything,
    }
    return render(request, "enterprises/register.html", context)


def _cells(row: Enterprise) -> tuple[Any, ...]:
    revenue = "" if row.revenue is None else yuan_text(row.revenue)
    return (row.uscc, row.name, row.region_code, regions().name(row.region_code) if row.region_code else "", row.size,
            row.fields, revenue, row.revenue_year, row.employees, row.employees_year, row.award_count)  # fmt: skip


def _exported(request: PortalRequest) -> Iterator[Enterprise]:
    query = _query(request)
    rows = selectors.ordered(selectors.search(request.actor, query), query.sort)[:MOST_EXPORTED]
    return rows.iterator(5000)


@require_GET
def districts(request: PortalRequest) -> HttpResponse:
    """What fits by district: a map of tiles, each a link to the list, and the same as a table."""
    query, known = _query(request), regions()
    sums = selectors.by_district(request.actor, query)
    links = {
        each.code: f"{reverse('enterprises:register')}?{_query_text(replace(query, region=each.code))}" for each in sums
    }
    texts = {each.code: _("%(count)d 家") % {"count": each.count} for each in sums}
    context = {
        "rows": [(each, known.name(each.code) if each.code else "", links[each.code]) for each in sums],
        "tiles": tile_map(known, {each.code: each.count for each in sums}, texts, links), "query": query,
        "query_text": _query_text(query),
    }  # fmt: skip
    return render(request, "enterprises/districts.html", context)


def _shown(request: PortalRequest) -> list[str]:
    """Columns asked for by `col`, in their order; all of them where none is asked for."""
    asked = request.GET.getlist("col")
    return [name for name in _CHOSEN if name in asked] or list(_CHOSEN)


@require_GET
def export_csv(request: PortalRequest) -> HttpResponseBase:
    """Exactly what is filtered, in its order: UTF-8 with a mark, as Excel wants it."""

    def lines() -> Iterator[str]:
        yield "\ufeff"
        kept = _kept(request)
        yield _line(tuple(_COLUMNS[at] for at in kept))
        for row in _exported(request):
            cells = _cells(row)
            yield _line(tuple("" if cells[at] is None else cells[at] for at in kept))

    response = StreamingHttpResponse(lines(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="enterprises-{timezone.localdate()}.csv"'
    return response


def _kept(request: PortalRequest) -> list[int]:
    """Which cells are exported: the code and the name, and the columns shown."""
    return sorted({0, 1, *(at for name in _shown(request) for at in _CHOSEN[name][1])})


def _line(cells: tuple[Any, ...]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer).writerow([neutral(cell) if isinstance(cell, str) else cell for cell in cells])
    return buffer.getvalue()


@require_GET
def export_xlsx(request: PortalRequest) -> HttpResponse:
    """Exactly what is filtered, as a workbook."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    sheet = book.add_worksheet("企业")
    sheet.freeze_panes(1, 2)
    kept, widths = _kept(request), (22, 36, 14, 18, 8, 28, 18, 12, 14, 14, 14)
    for place, at in enumerate(kept):
        sheet.set_column(place, place, widths[at])
    sheet.write_row(0, 0, [_COLUMNS[at] for at in kept], book.add_format({"bold": True}))
    money = book.add_format({"num_format": "@", "align": "right"})
    for number, row in enumerate(_exported(request), start=1):
        cells = _cells(row)
        for place, at in enumerate(kept):
            cell = cells[at]
            if isinstance(cell, str):
                sheet.write_string(number, place, cell, money if at == 6 else None)
            elif cell is not None:
                sheet.write_number(number, place, cell)
    book.close()
    return _file(buffer.getvalue(), f"enterprises-{timezone.localdate()}.xlsx")


def _file(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=_SPREADSHEET)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@require_POST
def save_view(request: PortalRequest) -> HttpResponse:
    form, actor = ViewForm(request.POST), request.actor
    if submit(form, lambda: services.save_view(actor, **form.cleaned_data)) is None:
        messages.error(request, _("查询没有保存：请写一个名称。"))
    else:
        messages.success(request, _("查询已保存。"))
    return redirect(f"{reverse('enterprises:register')}?{form.data.get('query', '')[:500]}")


@require_POST
def delete_view(request: PortalRequest, view_id: int) -> HttpResponse:
    try:
        services.delete_view(request.actor, view_id=view_id)
    except ObjectDoesNotExist as error:
        raise Http404(_("没有这个查询。")) from error
    messages.success(request, _("查询已删去。"))
    return redirect("enterprises:register")


@require_http_methods(["GET", "POST"])
def imports(request: PortalRequest) -> HttpResponse:
    actor, faults = request.actor, []
    if request.method == "POST":
        try:
            files = request.FILES.getlist("files")
            folder, digest, size = store_uploads(files)
            found = services.receive_import(
                actor, file_name="、".join(each.name or "" for each in files), stored_as=folder, size=size,
                sha256=digest, source=request.POST.get("source", ""),
            )  # fmt: skip
            jobs.run(jobs.check_import, found)
            return redirect("enterprises:one_import", found.pk)
        except CewenError as error:
            faults = list(error.diagnostics)
    context = {"imports": selectors.imports_in_scope(actor)[:50], "faults": faults}
    return render(request, "enterprises/imports.html", context, status=422 if faults else 200)


def _import(request: PortalRequest, import_id: int) -> FactImport:
    found = selectors.imports_in_scope(request.actor).filter(pk=import_id).first()
    if found is None:
        raise Http404(_("没有这一批。"))
    if jobs.is_stale(found):
        FactImport.objects.filter(pk=found.pk, stage=found.stage).update(stage=FactImport.Stage.FAILED)
        found.refresh_from_db()
    return found


@require_GET
def one_import(request: PortalRequest, import_id: int) -> HttpResponse:
    found = _import(request, import_id)
    waits = found.stage in (FactImport.Stage.RECEIVED, FactImport.Stage.LOADING)
    asked = {name: request.GET.get(name, "").strip()[:60] for name in ("q", "code", "sort")}
    fitting = [] if waits else findings_found(found.findings, asked["q"], asked["code"], asked["sort"])
    codes = Counter(each["code"] for each in found.findings)
    context = {
        "found": found,
        "waits": waits,
        "asked": asked,
        "codes": codes.most_common(),
        "fitting": len(fitting),
        "rows": fitting[:500],
        "can_load": found.stage in (FactImport.Stage.CLEAN, FactImport.Stage.FAILED),
    }
    return render(request, "enterprises/progress.html" if request.htmx else "enterprises/import.html", context)


@require_GET
def template(request: PortalRequest) -> HttpResponse:
    """An empty register to fill."""
    return _file(template_workbook(corpus().vocabulary, last_full_year(timezone.localdate())), "register.xlsx")


@require_POST
def load_import(request: PortalRequest, import_id: int) -> HttpResponse:
    found = _import(request, import_id)
    services.confirm_import(request.actor, import_id=found.pk)
    jobs.run(jobs.load_import, found)
    return redirect("enterprises:one_import", import_id)


@require_GET
def findings_xlsx(request: PortalRequest, import_id: int) -> HttpResponse:
    found = _import(request, import_id)
    return _file(findings_workbook(found.findings), f"findings-{found.pk}.xlsx")


@require_http_methods(["GET", "POST"])
def claim(request: PortalRequest) -> HttpResponse:
    actor, form = request.actor, ClaimForm(request.POST or None)
    if request.method == "POST":
        made = submit(form, lambda: services.claim_enterprise(actor, **form.cleaned_data))
        if made is not None:
            messages.success(request, _("已提交，等注册地的经办核实。"))
            return redirect("enterprises:claim")
    context = {
        "form": form,
        "claims": selectors.claims_of(actor),
        "own": selectors.own_organizations(actor),
        "regions": regions(),
    }
    return render(request, "enterprises/claim.html", context, status=422 if form.errors else 200)


@require_GET
def claims(request: PortalRequest) -> HttpResponse:
    """Claims found by words and state, open ones first; as a file where one is asked for."""
    words, stage = request.GET.get("q", "").strip()[:60], request.GET.get("stage", "")
    rows = selectors.claims_in_scope(request.actor)
    rows = rows.filter(Q(name__icontains=words) | Q(uscc__icontains=words) | Q(person__name__icontains=words))
    rows = rows.filter(stage=stage) if stage in EnterpriseClaim.Stage.values else rows
    if kind := asked_file(request):
        return table_answer([each.as_row() for each in rows], "claims", kind)
    shown = {"claims": rows[:200], "regions": regions()}
    context = {**shown, "words": words, "stage": stage, "stages": EnterpriseClaim.Stage.choices}
    return render(request, "enterprises/claims.html", context)


@require_POST
def decide_claim(request: PortalRequest, claim_id: int) -> HttpResponse:
    form, actor = DecideForm(request.POST), request.actor

    def use_case() -> object:
        values = form.cleaned_data
        return services.decide_claim(
            actor, claim_id=claim_id, approve=values["decision"] == "approve", reason=values["reason"]
        )

    try:
        done = submit(form, use_case)
    except ObjectDoesNotExist as error:
        raise Http404(_("没有这项认领，或已经核实。")) from error
    if done is None:
        messages.error(request, "".join(str(error) for errors in form.errors.values() for error in errors))
    else:
        messages.success(request, _("已核实。"))
    return redirect("enterprises:claims")


@require_GET
def enterprise(request: PortalRequest, uscc: str) -> HttpResponse:
    found = selectors.enterprise_in_scope(request.actor, uscc)
    if found is None:
        raise Http404(_("没有这家企业，或不在您的范围内。"))
    record = selectors.record_of(found)
    context = {
        "enterprise": found,
        "record": record,
        "table": yearly_table(record.facts, record.sources, corpus()),
        "objects": [(object_label(each, corpus()), each, _object_facts(each)) for each in record.objects_known],
        "awards": selectors.awards_of(found),
        "changes": selectors.changes_of(found),
        "members": members_of(found.uscc),
        "claims": selectors.claims_in_scope(request.actor).filter(uscc=found.uscc),
        "today": timezone.localdate(),
        "may_correct": request.actor.may(services.DECIDERS),
        "regions": regions(),
    }
    return render(request, "enterprises/enterprise.html", context)


@require_http_methods(["GET", "POST"])
def correct(request: PortalRequest, uscc: str) -> HttpResponse:
    """An officer corrects one fact, and says on what ground; what it was stays in the history."""
    found = selectors.enterprise_in_scope(request.actor, uscc)
    if found is None:
        raise Http404(_("没有这家企业，或不在您的范围内。"))
    given = request.POST or request.GET
    key, year = given.get("key", ""), given.get("year", "")
    fact = next((each for each in corpus().vocabulary.of_subject(ENTERPRISE) if each.key == key), None)
    if fact is None or fact.is_annual != bool(year):
        raise Http404(_("没有登记这个事实，或年份不对。"))
    text, error = selectors.record_of(found).facts.get(key, {}).get(year, ""), ""
    if request.method == "POST":
        text, source = request.POST.get("text", ""), request.POST.get("source", "").strip()
        try:
            if not source:
                raise ValidationError({"source": _("更正要写明依据：哪份材料、何时核对。")})
            services.change_fact(request.actor, uscc=found.uscc, key=key, year=year, text=text, source=source)
            messages.success(request, _("已更正。"))
            return redirect("enterprises:enterprise", found.uscc)
        except ValidationError as refused:
            error = "".join(refused.messages)
    context = {"enterprise": found, "fact": fact, "year": year, "text": text, "error": error, "regions": regions()}
    return render(request, "enterprises/correct.html", context, status=422 if error else 200)


def _object_facts(each: dict[str, Any]) -> list[tuple[str, str]]:
    facts = {fact.key: fact for fact in corpus().vocabulary.of_subject(each["subject"])}
    return [
        (facts[key].label, known_value(facts[key], text, regions()).shown)
        for key, text in each["facts"].items()
        if key in facts
    ]
