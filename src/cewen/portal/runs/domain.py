"""Runs without a database: charts, and a map of equal tiles where no boundaries are at hand."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from cewen.base.money import round_half_up
from cewen.rules.regions import Regions

_TILES = Path(__file__).parent / "static" / "runs" / "tiles.csv"
SHADES = 5
"""Steps of colour of a tile map, the palest first."""


@dataclass(frozen=True, slots=True)
class Tile:
    """Tile of a district (区域格): where it stands on the grid, the words on it, and how dark it is (0 … SHADES - 1)."""

    code: str
    name: str
    column: int
    row: int
    amount: int | None
    shade: int

    @property
    def x(self) -> int:
        """Left edge in the drawing."""
        return self.column * 100

    @property
    def y(self) -> int:
        """Upper edge in the drawing."""
        return self.row * 64


@lru_cache(maxsize=1)
def _places() -> tuple[tuple[str, int, int], ...]:
    """Code, column and row of every district that has a place on the grid."""
    with _TILES.open(encoding="utf-8", newline="") as file:
        return tuple((row["code"], int(row["column"]), int(row["row"])) for row in csv.DictReader(file))


def tile_map(regions: Regions, amounts: Mapping[str, int]) -> tuple[Tile, ...]:
    """Tiles of all districts with a place, shaded by amount in fen beside the greatest; none where no amount has a place.

    A district without an entry in `amounts` has no enterprise in scope: its tile says so by `amount` None.
    """
    known = {code for code, _, _ in _places()}
    if not known & set(amounts):
        return ()
    greatest = max((abs(amount) for code, amount in amounts.items() if code in known), default=0)
    tiles = []
    for code, column, row in _places():
        amount = amounts.get(code)
        shade = 0 if not amount or not greatest else max(1, -(-abs(amount) * (SHADES - 1) // greatest))
        tiles.append(Tile(code, _short(regions.name(code)), column, row, amount, shade))
    return tuple(tiles)


def _short(name: str) -> str:
    """A name that fits a tile: without the words every zone has."""
    for words in ("经济技术开发区", "新技术开发区", "生态旅游风景区", "技术开发区"):
        if name.endswith(words) and len(name) > len(words):
            return name.removesuffix(words)
    return name


# --- charts ----------------------------------------------------------------------------------------------------

WIDTH, HEIGHT = 720, 240
"""Of a chart's drawing area; labels stand outside it."""


def step_path(values: Sequence[int | None], greatest: int) -> str:
    """The path of a line of steps over equal intervals, zero at the bottom; a gap where there is no value."""
    parts: list[str] = []
    is_open = False
    for at, value in enumerate(values):
        left, right = at * WIDTH // len(values), (at + 1) * WIDTH // len(values)
        if value is None:
            is_open = False
            continue
        height = HEIGHT - (value * HEIGHT // greatest if greatest else 0)
        parts.append(f"{'V' if is_open else f'M{left} '}{height}H{right}")
        is_open = True
    return "".join(parts)


@dataclass(frozen=True, slots=True)
class Column:
    """Column of a chart (柱): its place and size in the drawing, what it stands for, its amount in fen."""

    x: int
    y: int
    width: int
    height: int
    style: str
    label: str
    amount: int


def column_pairs(pairs: Sequence[tuple[str, int, int]]) -> tuple[Column, ...]:
    """For each (label, before, after) two columns side by side, zero at the bottom; nothing where all are zero."""
    greatest = max((max(before, after) for _, before, after in pairs), default=0)
    if not greatest:
        return ()
    room = WIDTH // len(pairs)
    width = max(2, (room - 8) // 2)
    found = []
    for at, (label, before, after) in enumerate(pairs):
        for side, (style, amount) in enumerate((("before", before), ("after", after))):
            height = -(-amount * HEIGHT // greatest)
            found.append(Column(at * room + 4 + side * width, HEIGHT - height, width - 1, height, style, label, amount))
    return tuple(found)


def short_money(fen: int) -> str:
    """Fen as an axis shows it: 500万, 1.5亿, 2000元. Rounded half up to two decimals."""
    yuan = Fraction(fen, 100)
    scale, unit = next((each for each in ((10**8, "亿"), (10**4, "万")) if yuan >= each[0]), (1, "元"))
    digits = f"{round_half_up(yuan / scale * 100):03d}"
    return f"{digits[:-2]}.{digits[-2:]}".rstrip("0").rstrip(".") + unit


@dataclass(frozen=True, slots=True)
class Bar:
    """Bar of a measure (条): its length in WIDTH units, the kind of money, and the words."""

    length: int
    style: str
    title: str
    amount: int


def measure_bars(measures: Sequence[Mapping[str, Any]]) -> tuple[Bar, ...]:
    """A bar for each measure, longest first as given; a measure gives one kind of money, so one colour each."""
    greatest = max((each["definite"] + each["ceiling"] for each in measures), default=0)
    return tuple(
        Bar(
            max(1, (each["definite"] + each["ceiling"]) * WIDTH // greatest),
            "definite" if each["definite"] else "ceiling",
            each["title"],
            each["definite"] + each["ceiling"],
        )
        for each in measures
    )
