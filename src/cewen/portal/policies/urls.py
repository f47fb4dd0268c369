"""Routes of the policies. The address of a clause names the policy and the clause path, and never changes."""

from __future__ import annotations

from django.urls import path, re_path
from django.utils.translation import gettext_noop

from cewen.portal.access import EVERYONE, AccessList, NavigationItem
from cewen.portal.policies import views

app_name = "policies"
_ID = r"(?P<policy_id>[a-z]+(?:/[a-z0-9]+(?:-[a-z0-9]+)*)+?)"

urlpatterns = [
    path("policies/", views.library, name="library"),
    path("policies/timeline/", views.timeline, name="timeline"),
    path("policies/timeline/chart.svg", views.timeline_chart, name="timeline_chart"),
    path("policies/compare/", views.compare, name="compare"),
    re_path(rf"^policies/{_ID}/clauses/(?P<clause_path>.+)/$", views.clause, name="clause"),
    re_path(rf"^policies/{_ID}/text/$", views.text, name="text"),
    re_path(rf"^policies/{_ID}/$", views.document, name="document"),
]

ACCESS: AccessList = {
    "policies:library": EVERYONE,
    "policies:timeline": EVERYONE,
    "policies:timeline_chart": EVERYONE,
    "policies:compare": EVERYONE,
    "policies:clause": EVERYONE,
    "policies:text": EVERYONE,
    "policies:document": EVERYONE,
}

NAVIGATION = (
    NavigationItem("policies:library", gettext_noop("政策"), 10),
    NavigationItem("policies:timeline", gettext_noop("时间线"), 20),
)
