"""Routes of the interface: its calls under /api/v1/, and a page that lists them."""

from __future__ import annotations

from django.urls import path

from cewen.portal.access import EVERYONE, SIGNED_IN, AccessList
from cewen.portal.api import views
from cewen.portal.api.api import api
from cewen.portal.enterprises.selectors import READERS
from cewen.portal.enterprises.services import EDITORS
from cewen.portal.runs.selectors import EVALUATORS

app_name = "api"

urlpatterns = [
    path("api/", views.reference, name="reference"),
    path("api/v1/", api.urls),
]

_PUBLIC = (
    "openapi-json", "api-root", "policies", "clauses", "clause", "measure", "policy", "measures", "targets", "tasks",
    "facts", "explain", "evaluate", "read",
)  # fmt: skip
_EVALUATING = (
    "runs_list", "start_run", "run", "cancel_run", "run_rows", "simulate", "scenarios", "save_scenario",
)  # fmt: skip

ACCESS: AccessList = {
    "api:reference": EVERYONE,
    **{f"api:v1:{name}": EVERYONE for name in _PUBLIC},
    "api:v1:register": READERS,
    "api:v1:enterprise": READERS | EDITORS,
    "api:v1:entitlements": READERS | EDITORS,
    "api:v1:change_fact": EDITORS,
    **{f"api:v1:{name}": EVALUATORS for name in _EVALUATING},
    "api:v1:me": SIGNED_IN,
    "api:v1:events": SIGNED_IN,
}
