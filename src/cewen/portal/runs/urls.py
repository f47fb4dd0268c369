"""Routes of runs."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_noop

from cewen.portal.access import AccessList, NavigationItem
from cewen.portal.runs import views
from cewen.portal.runs.selectors import EVALUATORS

app_name = "runs"

urlpatterns = [
    path("runs/", views.runs, name="runs"),
    path("runs/compare/", views.compare, name="compare"),
    path("runs/<int:run_id>/", views.run, name="run"),
    path("runs/<int:run_id>/cancel/", views.cancel, name="cancel"),
    path("runs/<int:run_id>/rows/", views.rows, name="rows"),
    path("runs/<int:run_id>/export/", views.export, name="export"),
]

ACCESS: AccessList = {f"runs:{name}": EVALUATORS for name in ("runs", "compare", "run", "cancel", "rows", "export")}

NAVIGATION = (NavigationItem("runs:runs", gettext_noop("测算"), 55),)

ACTIONS = {
    "runs.run.started": gettext_noop("发起测算"),
    "runs.run.cancelled": gettext_noop("取消测算"),
    "runs.run.ended": gettext_noop("测算结束"),
}
