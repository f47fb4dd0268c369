"""Work of drafts that waits for its day: publications decided and due."""

from __future__ import annotations

import logging
import os
import re
import shutil
import time

from cewen.base.errors import CewenError
from cewen.portal.drafts.selectors import due_count
from cewen.portal.drafts.services import finish_publishing
from cewen.rules.load import policies_home

LEFT_AFTER = 24 * 3600.0
"""Seconds after which a folder that was being written belongs to nobody any more."""
_TEMPORARY = re.compile(r"\..+\.[0-9a-f]{8}")
_log = logging.getLogger(__name__)


def wake() -> None:
    """Publish what is due. A fault is logged and tried again the next time: nothing is half-done by it."""
    try:
        finish_publishing()
    except Exception:
        _log.exception("publishing did not finish")


def publish_due() -> int:
    """Publish what is due; how many. Raises CewenError (CW765) for what stays due, for the round to count."""
    done = finish_publishing()
    left = due_count()
    if left:
        raise CewenError.of(
            "CW765", f"有 {left} 份到期的政策没有发布成", "看日志里的原因，多半是政策文件夹写不了或已有同名文件夹。"
        )
    return done


def clear_leftovers() -> int:
    """Remove folders that a killed server was just writing among policies of one's own; how many."""
    if not os.environ.get("CEWEN_POLICIES"):
        return 0
    oldest, found = time.time() - LEFT_AFTER, 0
    for path in policies_home().glob("*/.*"):
        if _TEMPORARY.fullmatch(path.name) and path.is_dir() and path.stat().st_mtime < oldest:
            shutil.rmtree(path, ignore_errors=True)
            found += 1
    return found
