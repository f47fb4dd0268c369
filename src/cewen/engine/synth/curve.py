"""Normal scores to the shapes of the field: the inverse normal, and any other marginal as a table over the score."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from cewen.engine.synth.seed import Floats

_REACH = 8.0
_STEPS = 256
_GRID = np.linspace(-_REACH, _REACH, int(2 * _REACH * _STEPS) + 1)


def normal_share(score: float) -> float:
    """Share of a standard normal population below `score`."""
    return 0.5 * math.erfc(-score / math.sqrt(2))


# Rational approximations of the inverse normal, absolute error below 1.2e-9: P. J. Acklam, "An algorithm for
# computing the inverse normal cumulative distribution function" (2003).
_CENTER_ABOVE = (
    -3.969683028665376e01, 2.209460984245205e02, -2.759285104469687e02, 1.383577518672690e02,
    -3.066479806614716e01, 2.506628277459239e00,
)  # fmt: skip
_CENTER_BELOW = (
    -5.447609879822406e01, 1.615858368580409e02, -1.556989798598866e02, 6.680131188771972e01,
    -1.328068155288572e01, 1.0,
)  # fmt: skip
_TAIL_ABOVE = (
    -7.784894002430293e-03, -3.223964580411365e-01, -2.400758277161838e00, -2.549732539343734e00,
    4.374664141464968e00, 2.938163982698783e00,
)  # fmt: skip
_TAIL_BELOW = (7.784695709041462e-03, 3.224671290700398e-01, 2.445134137142996e00, 3.754408661907416e00, 1.0)
_TAIL = 0.02425


def normal_score(share: Floats) -> Floats:
    """The score below which a share (0 < share < 1) of a standard normal population lies."""
    centered = share - 0.5
    square = centered * centered
    found = centered * _polynomial(_CENTER_ABOVE, square) / _polynomial(_CENTER_BELOW, square)
    tails = np.flatnonzero(np.abs(centered) > 0.5 - _TAIL)
    if tails.size:
        near = np.minimum(share[tails], 1 - share[tails])
        root = np.sqrt(-2 * np.log(np.maximum(near, 1e-300)))
        below = _polynomial(_TAIL_ABOVE, root) / _polynomial(_TAIL_BELOW, root)
        found[tails] = np.where(centered[tails] < 0, below, -below)
    return found


def _polynomial(coefficients: tuple[float, ...], values: Floats) -> Floats:
    found = np.full_like(values, coefficients[0])
    for coefficient in coefficients[1:]:
        found *= values
        found += coefficient
    return found


@dataclass(frozen=True, slots=True)
class Curve:
    """A marginal distribution as a table: normal score in, value out, straight lines between 4097 points."""

    values: Floats
    slopes: Floats

    @classmethod
    def through(cls, values: Floats) -> Curve:
        return cls(values, np.append(np.diff(values), 0.0))

    def __call__(self, scores: Floats) -> Floats:
        place = (np.clip(scores, -_REACH, _REACH) + _REACH) * _STEPS
        index = place.astype(np.int32)
        place -= index
        place *= self.slopes.take(index)
        place += self.values.take(index)
        return place


def beta_curve(first: float, second: float) -> Curve:
    """Beta distribution with the shapes `first` and `second`, by quadrature of its density."""
    points = np.linspace(0, 1, 200_001) ** 2  # dense near zero, where the density may rise steeply
    middle = (points[1:] + points[:-1]) / 2
    density = np.exp((first - 1) * np.log(middle) + (second - 1) * np.log1p(-middle))
    mass = np.concatenate(([0.0], np.cumsum(density * np.diff(points))))
    shares = np.array([normal_share(score) for score in _GRID])
    return Curve.through(np.interp(shares, mass / mass[-1], points))


def beta_shapes(mean: float, deviation: float) -> tuple[float, float]:
    """Shapes of the Beta distribution with a mean and a standard deviation."""
    weight = mean * (1 - mean) / deviation**2 - 1
    return mean * weight, (1 - mean) * weight


def laplace_curve() -> Curve:
    """Laplace distribution with scale one."""
    below = np.array([math.log(2 * normal_share(-abs(score))) for score in _GRID])
    return Curve.through(np.where(_GRID < 0, below, -below))


def quantile_curve(shares: Floats, values: Floats) -> Curve:
    """The distribution through given quantiles, straight lines between them."""
    grid = np.array([normal_share(score) for score in _GRID])
    return Curve.through(np.interp(grid, shares, values))


def copula(spearman: Floats) -> Floats:
    """Lower factor of the normal correlations that give rank correlations: 2 sin(pi rho / 6), then Cholesky.

    Where rounding made the matrix indefinite, its negative eigenvalues are set to almost nothing.
    """
    normal = 2 * np.sin(np.pi * spearman / 6)
    np.fill_diagonal(normal, 1.0)
    values, vectors = np.linalg.eigh(normal)
    if values.min() < 1e-9:
        normal = vectors @ np.diag(np.maximum(values, 1e-9)) @ vectors.T
        scale = 1 / np.sqrt(np.diag(normal))
        normal = normal * scale[:, None] * scale[None, :]
    return np.linalg.cholesky(normal)
