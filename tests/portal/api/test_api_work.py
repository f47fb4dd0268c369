"""What the pages do, programs do too: each way through the portal walked by calls alone, by whoever may."""

from __future__ import annotations

import io
import shutil
import zipfile
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Q
from django.test import Client
from django.utils import timezone

from caller_support import Caller, caller
from cewen.engine.register import read_register
from cewen.portal.access import Role
from cewen.portal.accounts.models import RoleAssignment
from cewen.portal.enterprises.jobs import load_sheets
from cewen.portal.enterprises.models import Enterprise
from cewen.portal.policies.selectors import corpus
from cewen.portal.runs import jobs
from cewen.rules.load import policies_home
from enterprise_support import GOOD, HEADER, SOFTWARE, workbook
from portal_support import make_organization, make_person

pytestmark = pytest.mark.django_db
POLICY = "wuhan/2022-software-plan"
DAY = "2024-06-30"
CAP = "wuhan/2022-digital-economy-measures#rd-subsidy"


@pytest.fixture(autouse=True)
def files_of_the_test(settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.MEDIA_ROOT = tmp_path / "files"
    monkeypatch.setattr("cewen.portal.runs.api.wake_jobs", lambda: None)


@pytest.fixture
def register(repo: Path) -> None:
    """Sixty enterprises of the example register."""
    load_sheets(islice(read_register(repo / "examples" / "register", corpus()).sheets, 60), None)


def in_scope() -> Any:
    """Enterprises of the city whose officer calls."""
    return Enterprise.objects.filter(Q(region_code__startswith="4201") | Q(region_code=""))


# --- policies


def test_a_clause_is_found_read_and_compared() -> None:
    anyone = Client()
    hits = anyone.get("/api/v1/search?q=软件&limit=5").json()
    assert hits["count"] >= len(hits["items"]) > 0
    assert all("软件" in each["around"] for each in hits["items"])
    assert anyone.get(hits["items"][0]["address"]).status_code == 200
    policy = corpus().policy(POLICY)
    assert policy is not None
    assert anyone.get(f"/api/v1/policies/{POLICY}/text").content.decode() == policy.text
    ids = [each.id for each in corpus().policies][:2]
    found = anyone.get("/api/v1/comparison", {"before": ids[0], "after": ids[1]}).json()
    assert sum(found["counts"].values()) == len(found["clauses"])
    days = [each["on"] for each in anyone.get("/api/v1/timeline?limit=200&since=2022-01-01").json()["items"]]
    assert days == sorted(days)
    assert days[0] >= "2022-01-01"


def test_the_next_question_is_the_one_that_settles_most_and_a_skipped_one_is_not_asked_again(repo: Path) -> None:
    facts = {"enterprise": {"注册地": "洪山区", "企业类型": ["软件企业"]}}
    client = Client()

    def ask(*skipped: str) -> Any:
        body = {"facts": facts, "skipped": list(skipped)}
        return client.post(f"/api/v1/question?on={DAY}", body, content_type="application/json").json()

    first = ask()
    assert first["question"]["settles"] or first["question"]["waits"]
    second = ask(first["question"]["id"])
    assert second["question"]["id"] != first["question"]["id"]
    assert second["open"] == first["open"] - 1


# --- the register


def test_the_register_comes_in_pages_that_join_and_in_files(register: None) -> None:
    city = caller(Role.OFFICER_CITY)
    listed: list[dict[str, Any]] = []
    offset = 0
    while offset is not None:
        part = city.get(f"enterprises?sort=-revenue&limit=25&offset={offset}")
        listed, offset = [*listed, *part["items"]], part["next_offset"]
    assert len(listed) == part["count"] == in_scope().count()
    marked, after = [], ""
    while after is not None:
        part = city.get(f"enterprises?sort=-revenue&after={after}")
        marked, after = [*marked, *part["items"]], part["after"]
    assert marked == listed
    lines = (
        b"".join(city.get("enterprises/export?format=csv&q=公司").streaming_content).decode("utf-8-sig").splitlines()
    )
    assert len(lines) == 1 + city.get("enterprises?q=公司")["count"]
    assert city.get("enterprises/export?format=xlsx").content[:2] == b"PK"


def test_an_upload_is_checked_then_loaded_and_what_is_wrong_is_named_row_by_row() -> None:
    city = caller(Role.OFFICER_CITY)
    made = city.form("imports", {"files": workbook([HEADER, GOOD]), "source": "年报"}, 201)
    assert (made["stage"], made["row_count"]) == ("clean", 1)
    assert city.get(f"imports/{made['id']}")["sha256"] == made["sha256"]
    assert city.post(f"imports/{made['id']}/load")["stage"] == "loaded"
    assert city.get(f"enterprises/{SOFTWARE}")["name"] == "甲公司（合成）"
    wrong = list(GOOD)
    wrong[4] = "很多"
    made = city.form("imports", {"files": workbook([HEADER, wrong])}, 201)
    assert made["stage"] == "faulty"
    assert [each["row"] for each in city.get(f"imports/{made['id']}/findings")["items"]] == [2]
    assert city.get(f"imports/{made['id']}/findings/export").content[:2] == b"PK"
    city.post(f"imports/{made['id']}/load", status=403)
    assert city.form("imports", {"files": SimpleUploadedFile("a.exe", b"MZ")}, 422)["findings"][0]["code"] == "CW721"
    caller(Role.OFFICER_CITY).get(f"imports/{made['id']}", status=404)


def test_an_upload_with_a_key_is_kept_once() -> None:
    city, key = caller(Role.OFFICER_CITY), {"headers": {"idempotency-key": "up-1"}}
    content = workbook([HEADER, GOOD]).read()
    first = city.form("imports", {"files": SimpleUploadedFile("名册.xlsx", content)}, 201, **key)
    assert city.form("imports", {"files": SimpleUploadedFile("名册.xlsx", content)}, 201, **key) == first
    assert city.get("imports")["count"] == 1
    city.form("imports", {"files": SimpleUploadedFile("名册.xlsx", content), "source": "年报"}, 422, **key)
    city.form("imports", {"files": SimpleUploadedFile("名册.xlsx", content + b"\0")}, 422, **key)


def test_a_fact_is_changed_on_the_version_that_was_seen(register: None) -> None:
    city = caller(Role.OFFICER_CITY)
    uscc = in_scope().filter(revenue__isnull=False).first().uscc
    seen = city.client.get(f"/api/v1/enterprises/{uscc}/facts", headers={"authorization": f"Bearer {city.secret}"})
    body = {"key": "revenue", "year": "2023", "text": "1亿元", "source": "年报"}
    mark = {"headers": {"if-match": seen["ETag"]}}
    assert city.put(f"enterprises/{uscc}/facts", body, **mark) == {"changed": True}
    told = city.put(f"enterprises/{uscc}/facts", {**body, "text": "2亿元"}, 412, **mark)
    assert "最新" in told["detail"]
    assert city.get(f"enterprises/{uscc}/facts")["facts"]["revenue"]["2023"] == "100000000.00"
    change = city.get(f"enterprises/{uscc}/history")["items"][0]
    assert (change["new"], change["source"], change["person"]) == ("100000000.00", "年报", city.person.name)
    path = city.post(f"enterprises/{uscc}/objects", {"subject": "project"}, 201)["path"]
    assert city.get(f"enterprises/{uscc}/facts")["objects"][-1]["subject"] == "project"
    city.delete(f"enterprises/{uscc}/objects/{path}", status=204)
    assert city.get(f"enterprises/{uscc}/awards")["count"] == Enterprise.objects.get(uscc=uscc).award_count


def test_an_enterprise_sees_its_own_and_tries_what_if_without_keeping_it(register: None) -> None:
    home = make_organization("enterprise", "420111", "自家公司", SOFTWARE)
    own = caller(Role.APPLICANT, home)
    assert own.get("mine") == [{"uscc": SOFTWARE, "name": "自家公司"}]
    for key, text in (("enterprise_kinds", "软件企业"), ("revenue", "5000万元"), ("rd_spend", "100万元")):
        year = "" if key == "enterprise_kinds" else "2023"
        own.put(f"enterprises/{SOFTWARE}/facts", {"key": key, "year": year, "text": text})
    kept = own.get(f"enterprises/{SOFTWARE}/entitlements?on={DAY}")
    changes = {"changes": [{"key": "rd_spend", "year": "2023", "text": "900万元"}]}
    found = own.post(f"enterprises/{SOFTWARE}/what-if?on={DAY}", changes)
    assert found["shifts"]
    assert found["before"] != found["after"]
    assert own.get(f"enterprises/{SOFTWARE}/entitlements?on={DAY}") == kept
    own.post(f"enterprises/{SOFTWARE}/what-if", {"changes": [{"key": "no_such", "text": "1"}]}, 422)
    for kind, begins in (("xlsx", b"PK"), ("docx", b"PK")):
        file = own.get(f"enterprises/{SOFTWARE}/entitlements/export?on={DAY}&format={kind}")
        assert file.content.startswith(begins)
    assert own.get(f"enterprises/{SOFTWARE}/entitlements/export?on={DAY}")["results"] == kept["results"]
    other = Enterprise.objects.exclude(uscc=SOFTWARE).values_list("uscc", flat=True)[0]
    own.get(f"enterprises/{other}/entitlements", status=404)
    own.get("enterprises", status=403)


def test_a_claim_is_made_and_decided_by_an_officer_of_the_place() -> None:
    person, officer = Caller(make_person()), caller(Role.OFFICER_CITY)
    body = {"uscc": SOFTWARE, "name": "甲公司", "region_code": "洪山区", "grounds": "财务负责人"}
    made = person.post("claims/own", body, 201)
    assert person.get("claims/own")["items"][0]["stage"] == "open"
    person.get("claims", status=403)
    officer.post(f"claims/{made['id']}/decision", {"approve": False}, 422)
    assert officer.post(f"claims/{made['id']}/decision", {"approve": True})["stage"] == "approved"
    assert RoleAssignment.objects.filter(person=person.person, role=Role.APPLICANT).exists()
    officer.post(f"claims/{made['id']}/decision", {"approve": True}, 404)
    view = person.post("views", {"name": "甲", "query": "region=420111"}, 201)
    assert person.get("views")["items"] == [view]
    person.delete(f"views/{view['id']}", status=204)
    person.delete(f"views/{view['id']}", status=404)


# --- runs and reforms


def test_a_run_is_read_row_by_row_and_as_a_file_and_a_sum_only_by_who_sees_sums(register: None) -> None:
    city = caller(Role.OFFICER_CITY)
    made = city.post("runs", {"on": DAY, "year": 2023}, 201)
    city.get(f"runs/{made['id']}/rows", status=404)
    assert jobs.work_once()
    done = city.get(f"runs/{made['id']}")
    assert done["status"] == "done"
    rows = city.get(f"runs/{made['id']}/rows?limit=200")
    assert rows["count"] == done["row_count"] > 0
    text = b"".join(city.get(f"runs/{made['id']}/rows/export").streaming_content).decode("utf-8-sig")
    assert len(text.splitlines()) == 1 + rows["count"]
    for kind in ("xlsx", "parquet"):
        assert city.get(f"runs/{made['id']}/rows/export?format={kind}").content
    editor = caller(Role.POLICY_EDITOR)
    own = editor.post("runs", {"on": DAY, "year": 2023}, 201)
    assert jobs.work_once()
    assert editor.get(f"runs/{own['id']}")["summary"]["enterprises"] == done["summary"]["enterprises"]
    editor.get(f"runs/{own['id']}/rows", status=403)
    waiting = city.post("runs", {"on": DAY, "year": 2023}, 201)
    assert city.post(f"runs/{waiting['id']}/cancel")["status"] == "cancelled"


def test_a_scenario_is_kept_compared_shared_and_taken_back(register: None) -> None:
    city, other = caller(Role.OFFICER_CITY), caller(Role.OFFICER_CITY)
    asked = {"on": DAY, "year": 2023, "as_if_in_force": True}
    paths = {
        each["path"]: each["text"] for each in city.get("parameters", {"measure": CAP, "on": DAY}, content_type="")
    }
    assert "cap" in paths
    reform = {"title": "二百万元", "measures": [{"measure": CAP, "set": {"cap": "200万元"}}]}
    kept = [city.post("scenarios", {"title": f"方案{n}", "reform": reform, **asked}, 201) for n in (1, 2)]
    assert [each["title"] for each in city.get("scenarios?sort=title")["items"]] == ["方案1", "方案2"]
    pair = city.get(f"scenarios/comparison?ids={kept[0]['id']}&ids={kept[1]['id']}")
    assert pair[0]["simulation"]["after"] == pair[1]["simulation"]["after"]
    shared = city.post(f"scenarios/{kept[0]['id']}/share")["share_address"].removeprefix("/api/v1/")
    assert other.get(shared)["reform"] == kept[0]["reform"]
    other.get(f"scenarios/{kept[0]['id']}", status=404)
    assert city.post(f"scenarios/{kept[0]['id']}/withdraw")["share_address"] is None
    other.get(shared, status=404)
    city.delete(f"scenarios/{kept[0]['id']}", status=204)
    city.get(f"scenarios/{kept[0]['id']}", status=404)
    swept = city.post("sweep", {"sweep": f"{CAP}:cap={{50万元..150万元}}", "points": 2, **asked})
    alone = city.post(
        "simulate", {"reform": {**reform, "measures": [{"measure": CAP, "set": {"cap": "150万元"}}]}, **asked}
    )
    assert swept["points"][-1] == {"value": "150万元", "after": alone["after"]}


# --- drafts


def test_a_draft_is_started_changed_confirmed_by_another_and_published(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "policies"
    shutil.copytree(policies_home(), home)
    monkeypatch.setenv("CEWEN_POLICIES", str(home))
    office = make_organization("city")
    writer, second = caller(Role.POLICY_EDITOR, office), caller(Role.POLICY_EDITOR, office)
    text = "某市软件产业发展规划\n\n一、总体要求。坚持市场主导。\n".encode()
    sent = {"document": SimpleUploadedFile("规划.txt", text), "policy_id": "wuhan/2032-bare", "region": "武汉市"}
    made = writer.form("drafts", sent, 201)
    first = writer.get(f"drafts/{made['id']}/versions/1")
    assert first["files"]["document.txt"].startswith("某市")
    assert not first["may_confirm"]
    header = {"title": "某市软件产业发展规划", "type": "plan", "issuer": "某市人民政府", "region": "武汉市",
              "effective_on": "2031-01-01", "source": "某市人民政府网站"}  # fmt: skip
    old = first["files"]["policy.yaml"]
    kept = [line for line in old.splitlines() if line.split(":")[0] not in header and "待定" not in line]
    new = "\n".join([*kept, *(f"{name}: {value}" for name, value in header.items())]) + "\n"
    checked = writer.post(f"drafts/{made['id']}/check", {"files": {"policy.yaml": new}})
    assert checked["errors"] == 0, checked["findings"]
    seen = writer.client.get(f"/api/v1/drafts/{made['id']}", headers={"authorization": f"Bearer {writer.secret}"})
    mark = {"headers": {"if-match": seen["ETag"]}}
    body = {"base": 1, "files": {"policy.yaml": new}, "note": "补全"}
    assert writer.post(f"drafts/{made['id']}/versions", body, 201, **mark)["number"] == 2
    writer.post(f"drafts/{made['id']}/versions", body, 412, **mark)
    writer.post(f"drafts/{made['id']}/versions", body, 422)
    writer.post(f"drafts/{made['id']}/versions/2/confirm", status=403)
    assert second.post(f"drafts/{made['id']}/versions/2/confirm")["confirmed_by"] == second.person.name
    today = timezone.localdate().isoformat()
    assert writer.post(f"drafts/{made['id']}/versions/2/publish", {"on": today})["status"] == "published"
    assert (home / "wuhan/2032-bare/policy.yaml").is_file()
    caller(Role.POLICY_EDITOR).get(f"drafts/{made['id']}", status=404)


# --- targets, alerts, score cards, tasks


def test_targets_and_figures_are_open_and_alerts_are_for_who_watches() -> None:
    anyone = Client()
    first = anyone.get("/api/v1/targets?limit=1").json()["items"][0]
    policy, _mark, target = first["id"].partition("#")
    found = anyone.get(f"/api/v1/targets/{policy}/{target}").json()
    assert found["target"]["quote"] == first["quote"]
    figures = anyone.get("/api/v1/observations?q=武汉&limit=3").json()
    assert figures["count"] > 3
    with zipfile.ZipFile(io.BytesIO(anyone.get("/api/v1/open-data/package").content)) as packed:
        assert packed.namelist()
    assert anyone.get("/api/v1/targets/export?format=csv").content.startswith("\ufeff".encode())
    watcher = caller(Role.SUPERVISOR)
    made = watcher.post("alerts/rounds")
    assert made["tried"] >= made["fired"]
    rows = watcher.get("alerts?show=fired&limit=200")
    assert rows["count"] == made["fired"]
    one = rows["items"][0]["id"]
    assert watcher.post(f"alerts/{one}/owner", {"owner": "市经信局"})["owner"] == "市经信局"
    assert watcher.post(f"alerts/{one}/close", {"reason": "数据已更正"})["closing_reason"] == "数据已更正"
    watcher.post(f"alerts/{one}/close", {"reason": "再关"}, 422)


def test_a_task_is_taken_and_its_evidence_comes_back_to_who_may_read_it() -> None:
    lead = caller(Role.OFFICER_CITY, make_organization("city", "420100", "武汉市科技局"))
    address = "tasks/wuhan/2022-software-plan/root-technology"
    assert [each["edge"] for each in lead.get(address)["steps"]] == ["take"]
    lead.form(f"{address}/steps/take", {"owner": "李某"})
    lead.form(f"{address}/steps/plan", {"text": "方案"})
    pdf = SimpleUploadedFile("验收.pdf", b"%PDF-1.7 ok")
    done = lead.form(f"{address}/steps/report", {"text": "办完了", "files": pdf})
    assert [each["edge"] for each in done["events"]] == ["take", "plan", "report"]
    evidence = done["events"][-1]["files"][0]
    assert lead.get(f"evidence/{evidence['id']}").content == b"%PDF-1.7 ok"
    stranger = caller(Role.OFFICER_DISTRICT, make_organization("district", "420111"))
    assert stranger.get(address)["events"] == []
    stranger.get(f"evidence/{evidence['id']}", status=403)
    lead.form(f"{address}/steps/close", {}, 403)
    assert caller(Role.SUPERVISOR).get("tasks/digest").content[:2] == b"PK"
    assert lead.get("units?q=科技局")["items"]


def test_units_are_answered_for_by_an_organization_between_dates() -> None:
    chief = caller(Role.ADMINISTRATOR)
    home = make_organization("city", "420100", "新设的局")
    made = chief.post("duties", {"organization": home.pk, "unit": "市数据局", "starts_on": "2024-01-01"}, 201)
    assert chief.get("duties?q=数据")["items"] == [made]
    chief.delete(f"duties/{made['id']}", status=204)
    assert isinstance(caller(Role.SUPERVISOR).post("tasks/escalations")["raised"], list)
