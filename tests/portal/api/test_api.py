"""The interface: what it answers, whom it answers, how it says what is wrong, and that a write happens once."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from cewen.base.errors import CewenError
from cewen.portal.access import Role
from cewen.portal.accounts.selectors import actor_of_person
from cewen.portal.accounts.services import issue_token, revoke_token
from cewen.portal.api import domain, services
from cewen.portal.api.api import api
from cewen.portal.policies.selectors import corpus
from portal_support import client_as, make_member

pytestmark = pytest.mark.django_db
POLICY = "wuhan/2022-software-plan"


def get(address: str, client: Client | None = None, **headers: str) -> Any:
    return (client or Client()).get(f"/api/v1/{address}", headers=headers)


def post(address: str, body: Any, *clients: Client, **headers: str) -> Any:
    client = clients[0] if clients else Client()
    return client.post(f"/api/v1/{address}", body, content_type="application/json", headers=headers)


def token_of(role: Role, **more: Any) -> tuple[str, Any, Any]:
    """The header of a token of a new member, its row, and its owner's actor."""
    actor = actor_of_person(make_member(role))
    row, secret = issue_token(actor, name="测试", lasts=timedelta(days=1), **more)
    return f"Bearer {secret}", row, actor


def is_problem(response: Any, status: int) -> bool:
    """True for a problem of RFC 9457 with a sentence in it."""
    body = json.loads(response.content)
    kind = response["Content-Type"] == "application/problem+json"
    return kind and body["status"] == response.status_code == status and bool(body["detail"])


# --- reading


def test_every_policy_and_every_clause_can_be_read() -> None:
    listed = get("policies?limit=200").json()
    assert listed["count"] == len(corpus().policies) == len(listed["items"])
    seen = get(f"policies/{POLICY}/clauses?limit=200").json()
    first = seen["items"][0]
    found = get(f"policies/{POLICY}/clauses/{first['path']}").json()
    assert found["text"].startswith(first["label"][:1])
    assert Client().get(found["address"]).status_code in (200, 301, 302)


def test_a_list_comes_in_pages_that_join() -> None:
    whole = get("measures?limit=200").json()["items"]
    joined, offset = [], 0
    while offset is not None:
        part = get(f"measures?limit=7&offset={offset}").json()
        joined += part["items"]
        offset = part["next_offset"]
    assert joined == whole
    assert [each["key"] for each in whole] == [f"{p.id}#{m.id}" for p in corpus().policies for m in p.measures]


def test_filters_narrow() -> None:
    assert {each["subject"] for each in get("measures?subject=park").json()["items"]} == {"park"}
    assert get("policies?status=draft").json()["count"] < get("policies").json()["count"]
    assert get("policies?q=不会有的词").json()["items"] == []
    lit = get("tasks?lamp=red&on=2026-11-22").json()["items"]
    assert lit
    assert {each["lamp"] for each in lit} == {"red"}


def test_what_the_command_line_says_the_interface_says(repo: Path) -> None:
    facts = json.loads((repo / "examples/facts.json").read_text(encoding="utf-8"))
    answered = post("explain?on=2024-06-30", facts)
    assert answered.status_code == 200
    from cli_support import cewen

    said = json.loads(cewen("explain", repo / "examples/facts.json", "--on", "2024-06-30", "--json").stdout)
    assert answered.json() == said
    many = post("evaluate?on=2024-06-30", {"enterprises": [facts, facts]}).json()
    assert many["enterprises"] == [said, said]
    assert float(many["total"]["low"]) == 2 * float(said["total"]["low"])


def test_an_amount_keeps_every_digit_on_its_way_in() -> None:
    text = '{"enterprise": {"名称": "甲", "年营业收入": {"2023": "%s元"}}}'
    answers = [post("explain?on=2024-06-30", text % amount).json() for amount in ("100.10", "100.100")]
    assert answers[0] == answers[1]
    twice = '{"enterprise": {"名称": "甲", "名称": "乙"}}'
    assert is_problem(post("explain", twice), 422)


def test_a_text_is_read() -> None:
    found = post("read", {"text": "一、支持研发\n（一）对符合条件的企业，给予最高50万元奖励。"}).json()
    assert [each["path"] for each in found["clauses"]] == ["一", "一/（一）"]
    assert len(found["incentives"]) == 1


# --- what was read before is not sent again


def test_what_has_not_changed_is_not_sent_again() -> None:
    first = get(f"policies/{POLICY}?on=2024-06-30")
    again = get(f"policies/{POLICY}?on=2024-06-30", if_none_match=first["ETag"])
    assert again.status_code == 304
    assert again.content == b""
    other = get(f"policies/{POLICY}?on=2030-06-30", if_none_match=first["ETag"])
    assert other.status_code == 200
    assert other["ETag"] != first["ETag"]
    assert "Authorization" in first["Vary"]


# --- problems


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("nothing", 404), ("policies/none/there", 404), (f"policies/{POLICY}/clauses/九十九", 404), ("policies?limit=0", 422),
        ("policies?on=yesterday", 422), ("policies?on=0001-01-01", 422), ("me", 401), ("enterprises", 401), ("explain", 405),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_one_shape(address: str, status: int) -> None:
    assert is_problem(get(address), status)


def test_a_role_that_may_not_is_told_so() -> None:
    assert is_problem(get("enterprises", client_as(Role.EXPERT)), 403)


def test_a_faulty_fact_sheet_is_answered_with_every_finding() -> None:
    response = post("explain", {"enterprise": {"不认识的": 1, "年营业收入": "很多"}})
    assert is_problem(response, 422)
    findings = response.json()["findings"]
    assert len(findings) >= 2
    assert all(each["code"].startswith("CW6") and each["remedy"] for each in findings)


@pytest.mark.parametrize("body", ["{", "[]", "null", '{"enterprise": NaN}', b"\xff\xfe"])
def test_a_body_that_is_no_fact_sheet_is_refused(body: Any) -> None:
    response = post("explain", body)
    assert response.status_code in (400, 422)
    assert is_problem(response, response.status_code)


# --- tokens


def test_a_token_acts_with_the_roles_it_was_given_and_no_longer_than_it_lasts() -> None:
    header, row, actor = token_of(Role.OFFICER_CITY)
    found = get("me", authorization=header).json()
    assert "officer_city" in found["roles"]
    row.expires_at -= timedelta(days=2)
    row.save()
    assert is_problem(get("me", authorization=header), 401)
    row.expires_at += timedelta(days=2)
    row.save()
    revoke_token(actor, token_id=row.pk)
    assert is_problem(get("me", authorization=header), 401)


def test_a_token_without_a_session_needs_no_mark_but_a_session_does() -> None:
    header, _row, _actor = token_of(Role.OFFICER_CITY)
    strict = Client(enforce_csrf_checks=True)
    body = {"key": "name", "text": "甲"}
    by_token = strict.put(
        "/api/v1/enterprises/none/facts", body, content_type="application/json", headers={"authorization": header}
    )
    assert is_problem(by_token, 404)
    signed_in = Client(enforce_csrf_checks=True)
    signed_in.force_login(make_member(Role.OFFICER_CITY), backend="django.contrib.auth.backends.ModelBackend")
    by_session = signed_in.put("/api/v1/enterprises/none/facts", body, content_type="application/json")
    assert is_problem(by_session, 403)


# --- once only


def test_a_write_with_a_key_is_done_once_and_answered_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[str] = []

    def count(text: str, _name: str) -> str:
        done.append(text)
        return text

    def shape(text: str) -> dict[str, object]:
        return {"title": text, "text_sha256": str(len(done)), **{name: [] for name in FIELDS}}

    monkeypatch.setattr("cewen.portal.policies.api.parse_document", count)
    monkeypatch.setattr("cewen.portal.policies.api.document_json", shape)
    header, _row, _actor = token_of(Role.OFFICER_CITY)
    send = {"authorization": header, "idempotency-key": "a-1"}
    first = post("read", {"text": "甲"}, **send)
    again = post("read", {"text": "甲"}, **send)
    assert done == ["甲"]
    assert again.content == first.content
    assert again["Idempotent-Replayed"] == "true"
    assert is_problem(post("read", {"text": "乙"}, **send), 422)
    other, _row, _actor = token_of(Role.OFFICER_CITY)
    assert post("read", {"text": "乙"}, authorization=other, **{"idempotency-key": "a-1"}).status_code == 200
    assert done == ["甲", "乙"]


FIELDS = ("clauses", "units", "targets", "incentives", "unread")


def test_a_write_that_failed_may_be_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:
    header, _row, _actor = token_of(Role.OFFICER_CITY)
    send = {"authorization": header, "idempotency-key": "b-1"}
    client = Client(raise_request_exception=False)

    def fail(text: str, _name: str) -> dict[str, object]:
        raise RuntimeError(text)

    with monkeypatch.context() as patch:
        patch.setattr("cewen.portal.policies.api.parse_document", fail)
        assert is_problem(post("read", {"text": "甲"}, client, **send), 500)
    assert post("read", {"text": "甲"}, client, **send).status_code == 200


def test_a_run_is_started_once_however_often_it_is_sent() -> None:
    from cewen.portal.runs.models import Run

    header, _row, _actor = token_of(Role.OFFICER_CITY)
    body = {"title": "试", "on": "2024-06-30", "year": 2023}
    send = {"authorization": header, "idempotency-key": "run-1"}
    first = post("runs", body, **send)
    assert first.status_code == 201
    again = post("runs", body, **send)
    assert again.status_code == 201
    assert again.json() == first.json()
    assert again["Location"] == first["Location"] == f"/api/v1/runs/{first.json()['id']}"
    assert Run.objects.count() == 1
    assert get(first["Location"].removeprefix("/api/v1/"), authorization=header).json()["title"] == "试"
    assert get("runs", authorization=header).json()["count"] == 1
    other, _row, _actor = token_of(Role.OFFICER_CITY)
    assert is_problem(get(first["Location"].removeprefix("/api/v1/"), authorization=other), 404)


# --- how often


def test_too_many_calls_are_told_how_long_to_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "UNKNOWN_CALLS", 3)
    answers = [get("facts") for _ in range(4)]
    assert [each.status_code for each in answers] == [200, 200, 200, 429]
    assert [each["RateLimit-Remaining"] for each in answers] == ["2", "1", "0", "0"]
    assert is_problem(answers[-1], 429)
    assert 1 <= int(answers[-1]["Retry-After"]) <= domain.WINDOW_SECONDS
    assert get("facts", client_as(Role.OFFICER_CITY)).status_code == 200


def test_a_window_ends() -> None:
    from cewen.portal.access import ANONYMOUS

    for _ in range(domain.UNKNOWN_CALLS + 1):
        spent = services.count_call(ANONYMOUS, "1.1.1.1", now=1_000_000.0)
    assert spent.is_spent
    assert not services.count_call(ANONYMOUS, "1.1.1.2", now=1_000_000.0).is_spent
    assert not services.count_call(ANONYMOUS, "1.1.1.1", now=1_000_000.0 + spent.wait).is_spent


# --- the document


def test_the_document_tells_of_every_call() -> None:
    document = get("openapi.json").json()
    assert document["openapi"].startswith("3.1")
    listed = {f"{method} {address}" for address, methods in document["paths"].items() for method in methods}
    assert {"get /api/v1/policies", "post /api/v1/explain", "put /api/v1/enterprises/{uscc}/facts"} <= listed
    page = Client().get("/api/").content.decode()
    assert all(address.split(" ")[1] in page for address in listed)


def test_a_finding_is_a_problem_with_a_remedy() -> None:
    handler = api._lookup_exception_handler(CewenError.of("CW600", "甲", "乙。"))
    assert handler is not None


def test_the_guide_names_calls_that_are_there(repo: Path) -> None:
    guide = (repo / "docs" / "how-to" / "interface.md").read_text(encoding="utf-8")
    document = get("openapi.json").json()
    named = re.findall(r"`(GET|POST|PUT|DELETE) (/api/v1/[^`]+)`", guide)
    assert len(named) >= 7
    assert [each for each in named if each[0].lower() not in document["paths"].get(each[1], {})] == []


def test_every_call_says_what_goes_in_what_goes_wrong_and_who_may() -> None:
    document = get("openapi.json").json()
    names = set()
    for _address, method, call in domain.operations(document):
        names.add(call["operationId"])
        assert call["summary"]
        assert call["tags"]
        assert call["x-roles"]
        assert {"401", "403", "404", "422", "429"} <= set(call["responses"])
        assert (call["security"] == [{"token": []}]) == ("public" not in call["x-roles"])
        for kind, content in call.get("requestBody", {}).get("content", {}).items():
            assert kind == "multipart/form-data" or "example" in content, call["operationId"]
        headers = {each["name"] for each in call["parameters"] if each["in"] == "header"}
        assert ("If-None-Match" in headers) == (method == "get")
        assert ("Idempotency-Key" in headers) == call["x-changes"]
    assert len(names) > 100
    problem = document["components"]["responses"]["Problem403"]["content"]["application/problem+json"]
    assert problem["example"]["status"] == 403


def test_every_example_of_a_body_is_of_its_shape() -> None:
    """What the document shows can be sent: no example is refused for its shape."""
    import jsonschema  # type: ignore[import-untyped]

    document = get("openapi.json").json()
    tried = 0
    for _address, _method, call in domain.operations(document):
        for content in call.get("requestBody", {}).get("content", {}).values():
            if "example" in content:
                tried += 1
                schema = {**content["schema"], "components": document["components"]}
                jsonschema.validate(content["example"], schema)
    assert tried >= 25


def test_the_page_of_calls_shows_who_may_what_goes_in_and_a_line_to_try() -> None:
    page = Client().get("/api/v1/docs").content.decode()
    assert "curl -H &quot;Authorization: Bearer $CEWEN_TOKEN&quot; -F files=@名册.xlsx" in page
    assert "http://testserver/api/v1/explain" in page
    one = Client().get("/api/?q=imports load").content.decode()
    assert "/api/v1/imports/{import_id}/load" in one
    assert "/api/v1/explain" not in one
    assert "区经办、市经办、省经办、管理员" in one
    assert "没有这样的接口" in Client().get("/api/?q=不会有的").content.decode()
    assert Client().get("/api/", headers={"accept-language": "en"}).content.decode().count("Who may call") > 100
