"""Long work that is told to stop — by the keyboard, a scheduler, a shutdown — cleans up first."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def stops_when_told() -> Iterator[None]:
    """Within it SIGTERM is KeyboardInterrupt, so that no half-written file stays behind."""
    if threading.current_thread() is not threading.main_thread():
        yield  # only the main thread may listen
        return

    def stop(number: int, frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
