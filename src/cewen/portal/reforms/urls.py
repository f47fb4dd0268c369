"""Routes of reforms."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_noop

from cewen.portal.access import EVERYONE, AccessList, NavigationItem
from cewen.portal.enterprises.selectors import READERS
from cewen.portal.reforms import views
from cewen.portal.runs.selectors import EVALUATORS

app_name = "reforms"

urlpatterns = [
    path("reforms/", views.builder, name="builder"),
    path("reforms/sweep/", views.sweep, name="sweep"),
    path("reforms/near/", views.near, name="near"),
    path("reforms/export/", views.export, name="export"),
    path("reforms/save/", views.save, name="save"),
    path("reforms/scenarios/", views.scenarios, name="scenarios"),
    path("reforms/compare/", views.compare, name="compare"),
    path("reforms/scenarios/<int:scenario_id>/", views.scenario, name="scenario"),
    path("reforms/scenarios/<int:scenario_id>/share/", views.share, name="share"),
    path("reforms/scenarios/<int:scenario_id>/withdraw/", views.withdraw, name="withdraw"),
    path("reforms/scenarios/<int:scenario_id>/remove/", views.remove, name="remove"),
    path("reforms/shared/<str:secret>/", views.shared, name="shared"),
]

ACCESS: AccessList = {
    **{
        f"reforms:{name}": EVALUATORS
        for name in (
            "builder", "sweep", "export", "save", "scenarios", "compare", "scenario", "share", "withdraw", "remove",
        )
    },
    "reforms:near": EVALUATORS & READERS,  # it names enterprises
    "reforms:shared": EVERYONE,  # by the secret of its link
}  # fmt: skip

NAVIGATION = (NavigationItem("reforms:builder", gettext_noop("改革试算"), 60),)

ACTIONS = {
    "reforms.scenario.saved": gettext_noop("保存改革方案"),
    "reforms.scenario.shared": gettext_noop("分享改革方案"),
    "reforms.scenario.withdrawn": gettext_noop("收回分享"),
    "reforms.scenario.removed": gettext_noop("删去改革方案"),
}
