"""Routes of the entitlements."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_noop

from cewen.portal.access import ADMINISTRATORS, EVERYONE, OFFICERS, AccessList, NavigationItem, Role
from cewen.portal.entitlements import views

app_name = "entitlements"
_OWN = frozenset({Role.APPLICANT})
_READERS = OFFICERS | ADMINISTRATORS | {Role.SUPERVISOR, Role.STATISTICIAN}

urlpatterns = [
    path("mine/", views.mine, name="mine"),
    path("mine/fact/", views.fact, name="fact"),
    path("mine/facts/", views.save_fact, name="save_fact"),
    path("mine/objects/", views.save_object, name="save_object"),
    path("mine/carry/", views.carry, name="carry"),
    path("mine/lines/", views.lines, name="lines"),
    path("mine/workbook/", views.own_facts, name="own_facts"),
    path("mine/what-if/", views.what_if, name="what_if"),
    path("mine/export/<str:kind>/", views.export_mine, name="export_mine"),
    path("calculate/", views.calculator, name="calculator"),
    path("calculate/lines/", views.calculator_lines, name="calculator_lines"),
    path("calculate/fact/", views.calculator_fact, name="calculator_fact"),
    path("calculate/answer/", views.answer, name="answer"),
    path("calculate/restart/", views.restart, name="restart"),
    path("calculate/export/<str:kind>/", views.export_calculator, name="export_calculator"),
    path("enterprises/<str:uscc>/entitlements/", views.of_enterprise, name="of_enterprise"),
    path("enterprises/<str:uscc>/entitlements/lines/", views.enterprise_lines, name="enterprise_lines"),
    path("enterprises/<str:uscc>/entitlements/<str:kind>/", views.export_enterprise, name="export_enterprise"),
]

ACCESS: AccessList = {
    "entitlements:mine": _OWN,
    "entitlements:fact": _OWN,
    "entitlements:save_fact": _OWN,
    "entitlements:carry": _OWN,
    "entitlements:lines": _OWN,
    "entitlements:own_facts": _OWN,
    "entitlements:save_object": _OWN,
    "entitlements:what_if": _OWN,
    "entitlements:export_mine": _OWN,
    "entitlements:calculator": EVERYONE,
    "entitlements:calculator_lines": EVERYONE,
    "entitlements:calculator_fact": EVERYONE,
    "entitlements:answer": EVERYONE,
    "entitlements:restart": EVERYONE,
    "entitlements:export_calculator": EVERYONE,
    "entitlements:of_enterprise": _READERS,
    "entitlements:enterprise_lines": _READERS,
    "entitlements:export_enterprise": _READERS,
}

NAVIGATION = (
    NavigationItem("entitlements:mine", gettext_noop("我的可享"), 5),
    NavigationItem("entitlements:calculator", gettext_noop("算一算"), 6),
)
