"""Suggestions of an outside model: only what the passage holds is kept, and nothing is sent without an address."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cewen.base.errors import CewenError
from cewen.rules.draft.suggest import MARK, Endpoint, endpoint_of, fault_of, suggest_readings
from cewen.text.parse import parse_document
from cewen.text.quantities import read_quantities

TEXT = "某市若干措施\n\n一、对新认定的示范企业，择优给予最高100万元、每年不超过2次的支持。\n"
GOOD = {
    "kind": "奖补",
    "words": "择优给予最高100万元",
    "beneficiary": "示范企业",
    "amount": "最高100万元",
    "condition": "",
    "note": "择优",
}


class Server(ThreadingHTTPServer):
    """Answers every question with `content`, and remembers what it was asked."""

    content = ""
    status = 200
    seen: list[tuple[dict[str, str], dict[str, Any]]]


class Answering(BaseHTTPRequestHandler):
    server: Server

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.seen.append((dict(self.headers), asked))
        body = json.dumps({"choices": [{"message": {"content": self.server.content}}]}).encode()
        self.send_response(self.server.status)
        if self.server.status == 302:
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_port}/elsewhere")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server(("127.0.0.1", 0), Answering)
    made.seen = []
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield made
    made.shutdown()
    made.server_close()
    thread.join()


def ask(server: Server, *rows: object, content: str | None = None) -> tuple[list[Any], list[Any]]:
    server.content = json.dumps({"suggestions": rows}, ensure_ascii=False) if content is None else content
    document = parse_document(TEXT)
    clause = document.clause("一")
    assert clause is not None
    endpoint = Endpoint(f"http://127.0.0.1:{server.server_port}/v1", "small", "secret", 20)
    return suggest_readings(document, [clause.span], endpoint)


def test_a_suggestion_the_passage_holds_is_kept_and_marked(server: Server) -> None:
    kept, dropped = ask(server, GOOD)
    assert dropped == []
    assert [each.to_entries()["status"] for each in kept] == [MARK] == ["建议（未确认）"]
    assert kept[0].words == "择优给予最高100万元"
    headers, asked = server.seen[0]
    assert headers["Authorization"] == "Bearer secret"
    assert asked["model"] == "small"
    assert [message["role"] for message in asked["messages"]] == ["system", "user"]


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"amount": "最高200万元"}, "200万元"),
        ({"amount": "最高100元"}, "100元"),
        ({"amount": "最高一百二十万元"}, "一百二十万元"),
        ({"note": "每年3次"}, "3次"),
        ({"condition": "成立满2年"}, "2年"),
        ({"note": "见2024号文"}, "2024"),
        ({"words": "给予最高100万元奖励"}, "不在这段话里"),
        ({"words": ""}, "不在这段话里"),
        ({"beneficiary": "软件企业"}, "软件企业"),
        ({"kind": "罚款"}, "种类"),
        ({"amount": 100}, "约定的格式"),
    ],
)
def test_what_the_passage_does_not_hold_is_dropped_and_said(server: Server, change: dict[str, Any], why: str) -> None:
    kept, dropped = ask(server, GOOD | change, GOOD)
    assert [each.words for each in kept] == [GOOD["words"]]
    assert len(dropped) == 1
    assert why in dropped[0].why


@pytest.mark.parametrize("content", ["", "好的", "[]", "{}", '{"suggestions": 3}', "[" * 10_000])
def test_an_answer_in_another_shape_is_dropped(server: Server, content: str) -> None:
    kept, dropped = ask(server, content=content)
    assert (kept, len(dropped)) == ([], 1)


def test_an_answer_in_a_fence_is_read(server: Server) -> None:
    kept, _ = ask(server, content="```json\n" + json.dumps({"suggestions": [GOOD]}) + "\n```")
    assert len(kept) == 1


@pytest.mark.parametrize("status", [302, 401, 500])
def test_a_refusal_is_told_and_the_key_goes_nowhere_else(server: Server, status: int) -> None:
    server.status = status
    with pytest.raises(CewenError, match="CW691") as told:
        ask(server, GOOD)
    assert "secret" not in str(told.value)
    assert len(server.seen) == 1


def test_a_service_that_is_not_there_is_told() -> None:
    document = parse_document(TEXT)
    clause = document.clause("一")
    assert clause is not None
    with pytest.raises(CewenError, match="CW691"):
        suggest_readings(document, [clause.span], Endpoint("http://127.0.0.1:9/v1", "small", "", 5))


@pytest.mark.parametrize(
    ("url", "model"),
    [(None, None), ("http://localhost/v1", None), (None, "m"), ("file:///etc/passwd", "m"), ("localhost", "m")],
)
def test_without_an_address_nothing_is_asked(url: str | None, model: str | None) -> None:
    with pytest.raises(CewenError, match="CW691"):
        endpoint_of(url, model, {})


def test_the_key_comes_from_the_environment_and_is_never_shown() -> None:
    endpoint = endpoint_of("http://localhost/v1/", "m", {"CEWEN_SUGGEST_KEY": "secret"})
    assert (endpoint.url, endpoint.key) == ("http://localhost/v1", "secret")
    assert "secret" not in repr(endpoint)


@given(amount=st.from_regex(r"[0-9]{1,4}(\.[0-9])?(万元|元|%|家|年)", fullmatch=True))
def test_no_quantity_that_is_not_in_the_passage_passes(amount: str) -> None:
    passage = "对示范企业，给予最高100万元、每年不超过2次的支持，比例为5%。"
    known = {(each.kind, each.low, each.high, each.unit) for each in read_quantities(passage)}
    row = {"kind": "奖补", "words": "给予最高100万元", "amount": amount}
    told = {(each.kind, each.low, each.high, each.unit) for each in read_quantities(amount)}
    if not told <= known:
        assert fault_of(row, passage) is not None
