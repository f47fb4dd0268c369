"""Pages of drafts: the list with the upload, and the text beside its rules with live checks."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cewen.base.errors import CewenError
from cewen.portal.drafts import selectors, services
from cewen.portal.drafts.domain import MARKS, TEXT_FILE, Checked, check_files
from cewen.portal.drafts.forms import PublishForm, StartForm
from cewen.portal.drafts.models import Draft, DraftStatus
from cewen.portal.request import PortalRequest
from cewen.portal.submission import submit

PAGE_SIZE = 30
_FIELD = "file:"
"""Begins the name of a text area; the path of its file follows."""


@require_http_methods(["GET", "POST"])
def drafts(request: PortalRequest) -> HttpResponse:
    services.finish_publishing()  # what is due today, and what a crash left
    form = StartForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        made = submit(form, lambda: _start(request, form))
        if made is not None:
            return redirect("drafts:draft", made.pk)
    words, status = request.GET.get("q", "").strip()[:100], request.GET.get("status", "")
    found = selectors.drafts_in_scope(request.actor, words, status if status in DraftStatus.values else "")
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "form": form, "words": words, "status": status, "statuses": DraftStatus.choices}
    return render(request, "drafts/drafts.html", context, status=422 if request.method == "POST" else 200)


def _start(request: PortalRequest, form: StartForm) -> Draft:
    document = form.cleaned_data["document"]
    return services.start_draft(
        request.actor, policy_id=form.cleaned_data["policy_id"], name=document.name, content=document.read(),
        region=form.cleaned_data["region"],
    )  # fmt: skip


@require_GET
def draft(request: PortalRequest, draft_id: int) -> HttpResponse:
    return _page(request, _draft(request, draft_id))


def _page(
    request: PortalRequest, found: Draft, changed: dict[str, str] | None = None, faults: list[str] | None = None,
    form: PublishForm | None = None,
) -> HttpResponse:  # fmt: skip
    latest = selectors.latest_version(found)
    files = {**latest.files, **(changed or {})}
    checked = check_files(found.policy_id, files) if changed else selectors.checked_version(found, latest)
    context = {
        "draft": found, "latest": latest, "page": selectors.page_of(latest.files[TEXT_FILE]), "marks": MARKS,
        "versions": selectors.versions_of(found), "files": _files(files, checked), "checked": checked,
        "may_confirm": selectors.may_confirm(request.actor, found), "is_open": found.status == DraftStatus.EDITING,
        "faults": faults or [], "publish_form": form or PublishForm(initial={"on": timezone.localdate()}),
    }  # fmt: skip
    return render(request, "drafts/draft.html", context, status=422 if faults or form else 200)


def _files(files: dict[str, str], checked: Checked) -> list[dict[str, Any]]:
    """Editable files, header first, each with its sentence and the number of its errors."""
    order = sorted((name for name in files if name != TEXT_FILE), key=_place)
    return [
        {
            "name": name, "field": f"{_FIELD}{name}", "text": files[name], "rows": min(24, files[name].count("\n") + 2),
            "sentence": checked.sentences.get(name, ""),
            "errors": sum(each.is_error for each in checked.findings if each.file == name),
        }
        for name in order
    ]  # fmt: skip


def _place(name: str) -> tuple[int, str]:
    """The header first, then measures, lists and cases."""
    kinds = ("policy.yaml", "measures/", "facts.yaml", "targets.yaml", "tasks.yaml", "cases/")
    return next((at for at, kind in enumerate(kinds) if name.startswith(kind)), len(kinds)), name


@require_POST
def check(request: PortalRequest, draft_id: int) -> HttpResponse:
    """What the draft as typed would be told; nothing is saved."""
    found = _draft(request, draft_id)
    checked = check_files(found.policy_id, {**selectors.latest_version(found).files, **_typed(request)})
    return render(request, "drafts/findings.html", {"checked": checked})


@require_POST
def save(request: PortalRequest, draft_id: int) -> HttpResponse:
    found, changed = _draft(request, draft_id), _typed(request)
    base = request.POST.get("base", "")
    try:
        services.save_version(
            request.actor, draft_id=draft_id, base=int(base) if base.isdecimal() else 0, changed=changed,
            note=request.POST.get("note", ""), derive_cases="cases" in request.POST,
        )  # fmt: skip
    except (ValidationError, CewenError) as error:
        return _page(request, found, changed, _said(error))
    messages.success(request, _("已保存为新版本。"))
    return redirect("drafts:draft", draft_id)


@require_POST
def confirm(request: PortalRequest, draft_id: int) -> HttpResponse:
    found = _draft(request, draft_id)
    try:
        services.confirm_version(request.actor, draft_id=draft_id, number=_number(request))
    except (ValidationError, CewenError) as error:
        return _page(request, found, faults=_said(error))
    messages.success(request, _("已确认，可以发布。"))
    return redirect("drafts:draft", draft_id)


@require_POST
def publish(request: PortalRequest, draft_id: int) -> HttpResponse:
    found, form = _draft(request, draft_id), PublishForm(request.POST)
    made = submit(
        form,
        lambda: services.publish_draft(
            request.actor, draft_id=draft_id, number=_number(request), on=form.cleaned_data["on"]
        ),
    )
    if made is None:
        return _page(request, found, form=form)
    messages.success(request, _("已发布。") if made.status == DraftStatus.PUBLISHED else _("到发布日自动发布。"))
    return redirect("drafts:draft", draft_id)


def _draft(request: PortalRequest, draft_id: int) -> Draft:
    found = selectors.drafts_in_scope(request.actor).filter(pk=draft_id).first()
    if found is None:
        raise Http404(_("没有这份草稿。"))
    return found


def _typed(request: PortalRequest) -> dict[str, str]:
    """Text areas as files; browsers send line ends their own way."""
    return {
        name.removeprefix(_FIELD): text.replace("\r\n", "\n")
        for name, text in request.POST.items()
        if name.startswith(_FIELD) and isinstance(text, str)
    }


def _number(request: PortalRequest) -> int:
    text = request.POST.get("number", "")
    return int(text) if text.isdecimal() else 0


def _said(error: ValidationError | CewenError) -> list[str]:
    if isinstance(error, CewenError):
        return [f"{each.message}。{each.remedy}" for each in error.diagnostics]
    return [str(each) for each in error.messages]
