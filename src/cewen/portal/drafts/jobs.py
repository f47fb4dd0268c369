"""Work of drafts that waits for its day: publications decided and due."""

from __future__ import annotations

import logging

from cewen.portal.drafts.services import finish_publishing

_log = logging.getLogger(__name__)


def wake() -> None:
    """Publish what is due. A fault is logged and tried again the next time: nothing is half-done by it."""
    try:
        finish_publishing()
    except Exception:
        _log.exception("publishing did not finish")
