"""How many enterprises stand in which cell: place by type of business by size, raked and made whole."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from cewen.engine.synth.calibrate import integerise, rake
from cewen.engine.synth.curve import normal_share
from cewen.engine.synth.scenario import Basis
from cewen.engine.synth.seed import Floats, Integers, Shuffle, Streams

DORMANT, SMALL, ALMOST, DESIGNATED, MEDIUM, LARGE, GIANT, MANUFACTURING = range(8)
"""Size classes in the base year. Software: no revenue, small, up to the statistical threshold, above it in three
steps, giants. Manufacturing enterprises are one class of their own."""

_WEIGHT_OF = (0, 0, 0, 1, 1, 2, 3, 4)
"""Which of a place's weights counts for a size class."""

YUAN = 100
"""Fen in a yuan; sizes are drawn in yuan and written in fen."""


@dataclass(frozen=True, slots=True)
class Sizes:
    """Size classes (规模分档) of software enterprises: bounds in yuan, and the shape between them."""

    median_small: float
    deviation_small: float
    median_designated: float
    deviation_designated: float
    tail_exponent: float
    bounds: tuple[float, ...]  # ALMOST from, DESIGNATED from, MEDIUM from, LARGE from, GIANT from, up to


@dataclass(frozen=True, slots=True)
class Cells:
    """Where each enterprise belongs. Cells stand by size class, then place, then type.

    `edges[i]` is the first position of cell i, and one last edge; positions are a shuffle of the serial numbers.
    """

    shuffle: Shuffle
    edges: Integers
    classes: Integers
    places: Integers
    types: Integers
    software_count: int
    scale: float

    def of(self, positions: Integers) -> tuple[Integers, Integers, Integers]:
        """Cell of each position, its rank in the cell, and the number in the cell."""
        cell = np.searchsorted(self.edges, positions, side="right") - 1
        first = self.edges[cell]
        return cell, positions - first, self.edges[cell + 1] - first


def allocate(basis: Basis, streams: Streams, count: int, sizes: Sizes, wanted: dict[str, float]) -> Cells:
    """Cell counts for `count` enterprises. `wanted`: published `designated_count`, `giant_count`, not scaled."""
    scenario = basis.scenario
    manufacturing = round(count * scenario.manufacturing_share[0] / scenario.manufacturing_share[1])
    software = count - manufacturing
    real = wanted["designated_count"] * scenario.designated_share[1] / scenario.designated_share[0]
    scale = software / real
    totals = _class_totals(basis, software, scale, sizes, wanted)
    places = np.array([location.weights for location in basis.locations]).T
    types = np.array([sector.share for sector in scenario.types.values()])
    seed = totals[:, None, None] * (places[list(_WEIGHT_OF[: GIANT + 1])] / 100)[:, :, None] * types[None, None, :]
    margins = ((0,), totals), ((2,), software * types / types.sum())
    cells = rake(seed, margins) if software else seed * 0
    made = places[_WEIGHT_OF[MANUFACTURING]]
    starts = streams.generator("cells").random(2)
    counts = np.concatenate(
        [integerise(cells, starts[0]).ravel(), integerise(manufacturing * made / made.sum(), starts[1])]
    )
    shape = cells.shape
    classes, where, kinds = (axis.ravel() for axis in np.indices(shape))
    every = np.arange(shape[1])
    return Cells(
        Shuffle.of(streams, count),
        np.concatenate(([0], np.cumsum(counts))),
        np.concatenate([classes, np.full_like(every, MANUFACTURING)]),
        np.concatenate([where, every]),
        np.concatenate([kinds, np.full_like(every, shape[2])]),
        software,
        scale,
    )


def _class_totals(basis: Basis, software: int, scale: float, sizes: Sizes, wanted: dict[str, float]) -> Floats:
    scenario = basis.scenario
    designated = wanted["designated_count"] * scale
    giants = wanted["giant_count"] * scale
    totals = np.zeros(GIANT + 1)
    totals[DORMANT] = software * scenario.dormant_share[0] / scenario.dormant_share[1]
    below = _shares(sizes.median_small, sizes.deviation_small, (1.0, *sizes.bounds[:2]))
    totals[SMALL:DESIGNATED] = (software - totals[DORMANT] - designated) * below
    above = _shares(sizes.median_designated, sizes.deviation_designated, sizes.bounds[1:5])
    totals[DESIGNATED:GIANT] = (designated - giants) * above
    totals[GIANT] = giants
    return totals


def _shares(median: float, deviation: float, bounds: tuple[float, ...]) -> Floats:
    """Shares of a lognormal between neighboring bounds, of what lies between the first and the last."""
    below = np.array([normal_share((math.log(bound) - math.log(median)) / deviation) for bound in bounds])
    found: Floats = np.diff(below) / (below[-1] - below[0])
    return found


def fit_sizes(basis: Basis, mean: float | None) -> Sizes:
    """The size classes; the designated ones below the giants have the mean `mean` (yuan), or the assumed one."""
    scenario, size = basis.scenario, basis.scenario.size
    bounds = tuple(
        bound / YUAN
        for bound in (
            size.small_bound, scenario.designated_revenue, *size.designated_bounds,
            scenario.giant_revenue, scenario.largest_revenue,
        )
    )  # fmt: skip
    target = size.fallback_mean / YUAN if mean is None else mean
    low, high = math.log(bounds[1]) - 15, math.log(bounds[4]) + 5
    for _ in range(80):
        middle = (low + high) / 2
        if _truncated_mean(middle, size.designated_deviation, bounds[1], bounds[4]) < target:
            low = middle
        else:
            high = middle
    small = size.small
    return Sizes(
        small.median / YUAN, small.deviation, math.exp(low), size.designated_deviation, size.tail_exponent, bounds
    )


def _truncated_mean(center: float, deviation: float, least: float, most: float) -> float:
    """Mean of a lognormal between two bounds."""
    below, above = (math.log(least) - center) / deviation, (math.log(most) - center) / deviation
    mass = normal_share(above) - normal_share(below)
    if mass < 1e-12:
        return least if below > 0 else most
    shifted = normal_share(above - deviation) - normal_share(below - deviation)
    return math.exp(center + deviation**2 / 2) * shifted / mass


def tail_mean(exponent: float, least: float, most: float) -> float:
    """Mean of a Pareto distribution cut off at `most`."""
    ratio = least / most
    return least * exponent / (exponent - 1) * (1 - math.pow(ratio, exponent - 1)) / (1 - math.pow(ratio, exponent))
