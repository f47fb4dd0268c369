"""Routes of the interface: its calls under /api/v1/, and a page that lists them."""

from __future__ import annotations

from django.urls import path

from cewen.portal.access import EVERYONE, AccessList
from cewen.portal.api import views
from cewen.portal.api.api import api

app_name = "api"

urlpatterns = [
    path("api/", views.reference, name="reference"),
    path("api/v1/docs", views.reference, name="docs"),
    path("api/v1/", api.urls),
]

ACCESS: AccessList = {
    "api:reference": EVERYONE,
    "api:docs": EVERYONE,
    **{f"api:v1:{name}": roles for name, roles in api.access.items()},
}
"""Of an address with several methods: everyone who may use one of them. `BY_METHOD` tells them apart."""

BY_METHOD = {f"api:v1:{name}": methods for name, methods in api.by_method.items()}
"""Of each address, what is said of its calls, by method."""
