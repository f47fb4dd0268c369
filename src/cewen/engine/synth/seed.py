"""Random streams that depend on names, not on order: any number of workers draws the same numbers."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator, Philox
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Streams:
    """All randomness of a population: one Philox generator for each variable and chunk.

    The key is blake2b(seed | variable | chunk). A variable added later changes no other.
    """

    seed: int

    def generator(self, variable: str, chunk: int = 0) -> Generator:
        digest = hashlib.blake2b(f"{self.seed}|{variable}|{chunk}".encode(), digest_size=16).digest()
        return Generator(Philox(key=int.from_bytes(digest, "little")))

    def normal(self, variable: str, chunk: int, count: int) -> Floats:
        """`count` standard normal numbers."""
        return self.generator(variable, chunk).standard_normal(count)

    def uniform(self, variable: str, chunk: int, count: int) -> Floats:
        """`count` numbers in [0, 1)."""
        return self.generator(variable, chunk).random(count)

    def chance(self, variable: str, chunk: int, probability: Floats | float, count: int) -> Flags:
        """`count` coins, each true with its probability, to a resolution of 2**-32."""
        drawn = self.generator(variable, chunk).integers(0, 2**32, count, dtype=np.uint32)
        return drawn < np.asarray(probability) * 2.0**32

    def rare(self, variable: str, chunk: int, probability: float, count: int) -> Flags:
        """As `chance` for one probability, to a resolution of 2**-16: cheap, for missing cells."""
        drawn = self.generator(variable, chunk).integers(0, 2**16, count, dtype=np.uint16)
        return drawn < np.uint16(round(probability * (2**16 - 1)))


@dataclass(frozen=True, slots=True)
class Shuffle:
    """A permutation of 0..count-1 that needs no memory: a Feistel network whose steps out of range walk on."""

    count: int
    keys: tuple[int, ...]

    @classmethod
    def of(cls, streams: Streams, count: int) -> Shuffle:
        keys = streams.generator("shuffle").integers(1, 2**32, 4, dtype=np.uint64)
        return cls(count, tuple(int(key) | 1 for key in keys))

    def positions(self, start: int, stop: int) -> Integers:
        """Where the elements start..stop-1 come to stand."""
        found = self._round(np.arange(start, stop, dtype=np.uint64))
        while (outside := np.flatnonzero(found >= self.count)).size:
            found[outside] = self._round(found[outside])
        return found.astype(np.int64)

    def _round(self, values: NDArray[np.uint64]) -> NDArray[np.uint64]:
        half = max((self.count - 1).bit_length() + 1, 2) // 2
        mask = np.uint64((1 << half) - 1)
        left, right = values >> np.uint64(half), values & mask
        for key in self.keys:
            mixed = (right + np.uint64(key)) * np.uint64(0x9E3779B1)
            mixed ^= mixed >> np.uint64(15)
            mixed *= np.uint64(0x85EBCA77)
            mixed ^= mixed >> np.uint64(13)
            left, right = right, left ^ (mixed & mask)
        return (left << np.uint64(half)) | right
