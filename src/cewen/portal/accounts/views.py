"""Pages of accounts. Each takes the request apart, calls a selector or a use case, and shows what came of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cewen.portal.access import ADMINISTRATORS, ASSIGNED, Actor, Role
from cewen.portal.accounts import selectors, services
from cewen.portal.accounts.forms import AcceptForm, AssignForm, DeputyForm, InviteForm, OrganizationForm, TokenForm
from cewen.portal.accounts.models import Person, RoleAssignment
from cewen.portal.listing import asked_file, asked_order, in_database_order, table_answer
from cewen.portal.request import PortalRequest
from cewen.portal.submission import submit

PAGE_SIZE = 50
PEOPLE_ORDERS = {"name": "name", "username": "username"}
ORGANIZATION_ORDERS = {"name": "name", "kind": "kind", "code": "uscc", "region": "region_code"}
"""What the lists can be sorted by, and the columns behind it."""


@require_GET
def profile(request: PortalRequest) -> HttpResponse:
    return _profile(request)


def _profile(request: PortalRequest, deputy: DeputyForm | None = None, token: TokenForm | None = None, secret: str = "",
             status: int = 200) -> HttpResponse:  # fmt: skip
    actor = request.actor
    context = {
        "person": request.user,
        "assignments": selectors.assignments_of(actor),
        "deputies": selectors.deputies_of(actor),
        "deputy_form": deputy or DeputyForm(people=selectors.colleagues_of(actor)),
        "tokens": selectors.tokens_of(actor),
        "token_form": token or TokenForm(),
        "secret": secret,
        "may_deputize": actor.may(ASSIGNED),
        "today": timezone.localdate(),
        "regions": selectors.regions(),
    }
    return render(request, "accounts/profile.html", context, status=status)


@require_POST
def add_deputy(request: PortalRequest) -> HttpResponse:
    actor = request.actor
    form = DeputyForm(request.POST, people=selectors.colleagues_of(actor))
    if submit(form, lambda: services.name_deputy(actor, **form.cleaned_data)) is None:
        return _profile(request, deputy=form, status=422)
    messages.success(request, _("已指定代理。"))
    return redirect("accounts:profile")


@require_POST
def end_deputy(request: PortalRequest, deputy_id: int) -> HttpResponse:
    _or_404(lambda: services.end_deputy(request.actor, deputy_id=deputy_id))
    messages.success(request, _("代理已结束。"))
    return redirect("accounts:profile")


@require_POST
def add_token(request: PortalRequest) -> HttpResponse:
    form = TokenForm(request.POST)
    actor = request.actor
    made = submit(
        form,
        lambda: services.issue_token(
            actor,
            name=form.cleaned_data["name"],
            lasts=timedelta(days=form.cleaned_data["days"]),
            is_read_only=form.cleaned_data["is_read_only"],
        ),
    )
    if made is None:
        return _profile(request, token=form, status=422)
    return _profile(request, secret=made[1])


@require_POST
def revoke_token(request: PortalRequest, token_id: int) -> HttpResponse:
    _or_404(lambda: services.revoke_token(request.actor, token_id=token_id))
    messages.success(request, _("令牌已吊销。"))
    return redirect("accounts:profile")


@require_GET
def people(request: PortalRequest) -> HttpResponse:
    return _people(request)


def _people(request: PortalRequest, form: AssignForm | None = None, status: int = 200) -> HttpResponse:
    actor = request.actor
    words, order = request.GET.get("q", "").strip()[:100], asked_order(request, PEOPLE_ORDERS, "name")
    found = in_database_order(selectors.people_in_scope(actor, words), order, PEOPLE_ORDERS)
    if kind := asked_file(request):
        return table_answer(_people_rows(actor, list(found)), f"people-{timezone.localdate()}", kind)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    administers = actor.may(ADMINISTRATORS)
    held: dict[int, list[object]] = defaultdict(list)
    for each in selectors.assignments_in_scope(actor, list(page)):
        held[each.person_id].append(each)
    context = {
        "page": page,
        "rows": [(person, held[person.pk]) for person in page],
        "words": words,
        "sort": order,
        "invitations": [each for each in selectors.invitations_in_scope(actor)[:50] if each.is_open],
        "administers": administers,
        "assign_form": form or (_assign_form(actor) if administers else None),
        "today": timezone.localdate(),
        "regions": selectors.regions(),
    }
    return render(request, "accounts/people.html", context, status=status)


def _people_rows(actor: Actor, found: list[Person]) -> Iterator[dict[str, object]]:
    """One row for each role someone holds; people without a role have one row."""
    held: dict[int, list[RoleAssignment]] = defaultdict(list)
    for each in selectors.assignments_in_scope(actor, found):
        held[each.person_id].append(each)
    for person in found:
        own = {"name": person.name, "username": person.username, "is_active": "yes" if person.is_active else "no"}
        for each in held[person.pk]:
            yield {**own, "role": each.role, "organization": each.organization.name, "region": each.region_code,
                   "starts_on": each.starts_on, "ends_on": each.ends_on}  # fmt: skip
        if not held[person.pk]:
            yield {**own, "role": "", "organization": "", "region": "", "starts_on": None, "ends_on": None}


def _assign_form(actor: Actor, data: Any = None) -> AssignForm:
    return AssignForm(
        data,
        people=selectors.people_in_scope(actor),
        organizations=selectors.organizations_in_scope(actor),
        initial={"starts_on": timezone.localdate()},
    )


@require_POST
def assign(request: PortalRequest) -> HttpResponse:
    actor = request.actor
    form = _assign_form(actor, request.POST)

    def use_case() -> object:
        values = dict(form.cleaned_data)
        return services.assign_role(actor, **{**values, "role": Role(values["role"])})

    if submit(form, use_case) is None:
        return _people(request, form, status=422)
    messages.success(request, _("已授权。"))
    return redirect("accounts:people")


@require_POST
def end_assignment(request: PortalRequest, assignment_id: int) -> HttpResponse:
    _or_404(lambda: services.end_assignment(request.actor, assignment_id=assignment_id))
    messages.success(request, _("授权已收回。"))
    return redirect("accounts:people")


@require_http_methods(["GET", "POST"])
def invite(request: PortalRequest) -> HttpResponse:
    actor = request.actor
    roles = ASSIGNED if actor.may(ADMINISTRATORS) else actor.roles & ASSIGNED
    form = InviteForm(request.POST or None, organizations=selectors.organizations_to_invite(actor), roles=roles)

    def use_case() -> tuple[object, str]:
        values = dict(form.cleaned_data)
        return services.invite_colleague(actor, **{**values, "role": Role(values["role"])})

    made = submit(form, use_case) if request.method == "POST" else None
    address = request.build_absolute_uri(reverse("accounts:join", args=[made[1]])) if made else ""
    status = 422 if request.method == "POST" and made is None else 200
    return render(request, "accounts/invite.html", {"form": form, "address": address}, status=status)


@require_POST
def withdraw_invitation(request: PortalRequest, invitation_id: int) -> HttpResponse:
    _or_404(lambda: services.withdraw_invitation(request.actor, invitation_id=invitation_id))
    messages.success(request, _("邀请已撤回。"))
    return redirect("accounts:people")


@require_http_methods(["GET", "POST"])
def join(request: PortalRequest, secret: str) -> HttpResponse:
    actor = request.actor
    invitation = selectors.open_invitation(secret)
    form = AcceptForm(request.POST or None) if not actor.is_known else AcceptForm({"username": "-", "password": "-"})
    if request.method == "POST" and invitation is not None:
        values = {} if actor.is_known else form.data
        accepted = submit(
            form,
            lambda: services.accept_invitation(
                actor, secret=secret, username=values.get("username", ""), password=values.get("password", "")
            ),
        )
        if accepted is not None:
            messages.success(request, _("欢迎。您已加入。") if actor.is_known else _("账户已建立，请登录。"))
            return redirect("accounts:profile" if actor.is_known else "account_login")
    context = {"invitation": invitation, "form": form}
    return render(request, "accounts/join.html", context, status=200 if invitation else 404)


@require_http_methods(["GET", "POST"])
def organizations(request: PortalRequest) -> HttpResponse:
    actor = request.actor
    form = OrganizationForm(request.POST or None)
    made = None
    if request.method == "POST":
        made = submit(form, lambda: services.register_organization(actor, **form.cleaned_data))
    if made is not None:
        messages.success(request, _("已登记。"))
        return redirect("accounts:organizations")
    words, order = request.GET.get("q", "").strip()[:100], asked_order(request, ORGANIZATION_ORDERS, "name")
    found = in_database_order(selectors.organizations_in_scope(actor, words), order, ORGANIZATION_ORDERS)
    if kind := asked_file(request):
        rows = (
            {"name": each.name, "kind": each.kind, "uscc": each.uscc or "", "region": each.region_code}
            for each in found
        )
        return table_answer(rows, f"organizations-{timezone.localdate()}", kind)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "form": form, "words": words, "sort": order, "regions": selectors.regions()}
    return render(request, "accounts/organizations.html", context, status=422 if form.errors else 200)


def _or_404(use_case: Any) -> None:
    try:
        use_case()
    except ObjectDoesNotExist as error:
        raise Http404(_("没有这一项，或不在您的范围内。")) from error
