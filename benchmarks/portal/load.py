"""Users at work: each signed in, each asking for one page after another, with or without a pause."""

from __future__ import annotations

import http.client
import random
import re
import threading
import time
import urllib.parse
from collections import defaultdict
from dataclasses import dataclass, field

from benchmarks.portal.pages import Page

PASSWORD = "benchmark-only"
WORDS = ("软件", "智能制造", "云禾", "网络安全", "武汉墨", "信息技术", "没有这个名字", "园区", "科技股份", "泓棠软件9")


@dataclass
class Times:
    """What was measured (所测): milliseconds for each page, and what was not answered with a page."""

    taken: dict[Page, list[float]] = field(default_factory=lambda: defaultdict(list))
    faults: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, page: Page, milliseconds: float, status: int) -> None:
        """One answer."""
        with self.lock:
            if status == 200:
                self.taken[page].append(milliseconds)
            else:
                self.faults.append(f"{status} {page.person} {page.path}")


class Visitor:
    """Someone with a browser (访客): one connection kept open, own cookies."""

    def __init__(self, port: int, person: str) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=300)
        self.cookies: dict[str, str] = {}
        if person:
            page = self.ask("/accounts/login/")[1].decode()
            mark = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
            assert mark
            form = {"login": person, "password": PASSWORD, "csrfmiddlewaretoken": mark[1]}
            status, _ = self.ask("/accounts/login/", urllib.parse.urlencode(form))
            assert status == 302, f"{person} cannot sign in: {status}"

    def ask(self, path: str, body: str | None = None) -> tuple[int, bytes]:
        """Status and body of an answer."""
        headers = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Accept": "text/html",
        }
        if body is not None:
            headers |= {"Content-Type": "application/x-www-form-urlencoded"}
        self.connection.request("POST" if body else "GET", urllib.parse.quote(path, safe="/?&=-%"), body, headers)
        answer = self.connection.getresponse()
        content = answer.read()
        for line in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = line.split(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, content


def work(port: int, pages: list[Page], codes: list[str], users: int, seconds: float, pause: float) -> Times:
    """`users` at a time for so long; each waits `pause` on average (evenly 0 to 2 ×) before a page.

    In each turn a user takes the pages of the own role and a quarter of those open to all, in an order of its own.
    """
    people = sorted({page.person for page in pages if page.person})
    found = Times()
    chosen = [people[number % len(people)] for number in range(users)]
    visitors = [Visitor(port, person) for person in chosen]
    until = time.monotonic() + seconds

    def use(number: int) -> None:
        chance = random.Random(number)
        own = [page for page in pages if page.person == chosen[number]]
        public = [page for page in pages if not page.person]
        while time.monotonic() < until:
            turn = own + chance.sample(public, len(public) // 4)
            chance.shuffle(turn)
            for page in turn:
                if pause:
                    time.sleep(chance.uniform(0, 2 * pause))
                if time.monotonic() > until:
                    return
                path = page.path.replace("{word}", chance.choice(WORDS)).replace("{uscc}", chance.choice(codes))
                begun = time.perf_counter()
                status, _ = visitors[number].ask(path)
                found.add(page, (time.perf_counter() - begun) * 1000, status)

    threads = [threading.Thread(target=use, args=(number,)) for number in range(users)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found
