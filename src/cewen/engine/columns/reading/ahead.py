"""One step ahead: the next part is read while the last one is worked on."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

Part = TypeVar("Part")


@contextmanager
def ahead(parts: Iterator[Part]) -> Generator[Iterator[Part]]:
    """The parts in order, each begun by a thread of its own when the one before it is handed out.

    An error in the thread is raised where its part is asked for. On leaving, whatever is under way is waited for.
    """
    with ThreadPoolExecutor(1, "ahead") as pool:
        yield _steps(parts, lambda: pool.submit(next, parts, None))


def _steps(parts: Iterator[Part], begin: Callable[[], Future[Part | None]]) -> Iterator[Part]:
    under_way = begin()
    while (part := under_way.result()) is not None:
        under_way = begin()
        yield part
        del part  # what was worked on goes before more is read
