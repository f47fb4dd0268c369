"""Routes of the indicators. Reading is open to everyone; figures are brought in by statisticians."""

from __future__ import annotations

from django.urls import path, re_path
from django.utils.translation import gettext_noop

from cewen.portal.access import EVERYONE, AccessList, NavigationItem
from cewen.portal.indicators import views
from cewen.portal.indicators.selectors import STATISTICIANS, WATCHERS

app_name = "indicators"
_TARGET = r"(?P<policy_id>[a-z]+(?:/[a-z0-9]+(?:-[a-z0-9]+)*)+?)/(?P<target_id>[a-z0-9]+(?:-[a-z0-9]+)*)"

urlpatterns = [
    path("targets/", views.targets, name="targets"),
    path("targets/export/<str:kind>/", views.export, name="export"),
    re_path(rf"^targets/{_TARGET}/chart\.svg$", views.chart, name="chart"),
    re_path(rf"^targets/{_TARGET}/chart\.csv$", views.chart_data, name="chart_data"),
    re_path(rf"^targets/{_TARGET}/$", views.target, name="target"),
    path("observations/", views.observations, name="observations"),
    path("observations/import/", views.import_observations, name="import"),
    path("alerts/", views.alerts, name="alerts"),
    path("alerts/run/", views.run_alerts, name="run_alerts"),
    path("alerts/<int:alert_id>/close/", views.close_alert, name="close_alert"),
    path("alerts/<int:alert_id>/give/", views.give_alert, name="give_alert"),
    path("open-data/", views.open_data, name="open_data"),
    path("open-data/<str:kind>/", views.download, name="download"),
    path("score-cards/", views.score_cards, name="score_cards"),
    path("score-cards/<int:card_id>/", views.score_card, name="score_card"),
]

ACCESS: AccessList = {
    "indicators:targets": EVERYONE,
    "indicators:export": EVERYONE,
    "indicators:chart": EVERYONE,
    "indicators:chart_data": EVERYONE,
    "indicators:target": EVERYONE,
    "indicators:observations": EVERYONE,
    "indicators:import": STATISTICIANS,
    "indicators:alerts": WATCHERS,
    "indicators:run_alerts": WATCHERS,
    "indicators:close_alert": WATCHERS,
    "indicators:give_alert": WATCHERS,
    "indicators:open_data": EVERYONE,
    "indicators:download": EVERYONE,
    "indicators:score_cards": WATCHERS,
    "indicators:score_card": WATCHERS,
}

NAVIGATION = (
    NavigationItem("indicators:targets", gettext_noop("目标"), 30),
    NavigationItem("indicators:alerts", gettext_noop("预警"), 410),
    NavigationItem("indicators:score_cards", gettext_noop("考核"), 420),
)

ACTIONS = {
    "indicators.observations.imported": gettext_noop("导入公布数"),
    "indicators.alerts.run": gettext_noop("检查预警"),
    "indicators.alert.closed": gettext_noop("关闭预警"),
    "indicators.alert.given": gettext_noop("指定预警责任单位"),
    "indicators.score_card.put": gettext_noop("录入记分卡"),
    "indicators.score_card.appealed": gettext_noop("记录申诉"),
}
