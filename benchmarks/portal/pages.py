"""Every page the portal has: its routes without open parts, found by themselves, and one of each kind with them."""

from __future__ import annotations

from dataclasses import dataclass

from django.test import Client
from django.urls import URLResolver, get_resolver, reverse

LIBRARIES = ("account_", "mfa_", "socialaccount", "openid", "set_language")
PEOPLE = {
    "applicant": "enterprise", "officer_city": "city", "policy_editor": "editor", "supervisor": "supervisor",
    "statistician": "statistician", "administrator": "administrator", "person": "city",
}  # fmt: skip
"""Role to the sign-in name of the demonstration; who stands first is asked first."""
DOCUMENT = "/policies/wuhan/2022-digital-economy-measures/"
DETAILS = (
    ("", DOCUMENT),
    ("", f"{DOCUMENT}clauses/二/（六）/"),
    ("", "/policies/?q=研发投入"),
    ("", "/policies/compare/?before=wuhan/2022-software-plan&after=hubei/2025-software-action-plan-draft"),
    ("city", "/enterprises/?sort=-revenue"),
    ("city", "/enterprises/?sort=revenue"),
    ("city", "/enterprises/?region=420111&size=小型"),
    ("city", "/enterprises/?q={word}"),
    ("city", "/enterprises/?q={word}&sort=-employees"),
    ("district", "/enterprises/"),
    ("city", "/enterprises/{uscc}/"),
    ("city", "/enterprises/{uscc}/entitlements/"),
    ("editor", "/reforms/?measure=wuhan/2022-digital-economy-measures%23rd-subsidy"),
)
"""Pages with open parts: `{word}` and `{uscc}` differ from one request to the next."""


@dataclass(frozen=True)
class Page:
    """A page of the portal (页面) and who asks for it; "" for someone without an account."""

    person: str
    path: str


def all_pages() -> list[Page]:
    """Every GET route that answers with a page, each once, by the first person who may call it. Needs Django set up."""
    from cewen.portal.accounts.models import Person
    from cewen.portal.urls import ACCESS

    clients: dict[str, Client] = {"": Client()}
    for name in set(PEOPLE.values()):
        clients[name] = Client()
        clients[name].force_login(Person.objects.get(username=name), "django.contrib.auth.backends.ModelBackend")
    found = []
    for route in sorted(_names(get_resolver(), "")):
        if route.startswith(LIBRARIES):
            continue
        roles = {role.value for role in ACCESS[route]}
        person = "" if "public" in roles else next((PEOPLE[role] for role in PEOPLE if role in roles), None)
        if person is None:
            continue
        answer = clients[person].get(reverse(route), headers={"host": "localhost"})
        is_page = answer.get("Content-Type", "").startswith(("text/html", "application/json"))
        if answer.status_code == 200 and is_page and not answer.streaming and "attachment" not in str(answer.headers):
            found.append(Page(person, reverse(route)))
    return list(dict.fromkeys([*found, *(Page(person, path) for person, path in DETAILS)]))


def _names(resolver: URLResolver, space: str) -> set[str]:
    """Routes with a name and without open parts."""
    names: set[str] = set()
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            inner = f"{space}{each.namespace}:" if each.namespace else space
            names |= set() if "(?P<" in str(each.pattern.regex.pattern) else _names(each, inner)
        elif each.name and not each.pattern.regex.groups:
            names.add(space + each.name)
    return names
