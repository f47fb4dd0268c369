"""`python -m benchmarks.portal`: p50 and p95 of each page with many users at a time. DATABASE_URL chooses the database."""

from __future__ import annotations

import argparse
import http.cookiejar
import os
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PAGES = (
    ("", "/"),
    ("", "/policies/"),
    ("", "/policies/wuhan/2022-software-plan/"),
    ("", "/targets/"),
    ("", "/api/v1/measures"),
    ("enterprise", "/mine/"),
    ("city", "/enterprises/"),
    ("city", "/enterprises/?q=软件&sort=-revenue"),
    ("city", "/runs/"),
    ("supervisor", "/tasks/"),
    ("administrator", "/audit/"),
)
"""Who asks, and for what."""
BAR_MILLISECONDS = {"/mine/": 300}
USUAL_BAR = 150


def opener(address: str, person: str) -> urllib.request.OpenerDirector:
    """A browser of sorts, signed in where a person is named."""
    found = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    if person:
        page = found.open(f"{address}/accounts/login/").read().decode()
        mark = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)
        assert mark
        form = {"login": person, "password": "benchmark-only", "csrfmiddlewaretoken": mark[1]}
        found.open(f"{address}/accounts/login/", urllib.parse.urlencode(form).encode()).read()
    return found


def ask(browser: urllib.request.OpenerDirector, address: str, path: str) -> float:
    """Milliseconds until the whole page was there."""
    url = address + urllib.parse.quote(path, safe="/?&=-")
    begun = time.perf_counter()
    with browser.open(url, timeout=120) as response:
        response.read()
    return (time.perf_counter() - begun) * 1000


def main() -> int:
    """Fill, serve, ask, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--enterprises", type=int, default=100_000)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5, help="how often each user asks for each page")
    parser.add_argument("--workers", type=int, default=2)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        data = Path(folder) / "data"
        begun = time.perf_counter()
        subprocess.run([sys.executable, "-m", "benchmarks.portal.fill", data, str(chosen.enterprises)], check=True)
        print(f"{chosen.enterprises:,} enterprises filled in {time.perf_counter() - begun:.0f} s", flush=True)
        command = [sys.executable, "-m", "cewen", "serve", "--data", data, "--port", str(port)]
        process = subprocess.Popen([*command, "--workers", str(chosen.workers)], stdout=subprocess.DEVNULL)
        try:
            return measure(f"http://127.0.0.1:{port}", chosen.users, chosen.rounds)
        finally:
            process.terminate()
            process.wait(timeout=60)


def measure(address: str, users: int, rounds: int) -> int:
    """The table; 1 when a page is slower than its bar."""
    for _ in range(600):
        try:
            urllib.request.urlopen(f"{address}/healthz", timeout=5).close()
            break
        except OSError:
            time.sleep(0.2)
    database = "PostgreSQL" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "SQLite"
    print(f"{database}, {users} users at a time, {rounds} rounds\n")
    print("| page | first ms | p50 ms | p95 ms | bar |\n|---|---:|---:|---:|---|")
    slow = 0
    with ThreadPoolExecutor(users) as pool:
        for person, path in PAGES:
            browser = opener(address, person)
            first = ask(browser, address, path)
            took = sorted(pool.map(lambda _, b=browser, p=path: ask(b, address, p), range(users * rounds)))
            p50, p95 = statistics.median(took), took[int(len(took) * 0.95) - 1]
            bar = BAR_MILLISECONDS.get(path, USUAL_BAR)
            slow += p95 > bar
            print(f"| {path} | {first:.0f} | {p50:.0f} | {p95:.0f} | {'≤' if p95 <= bar else '>'} {bar} |", flush=True)
    return int(slow > 0)


if __name__ == "__main__":
    sys.exit(main())
