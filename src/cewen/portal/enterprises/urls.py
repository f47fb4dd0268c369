"""Routes of the register."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_noop

from cewen.portal.access import ADMINISTRATORS, OFFICERS, SIGNED_IN, AccessList, NavigationItem, Role
from cewen.portal.enterprises import views

app_name = "enterprises"
_READERS = OFFICERS | ADMINISTRATORS | {Role.SUPERVISOR, Role.STATISTICIAN}
_DECIDERS = OFFICERS | ADMINISTRATORS

urlpatterns = [
    path("enterprises/", views.register, name="register"),
    path("enterprises/districts/", views.districts, name="districts"),
    path("enterprises/export.csv", views.export_csv, name="export_csv"),
    path("enterprises/export.xlsx", views.export_xlsx, name="export_xlsx"),
    path("enterprises/views/", views.save_view, name="save_view"),
    path("enterprises/views/<int:view_id>/delete/", views.delete_view, name="delete_view"),
    path("enterprises/imports/", views.imports, name="imports"),
    path("enterprises/imports/template.xlsx", views.template, name="template"),
    path("enterprises/imports/<int:import_id>/", views.one_import, name="one_import"),
    path("enterprises/imports/<int:import_id>/load/", views.load_import, name="load_import"),
    path("enterprises/imports/<int:import_id>/findings.xlsx", views.findings_xlsx, name="findings_xlsx"),
    path("enterprises/claims/", views.claims, name="claims"),
    path("enterprises/claims/<int:claim_id>/decide/", views.decide_claim, name="decide_claim"),
    path("enterprises/<str:uscc>/correct/", views.correct, name="correct"),
    path("enterprises/<str:uscc>/", views.enterprise, name="enterprise"),
    path("claim/", views.claim, name="claim"),
]

ACCESS: AccessList = {
    "enterprises:register": _READERS,
    "enterprises:districts": _READERS,
    "enterprises:export_csv": _READERS,
    "enterprises:export_xlsx": _READERS,
    "enterprises:save_view": _READERS,
    "enterprises:delete_view": _READERS,
    "enterprises:imports": _DECIDERS,
    "enterprises:one_import": _DECIDERS,
    "enterprises:load_import": _DECIDERS,
    "enterprises:findings_xlsx": _DECIDERS,
    "enterprises:claims": _DECIDERS,
    "enterprises:decide_claim": _DECIDERS,
    "enterprises:correct": _DECIDERS,
    "enterprises:template": _DECIDERS,
    "enterprises:enterprise": _READERS,
    "enterprises:claim": SIGNED_IN,
}

NAVIGATION = (
    NavigationItem("enterprises:register", gettext_noop("企业库"), 40),
    NavigationItem("enterprises:claims", gettext_noop("认领核实"), 45),
)

ACTIONS = {
    "enterprises.opened": gettext_noop("企业入库"),
    "enterprises.fact.changed": gettext_noop("修改事实"),
    "enterprises.object.added": gettext_noop("新增项目、产品或园区"),
    "enterprises.object.removed": gettext_noop("删去项目、产品或园区"),
    "enterprises.import.received": gettext_noop("收到导入文件"),
    "enterprises.import.confirmed": gettext_noop("确认载入"),
    "enterprises.import.loaded": gettext_noop("载入企业库"),
    "enterprises.import.resumed": gettext_noop("接着办中断的导入"),
    "enterprises.import.broken_off": gettext_noop("导入屡次中断，停下"),
    "enterprises.import.expired": gettext_noop("导入文件到期清理"),
    "enterprises.view.saved": gettext_noop("保存查询"),
    "enterprises.view.deleted": gettext_noop("删去查询"),
    "enterprises.claim.made": gettext_noop("认领企业"),
    "enterprises.claim.approved": gettext_noop("同意认领"),
    "enterprises.claim.refused": gettext_noop("不同意认领"),
}
