"""Figures for whoever runs the portal, and a log a program can read; neither tells a secret."""

from __future__ import annotations

import json
import logging
import re
from datetime import timedelta

import pytest
from django.test import Client

from cewen.base.errors import CewenError
from cewen.portal.access import Role
from cewen.portal.accounts.selectors import actor_of_person
from cewen.portal.accounts.services import issue_token
from cewen.portal.environment import read_environment
from cewen.portal.observing import JsonLines, RequestFigures, line, log_settings
from portal_support import make_member

pytestmark = pytest.mark.django_db
FORM = re.compile(r'^[a-z_]+(\{[a-z]+="(?:[^"\\]|\\.)*"(,[a-z]+="(?:[^"\\]|\\.)*")*\})? -?[0-9.e+-]+$')


def test_every_line_is_in_the_form_prometheus_reads() -> None:
    _row, secret = issue_token(actor_of_person(make_member(Role.ADMINISTRATOR)), name="抓取", lasts=timedelta(days=1))
    client = Client(headers={"authorization": f"Bearer {secret}"})
    client.get("/policies/?q=机密")
    response = client.get("/metrics")
    assert response.status_code == 200
    lines = response.content.decode().splitlines()
    assert [each for each in lines if not each.startswith("#") and not FORM.match(each)] == []
    named = {each.split("{")[0].split(" ")[0] for each in lines if not each.startswith("#")}
    assert {"cewen_people", "cewen_enterprises", "cewen_requests_total", "cewen_request_seconds_bucket"} <= named
    assert "机密" not in response.content.decode()
    assert secret not in response.content.decode()


def test_figures_are_for_administrators() -> None:
    assert Client().get("/metrics").status_code == 302
    _row, secret = issue_token(actor_of_person(make_member(Role.OFFICER_CITY)), name="抓取", lasts=timedelta(days=1))
    assert Client(headers={"authorization": f"Bearer {secret}"}).get("/metrics").status_code == 403


def test_classes_of_time_add_up() -> None:
    figures = RequestFigures()
    for seconds in (0.001, 0.02, 0.2, 50):
        figures.add("home:front", "GET", 200, seconds)
    lines = list(figures.lines())
    buckets = [int(each.rsplit(" ", 1)[1]) for each in lines if each.startswith("cewen_request_seconds_bucket")]
    assert buckets == sorted(buckets)
    assert (buckets[0], buckets[-1]) == (1, 4)


def test_a_label_cannot_break_its_line() -> None:
    assert line("x", 1, route='a"b\n\\') == 'x{route="a\\"b\\n\\\\"} 1'


def test_the_log_is_one_object_for_each_line() -> None:
    record = logging.LogRecord("cewen.request", logging.INFO, __file__, 1, "多行\n消息", None, None)
    record.known = {"status": 200}
    text = JsonLines().format(record)
    assert "\n" not in text
    assert json.loads(text)["status"] == 200
    assert json.loads(text)["message"] == "多行\n消息"


def test_requests_are_logged_where_the_log_is_for_programs() -> None:
    assert log_settings("json")["loggers"]["cewen.request"]["level"] == "INFO"
    assert log_settings("text")["loggers"]["cewen.request"]["level"] == "WARNING"
    with pytest.raises(CewenError, match="日志格式"):
        read_environment({"CEWEN_SECRET_KEY": "k" * 60, "CEWEN_LOG": "xml"})
