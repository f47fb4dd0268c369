"""Pages of drafts: the list with the upload, the text beside its rules with live checks, versions and their differences."""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any
from urllib.parse import quote

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
from cewen.portal.drafts.domain import (
    HEADER,
    LISTS,
    MARKS,
    TEXT_FILE,
    Checked,
    check_files,
    differences,
    merged,
    with_changes,
)
from cewen.portal.drafts.forms import MARK, PublishForm, StartForm, filled_in, groups_of, label_of, quote_of
from cewen.portal.drafts.models import Draft, DraftStatus, DraftVersion
from cewen.portal.listing import asked_file, table_answer
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
    sort = request.GET.get("sort", "new")
    every = selectors.drafts_in_scope(request.actor, words, status if status in DraftStatus.values else "")
    waiting = selectors.waiting_for(request.actor, selectors.drafts_in_scope(request.actor))
    found = selectors.waiting_for(request.actor, every) if status == "waiting" else selectors.with_state(every)
    found = found.order_by(selectors.SORTS.get(sort, "-id"), "-id")
    if kind := asked_file(request):
        return table_answer([_row(each) for each in found], "drafts", kind)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "form": form, "words": words, "status": status, "statuses": DraftStatus.choices,
               "sort": sort, "waiting": waiting.count(), "may_publish_here": selectors.may_publish_here()}  # fmt: skip
    return render(request, "drafts/drafts.html", context, status=422 if request.method == "POST" else 200)


def _row(each: Any) -> dict[str, Any]:
    return {
        _("标题"): each.title, _("编号"): each.policy_id, _("状态"): each.get_status_display(), _("版本"): each.number,
        _("错误"): each.errors, _("起草人"): str(each.author), _("确认人"): each.confirmer or "",
        _("发布日"): each.publish_on, _("保存"): timezone.localtime(each.saved_at).replace(tzinfo=None),
    }  # fmt: skip


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
    form: PublishForm | None = None, conflicts: Any = (),
) -> HttpResponse:  # fmt: skip
    latest = selectors.latest_version(found)
    files = {**latest.files, **(changed or {})}
    checked = check_files(found.policy_id, files) if changed else selectors.checked_version(found, latest)
    is_open = found.status == DraftStatus.EDITING
    page = selectors.page_of(latest.files[TEXT_FILE])
    cards = _cards(files, checked, is_open)
    placed: dict[int | None, list[dict[str, Any]]] = {}
    for card in cards:
        if card["quote"]:
            card["at"] = page.place(card["quote"])
            placed.setdefault(card["at"], []).append(card)
    context = {
        "draft": found, "latest": latest, "page": page, "marks": MARKS, "cards": cards,
        "rows": [(at, kind, pieces, placed.get(at, [])) for at, (kind, pieces) in enumerate(page.paragraphs)],
        "above": [card for card in cards if card["name"] == HEADER],
        "below": [card for card in cards if card["name"] != HEADER and card.get("at") is None],
        "versions": selectors.versions_of(found), "checked": checked, "is_open": is_open, "is_part": False,
        "may_confirm": selectors.may_confirm(request.actor, found), "conflicts": conflicts,
        "steps": selectors.STEPS, "step": selectors.step_of(found, latest, checked.error_count),
        "may_publish_here": selectors.may_publish_here(), "today": timezone.localdate(),
        "faults": faults or [], "publish_form": form or PublishForm(initial={"on": timezone.localdate()}),
    }  # fmt: skip
    return render(request, "drafts/draft.html", context, status=422 if faults or form else 200)


def _cards(files: dict[str, str], checked: Checked, is_open: bool) -> list[dict[str, Any]]:
    """What stands beside the text: header, measures, lists and cases, each with its fields, sentence and findings."""
    names = {name for name in files if name != TEXT_FILE} | ({*LISTS, _next_measure(files)} if is_open else set())
    cards: list[dict[str, Any]] = []
    for at, name in enumerate(sorted(names, key=_place), 1):
        text = files.get(name, "")
        groups = groups_of(name, text)
        values = {field.key: field.value for field in groups[0].fields} if groups and name not in LISTS else {}
        findings = [each for each in checked.findings if each.file == name]
        cards.append({
            "number": at, "name": name, "field": f"{_FIELD}{name}", "text": text, "rows": min(24, text.count("\n") + 2),
            "groups": groups, "title": values.get("title", ""), "sentence": checked.sentences.get(name, ""),
            "findings": [(each, key, label_of(key.rpartition(".")[2])) for each in findings for key in [_near(name, text, each.line)]],
            "errors": sum(each.is_error for each in findings), "kind": name.partition("/")[0].partition(".")[0],
            "quote": quote_of(text) if name.startswith("measures/") else "",
        })  # fmt: skip
    return cards


def _next_measure(files: dict[str, str]) -> str:
    """The file a further measure would stand in."""
    taken = [name.removeprefix("measures/")[:2] for name in files if name.startswith("measures/")]
    return f"measures/{max((int(each) for each in taken if each.isdecimal()), default=0) + 1:02d}-added.yaml"


def _place(name: str) -> tuple[int, str]:
    """The header first, then measures, lists and cases."""
    kinds = (HEADER, "measures/", *LISTS, "cases/")
    return next((at for at, kind in enumerate(kinds) if name.startswith(kind)), len(kinds)), name


def _near(name: str, text: str, line: int | None) -> str:
    """The key a line of a file belongs to, in a list after the number of its entry: the field a finding is about."""
    before = text.splitlines()[: line or 0]
    key = next((match[1] for each in reversed(before) if (match := _KEY[name in LISTS].match(each))), "")
    entry = sum(each.startswith("- ") for each in before) - 1
    return f"{entry}.{key}" if key and name in LISTS else key


_KEY = {False: re.compile(r"([a-z_]+):"), True: re.compile(r"(?:- |  )([a-z_]+):")}
"""A key of a file, and of an entry of a list."""


@require_POST
def check(request: PortalRequest, draft_id: int) -> HttpResponse:
    """What the draft as typed would be told; nothing is saved."""
    found = _draft(request, draft_id)
    known = selectors.latest_version(found).files
    files = with_changes(known, _typed(request, known))
    checked = check_files(found.policy_id, files)
    is_open = found.status == DraftStatus.EDITING
    context = {"checked": checked, "cards": _cards(files, checked, is_open), "is_part": True}
    return render(request, "drafts/checked.html", context)


@require_POST
def save(request: PortalRequest, draft_id: int) -> HttpResponse:
    found = _draft(request, draft_id)
    latest, number = selectors.latest_version(found), _number(request, "base")
    base = latest if number == latest.number else selectors.version_of(found, number)
    changed = _typed(request, (base or latest).files)
    try:
        services.save_version(
            request.actor, draft_id=draft_id, base=number, changed=changed, note=request.POST.get("note", ""),
            derive_cases="cases" in request.POST,
        )  # fmt: skip
    except (ValidationError, CewenError) as error:
        newer = selectors.latest_version(found)
        if base is None or newer.number == number:
            return _page(request, found, changed, _said(error))
        return _meet(request, found, base, newer, changed)
    messages.success(request, _("已保存为新版本。"))
    return redirect("drafts:draft", draft_id)


def _meet(
    request: PortalRequest, found: Draft, base: DraftVersion, newer: DraftVersion, changed: dict[str, str]
) -> HttpResponse:
    """Two people saved from one version: what fits together is put together; where both changed a file, both are shown."""
    files, both = merged(base.files, newer.files, with_changes(base.files, changed))
    shown = differences(
        {name: newer.files.get(name, "") for name in both}, {name: files.get(name, "") for name in both}
    )
    said = _("%(name)s 刚保存了第 %(number)s 版，您的改动还没有保存。") % {
        "name": newer.author, "number": newer.number,
    } + (
        _("下面的规则两个人都改了，框里是您的写法，对方的写法列在旁边：定下来再保存。")
        if both
        else _("两个人改的地方不同，已经合在一起：看过再保存。")
    )  # fmt: skip
    conflicts = [(each, newer.files.get(each.name, "")) for each in shown]
    return _page(request, found, files, [said], conflicts=conflicts)


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
        found.refresh_from_db()  # it may be decided already, and only the folder could not be written
        return _page(request, found, form=form)
    messages.success(request, _("已发布。") if made.status == DraftStatus.PUBLISHED else _("到发布日自动发布。"))
    return redirect("drafts:draft", draft_id)


@require_POST
def withdraw(request: PortalRequest, draft_id: int) -> HttpResponse:
    found = _draft(request, draft_id)
    try:
        services.withdraw_publication(request.actor, draft_id=draft_id)
    except ValidationError as error:
        return _page(request, found, faults=_said(error))
    messages.success(request, _("发布已撤回，草稿可以继续改。"))
    return redirect("drafts:draft", draft_id)


@require_POST
def abandon(request: PortalRequest, draft_id: int) -> HttpResponse:
    found = _draft(request, draft_id)
    try:
        services.abandon_draft(request.actor, draft_id=draft_id)
    except ValidationError as error:
        return _page(request, found, faults=_said(error))
    messages.success(request, _("草稿已放弃，编号可以再用；在“已放弃”里可以恢复。"))
    return redirect("drafts:drafts")


@require_POST
def resume(request: PortalRequest, draft_id: int) -> HttpResponse:
    try:
        services.resume_draft(request.actor, draft_id=draft_id)
    except Draft.DoesNotExist as error:
        raise Http404(_("没有这份草稿。")) from error
    except ValidationError as error:
        messages.error(request, "；".join(_said(error)))
        return redirect("drafts:drafts")
    messages.success(request, _("草稿已恢复。"))
    return redirect("drafts:draft", draft_id)


@require_GET
def version(request: PortalRequest, draft_id: int, number: int) -> HttpResponse:
    """What a version changed: against the one before it, or any other."""
    found, asked = _draft(request, draft_id), request.GET.get("against", "")
    one = _version(found, number)
    other = selectors.version_of(found, int(asked) if asked.isdecimal() and len(asked) < 9 else number - 1)
    context = {
        "draft": found, "one": one, "other": other, "versions": selectors.versions_of(found),
        "changes": differences(other.files, one.files) if other is not None else (),
    }  # fmt: skip
    return render(request, "drafts/version.html", context)


@require_GET
def version_files(request: PortalRequest, draft_id: int, number: int) -> HttpResponse:
    """The files of a version, as `cewen check` and `cewen test` take them."""
    found = _draft(request, draft_id)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in sorted(_version(found, number).files.items()):
            archive.writestr(f"{found.policy_id}/{name}", text)
    response = HttpResponse(packed.getvalue(), content_type="application/zip")
    name = quote(f"{found.title}-{number}.zip")
    response["Content-Disposition"] = f"attachment; filename=\"draft-{number}.zip\"; filename*=UTF-8''{name}"
    return response


def _draft(request: PortalRequest, draft_id: int) -> Draft:
    found = selectors.drafts_in_scope(request.actor).filter(pk=draft_id).first()
    if found is None:
        raise Http404(_("没有这份草稿。"))
    return found


def _version(found: Draft, number: int) -> DraftVersion:
    one = selectors.version_of(found, number)
    if one is None:
        raise Http404(_("没有这一版。"))
    return one


def _typed(request: PortalRequest, base: dict[str, str]) -> dict[str, str]:
    """The files as text areas and fields together say; browsers send line ends their own way."""
    given = {name: text for name, text in request.POST.items() if isinstance(text, str)}
    typed = {name.removeprefix(_FIELD): text.replace("\r\n", "\n") for name, text in given.items()
             if name.startswith(_FIELD)}  # fmt: skip
    fields = {name: text for name, text in given.items() if name.startswith(MARK)}
    named = {name.removeprefix(MARK).partition("|")[0] for name in fields}
    for name in named & set(base):
        typed[name] = filled_in(name, typed.get(name, base[name]), base[name], fields)
    return {name: text for name, text in typed.items() if text.strip() or name in base}


def _number(request: PortalRequest, name: str = "number") -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 9 else 0


def _said(error: ValidationError | CewenError) -> list[str]:
    if isinstance(error, CewenError):
        return [f"{each.message}。{each.remedy}" for each in error.diagnostics]
    return [str(each) for each in error.messages]
