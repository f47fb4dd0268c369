"""Routes of the front page, the help, and the tours of a demonstration."""

from __future__ import annotations

from django.urls import path

from cewen.portal.access import EVERYONE, AccessList
from cewen.portal.home import views

app_name = "home"

urlpatterns = [
    path("", views.front, name="front"),
    path("help/", views.help_page, name="help"),
    path("tours/leave/", views.leave_tour, name="leave_tour"),
    path("tours/<slug:name>/<int:step>/", views.tour, name="tour"),
    path("demonstration/", views.people, name="people"),
    path("demonstration/enter/", views.enter, name="enter"),
    path("demonstration/<str:key>/", views.door, name="door"),
]

ACCESS: AccessList = {
    "home:front": EVERYONE,
    "home:help": EVERYONE,
    "home:leave_tour": EVERYONE,
    "home:tour": EVERYONE,
    "home:people": EVERYONE,
    "home:enter": EVERYONE,
    "home:door": EVERYONE,
}
"""Tours and the demonstration answer 404 outside a demonstration, its door also to whoever does not come from here."""
