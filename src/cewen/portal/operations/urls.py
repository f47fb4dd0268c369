"""Routes of operations. Prometheus signs in with an administrator's access token."""

from __future__ import annotations

from django.urls import path

from cewen.portal.access import ADMINISTRATORS, AccessList
from cewen.portal.operations import views

app_name = "operations"

urlpatterns = [path("metrics", views.metrics, name="metrics")]

ACCESS: AccessList = {"operations:metrics": ADMINISTRATORS}
