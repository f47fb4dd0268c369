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
    ("calculator", "", "calculator"),
    ("entitlements", "enterprise", "entitlements"),
    ("register", "city", "enterprises"),
    ("runs", "city", "runs"),
    ("reforms", "editor", "reforms"),
    ("indicators", "", "indicators"),
    ("tasks", "supervisor", "tasks"),
    ("audit", "administrator", "/audit/"),
)
"""Name, who is signed in, and the address, or a word in the address of the page among the links of the front page."""


def _address(visit: Visit, wanted: str) -> str | None:
    if wanted.startswith("/"):
        return wanted
    visit.go("/")
    return next((link for link in visit.links() if wanted in link), None)


def main() -> int:
    """Take them all. 1 when something is missing or a picture is too large."""
    lacking = missing()
    if lacking:
        print(f"缺少：{lacking}。安装 Chromium，再执行 make install。", file=sys.stderr)
        return 1
    TARGET.mkdir(parents=True, exist_ok=True)
    failed = 0
    with tempfile.TemporaryDirectory() as folder, served_portal(Path(folder) / "data") as portal, open_browser() as browser:
        for width in WIDTHS:
            visits: dict[str, Visit] = {}
            for name, person, wanted in PAGES:
                visit = visits.get(person) or visits.setdefault(person, Visit.begin(portal, browser, width, person))
                address = _address(visit, wanted)
                if address is None:
                    print(f"  {name}：{person or '未登录'}的首页没有通到“{wanted}”的链接", file=sys.stderr)
                    failed = 1
                    continue
                visit.go(address)
                visit.page.wait_for_timeout(400)  # charts are drawn after loading
                path = TARGET / f"{name}-{width}.png"
                visit.page.screenshot(path=str(path))
                size = path.stat().st_size
                print(f"  {path.name}　{size // 1000} KB　{address}")
                failed |= size > MOST_BYTES
            for visit in visits.values():
                visit.end()
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
