"""Routes of the front page."""

from __future__ import annotations

from django.urls import path

from cewen.portal.access import EVERYONE, AccessList
from cewen.portal.home import views

app_name = "home"

urlpatterns = [path("", views.front, name="front")]

ACCESS: AccessList = {"home:front": EVERYONE}
