"""Memory of results, used again: writing to fresh pages costs more than the arithmetic."""

from __future__ import annotations

import weakref
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

LARGEST = 1 << 30
"""Bytes kept for the next evaluation at most."""

Block = NDArray[np.uint8]


@dataclass(eq=False)
class Memory:
    """Blocks of results nobody holds any more (结果内存), kept for as long as the register they are about."""

    free: dict[int, list[Block]] = field(default_factory=dict)
    kept: int = 0

    def array(self, kind: str, count: int) -> NDArray[Any]:
        """An array of `count` values, whatever they are; its memory comes back when the array and all views are gone.

        The array stands on a memoryview, not on another array: NumPy then lets every view of it hold the array itself.
        """
        size = count * np.dtype(kind).itemsize
        waiting = self.free.get(size)
        if waiting:
            block = waiting.pop()
            self.kept -= size
        else:
            block = np.empty(size, np.uint8)
        made: NDArray[Any] = np.frombuffer(block.data, kind)
        weakref.finalize(made, self._take_back, block).atexit = False
        return made

    def clear(self) -> None:
        """Give everything kept back to the system."""
        self.free.clear()
        self.kept = 0

    def _take_back(self, block: Block) -> None:
        if self.kept + block.nbytes <= LARGEST:
            self.kept += block.nbytes
            self.free.setdefault(block.nbytes, []).append(block)
