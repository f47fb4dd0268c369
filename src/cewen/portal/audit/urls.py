"""Routes of the audit."""

from __future__ import annotations

from django.urls import path
from django.utils.translation import gettext_noop

from cewen.portal.access import AccessList, NavigationItem
from cewen.portal.audit import views
from cewen.portal.audit.selectors import AUDITORS

app_name = "audit"

urlpatterns = [path("audit/", views.events, name="events")]

ACCESS: AccessList = {"audit:events": AUDITORS}

NAVIGATION = (NavigationItem("audit:events", gettext_noop("审计"), 900),)
