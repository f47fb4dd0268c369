"""Routes of the tasks."""

from __future__ import annotations

from django.urls import path, re_path
from django.utils.translation import gettext_noop

from cewen.portal.access import ADMINISTRATORS, OFFICERS, AccessList, NavigationItem
from cewen.portal.tasks import views
from cewen.portal.tasks.selectors import DIGEST_READERS, READERS, SUPERVISORS

app_name = "tasks"
_TASK = r"(?P<policy_id>[a-z]+(?:/[a-z0-9]+(?:-[a-z0-9]+)*)+?)/(?P<task_key>[A-Za-z0-9][A-Za-z0-9:@-]*)"

urlpatterns = [
    path("tasks/", views.tasks, name="tasks"),
    path("tasks/units/", views.units, name="units"),
    path("tasks/units/duties/", views.add_duty, name="add_duty"),
    path("tasks/units/duties/<int:duty_id>/end/", views.end_duty, name="end_duty"),
    path("tasks/digest/", views.digest, name="digest"),
    path("tasks/escalate/", views.escalate, name="escalate"),
    path("tasks/export/<str:kind>/", views.export, name="export"),
    path("tasks/evidence/<int:evidence_id>/", views.evidence, name="evidence"),
    re_path(rf"^tasks/{_TASK}/steps/(?P<edge>[a-z0-9_]+)/$", views.step, name="step"),
    re_path(rf"^tasks/{_TASK}/$", views.task, name="task"),
]

ACCESS: AccessList = {
    "tasks:tasks": READERS,
    "tasks:units": READERS,
    "tasks:add_duty": ADMINISTRATORS,
    "tasks:end_duty": ADMINISTRATORS,
    "tasks:digest": DIGEST_READERS,
    "tasks:escalate": SUPERVISORS | ADMINISTRATORS,
    "tasks:export": READERS,
    "tasks:evidence": READERS,
    "tasks:step": OFFICERS | SUPERVISORS,
    "tasks:task": READERS,
}

NAVIGATION = (NavigationItem("tasks:tasks", gettext_noop("督办"), 400),)

ACTIONS = {
    "tasks.step.taken": gettext_noop("办理督办任务"),
    "tasks.escalated": gettext_noop("逾期提级"),
    "tasks.unit.answered": gettext_noop("设定单位对应"),
    "tasks.unit.ended": gettext_noop("结束单位对应"),
}
