"""Made-up enterprises for the six common rules: money in whole fen, some rows on the edge of a threshold or a rounding.

Needs NumPy only, so that every peer can load the same inputs in its own environment.
"""

from __future__ import annotations

import json
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

COLUMNS = ("revenue", "previous", "research", "equipment", "support", "level")
"""Revenue of the year and of the year before, R&D, equipment, award of the province (fen), and the DCMM level."""

SEED = 20_240_630
VERSION = 1
"""Raise it with every change below: stored inputs of another version are not used."""

LINE = 500_000_000
"""5 million yuan, the threshold of revenue and of equipment."""

Column = Any
"""int64 array. NumPy's own types differ between the versions the peers need."""


@dataclass(frozen=True)
class Population:
    """Synthetic enterprises (合成企业) as columns; `edge` marks the rows placed on a threshold or one fen beside it."""

    columns: dict[str, Column]
    edge: Column


def make_population(count: int, seed: int = SEED) -> Population:
    """`count` enterprises; about 12 % of them stand at a threshold, 4 % of them at half a fen."""
    draw = np.random.default_rng([seed, count])

    def fen(middle: float, spread: float, largest: int) -> Column:
        return np.rint(np.exp(draw.normal(np.log(middle), spread, count)).clip(1, largest) * 100).astype(np.int64)

    revenue = fen(8e6, 1.8, 50_000_000_000)
    previous = (revenue * 100 // draw.integers(55, 400, count)).clip(100)
    research = revenue * draw.gamma(2.0, 600.0, count).clip(0, 9_000).astype(np.int64) // 10_000
    equipment = np.where(draw.random(count) < 0.6, fen(3e6, 1.5, 5_000_000_000), 0)
    support = np.where(draw.random(count) < 0.2, draw.integers(5_000_000, 500_000_000, count), 0)
    level = draw.choice(np.array([0, 2, 3, 4, 5]), count, p=[0.80, 0.08, 0.07, 0.04, 0.01]).astype(np.int64)

    edge = np.zeros(count, bool)
    which = draw.random(count)
    beside = draw.integers(-1, 2, count)  # one fen below the threshold, on it, one fen above

    def rows(first: float, last: float) -> Column:
        found = (which >= first) & (which < last)
        edge[found] = True
        return found

    at_line = rows(0.00, 0.03)
    revenue = np.where(at_line, LINE + beside, revenue)
    at_share = rows(0.03, 0.06)  # divisible by 20, so that 15 % is whole
    revenue = np.where(at_share, revenue // 20 * 20 + LINE, revenue)
    research = np.where(at_share, revenue * 15 // 100 + beside, research)
    at_growth = rows(0.06, 0.09)  # divisible by 10, so that 130 % is whole
    previous = np.where(at_growth, previous // 10 * 10 + LINE, previous)
    revenue = np.where(at_growth, previous * 13 // 10 + beside, revenue)
    at_equipment = rows(0.09, 0.12)
    equipment = np.where(at_equipment, LINE + beside, equipment)

    half = (which >= 0.12) & (which < 0.16)  # 10 % of it, and 1 % of the growth, end in half a fen
    revenue = np.where(half, revenue // 100 * 100 + LINE, revenue)
    research = np.where(half, revenue // 100 * 20 // 10 * 10 + 5, research)
    previous = np.where(half, revenue // 200 * 100 + 50, previous)
    columns = dict(zip(COLUMNS, (revenue, previous, research, equipment, support, level), strict=True))
    return Population({name: np.ascontiguousarray(values, np.int64) for name, values in columns.items()}, edge)


def stored_population(home: Path, count: int, seed: int = SEED) -> Path:
    """The folder with the columns as `.npy` files, made if it is not there; it appears whole or not at all."""
    folder = home / f"six-rules-v{VERSION}-{seed}-{count}"
    if folder.is_dir():
        return folder
    home.mkdir(parents=True, exist_ok=True)
    population = make_population(count, seed)
    scratch = Path(tempfile.mkdtemp(prefix=".making.", dir=home))
    try:
        for name, values in {**population.columns, "edge": population.edge}.items():
            np.save(scratch / f"{name}.npy", values)
        (scratch / "about.json").write_text(json.dumps({"count": count, "seed": seed}), encoding="utf-8")
        scratch.rename(folder)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return folder


def load_columns(folder: Path) -> dict[str, Column]:
    """The six columns in memory."""
    return {name: np.load(folder / f"{name}.npy") for name in COLUMNS}


def one_enterprise() -> dict[str, Column]:
    """A single enterprise that every rule pays."""
    values = (3_000_000_015, 2_000_000_000, 600_000_005, 800_000_000, 50_000_000, 4)
    return {name: np.array([value], np.int64) for name, value in zip(COLUMNS, values, strict=True)}


def yuan_columns(columns: dict[str, Column]) -> dict[str, Column]:
    """Money as 64-bit floating-point yuan, which is what engines without exact money take."""
    return {name: values if name == "level" else values / 100 for name, values in columns.items()}


def yuan_rows(columns: dict[str, Column]) -> list[dict[str, Any]]:
    """The same row by row."""
    as_yuan = yuan_columns(columns)
    return [
        dict(zip(COLUMNS, values, strict=True))
        for values in zip(*(as_yuan[name].tolist() for name in COLUMNS), strict=True)
    ]
