"""Pictures of the main pages for the documentation: `make screenshots`.

Each is the first screenful of a page, at most 150 KB.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from browser_support import WIDTHS, Visit, missing, open_browser, served_portal

TARGET = Path(__file__).resolve().parents[2] / "docs" / "images" / "portal"
MOST_BYTES = 150_000
PAGES = (
    ("front", "", "/"),
    ("policies", "", "/policies/"),
    ("document", "", "/policies/wuhan/2022-software-plan/"),
    ("timeline", "", "/policies/timeline/"),
    ("calculator", "", "/calculate/"),
    ("entitlements", "enterprise", "/mine/?on=2025-05-31"),
    ("register", "city", "/enterprises/"),
    ("runs", "city", "/runs/"),
    ("reforms", "editor", "/reforms/?m=wuhan%2F2022-digital-economy-measures%23rd-subsidy"),
    ("targets", "", "/targets/"),
    ("tasks", "supervisor", "/tasks/"),
    ("audit", "administrator", "/audit/"),
)
"""Name, who is signed in, address: entitlements on the last day on which measures with an amount were in force."""


def _picture(visit: Visit, name: str) -> Path:
    """The file: exact where that is small enough, else as good as the size allows."""
    for old in TARGET.glob(f"{name}.*"):
        old.unlink()
    path = TARGET / f"{name}.png"
    visit.page.screenshot(path=str(path))
    for quality in (85, 75, 65, 55, 45):
        if path.stat().st_size <= MOST_BYTES:
            break
        path.unlink()
        path = TARGET / f"{name}.jpg"
        visit.page.screenshot(path=str(path), type="jpeg", quality=quality)
    return path


def main() -> int:
    """Take them all. 1 when something is missing or a picture is too large."""
    lacking = missing()
    if lacking:
        print(f"缺少：{lacking}。安装 Chromium，再执行 make install。", file=sys.stderr)
        return 1
    TARGET.mkdir(parents=True, exist_ok=True)
    failed = 0
    with (
        tempfile.TemporaryDirectory() as folder,
        served_portal(Path(folder) / "data") as portal,
        open_browser() as browser,
    ):
        for width in WIDTHS:
            visits: dict[str, Visit] = {}
            for name, person, address in PAGES:
                visit = visits.get(person) or visits.setdefault(person, Visit.begin(portal, browser, width, person))
                if visit.go(address) >= 400:
                    print(f"  {name}：{address} 打不开", file=sys.stderr)
                    failed = 1
                    continue
                visit.page.wait_for_timeout(400)  # charts are drawn after loading
                path = _picture(visit, f"{name}-{width}")
                print(f"  {path.name}　{path.stat().st_size // 1000} KB　{address}")
                failed |= path.stat().st_size > MOST_BYTES
            for visit in visits.values():
                visit.end()
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
