"""Pages of the targets: readable by everyone, for any day, each with its evidence; figures only from a statistician."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.test import Client

from cewen.indicators.assess import TargetStatus
from cewen.portal.access import Role
from cewen.portal.audit.models import Event
from cewen.portal.indicators import jobs, selectors, services
from cewen.portal.indicators.models import Alert, Observation
from portal_support import client_as, make_actor

pytestmark = pytest.mark.django_db
DAY = "2026-09-01"
"""One day for all tests: targets of a day are worked out once in a process."""
TARGET = "/targets/wuhan/2022-software-plan/software-revenue/"
HEAD = "indicator,region,period,value,unit,bound,trust,maturity,published_on,source_title,source_url\n"
ROW = "software-business-revenue,武汉市,2025,4010,亿元,exact,official,preliminary,2026-08-01,武汉市统计公报（测试）,https://example.org/\n"


@pytest.fixture(autouse=True)
def kept_boards() -> Iterator[None]:
    """Rows of a test that is rolled back leave their number to the next: nothing worked out from them may stay."""
    yield
    selectors._knowledge.cache_clear()
    for key in [key for key in selectors._boards if not key[0].endswith(":0")]:
        del selectors._boards[key]


def upload(text: str, name: str = "公布数.csv") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, text.encode())


def test_every_target_is_on_the_page_with_its_status_and_clause() -> None:
    page = Client().get(f"/targets/?on={DAY}").content.decode()
    board = selectors.board(date.fromisoformat(DAY))
    assert len(board.rows) == 93
    assert page.count("<tr data-row>") == 93
    for row in board.rows:
        assert f"/targets/{row.policy_id}/{row.target_id}/" in page
    assert "有风险" in page


@pytest.mark.parametrize("by", ["policy", "unit", "region"])
def test_targets_are_grouped(by: str) -> None:
    page = Client().get(f"/targets/?on={DAY}&by={by}").content.decode()
    assert page.count("<h2>") >= 2
    assert page.count("<tr data-row>") >= 93


def test_filters_search_and_file_agree() -> None:
    query = f"on={DAY}&region=武汉市&q=软件"
    page = Client().get(f"/targets/?{query}").content.decode()
    text = Client().get(f"/targets/export/csv/?{query}").content
    assert text.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(text.decode("utf-8-sig"))))
    assert 0 < len(rows) < 93
    assert page.count("<tr data-row>") == len(rows)
    assert {row["region"] for row in rows} == {"武汉市"}
    packed = Client().get(f"/targets/export/xlsx/?{query}").content
    assert zipfile.ZipFile(io.BytesIO(packed)).testzip() is None


def test_a_target_shows_quote_evidence_both_readings_and_the_best_method() -> None:
    page = Client().get(f"{TARGET}?on={DAY}").content.decode()
    row = selectors.board(date.fromisoformat(DAY)).find("wuhan/2022-software-plan", "software-revenue")
    assert row is not None
    assert row.each.target.quote in page
    for words in ("基数不同，不可比", "自基期起每年须增", "时间过", "优胜", "<svg", "预计2025年"):
        assert words in page
    chart = Client().get(f"{TARGET}chart.svg?on={DAY}")
    assert chart["Content-Type"] == "image/svg+xml"
    assert b"<polyline" in chart.content


def test_a_past_day_is_seen_with_the_figures_of_that_day() -> None:
    early = selectors.board(date(2023, 1, 31)).find("wuhan/2022-software-plan", "software-revenue")
    assert early is not None
    assert early.drawing is not None
    assert all(dot.observation.published_on <= date(2023, 1, 31) for dot in early.drawing.dots)
    page = Client().get(f"{TARGET}?on=2023-01-31").content.decode()
    assert "2023年1月31日" in page
    assert "2024年" not in page


def test_a_target_that_is_not_there_is_404() -> None:
    assert Client().get("/targets/wuhan/2022-software-plan/no-such/").status_code == 404


def test_a_figure_brought_in_decides_the_target_and_is_audited() -> None:
    day = date.fromisoformat(DAY)
    client = client_as(Role.STATISTICIAN)
    assert client.post("/observations/import/", {"file": upload(HEAD + ROW)}).status_code == 200
    row = selectors.board(day).find("wuhan/2022-software-plan", "software-revenue")
    assert row is not None
    assert row.each.status is TargetStatus.MET
    earlier = selectors.board(date(2026, 7, 31)).find("wuhan/2022-software-plan", "software-revenue")
    assert earlier is not None
    assert earlier.each.status is TargetStatus.AT_RISK
    event = Event.objects.get(action="indicators.observations.imported")
    assert json.loads(event.data)["added"] == 1
    again = services.import_observations(make_actor(Role.STATISTICIAN), name="再来.csv", content=(HEAD + ROW).encode())
    assert (again.added, again.known) == (0, 1)


def test_one_faulty_row_and_none_is_stored_unless_wanted() -> None:
    client = client_as(Role.STATISTICIAN)
    bad = ROW.replace("武汉市统计公报（测试）", "")
    response = client.post("/observations/import/", {"file": upload(HEAD + ROW + bad)})
    assert response.status_code == 422
    assert "没有来源的数不收" in response.content.decode()
    assert not Observation.objects.exists()
    assert (
        client.post("/observations/import/", {"file": upload(HEAD + ROW + bad), "keep_sound": "on"}).status_code == 200
    )
    assert Observation.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.exe", b"MZ"),
        ("a.xlsx", b"PK\x03\x04 broken"),
        ("a.xlsm", b"PK"),
        ("a.csv", b"\xff\xfe\x00"),
        ("a.csv", b"x,y\n1,2\n"),
    ],
)
def test_a_file_that_is_none_is_refused_with_a_sentence(name: str, content: bytes) -> None:
    response = client_as(Role.STATISTICIAN).post("/observations/import/", {"file": SimpleUploadedFile(name, content)})
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()


def test_a_zip_bomb_is_not_opened() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("xl/worksheets/sheet1.xml", b"0" * (services.DOOR.unpacked + 1))
    upload_file = SimpleUploadedFile("bomb.xlsx", packed.getvalue())
    response = client_as(Role.STATISTICIAN).post("/observations/import/", {"file": upload_file})
    assert "解开后过大" in response.content.decode()


def test_a_figure_cannot_be_changed_or_deleted() -> None:
    services.import_observations(make_actor(Role.STATISTICIAN), name="一.csv", content=(HEAD + ROW).encode())
    with pytest.raises(DatabaseError), transaction.atomic():
        Observation.objects.update(value="1")
    with pytest.raises(DatabaseError), transaction.atomic():
        Observation.objects.all().delete()


def test_a_round_of_alerts_says_why_each_rule_fired_or_did_not_and_closing_needs_a_reason() -> None:
    actor = make_actor(Role.SUPERVISOR)
    made = services.run_alerts(actor, on=date.fromisoformat(DAY))
    assert services.run_alerts(actor, on=date.fromisoformat(DAY)).pk == made.pk
    assert made.alerts.filter(fired=True).exists()
    assert made.alerts.filter(fired=False).exists()
    assert not made.alerts.filter(because="").exists()
    client = client_as(Role.SUPERVISOR)
    fired = made.alerts.filter(fired=True)[0]
    client.post(f"/alerts/{fired.pk}/close/", {"reason": " "})
    assert Alert.objects.get(pk=fired.pk).is_open
    client.post(f"/alerts/{fired.pk}/close/", {"reason": "已请市经信局补报"})
    assert Alert.objects.get(pk=fired.pk).closing_reason == "已请市经信局补报"
    page = client.get("/alerts/?show=silent").content.decode()
    assert "没有亮" in page
    assert client.get("/alerts/?file=csv").content.startswith(b"\xef\xbb\xbf")
    assert client_as(Role.APPLICANT).get("/alerts/").status_code == 403


def test_open_data_is_the_same_whenever_it_is_fetched() -> None:
    client = Client()
    first = client.get(f"/open-data/package/?on={DAY}").content
    selectors._open_files.cache_clear()
    assert client.get(f"/open-data/package/?on={DAY}").content == first
    names = zipfile.ZipFile(io.BytesIO(first)).namelist()
    assert "datapackage.json" in names
    sdmx = zipfile.ZipFile(io.BytesIO(client.get(f"/open-data/sdmx/?on={DAY}").content)).namelist()
    assert "data-3.0.xml" in sdmx
    assert client.get(f"/open-data/observations/?on={DAY}").content.startswith(b"\xef\xbb\xbf")
    assert json.loads(client.get(f"/open-data/targets-json/?on={DAY}").content)["on"] == DAY
    assert client.get("/open-data/nothing/").status_code == 404


DEFINITION = """
version: "2026.1"
title: 区级考核
items:
  - {key: revenue, label: 软件业务收入, points: 60, most: 1.2, unit: 亿元}
  - {key: growth, label: 增速, points: 40}
"""
CELLS = "district,item,plan,result,flag\n甲区,revenue,300,330,reported\n甲区,growth,,,missing\n乙区,revenue,100,90,reported\n乙区,growth,15,15,estimated\n"


def test_a_score_card_ranks_with_notes_and_follows_an_appeal() -> None:
    client = client_as(Role.SUPERVISOR)
    response = client.post(
        "/score-cards/", {"definition": upload(DEFINITION, "d.yaml"), "cells": upload(CELLS, "c.csv")}
    )
    assert response.status_code == 302
    page = client.get(response["Location"]).content.decode()
    assert "缺报，得分与名次是一个范围" in page
    assert "是估计数" in page
    assert "1—2" in page
    sent = {
        "district": "甲区",
        "item": "growth",
        "on": "2026-09-01",
        "text": "漏报",
        "decision": "补报",
        "result": "12",
    }
    assert client.post(response["Location"], sent | {"result": "十二"}).status_code == 422
    sent |= {"item": "revenue", "result": "150"}
    assert client.post(response["Location"], sent).status_code == 302
    assert "改定为 150" in client.get(response["Location"]).content.decode()
    assert client.get(f"{response['Location']}?file=csv").status_code == 200


@pytest.mark.parametrize(
    "wrong", [DEFINITION.replace("60", "61"), "nothing: here", DEFINITION.replace("revenue", "profit")]
)
def test_a_faulty_score_card_is_refused(wrong: str) -> None:
    sent = {"definition": upload(wrong, "d.yaml"), "cells": upload(CELLS, "c.csv")}
    assert client_as(Role.SUPERVISOR).post("/score-cards/", sent).status_code == 422


def test_the_next_day_is_worked_out_when_it_begins() -> None:
    assert jobs.seconds_to_midnight(datetime(2026, 9, 1, 23, 59, 30, tzinfo=UTC)) == 30
    assert jobs.seconds_to_midnight(datetime(2026, 9, 1, tzinfo=UTC)) == 86400


def test_the_figures_of_a_chart_can_be_taken_along() -> None:
    response = Client().get("/targets/wuhan/2022-software-plan/software-revenue/chart.csv")
    assert response.status_code == 200
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    kinds = {row["kind"] for row in rows}
    assert {"published", "goal"} <= kinds
    assert all(row["source"] for row in rows if row["kind"] == "published")
    goal = next(row for row in rows if row["kind"] == "goal")
    assert "二" in goal["source"]


def test_a_chart_says_its_newest_figure_beside_the_dot() -> None:
    page = Client().get("/targets/wuhan/2022-software-plan/software-revenue/").content.decode()
    assert 'class="newest"' in page
