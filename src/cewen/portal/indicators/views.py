"""Pages of the indicators: targets, one target, figures, alerts, open data, score cards."""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from collections.abc import Callable
from datetime import date
from itertools import groupby
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cewen.indicators.observation import Observation
from cewen.indicators.opendata.rows import decimal
from cewen.portal.indicators import selectors, services
from cewen.portal.indicators.domain import TargetShown, champions, chart_rows, export_rows
from cewen.portal.indicators.domain import chart as chart_of
from cewen.portal.indicators.forms import AppealForm, CloseAlertForm, GiveAlertForm, ImportForm, ScoreCardForm
from cewen.portal.listing import asked_file, asked_order, in_database_order, in_order, table_answer, table_file
from cewen.portal.request import PortalRequest
from cewen.portal.submission import submit

PAGE_SIZE = 50
OBSERVATION_KEYS: dict[str, Callable[[Observation], Any]] = {
    "published": lambda each: (each.published_on, each.id), "indicator": lambda each: each.indicator,
    "region": lambda each: each.region_code, "period": lambda each: each.period.end, "source": lambda each: each.source_title,
}  # fmt: skip
ALERT_ORDERS = {"rule": "rule", "severity": "severity", "owner": "owner", "subject": "subject"}
CARD_ORDERS = {"made": "made_at", "title": "title", "version": "version"}
CARD_ORDER_WORDS = (
    ("-made", gettext_noop("日期，新的在前")), ("made", gettext_noop("日期，旧的在前")), ("title", gettext_noop("名称")),
    ("version", gettext_noop("权重版本")),
)  # fmt: skip
SCORE_KEYS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "rank": lambda row: int(str(row["rank"]).split("—")[0].split("-")[0] or 0), "district": lambda row: row["district"],
    "points": lambda row: float(row["low"]),
}  # fmt: skip
"""What the lists can be sorted by."""
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
    "json": "application/json",
    "svg": "image/svg+xml",
}


@require_GET
def targets(request: PortalRequest) -> HttpResponse:
    found = selectors.board(_day(request))
    wanted, words, sort = _wanted(request)
    rows = selectors.targets(found, wanted, words, sort)
    by = request.GET.get("by", "")
    context = {
        "board": found, "groups": _grouped(rows, by), "count": len(rows), "by": by, "wanted": wanted, "words": words,
        "sort": sort, "is_filtered": bool(words or any(wanted.values())), "choices": selectors.choices(found),
        "counts": _counts(rows), "on": found.on, "is_today": found.on == timezone.localdate(),
        "exports": ("csv", "xlsx"),
    }  # fmt: skip
    return render(request, "indicators/results.html" if request.htmx else "indicators/targets.html", context)


def _wanted(request: PortalRequest) -> tuple[dict[str, str], str, str]:
    wanted = {name: request.GET.get(name, "").strip()[:100] for name in selectors.FILTERS}
    return wanted, request.GET.get("q", "").strip()[:100], asked_order(request, selectors.SORTS, "status")


def _counts(rows: tuple[TargetShown, ...]) -> list[tuple[TargetShown, int]]:
    """How many there are of each status, with a row that shows its sign."""
    counted = Counter(row.each.status for row in rows)
    first = {row.each.status: row for row in reversed(rows)}
    return [(first[status], number) for status, number in counted.most_common()]


def _grouped(rows: tuple[TargetShown, ...], by: str) -> list[tuple[str, list[TargetShown]]]:
    keys: dict[str, Callable[[TargetShown], tuple[str, ...]]] = {
        "policy": lambda row: (row.each.policy.header.title,),
        "unit": lambda row: row.each.target.units or (_("条文没有写责任单位"),),
        "region": lambda row: (row.each.target.region,),
    }
    if by not in keys:
        return [("", list(rows))] if rows else []
    pairs = [(name, at, row) for at, row in enumerate(rows) for name in keys[by](row)]
    pairs.sort(key=lambda pair: (pair[0], pair[1]))
    return [(name, [row for _name, _at, row in group]) for name, group in groupby(pairs, lambda pair: pair[0])]


@require_GET
def export(request: PortalRequest, kind: str) -> HttpResponse:
    if kind not in ("csv", "xlsx"):
        raise Http404(_("只有 csv 与 xlsx。"))
    found = selectors.board(_day(request))
    rows = selectors.targets(found, *_wanted(request))
    return _file(table_file(export_rows(rows), kind), f"targets-{found.on}", kind)


@require_GET
def target(request: PortalRequest, policy_id: str, target_id: str) -> HttpResponse:
    found, row = _target(request, policy_id, target_id)
    evidence = selectors.evidence_of(row, found)
    tested = champions(evidence.backtests, row.each.outlook.method if row.each.outlook else "")
    context = {
        "board": found, "row": row, "each": row.each, "policy": row.each.policy, "on": found.on,
        "is_today": found.on == timezone.localdate(),
        "chart": chart_of(row.drawing) if row.drawing else None,
        "evidence": evidence, "backtests": tested,
        "same": [other for other in found.rows
                 if row.each.indicator and other.each.indicator == row.each.indicator and other is not row],
    }  # fmt: skip
    return render(request, "indicators/target.html", context)


@require_GET
def chart(request: PortalRequest, policy_id: str, target_id: str) -> HttpResponse:
    """The chart as a file of its own."""
    found, row = _target(request, policy_id, target_id)
    if row.drawing is None:
        raise Http404(_("这个目标还没有公布数，没有图。"))
    context = {"chart": chart_of(row.drawing), "each": row.each, "on": found.on, "alone": True}
    response = render(request, "indicators/chart.svg", context, content_type=TYPES["svg"])
    response["Content-Disposition"] = f'attachment; filename="{target_id}-{found.on}.svg"'
    return response


@require_GET
def chart_data(request: PortalRequest, policy_id: str, target_id: str) -> HttpResponse:
    """What the chart shows, as rows: published figures, the goal, the projection with its range."""
    found, row = _target(request, policy_id, target_id)
    if row.drawing is None:
        raise Http404(_("这个目标还没有公布数，没有图。"))
    return table_answer(chart_rows(row), f"{target_id}-{found.on}", "csv")


def _target(request: PortalRequest, policy_id: str, target_id: str) -> tuple[selectors.Board, TargetShown]:
    found = selectors.board(_day(request))
    row = found.find(policy_id, target_id)
    if row is None:
        raise Http404(_("没有这个目标。"))
    return found, row


@require_GET
def observations(request: PortalRequest) -> HttpResponse:
    return _observations(request)


def _observations(
    request: PortalRequest, form: ImportForm | None = None, findings: tuple[Any, ...] = (), status: int = 200
) -> HttpResponse:
    on, words = _day(request) or timezone.localdate(), request.GET.get("q", "").strip()[:100]
    order = asked_order(request, OBSERVATION_KEYS, "-published")
    rows = in_order(selectors.observations(on, words), order, OBSERVATION_KEYS)
    kind = request.GET.get("file", "")
    if kind in ("csv", "xlsx"):
        return _file(table_file((_observation_row(each) for each in rows), kind), f"observations-{on}", kind)
    page, indicators = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page")), selectors.knowledge().indicators
    named = [(found.label if (found := indicators.find(each.indicator)) else each.indicator, each) for each in page]
    context = {
        "page": page, "named": named, "words": words, "on": on, "findings": findings, "sort": order,
        "form": form or (ImportForm() if request.actor.may(selectors.STATISTICIANS) else None),
    }  # fmt: skip
    return render(request, "indicators/observations.html", context, status=status)


def _observation_row(each: Any) -> dict[str, Any]:
    return {
        "indicator": each.indicator, "region": each.region, "region_code": each.region_code, "period": each.period.text,
        "basis": each.basis.code, "value": decimal(each.value), "unit": each.unit, "bound": each.bound.code,
        "trust": each.trust.code, "maturity": each.maturity.code, "published_on": each.published_on,
        "published_estimated": "yes" if each.is_estimated else "no", "source_title": each.source_title,
        "source_url": each.source_url, "note": each.note,
    }  # fmt: skip


@require_http_methods(["GET", "POST"])
def import_observations(request: PortalRequest) -> HttpResponse:
    if request.method == "GET":
        return redirect("indicators:observations")
    form = ImportForm(request.POST, request.FILES)

    def use_case() -> services.Imported:
        upload = form.cleaned_data["file"]
        if upload.size > services.MOST_BYTES:
            services.read_upload(upload.name, b"\0" * (services.MOST_BYTES + 1))
        keep = form.cleaned_data["keep_sound"]
        return services.import_observations(request.actor, name=upload.name, content=upload.read(), keep_sound=keep)

    done = submit(form, use_case)
    if done is None:
        return _observations(request, form, status=422)
    if done.findings and not done.added:
        return _observations(request, form, done.findings, status=422)
    said = _("导入 %(added)s 条，已有 %(known)s 条，未收 %(left)s 条。")
    messages.success(request, said % {"added": done.added, "known": done.known, "left": len(done.findings)})
    return _observations(request, None, done.findings)


@require_GET
def alerts(request: PortalRequest) -> HttpResponse:
    found = selectors.latest_round()
    which, words = request.GET.get("show", "open"), request.GET.get("q", "").strip()[:100]
    order = asked_order(request, ALERT_ORDERS, "rule")
    rows = in_database_order(selectors.alerts(found, which, words), order, ALERT_ORDERS)
    kind = request.GET.get("file", "")
    if kind in ("csv", "xlsx"):
        return _file(table_file((_alert_row(each) for each in rows), kind), f"alerts-{found}", kind)
    page = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    context: dict[str, Any] = {
        "round": found, "page": page, "named": selectors.name_subjects(page.object_list), "show": which,
        "words": words, "sort": order, "counts": {name: selectors.alerts(found, name).count() for name in ("open", "fired", "silent")},
        "today": timezone.localdate(),
    }  # fmt: skip
    return render(request, "indicators/alerts.html", context)


def _alert_row(each: Any) -> dict[str, Any]:
    return {
        "on": each.round.on, "rule": each.label, "subject": each.subject, "fired": each.fired, "because": each.because,
        "owner": each.owner, "closed_by": each.closed_by, "closing_reason": each.closing_reason,
    }  # fmt: skip


@require_POST
def run_alerts(request: PortalRequest) -> HttpResponse:
    found = services.run_alerts(request.actor)
    messages.success(request, _("%(on)s 的预警已检查。") % {"on": found.on.isoformat()})
    return redirect("indicators:alerts")


@require_POST
def close_alert(request: PortalRequest, alert_id: int) -> HttpResponse:
    form = CloseAlertForm(request.POST)
    return _answer(request, form, lambda: services.close_alert(request.actor, alert_id=alert_id, **form.cleaned_data))


@require_POST
def give_alert(request: PortalRequest, alert_id: int) -> HttpResponse:
    form = GiveAlertForm(request.POST)
    return _answer(request, form, lambda: services.give_alert(request.actor, alert_id=alert_id, **form.cleaned_data))


def _answer(request: PortalRequest, form: Any, use_case: Any) -> HttpResponse:
    try:
        done = submit(form, use_case)
    except ObjectDoesNotExist as error:
        raise Http404(_("没有这一条，或它没有亮。")) from error
    if done is None:
        for found in form.errors.values():
            messages.error(request, " ".join(found))
    else:
        messages.success(request, _("已记下。"))
    return redirect("indicators:alerts")


@require_GET
def open_data(request: PortalRequest) -> HttpResponse:
    found = selectors.board(_day(request))
    series = len({(each.indicator, each.region) for each in found.known.entries})
    context = {"on": found.on, "board": found, "series": series, "observations": len(found.known.entries)}
    return render(request, "indicators/open_data.html", context)


@require_GET
def download(request: PortalRequest, kind: str) -> HttpResponse:
    on = selectors.board(_day(request)).on
    if kind == "targets-csv":
        return _file(table_file(export_rows(selectors.board(on).rows), "csv"), f"targets-{on}", "csv")
    if kind not in ("observations", "targets-json", "package", "sdmx"):
        raise Http404(_("没有这种文件。"))
    files = selectors.open_files(on)
    if kind == "observations":
        return _file(files["observations.csv"], f"observations-{on}", "csv")
    if kind == "targets-json":
        return _file(files["targets.json"], f"targets-{on}", "json")
    chosen = {
        name.removeprefix("sdmx/"): text
        for name, text in files.items()
        if name.startswith("sdmx/") == (kind == "sdmx") and name != "targets.json"
    }
    return _file(_packed(chosen, on), f"{kind}-{on}", "zip")


def _packed(files: dict[str, bytes], on: date) -> bytes:
    """A zip that is the same for the same content."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, (max(on.year, 1980), on.month, on.day, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            packed.writestr(entry, files[name])
    return out.getvalue()


@require_http_methods(["GET", "POST"])
def score_cards(request: PortalRequest) -> HttpResponse:
    form = ScoreCardForm(request.POST or None, request.FILES or None)
    made = None
    if request.method == "POST":

        def use_case() -> Any:
            files = form.cleaned_data
            if max(files["definition"].size, files["cells"].size) > services.MOST_BYTES:
                raise ValidationError(_("文件太大。"))
            definition, cells = files["definition"].read(), files["cells"].read()
            return services.put_score_card(request.actor, definition=definition, cells=cells)

        made = submit(form, use_case)
    if made is not None:
        messages.success(request, _("已录入。"))
        return redirect("indicators:score_card", card_id=made.pk)
    words, order = request.GET.get("q", "").strip()[:100], asked_order(request, CARD_ORDERS, "-made")
    found = in_database_order(selectors.score_cards(words), order, CARD_ORDERS)
    if kind := asked_file(request):
        rows = ({"title": each.title, "version": each.version, "made_at": each.made_at, "made_by": str(each.made_by),
                 "digest": each.digest} for each in found)  # fmt: skip
        return table_answer(rows, f"score-cards-{timezone.localdate()}", kind)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "form": form, "words": words, "sort": order, "orders": CARD_ORDER_WORDS}
    return render(request, "indicators/score_cards.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def score_card(request: PortalRequest, card_id: int) -> HttpResponse:
    card = selectors.score_cards().filter(pk=card_id).first()
    if card is None:
        raise Http404(_("没有这张记分卡。"))
    content = card.content
    names = list(dict.fromkeys(cell["district"] for cell in content["cells"]))
    form = AppealForm(
        request.POST or None, districts=[(name, name) for name in names],
        items=[(item["key"], item["label"]) for item in content["items"]], initial={"on": timezone.localdate()},
    )  # fmt: skip
    if request.method == "POST":
        made = submit(form, lambda: services.add_appeal(request.actor, card_id=card_id, **form.cleaned_data))
        if made is not None:
            messages.success(request, _("申诉已记录，得分按它重算。"))
            return redirect("indicators:score_card", card_id=card_id)
    appeals = list(card.appeals.select_related("made_by"))
    scored = services.score_of(card, appeals)
    rows: list[dict[str, Any]] = [
        {"rank": each.rank, "district": each.district, "low": _points(each.low), "high": _points(each.high),
         "is_settled": each.is_settled, "notes": each.notes}
        for each in scored.scores
    ]  # fmt: skip
    order = asked_order(request, SCORE_KEYS, "rank")
    rows = in_order(rows, order, SCORE_KEYS)
    kind = request.GET.get("file", "")
    if kind in ("csv", "xlsx"):
        plain = [{**row, "notes": "；".join(row["notes"])} for row in rows]
        return _file(table_file(plain, kind), f"score-card-{card.version}", kind)
    context = {"card": card, "rows": rows, "sort": order, "appeals": appeals, "digest": scored.digest, "form": form,
               "labels": {item["key"]: item["label"] for item in content["items"]}}  # fmt: skip
    return render(request, "indicators/score_card.html", context, status=422 if form.errors else 200)


def _points(value: Any) -> str:
    """Two decimals as read; the exact number stands in the digest."""
    return f"{float(value):.2f}"


def _file(content: bytes, name: str, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=TYPES[kind])
    response["Content-Disposition"] = f'attachment; filename="{name}.{kind}"'
    return response


def _day(request: PortalRequest) -> date | None:
    try:
        return date.fromisoformat(request.GET.get("on", ""))
    except ValueError:
        return None
