"""What every test may ask for: where the repository is, the shared folder, and what this machine must have.

Environment:
    CEWEN_SHARED       the folder of material that is not shipped; without it, `shared` beside the repository.
    CEWEN_REQUIRE=all  a missing machine feature fails the test instead of skipping it (set by .ci/run).
    HYPOTHESIS_PROFILE `dev` or `ci`; without it, `ci` where CI is set.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import settings

REPO = Path(__file__).resolve().parents[1]

# No deadline: a test must not be decided by how busy the machine is. In CI the examples are the same every time.
settings.register_profile("dev", deadline=None, max_examples=60)
settings.register_profile("ci", deadline=None, max_examples=60, derandomize=True, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "dev"))


@pytest.fixture(scope="session")
def repo() -> Path:
    """Root of the repository."""
    return REPO


@pytest.fixture(scope="session")
def shared() -> Path:
    """Folder of material that is not shipped; the test is skipped where it is absent, in CI too."""
    folder = Path(os.environ.get("CEWEN_SHARED") or REPO.parent / "shared")
    if not folder.is_dir():
        pytest.skip("the shared folder is absent: set CEWEN_SHARED to run this test")
    return folder


@pytest.fixture(scope="session")
def need() -> Callable[[object, str], None]:
    """`need(present, what)`: go on where `present` is true; else skip, or fail under CEWEN_REQUIRE=all.

    `what` names the missing feature of the machine, for example "git".
    """

    def need_feature(present: object, what: str) -> None:
        if present:
            return
        if os.environ.get("CEWEN_REQUIRE") == "all":
            pytest.fail(f"this machine lacks {what}, and CEWEN_REQUIRE=all", pytrace=False)
        pytest.skip(f"this machine lacks {what}")

    return need_feature


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List every reason for a skip with its count: a skipped test has shown nothing."""
    reasons: Counter[str] = Counter()
    for report in terminalreporter.stats.get("skipped", []):
        text = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        reasons[text.removeprefix("Skipped: ")] += 1
    if not reasons:
        return
    terminalreporter.section(f"跳过 {reasons.total()} 项测试", sep="!", yellow=True, bold=True)
    for reason, count in reasons.most_common():
        terminalreporter.line(f"{count:>5} × {reason}", yellow=True)
