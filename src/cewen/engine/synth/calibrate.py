"""Calibration: cells to margins, cells to whole numbers, values to totals. NumPy only."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from cewen.base.errors import CewenError
from cewen.engine.synth.seed import Floats, Integers

Margin = tuple[tuple[int, ...], Floats]
"""Axes that stay, ascending, and the totals over all other axes."""


def rake(seed: Floats, margins: Sequence[Margin], *, tolerance: float = 1e-9, rounds: int = 10_000) -> Floats:
    """Iterative proportional fitting (迭代比例拟合): the cells nearest to `seed` that have the margins.

    `seed` has any shape and no negative cell; a cell of zero stays zero. Raises CewenError (CW671) when the margins
    contradict each other or the zeros of the seed.
    """
    cells = seed.astype(np.float64)
    largest = max(float(np.max(totals, initial=0.0)) for _, totals in margins)
    for _ in range(rounds):
        for axes, totals in margins:
            others = tuple(axis for axis in range(cells.ndim) if axis not in axes)
            sums = cells.sum(axis=others)
            ratio = np.divide(totals, sums, out=np.zeros_like(sums), where=sums > 0)
            cells *= np.expand_dims(ratio, others)
        worst = max(
            float(np.abs(cells.sum(axis=tuple(a for a in range(cells.ndim) if a not in axes)) - totals).max())
            for axes, totals in margins
        )
        if worst <= tolerance * max(largest, 1.0):
            return cells
    message = f"各边际合计互相矛盾，迭代 {rounds} 次仍差 {worst:.6g}"
    raise CewenError.of("CW671", message, "核对目标与设定：各边际的总和要相等，非零的合计要有非零的格。")


def integerise(cells: Floats, start: float) -> Integers:
    """Truncate, replicate, sample (取整): whole cells with the same total, each within one of its value.

    The remainders are sampled systematically from `start` (0 to 1), so every run of neighboring cells is within one
    of its sum as well. Shape kept; the total is the rounded sum of the cells.
    """
    flat = cells.ravel()
    whole = np.floor(flat + 1e-9)
    rests = np.maximum(flat - whole, 0.0)
    wanted = round(float(flat.sum())) - int(whole.sum())
    if wanted > 0:
        rests *= wanted / rests.sum()
        edges = np.floor(np.concatenate(([0.0], np.cumsum(rests))) - start + 1e-9)
        edges[-1] = edges[0] + wanted
        whole += np.diff(edges)
    return whole.astype(np.int64).reshape(cells.shape)


def tilt(
    values: Floats,
    features: Floats,
    totals: Floats,
    *,
    strengths: Floats | None = None,
    bounds: tuple[float, float] = (0.3, 3.0),
    rounds: int = 200,
) -> tuple[Floats, Floats]:
    """Bounded exponential tilt (有界指数倾斜): weights exp(strength · features @ λ) within `bounds` for which
    Σ weight · value · feature = total, for each feature.

    Shapes: values (n,), features (n, k), totals (k,), strengths (n,), one by default. Returns the weights (n,) and
    λ (k,). Where the bounds forbid the totals, the nearest found; the caller measures what is left.
    """
    strength = np.ones_like(values) if strengths is None else strengths
    slopes = features * strength[:, None]
    found = np.zeros(features.shape[1])
    scale = np.maximum(np.abs(totals), 1e-12)

    def weigh(candidate: Floats) -> tuple[Floats, Floats]:
        weights = np.clip(np.exp(np.clip(slopes @ candidate, -50, 50)), *bounds)
        return weights, ((weights * values) @ features - totals) / scale

    weights, misses = weigh(found)
    for _ in range(rounds):
        if np.abs(misses).max() < 1e-12:
            break
        free = (weights > bounds[0]) & (weights < bounds[1])
        jacobian = (features * (free * weights * values)[:, None]).T @ slopes / scale[:, None]
        step = np.linalg.lstsq(jacobian, -misses, rcond=None)[0]
        size = min(1.0, 2.0 / max(float(np.abs(step).max()), 1e-12))
        for _halving in range(30):
            candidate = found + size * step
            tried, missed = weigh(candidate)
            if float(missed @ missed) < float(misses @ misses):
                break
            size /= 2
        else:
            break
        found, weights, misses = candidate, tried, missed
    return weights, found
