"""`python -m benchmarks.portal`: p50 and p95 of every page with many users at a time. DATABASE_URL chooses the database."""

from __future__ import annotations

import argparse
import json
import math
import os
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

from benchmarks.portal.load import Times, work
from benchmarks.portal.pages import Page

BAR_MILLISECONDS = {"/mine/": 300, "/enterprises/{uscc}/entitlements/": 300}
USUAL_BAR = 150


def main() -> int:
    """Fill, serve, ask, and print a table. 1 when a page is slower than its bar or fails."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--enterprises", type=int, default=100_000)
    parser.add_argument("--users", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=60, help="how long they are at work")
    parser.add_argument("--pause", type=float, default=1.0, help="seconds between two pages of a user, on average")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--data", type=Path, help="a data folder filled before; made where it is not there")
    parser.add_argument("--only", default="", help="pages whose address holds this")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        data = chosen.data or Path(folder) / "data"
        begun = time.perf_counter()
        told = data / "pages.json"
        if not told.exists():
            subprocess.run([sys.executable, "-m", "benchmarks.portal.fill", data, str(chosen.enterprises)], check=True)
            print(f"{chosen.enterprises:,} enterprises filled in {time.perf_counter() - begun:.0f} s", flush=True)
        known = json.loads(told.read_text(encoding="utf-8"))
        pages = [Page(*each) for each in known["pages"] if chosen.only in each[1]]
        command = [sys.executable, "-m", "cewen", "serve", "--data", data, "--port", str(port)]
        process = subprocess.Popen([*command, "--workers", str(chosen.workers)], stdout=subprocess.DEVNULL)
        try:
            _wait(port)
            work(port, pages, known["codes"], chosen.workers * 6, 15, 0)  # what each process learns once
            database = "PostgreSQL" if os.environ.get("DATABASE_URL", "").startswith("postgres") else "SQLite"
            found = work(port, pages, known["codes"], chosen.users, chosen.seconds, chosen.pause)
            print(
                f"\n{database}, {chosen.users} users at a time, each {chosen.pause:g} s between two pages on average\n"
            )
            return _table(pages, found, chosen.seconds)
        finally:
            process.terminate()
            process.wait(timeout=60)


def _wait(port: int) -> None:
    for _ in range(600):
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
            return
        except OSError:
            time.sleep(0.2)
    raise SystemExit("the portal did not start")


def _table(pages: list[Page], found: Times, seconds: float) -> int:
    print("| page | who | n | p50 ms | p95 ms | bar |\n|---|---|---:|---:|---:|---|")
    slow = 0
    for page in pages:
        taken = sorted(found.taken[page])
        if not taken:
            print(f"| {page.path} | {page.person} | 0 | | | |")
            continue
        p95 = taken[math.ceil(len(taken) * 0.95) - 1]
        bar = BAR_MILLISECONDS.get(page.path, USUAL_BAR)
        slow += p95 > bar
        shown = f"| {page.path} | {page.person} | {len(taken)} | {statistics.median(taken):.0f} | {p95:.0f} |"
        print(f"{shown} {'≤' if p95 <= bar else '>'} {bar} |")
    every = sorted(each for taken in found.taken.values() for each in taken)
    print(f"\n{len(every)} pages, {len(every) / seconds:.1f} a second; all together p50 {statistics.median(every):.0f}, "
          f"p95 {every[math.ceil(len(every) * 0.95) - 1]:.0f}, slowest {every[-1]:.0f} ms; {slow} pages over their bar, "
          f"{len(found.faults)} not answered with a page")  # fmt: skip
    print("\n".join(sorted(set(found.faults))[:20]))
    return int(slow > 0 or bool(found.faults))


if __name__ == "__main__":
    sys.exit(main())
