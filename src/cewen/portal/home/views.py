"""The front page, the help, tours of a demonstration, and the pages shown when something is missing or went wrong."""

from __future__ import annotations

import logging
from difflib import get_close_matches

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template import loader
from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.encoding import iri_to_uri
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, gettext_noop
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cewen.portal.access import Actor, Role
from cewen.portal.glossary import term_groups, terms_found
from cewen.portal.home import selectors, services
from cewen.portal.home.domain import TourStep
from cewen.portal.policies.selectors import coming_moments, figures, policies_in_force
from cewen.portal.request import DOOR, PortalRequest, door_is_open, door_may_open, seal

CALCULATOR = "entitlements:calculator"
"""Route of the anonymous calculator; the front page leads there once that module is there."""


@require_GET
def front(request: PortalRequest) -> HttpResponse:
    today = timezone.localdate()
    try:
        calculator = reverse(CALCULATOR)
    except NoReverseMatch:
        calculator = ""
    context = {
        "calculator": calculator,
        "in_force": policies_in_force(today),
        "coming": coming_moments(today),
        "figures": figures(today),
        "today": today,
        "tours": _tour_list() if selectors.is_demonstration() else (),
        "door": door_is_open(request),
    }
    if request.actor.grants:
        context |= {"desk": selectors.desk(request.actor, timezone.now()), "places": _places(request.actor)}
    return render(request, "home/front.html", context)


def _places(actor: Actor) -> list[tuple[str, str]]:
    """Where one's work is, besides what waits: address and word."""
    known = (
        ("entitlements:mine", gettext_noop("我的可享"), {Role.APPLICANT}),
        ("enterprises:register", gettext_noop("企业库"), selectors.REGISTER_READERS),
        ("runs:runs", gettext_noop("测算"), selectors.EVALUATORS),
        ("drafts:drafts", gettext_noop("起草"), {Role.POLICY_EDITOR}),
        ("tasks:tasks", gettext_noop("督办"), selectors.TASK_READERS),
        ("indicators:targets", gettext_noop("目标"), {Role.PERSON}),
    )
    return [(reverse(route), word) for route, word, roles in known if actor.may(roles)]


@require_GET
def help_page(request: PortalRequest) -> HttpResponse:
    """The glossary: every term, or those that hold the words asked for."""
    words, language = request.GET.get("q", "").strip()[:100], get_language() or ""
    found = terms_found(words)
    groups = [
        (title.to(language), [each for each in found if each.group == name]) for name, title in term_groups().items()
    ]
    context = {
        "groups": [
            (title, [{"key": each.key, "word": each.word.to(language),
                      "other": each.word.en if not language.startswith("en") else each.word.zh,
                      "meaning": each.meaning.to(language),
                      "reckoned": each.reckoned.to(language) if each.reckoned else ""} for each in terms])
            for title, terms in groups if terms
        ],
        "count": len(found), "words": words, "is_english": language.startswith("en"),
        "tours": _tour_list() if selectors.is_demonstration() else (), "door": door_is_open(request),
    }  # fmt: skip
    return render(request, "home/help_results.html" if request.htmx else "home/help.html", context)


def _tour_list() -> list[dict[str, object]]:
    language = get_language() or ""
    return [
        {"name": each.name, "title": each.title.to(language), "promise": each.promise.to(language),
         "count": len(each.steps), "account": each.account}
        for each in selectors.tours()
    ]  # fmt: skip


@require_http_methods(["GET", "POST"])
def tour(request: PortalRequest, name: str, step: int) -> HttpResponse:
    """Go to a step: the session keeps where one is, the page is the real one. POST: as the person of the tour."""
    found = selectors.tour(name) if selectors.is_demonstration() else None
    place = found.step(step) if found else None
    if found is None or place is None:
        raise Http404(_("没有这一步。"))
    if request.method == "POST" and found.account and not request.actor.may({found.role}):
        _enter_as(request, found.account)
    request.session["tour"] = [name, step]
    return redirect(address_of(place))


def address_of(place: TourStep) -> str:
    """The address of a step."""
    query = f"?{place.query}" if place.query else ""
    fragment = f"#{place.fragment}" if place.fragment else ""
    return iri_to_uri(reverse(place.route, kwargs=dict(place.arguments)) + query + fragment)


@require_POST
def leave_tour(request: PortalRequest) -> HttpResponse:
    request.session.pop("tour", None)
    return redirect(_next(request))


@require_GET
def door(request: PortalRequest, key: str) -> HttpResponse:
    """The address printed in the terminal: from here on this browser signs in by one click."""
    if not door_may_open(request) or not constant_time_compare(key, settings.ENVIRONMENT.demo_key):
        raise Http404(_("没有这个入口。演示的入口地址打印在启动它的终端里。"))
    request.session[DOOR] = seal(key)
    return redirect("home:people")


@require_GET
def people(request: PortalRequest) -> HttpResponse:
    """Who there is in the demonstration; with the door open, a button each."""
    if not selectors.is_demonstration():
        raise Http404(_("这里不是演示。"))
    context = {
        "people": selectors.demonstration_people(),
        "door": door_is_open(request),
        "tours": _tour_list(),
    }
    return render(request, "home/people.html", context)


@require_POST
def enter(request: PortalRequest) -> HttpResponse:
    _enter_as(request, request.POST.get("username", ""))
    return redirect(_next(request))


def _enter_as(request: PortalRequest, username: str) -> None:
    """Sign someone of the demonstration in; the browser keeps its place on a tour and its way in."""
    person = services.choose_person(username, is_open=door_is_open(request))
    kept = {name: request.session[name] for name in (DOOR, "tour") if name in request.session}
    login(request, person, backend="django.contrib.auth.backends.ModelBackend")
    request.session.update(kept)


def _next(request: PortalRequest) -> str:
    """Where to go on: an address of this portal, else the front page."""
    wanted = request.POST.get("next", "")
    return wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None) else "/"


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(request, 400, _("这个请求看不懂"), _("地址或提交的内容不完整。请返回上一页重试。"))


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    return _page(request, 403, _("页面放得太久了"), _("为防止别的网站冒用您的身份，请返回上一页，刷新后再提交。"))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: says why, and offers to sign in."""
    said = str(exception) if exception and str(exception) else _("您的角色不能打开这个页面。")
    return _page(request, 403, _("没有权限"), said, _("需要这项权限的，请与本单位管理员联系。"))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: says what is missing where that is known, offers the search and the nearest pages."""
    reason = exception.args[0] if exception and exception.args and isinstance(exception.args[0], str) else ""
    sentence = reason or _("地址可能写错了，或内容已经移走。")
    return _page(request, 404, _("没有这个页面"), sentence, _("查一查，或从下面的页面进入。"))


def server_error(request: HttpRequest) -> HttpResponse:
    """500: a page without a query to anything, since anything may be what failed."""
    try:
        said = {"moment": f"{timezone.localtime():%Y-%m-%d %H:%M:%S}", "address": request.path}
        body = str(loader.render_to_string("errors/server_error.html", said))
    except Exception:
        logging.getLogger(__name__).exception("the error page failed")
        body = "出错了。请稍后再试。"
    return HttpResponse(body, status=500)


def _page(request: HttpRequest, status: int, heading: str, sentence: str, help_text: str = "") -> HttpResponse:
    if not hasattr(request, "actor") or "text/html" not in request.headers.get("Accept", "text/html"):
        return HttpResponse(f"{heading}。{sentence}\n", status=status, content_type="text/plain; charset=utf-8")
    context = {
        "heading": heading, "sentence": sentence, "help": help_text, "offer_sign_in": status == 403,
        "offer_search": status == 404, "near": _near(request.path) if status == 404 else (),
        "address": request.get_full_path(),
    }  # fmt: skip
    return render(request, "parts/error_page.html", context, status=status)


def _near(path: str) -> list[str]:
    """Addresses without open parts that look like the one asked for, and those above it; at most four."""
    from cewen.portal.registry import collect_navigation

    known = {reverse(item.route) for item in collect_navigation()}
    above = [address for address in known if address != "/" and path.startswith(address)]
    return list(dict.fromkeys([*above, *get_close_matches(path, known, 3, 0.5)]))[:4]
