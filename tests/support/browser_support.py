"""A portal of its own and Debian's Chromium: for tests that look at pages as people see them, and for screenshots."""

from __future__ import annotations

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.request import urlopen

WIDTHS = (1440, 390)
AXE_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}
FIRST_ANSWER_SECONDS = 120
PAGE_MILLISECONDS = 60_000


def chromium() -> str | None:
    """The browser of this machine."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def missing() -> str:
    """What is missing for looking at pages; "" where all is there."""
    wanted = {"Chromium": chromium(), "playwright": find_spec("playwright"), "axe": find_spec("axe_playwright_python")}
    return "、".join(name for name, found in wanted.items() if not found)


@dataclass(frozen=True)
class ServedPortal:
    """A portal with demonstration accounts (演示门户): its address, its people, the password of all of them."""

    address: str
    people: tuple[str, ...]
    password: str
    entrance: str = ""


@contextmanager
def served_portal(folder: Path) -> Iterator[ServedPortal]:
    """`cewen serve --demo` on a free port, in a data folder of its own, until the end of the block."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    variables = {**os.environ, "CEWEN_DATA": str(folder), "COLUMNS": "200"}
    for name in ("CEWEN_SECRET_KEY", "CEWEN_HOSTS", "DJANGO_SETTINGS_MODULE"):
        variables.pop(name, None)
    command = [sys.executable, "-m", "cewen", "serve", "--data", str(folder), "--port", str(port), "--workers", "1"]
    log = folder.with_suffix(".log")
    with log.open("w", encoding="utf-8") as stream:
        process = subprocess.Popen([*command, "--demo"], env=variables, stdout=stream, stderr=subprocess.STDOUT)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(address, process, log)
        said = log.read_text(encoding="utf-8")
        password = re.search(r"密码都是 (\S+)", said)
        assert password, said
        people = re.findall(r"^([a-z]+) {2,}\S", said, re.MULTILINE)
        entrance = re.search(r"http://\S+/demonstration/\S+/", said)
        yield ServedPortal(address, tuple(people), password[1], entrance[0] if entrance else "")
    finally:
        process.terminate()
        process.wait(timeout=60)


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + FIRST_ANSWER_SECONDS
    while True:
        try:
            with urlopen(f"{address}/healthz", timeout=5):
                return
        except OSError:
            if process.poll() is not None or time.monotonic() > until:
                raise AssertionError(f"the portal did not start:\n{log.read_text(encoding='utf-8')}") from None
            time.sleep(0.2)


@contextmanager
def open_browser() -> Iterator[Any]:
    """Chromium without a window."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # Fields of dates follow the language of the browser, not of the page.
        browser = playwright.chromium.launch(
            executable_path=chromium(), args=["--no-sandbox", "--disable-gpu"], env={**os.environ, "LANGUAGE": "zh_CN"}
        )
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Visit:
    """Someone looking at the portal (访问): one page of a browser, and what its console and its network said."""

    portal: ServedPortal
    page: Any
    faults: list[str] = field(default_factory=list)

    @classmethod
    def begin(cls, portal: ServedPortal, browser: Any, width: int = WIDTHS[0], person: str = "") -> Visit:
        """A new visitor; signed in where a person is named."""
        context = browser.new_context(viewport={"width": width, "height": 900}, locale="zh-CN", reduced_motion="reduce")
        page = context.new_page()
        page.set_default_timeout(PAGE_MILLISECONDS)
        found = cls(portal, page)
        page.on("console", found._listen)
        page.on("pageerror", lambda error: found.faults.append(f"{page.url}: {error}"))
        page.on("request", found._watch)
        if person:
            found.sign_in(person)
        return found

    def _listen(self, said: Any) -> None:
        if said.type == "error":
            self.faults.append(f"{self.page.url}: {said.text}")

    def _watch(self, request: Any) -> None:
        if not request.url.startswith((self.portal.address, "data:", "blob:")):
            self.faults.append(f"{self.page.url} asks {request.url}")

    def go(self, path: str) -> int:
        """Open a page; its status."""
        response = self.page.goto(f"{self.portal.address}{path}", wait_until="load")
        return int(response.status) if response else 0

    def sign_in(self, person: str) -> None:
        """By the sign-in page, as people do."""
        self.go("/accounts/login/")
        self.page.fill("input[name=login]", person)
        self.page.fill("input[name=password]", self.portal.password)
        with self.page.expect_navigation():
            self.page.click("main button.primary, main button[type=submit]")

    def links(self) -> list[str]:
        """Paths of the pages this page leads to, without downloads, languages and signing out."""
        found: list[str] = self.page.eval_on_selector_all(
            "a[href]",  # those of drawings too, which tell their address another way
            "all => all.map(each => new URL(each.href.baseVal ?? each.href, location)).map(to => to.pathname + to.search)",
        )
        left_out = ("/accounts/logout", "/language", "/static", "/api/v1")
        return [each for each in dict.fromkeys(found) if each.startswith("/") and not each.startswith(left_out)]

    def accessibility(self) -> list[str]:
        """What axe finds on this page that is serious or critical."""
        package = find_spec("axe_playwright_python")
        assert package
        assert package.origin
        script = Path(package.origin).with_name("axe.min.js").read_text(encoding="utf-8")
        self.page.evaluate(script)  # not as an element: the page's own policy forbids scripts from elsewhere
        found = self.page.evaluate("rules => axe.run(document, rules)", AXE_RULES)
        return [
            f"{self.page.url}: {each['id']} {each['help']} {[node['target'] for node in each['nodes']][:3]}"
            for each in found["violations"]
            if each["impact"] in ("serious", "critical")
        ]

    def overflow(self) -> str:
        """ "" unless the page can be moved sideways."""
        wide, seen = self.page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
        return f"{self.page.url}: {wide} px wide in a window of {seen}" if wide > seen + 1 else ""

    def end(self) -> None:
        self.page.context.close()
