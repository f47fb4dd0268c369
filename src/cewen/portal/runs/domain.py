"""Runs without a database: charts, and two runs side by side. The map of tiles is that of `accounts.domain`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from cewen.base.money import round_half_up
from cewen.portal.accounts.domain import SHADES, Tile, tile_map

__all__ = [
    "HEIGHT",
    "SHADES",
    "WIDTH",
    "Bar",
    "Change",
    "Column",
    "Tile",
    "changes",
    "column_pairs",
    "measure_bars",
    "short_money",
    "step_path",
    "tile_map",
]

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


# --- two runs --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """One line of two runs side by side (两次对照): the sums of each in fen, None where a run does not have the line."""

    key: str
    title: str
    before: Mapping[str, Any] | None
    after: Mapping[str, Any] | None

    def difference(self, kind: str) -> int:
        """After less before of `definite`, `ceiling`, `met` or `entitled`."""
        return sum(sign * (each or {}).get(kind, 0) for sign, each in ((-1, self.before), (1, self.after)))

    @property
    def definite(self) -> int:
        return self.difference("definite")

    @property
    def ceiling(self) -> int:
        return self.difference("ceiling")

    @property
    def count(self) -> int:
        """Difference of how many are met, or entitled."""
        return self.difference("met") + self.difference("entitled")

    @property
    def is_same(self) -> bool:
        return not (self.definite or self.ceiling or self.count)


def changes(
    before: Sequence[Mapping[str, Any]], after: Sequence[Mapping[str, Any]], key: str, title: str
) -> tuple[Change, ...]:
    """Lines of two lists by their key, the greatest difference first, those alike last."""
    old, new = ({each[key]: each for each in lines} for lines in (before, after))
    found = [Change(name, (new.get(name) or old[name])[title], old.get(name), new.get(name)) for name in {**old, **new}]
    return tuple(sorted(found, key=lambda each: -(abs(each.definite) + abs(each.ceiling))))
