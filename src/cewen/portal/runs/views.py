"""Pages of runs: history, a run with its progress and results, its awards row by row, files of them."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cewen.base.certainty import Certainty
from cewen.engine.export.flat import neutral
from cewen.portal.access import Refused
from cewen.portal.policies.selectors import corpus
from cewen.portal.request import PortalRequest
from cewen.portal.runs import selectors, services
from cewen.portal.runs.domain import changes, measure_bars, tile_map
from cewen.portal.runs.forms import RunForm
from cewen.portal.runs.jobs import wake
from cewen.portal.runs.models import Run, RunStatus
from cewen.portal.submission import submit

PAGE_SIZE = 30
ROWS = 50
MOST_SHEET_ROWS = 1_000_000
COLUMNS = ("uscc", "name", "subject", "measure", "certainty", "low", "high", "suppressed_by")
HEAD = ("统一社会信用代码", "名称", "对象", "措施", "确定性", "最少（元）", "最多（元）", "被谁顶替")


@require_http_methods(["GET", "POST"])
def runs(request: PortalRequest) -> HttpResponseBase:
    """History, and the form that starts one more."""
    policies = corpus().policies
    day = selectors.usual_day(timezone.localdate())
    first = {"on": day, "year": selectors.usual_year(request.actor, day)}
    form = RunForm(request.POST if request.method == "POST" else None, policies=policies, initial=first)
    if request.method == "POST":
        made = submit(form, lambda: services.start_run(request.actor, **form.cleaned_data))
        if made is not None:
            wake()
            return redirect("runs:run", made.pk)
    words, status = request.GET.get("q", "").strip()[:100], request.GET.get("status", "")
    found = selectors.runs_in_scope(request.actor, words, status if status in RunStatus.values else "")
    if request.GET.get("format") == "csv":
        return _stream("runs.csv", _history(found))
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    if any(each.is_open for each in page):
        wake()  # also after a restart: whoever looks sees waiting runs taken up again
    context = {"page": page, "form": form, "words": words, "status": status, "statuses": RunStatus.choices}
    return render(request, "runs/runs.html", context, status=422 if request.method == "POST" else 200)


def _history(found: Any) -> Iterator[tuple[Any, ...]]:
    yield ("编号", "名称", "状态", "哪一天", "事实年度", "企业", "奖补", "发起", "完成")
    for each in found.iterator():
        count = each.summary["enterprises"] if each.summary else ""
        yield (each.pk, each.title, each.get_status_display(), each.on, each.year, count, each.row_count,
               each.created_at, each.ended_at or "")  # fmt: skip


@require_GET
def run(request: PortalRequest, run_id: int) -> HttpResponse:
    found = _run(request, run_id)
    if found.is_open:
        wake()
    context: dict[str, Any] = {"run": found, "may_see_rows": selectors.may_see_rows(request.actor)}
    if request.htmx and found.is_open:
        return render(request, "runs/progress.html", context)
    if request.htmx:
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    summary = found.summary
    if summary is not None:
        kind = "definite" if summary["definite"] and not summary["ceiling"] else request.GET.get("money", "ceiling")
        kind = kind if kind in ("definite", "ceiling") else "ceiling"
        amounts = {each["code"]: each[kind] for each in summary["districts"] if each["code"]}
        top = [each for each in summary["measures"] if each["definite"] or each["ceiling"]]
        top.sort(key=lambda each: -(each["definite"] + each["ceiling"]))
        rows = reverse("runs:rows", args=[found.pk]) if context["may_see_rows"] else ""
        links = {code: f"{rows}?region={code}" for code in amounts} if rows else {}
        context |= {
            "summary": summary,
            "kind": kind,
            "others": [each for each in selectors.done_runs(request.actor) if each.pk != found.pk],
            "tiles": tile_map(corpus().regions, amounts, links=links),
            "bars": measure_bars(top[:12]),
            "measures": sorted(summary["measures"], key=lambda each: -(each["definite"] + each["ceiling"])),
            "certainties": {each.value: each.label for each in Certainty},
            "groups": [("size", _("按规模"), summary["sizes"]), ("field", _("按企业类型"), summary["fields"])],
        }
    return render(request, "runs/run.html", context)


@require_GET
def compare(request: PortalRequest) -> HttpResponse:
    """Two runs side by side: sums, measures, districts, what differs first."""
    picked = [int(text) for text in (request.GET.get("a", ""), request.GET.get("b", "")) if text.isdecimal()]
    pair = [_run(request, each) for each in picked[:2]]
    context: dict[str, Any] = {"runs": selectors.done_runs(request.actor), "pair": pair}
    if len(pair) == 2:
        if any(each.summary is None for each in pair):
            raise Http404(_("这项测算还没有结果。"))
        before, after = ({**(each.summary or {})} for each in pair)
        context |= {
            "before": before, "after": after, "whole": changes([{**before, "key": "", "title": ""}], [{**after, "key": "", "title": ""}], "key", "title")[0],
            "measures": [each for each in changes(before["measures"], after["measures"], "key", "title") if not each.is_same],
            "districts": [each for each in changes(before["districts"], after["districts"], "code", "name") if not each.is_same],
        }  # fmt: skip
    return render(request, "runs/compare.html", context)


@require_POST
def cancel(request: PortalRequest, run_id: int) -> HttpResponse:
    try:
        services.cancel_run(request.actor, run_id=run_id)
    except Run.DoesNotExist as error:
        raise Http404(_("没有这项测算。")) from error
    messages.success(request, _("测算会在这一步算完后停下。"))
    return redirect("runs:run", run_id)


@require_GET
def rows(request: PortalRequest, run_id: int) -> HttpResponse:
    """Awards of a run: searched, sorted, by page."""
    found = _done(request, run_id)
    wanted = _wanted(request)
    table = _table(request, found, wanted)
    pages = max(1, -(-table.num_rows // ROWS))
    number = min(max(1, int(request.GET.get("page", "1")) if request.GET.get("page", "1").isdecimal() else 1), pages)
    titles = {each["key"]: each for each in (found.summary or {})["measures"]}
    listed = table.slice((number - 1) * ROWS, ROWS).to_pylist()
    context = {
        "run": found, "rows": [(row, titles.get(row["measure"])) for row in listed], "count": table.num_rows,
        "number": number, "pages": pages, "wanted": wanted, "titles": titles, "columns": COLUMNS,
        "certainties": {each.value: each.label for each in Certainty},
        "names": {code: corpus().regions.name(code) for code in [wanted["region"]] if code},
    }  # fmt: skip
    return render(request, "runs/rows.html", context)


@require_GET
def export(request: PortalRequest, run_id: int) -> HttpResponseBase:
    """The awards asked for as csv, xlsx or parquet."""
    found, kind = _done(request, run_id), request.GET.get("format", "csv")
    table = _table(request, found, _wanted(request))
    name = f"run-{found.pk}.{kind}"
    if kind == "csv":
        return _stream(name, _texts(table))
    with TemporaryDirectory() as folder:
        path = Path(folder) / name
        if kind == "parquet":
            pq.write_table(table, path, compression="zstd")
            return _file(path, "application/vnd.apache.parquet")
        if kind == "xlsx":
            _write_sheet(path, table)
            return _file(path, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    raise Http404(_("没有这种文件。"))


def _wanted(request: PortalRequest) -> dict[str, str]:
    given = request.GET
    return {
        "words": given.get("q", "").strip()[:100],
        "measure": given.get("measure", ""),
        "sort": given.get("sort", "order"),
        "region": given.get("region", "")[:20],
        "size": given.get("size", "")[:20],
        "field": given.get("field", "")[:60],
    }


def _table(request: PortalRequest, found: Run, wanted: dict[str, str]) -> pa.Table:
    codes = selectors.codes_of(request.actor, wanted["region"], wanted["size"], wanted["field"])
    return selectors.result_rows(found, wanted["words"], wanted["measure"], wanted["sort"], codes)


def _run(request: PortalRequest, run_id: int) -> Run:
    found = selectors.run_in_scope(request.actor, run_id)
    if found is None:
        raise Http404(_("没有这项测算，或它的区域已不在您的范围里。"))
    return found


def _done(request: PortalRequest, run_id: int) -> Run:
    found = _run(request, run_id)
    if not selectors.may_see_rows(request.actor):
        raise Refused(_("您的角色只看合计，逐条结果由经办与统计查看。"))
    if found.status != RunStatus.DONE:
        raise Http404(_("这项测算还没有结果。"))
    return found


def _texts(table: pa.Table) -> Iterator[tuple[Any, ...]]:
    yield HEAD
    for batch in table.select(list(COLUMNS)).to_batches(max_chunksize=1 << 13):
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            yield tuple("" if cell is None else neutral(cell) if isinstance(cell, str) else cell for cell in row)


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _stream(name: str, lines: Iterator[tuple[Any, ...]]) -> StreamingHttpResponse:
    writer = csv.writer(_Echo())

    def parts() -> Iterator[str]:
        yield "\ufeff"
        for line in lines:
            yield writer.writerow([neutral(cell) if isinstance(cell, str) else cell for cell in line])

    response = StreamingHttpResponse(parts(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _write_sheet(path: Path, table: pa.Table) -> None:
    """Text as text, yuan as numbers; what a sheet does not hold is refused with what to do instead."""
    if table.num_rows > MOST_SHEET_ROWS:
        raise Refused(_("超过工作表能放的行数，请导出 csv 或 parquet。"))
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    text, money = book.add_format({"quote_prefix": True}), book.add_format({"num_format": "#,##0.00"})
    sheet = book.add_worksheet("奖补")
    sheet.set_column(0, len(COLUMNS) - 1, 22)
    sheet.freeze_panes(1, 0)
    for at, line in enumerate(_texts(table)):
        for column, cell in enumerate(line):
            if isinstance(cell, str):
                sheet.write_string(at, column, cell, text)
            else:
                sheet.write_number(at, column, cell, money)
    book.close()


def _file(path: Path, kind: str) -> HttpResponse:
    response = HttpResponse(path.read_bytes(), content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{path.name}"'
    return response
