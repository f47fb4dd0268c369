"""Annual facts in whole numbers: software revenue, revenue, R&D spending, employees."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from cewen.engine.synth.cells import YUAN
from cewen.engine.synth.latent import Latent, Model
from cewen.engine.synth.seed import Floats, Integers

WEIGHT_BOUNDS = (0.3, 3.0)
"""How far calibration may move one enterprise."""


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What calibration changes (校准): the exponent of size above the threshold by year, group and type; multiples of
    R&D intensity and of employees."""

    exponents: Floats  # (years of the span, groups, types)
    rd: float = 1.0
    staff: float = 1.0


@dataclass(frozen=True, slots=True)
class Panel:
    """Annual facts, (y, n): fen and persons."""

    software: Integers
    revenue: Integers
    rd: Integers
    employees: Integers


def neutral(model: Model) -> Adjustment:
    """No calibration."""
    basis = model.basis
    return Adjustment(np.zeros((len(model.span), len(basis.group_names), len(basis.type_names))))


def size_strength(model: Model, log_size: Floats) -> Floats:
    """How strongly a tilt moves an enterprise: the logarithm of its size over the threshold, zero below."""
    return np.maximum(log_size - math.log(model.sizes.bounds[1]), 0.0)


def annual_facts(model: Model, latent: Latent, adjustment: Adjustment) -> Panel:
    """The panel of a chunk.

    Size x above the threshold t becomes t·(x/t)^(1+θ), within the bounds: t stays where it is, so the number of
    enterprises above it is the same whatever θ is.
    """
    scenario = model.basis.scenario
    years, count = latent.log_size.shape
    software = latent.is_software
    active = ~latent.is_dormant
    kind = np.minimum(latent.kind, len(model.basis.type_names) - 1)
    exponents = adjustment.exponents[:, latent.group, kind] * software
    tilts = np.clip(
        exponents * size_strength(model, latent.log_size), math.log(WEIGHT_BOUNDS[0]), math.log(WEIGHT_BOUNDS[1])
    )
    size = np.exp(latent.log_size + tilts) * active
    rd_multiple = np.array([sector.rd for sector in scenario.types.values()] + [1.0])[latent.kind]
    bands = np.array([scenario.rd.small_multiple, 1.0, scenario.rd.manufacturing_multiple])
    rd_multiple = rd_multiple * bands[latent.band] * np.where(software, adjustment.rd, 1.0) * ~latent.rd_none
    shape = (years, count)
    found = Panel(*(np.zeros(shape, np.int64) for _ in range(4)))
    for year in range(years):
        share = _software_share(model, latent.share_score[year])
        revenue = np.rint(np.where(software, size[year] / share, size[year]) * YUAN)
        found.revenue[year] = revenue
        np.copyto(found.software[year], np.rint(size[year] * YUAN).astype(np.int64), where=software)
        found.rd[year] = np.rint(revenue * rd_ratio(model, latent.rd_score[year], rd_multiple))
        found.employees[year] = _staff(model, latent.staff_score[year], revenue, adjustment.staff)
    np.minimum(found.software, found.revenue, out=found.software)
    return found


def rd_ratio(model: Model, score: Floats, multiple: Floats) -> Floats:
    """R&D spending over revenue."""
    return np.minimum(model.rd_curve(score) * multiple, model.basis.scenario.rd.most)


def _software_share(model: Model, score: Floats) -> Floats:
    """Software revenue over revenue."""
    least = model.basis.scenario.software_share.least
    return least + (1 - least) * model.share_curve(score)


def _staff(model: Model, score: Floats, revenue: Floats, multiple: float) -> Integers:
    staff = model.basis.scenario.employees
    with np.errstate(divide="ignore"):
        relative = np.log(revenue) - math.log(staff.at_revenue)
    expected = np.exp(staff.elasticity * relative + staff.deviation * score) * (staff.level * multiple)
    return np.maximum(np.rint(expected), 1).astype(np.int64)
