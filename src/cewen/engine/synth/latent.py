"""The hidden numbers of each enterprise: size, scores, growth path; everything written is a function of them."""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from functools import cached_property
from itertools import pairwise

import numpy as np

from cewen.engine.synth.cells import ALMOST, DESIGNATED, DORMANT, GIANT, MANUFACTURING, YUAN, Cells, Sizes
from cewen.engine.synth.curve import (
    Curve,
    beta_curve,
    beta_shapes,
    copula,
    laplace_curve,
    normal_score,
    normal_share,
)
from cewen.engine.synth.scenario import Basis
from cewen.engine.synth.seed import Flags, Floats, Integers, Streams

SMALL_BAND, DESIGNATED_BAND, MANUFACTURING_BAND = range(3)
"""Bands (档) that share assumptions: below the statistical threshold in the base year, above it, manufacturing."""

_BAND_OF = np.array([0, 0, 0, 1, 1, 1, 1, 2])
_SAFE = 1e-9


@dataclass(frozen=True, slots=True)
class Latent:
    """Hidden numbers of n enterprises over y years; arrays (n,) or (y, n).

    `log_size`: logarithm of software revenue (manufacturing: revenue) in yuan, before calibration. Scores are
    standard normal. `group` is the index of the place's group, `kind` of the type of business.
    """

    serial: Integers
    size_class: Integers
    band: Integers
    place: Integers
    group: Integers
    kind: Integers
    founded: Integers
    log_size: Floats
    size_score: Floats
    rd_score: Floats
    staff_score: Floats
    share_score: Floats
    rd_none: Flags

    def take(self, rows: Integers) -> Latent:
        """The enterprises at `rows`."""
        parts = {each.name: getattr(self, each.name) for each in fields(self)}
        return Latent(**{name: part[..., rows] for name, part in parts.items()})

    @property
    def is_software(self) -> Flags:
        found: Flags = self.band != MANUFACTURING_BAND
        return found

    @property
    def is_dormant(self) -> Flags:
        found: Flags = self.size_class == DORMANT
        return found

    def exists(self, years: tuple[int, ...]) -> Flags:
        """(y, n): founded in that year or before."""
        return self.founded[None, :] <= np.array(years)[:, None]


def join(parts: list[Latent]) -> Latent:
    """Several chunks, one after the other."""
    names = [each.name for each in fields(Latent)]
    return Latent(**{name: np.concatenate([getattr(part, name) for part in parts], axis=-1) for name in names})


@dataclass(frozen=True)
class Model:
    """Draws chunks of enterprises. `span` are all years between the first asked for and the base year, in order."""

    basis: Basis
    streams: Streams
    cells: Cells
    sizes: Sizes
    span: tuple[int, ...]

    @cached_property
    def _growth_curve(self) -> Curve:
        return laplace_curve()

    @cached_property
    def rd_curve(self) -> Curve:
        rd = self.basis.scenario.rd
        return beta_curve(*beta_shapes(rd.mean, rd.deviation))

    @cached_property
    def share_curve(self) -> Curve:
        share = self.basis.scenario.software_share
        return beta_curve(share.first, share.second)

    @cached_property
    def _factor(self) -> Floats:
        return copula(self.basis.spearman)

    @cached_property
    def _groups(self) -> Integers:
        return np.array([self.basis.group_names.index(location.group) for location in self.basis.locations])

    @cached_property
    def _bounds(self) -> tuple[Floats, ...]:
        """For each size class: share below and above in its lognormal, center, deviation, rank below and above."""
        sizes, size = self.sizes, self.basis.scenario.size
        made = size.manufacturing
        small = (math.log(sizes.median_small), sizes.deviation_small)
        large = (math.log(sizes.median_designated), sizes.deviation_designated)
        edges = (1.0, *sizes.bounds[:2])
        rows = [(0.0, 1.0, *small)]
        for (center, deviation), limits in ((small, edges), (large, sizes.bounds[1:5])):
            shares = [normal_share((math.log(limit) - center) / deviation) for limit in limits]
            rows += [(*pair, center, deviation) for pair in pairwise(shares)]
        rows.append((0.0, 1.0, *large))
        rows.append((0.0, 1.0, math.log(made.median / YUAN), made.deviation))
        counts = np.diff(self.cells.edges)
        totals = np.bincount(self.cells.classes, weights=counts, minlength=MANUFACTURING + 1)
        ranks = np.zeros((2, MANUFACTURING + 1))
        for first, last in ((DORMANT, DORMANT), (DORMANT + 1, ALMOST), (DESIGNATED, GIANT), (MANUFACTURING,) * 2):
            run = np.cumsum(np.concatenate(([0.0], totals[first : last + 1])))
            run /= max(run[-1], 1.0)
            ranks[0, first : last + 1], ranks[1, first : last + 1] = run[:-1], run[1:]
        return (*np.array(rows).T, *ranks)

    def draw(self, chunk: int, start: int, stop: int) -> Latent:
        """The enterprises with serial numbers start..stop-1, which are chunk number `chunk`."""
        count = stop - start
        basis, streams = self.basis, self.streams
        cell, rank, among = self.cells.of(self.cells.shuffle.positions(start, stop))
        size_class = self.cells.classes[cell]
        within = (rank + streams.uniform("size", chunk, count)) / among
        log_size, size_score = self._size(size_class, within)
        band = _BAND_OF[size_class]
        place = self.cells.places[cell]
        staff, rd = (streams.normal(name, chunk, count) for name in ("staff", "rd"))
        factor = self._factor
        rd_score = factor[2, 0] * size_score + factor[2, 1] * staff + factor[2, 2] * rd
        drift = factor[3, 0] * size_score + factor[3, 1] * staff + factor[3, 2] * rd
        scenario = basis.scenario
        none = np.array([scenario.rd.small_none, scenario.rd.designated_none, scenario.rd.small_none])
        age = np.exp(math.log(scenario.age.median) + scenario.age.deviation * streams.normal("age", chunk, count))
        share = streams.normal("software-share", chunk, count) + scenario.software_share.size_slope * size_score
        return Latent(
            serial=np.arange(start, stop),
            size_class=size_class,
            band=band,
            place=place,
            group=self._groups[place],
            kind=self.cells.types[cell],
            founded=scenario.base_year - np.minimum(age, 60).astype(np.int64),
            log_size=self._path(chunk, log_size, band, drift),
            size_score=size_score,
            rd_score=self._walk("rd", chunk, rd_score, scenario.rd.autocorrelation),
            staff_score=self._walk("staff", chunk, staff, scenario.employees.autocorrelation),
            share_score=self._walk("software-share", chunk, share, scenario.software_share.autocorrelation),
            rd_none=streams.chance("rd-none", chunk, none[band], count),
        )

    def _size(self, size_class: Integers, share: Floats) -> tuple[Floats, Floats]:
        """Logarithm of size in the base year, and the score of its rank within the band."""
        below, above, center, deviation, least, most = (part[size_class] for part in self._bounds)
        score = normal_score(np.clip(below + share * (above - below), _SAFE, 1 - _SAFE))
        log_size = center + deviation * score
        giants = np.flatnonzero(size_class == GIANT)
        if giants.size:
            first, last = self.sizes.bounds[4:6]
            exponent = self.sizes.tail_exponent
            rest = 1 - share[giants] * (1 - (first / last) ** exponent)
            log_size[giants] = math.log(first) - np.log(rest) / exponent
        return log_size, normal_score(np.clip(least + share * (most - least), _SAFE, 1 - _SAFE))

    def _walk(self, name: str, chunk: int, base: Floats, correlation: float) -> Floats:
        """A stationary score over the years, from the base year outward; (y, n)."""
        found = np.empty((len(self.span), len(base)))
        at = self.span.index(self.basis.scenario.base_year)
        found[at] = base
        noise = math.sqrt(1 - correlation**2)
        for later in range(at + 1, len(self.span)):
            drawn = self.streams.normal(f"{name}:{self.span[later]}", chunk, len(base))
            found[later] = correlation * found[later - 1] + noise * drawn
        for earlier in range(at - 1, -1, -1):
            drawn = self.streams.normal(f"{name}:{self.span[earlier]}", chunk, len(base))
            found[earlier] = correlation * found[earlier + 1] + noise * drawn
        return found

    def _path(self, chunk: int, log_size: Floats, band: Integers, drift: Floats) -> Floats:
        """Logarithm of size in every year; growth is a shock of the year and a Laplace part."""
        growth = self.basis.scenario.growth
        scale = np.array([growth.small_scale, growth.designated_scale, growth.manufacturing_scale])[band]
        part = np.array([growth.small_shock_share, 1.0, 1.0])[band]
        factor = self._factor
        steady = float(factor[3, :3] @ factor[3, :3])
        wanted = 2 * math.sin(math.pi * growth.autocorrelation / 6)
        correlation = max((wanted - steady) / (1 - steady), 0.0)
        found = np.empty((len(self.span), len(log_size)))
        at = self.span.index(self.basis.scenario.base_year)
        found[at] = log_size
        own = self.streams.normal("growth", chunk, len(log_size))
        state = own
        for year in range(at + 1, len(self.span)):
            state = self._next("growth", self.span[year], chunk, state, correlation)
            found[year] = found[year - 1] + self._growth(self.span[year], drift + factor[3, 3] * state, scale, part)
        state = own
        for year in range(at, 0, -1):
            found[year - 1] = found[year] - self._growth(self.span[year], drift + factor[3, 3] * state, scale, part)
            state = self._next("growth", self.span[year - 1], chunk, state, correlation)
        return found

    def _next(self, name: str, year: int, chunk: int, state: Floats, correlation: float) -> Floats:
        drawn = self.streams.normal(f"{name}:{year}", chunk, len(state))
        found: Floats = correlation * state + math.sqrt(1 - correlation**2) * drawn
        return found

    def _growth(self, year: int, score: Floats, scale: Floats, part: Floats) -> Floats:
        scenario = self.basis.scenario
        common = math.log1p(scenario.shock(year)) * part
        return np.maximum(common + scale * self._growth_curve(score), math.log(scenario.growth.floor))
