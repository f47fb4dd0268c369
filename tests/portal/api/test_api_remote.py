"""The command line against a portal elsewhere says what it says here, and never leaves out what it could not ask."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from click.testing import CliRunner

from cewen.base.errors import CewenError
from cewen.cli import explain, read, targets, tasks
from cewen.cli.remote import ask

DAY = ("--on", "2024-06-30")


def said(command: Any, *arguments: object) -> Any:
    """The JSON a command prints; its error where it fails."""
    done = CliRunner().invoke(command, [str(each) for each in arguments], catch_exceptions=False)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)


@pytest.fixture
def text(tmp_path: Path) -> Path:
    path = tmp_path / "若干措施.txt"
    path.write_text("一、支持研发\n（一）对符合条件的企业，给予最高50万元奖励。", encoding="utf-8")
    return path


@pytest.mark.django_db(transaction=True)
def test_every_command_says_the_same_from_afar(live_server: Any, repo: Path, text: Path) -> None:
    facts = repo / "examples" / "facts.json"
    near = said(explain.command, facts, *DAY, "--json")
    assert said(explain.command, facts, *DAY, "--server", live_server.url) == near
    assert said(read.command, text, "--server", live_server.url) == said(read.command, text, "--json")
    region = ("--region", "武汉市")
    assert said(targets.command, *DAY, *region, "--server", live_server.url) == said(
        targets.command, *DAY, *region, "--json"
    )
    assert said(tasks.command, *DAY, "--server", live_server.url) == said(
        tasks.command, *DAY, "--json", "--journal", text.with_name("none.sqlite")
    )


@pytest.mark.django_db(transaction=True)
def test_what_the_portal_finds_wrong_is_found_wrong_here(live_server: Any, tmp_path: Path) -> None:
    path = tmp_path / "facts.json"
    path.write_text('{"enterprise": {"不认识的": 1}}', encoding="utf-8")
    with pytest.raises(CewenError) as error:
        said(explain.command, path, *DAY, "--server", live_server.url)
    assert error.value.diagnostics[0].code.startswith("CW6")


def test_an_option_the_portal_cannot_follow_is_refused(repo: Path) -> None:
    done = CliRunner().invoke(
        targets.command, ["--server", "https://example.org", "--policies", str(repo / "policies")], prog_name="cewen"
    )
    assert done.exit_code == 2
    assert "--policies" in done.output


@pytest.mark.parametrize("server", ["example.org", "ftp://example.org", "http://"])
def test_what_is_no_address_is_said(server: str) -> None:
    with pytest.raises(CewenError) as error:
        ask(server, "facts")
    assert error.value.diagnostics[0].code == "CW745"


def test_a_token_does_not_travel_in_the_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CEWEN_TOKEN", "cewen_secret")
    with pytest.raises(CewenError, match="http") as error:
        ask("http://portal.example.org", "facts")
    assert "cewen_secret" not in str(error.value)


class Stranger(BaseHTTPRequestHandler):
    """A server that is no portal (别的服务器)."""

    answers: dict[str, tuple[int, dict[str, str], bytes]] = {}  # noqa: RUF012
    seen: list[tuple[str, str | None]] = []  # noqa: RUF012

    def do_GET(self) -> None:
        self.seen.append((self.path, self.headers["Authorization"]))
        status, headers, body = self.answers[self.path.rsplit("/", 1)[-1]]
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@pytest.fixture
def stranger() -> Iterator[str]:
    server = HTTPServer(("127.0.0.1", 0), Stranger)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(
    ("name", "answer", "code"),
    [
        ("page", (200, {}, b"<html>"), "CW747"), ("gone", (404, {}, b"no"), "CW746"),
        ("away", (302, {"Location": "/api/v1/trap"}, b""), "CW746"),
        ("late", (429, {}, b'{"detail": "wait", "status": 429}'), "CW746"),
    ],
)  # fmt: skip
def test_an_answer_that_is_not_a_portals_is_not_believed(
    name: str, answer: tuple[int, dict[str, str], bytes], code: str, stranger: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CEWEN_TOKEN", "cewen_secret")
    monkeypatch.setattr(Stranger, "answers", {name: answer, "trap": (200, {}, b"{}")})
    monkeypatch.setattr(Stranger, "seen", [])
    with pytest.raises(CewenError) as error:
        ask(stranger, name)
    assert error.value.diagnostics[0].code == code
    assert Stranger.seen == [(f"/api/v1/{name}", "Bearer cewen_secret")]


def test_a_portal_that_is_not_there_is_said() -> None:
    with pytest.raises(CewenError) as error:
        ask("http://127.0.0.1:9", "facts")
    assert error.value.diagnostics[0].code == "CW745"
