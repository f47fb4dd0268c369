"""The first pass: find the adjustment for which the population has the published totals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from cewen.engine.synth.calibrate import tilt
from cewen.engine.synth.latent import Latent, Model
from cewen.engine.synth.panel import (
    WEIGHT_BOUNDS,
    Adjustment,
    Panel,
    annual_facts,
    neutral,
    rd_ratio,
    size_strength,
)
from cewen.engine.synth.seed import Flags, Floats
from cewen.engine.synth.targets import Reader, Tally, Target, published

_YI = 10**8


def candidates(model: Model, latent: Latent) -> Latent:
    """The enterprises that stand above the threshold in any year: all that totals depend on."""
    above = (size_strength(model, latent.log_size) > 0).any(axis=0)
    return latent.take(np.flatnonzero(above & latent.is_software & ~latent.is_dormant))


def above_threshold(model: Model, latent: Latent, panel: Panel) -> Flags:
    """(y, n): enterprises in the scope of the published totals (规模以上) in a year."""
    above = panel.software >= model.basis.scenario.designated_revenue
    return above & latent.exists(model.span) & latent.is_software


def tally(model: Model, latent: Latent, panel: Panel) -> Tally:
    """Sums of a chunk."""
    basis = model.basis
    shape = (len(model.span), len(basis.group_names), len(basis.type_names))
    chosen = above_threshold(model, latent, panel)
    year, row = np.nonzero(chosen)
    cell = np.ravel_multi_index((year, latent.group[row], latent.kind[row]), shape)

    def table(values: Floats | None) -> Floats:
        found: Floats = np.bincount(cell, weights=values, minlength=int(np.prod(shape))).reshape(shape).astype(float)
        return found

    software, revenue, rd, employees = (
        part[year, row].astype(np.float64) for part in (panel.software, panel.revenue, panel.rd, panel.employees)
    )
    base = model.span.index(basis.scenario.base_year)
    leading = np.flatnonzero(chosen[base] & (panel.software[base] >= basis.scenario.size.designated_bounds[0]))
    return Tally(
        table(None),
        table((software >= basis.scenario.giant_revenue).astype(np.float64)),
        table(software),
        table(revenue),
        table(rd),
        table(rd / revenue),
        table(employees),
        np.stack([panel.software[base, leading].astype(np.float64), latent.group[leading].astype(np.float64)]),
    )


def fit(model: Model, latent: Latent, targets: tuple[Target, ...]) -> Adjustment:
    """The adjustment from the candidates of all chunks."""
    reader = Reader(model.basis, model.span, model.cells.scale)
    found = neutral(model)
    fitted = {
        year: exponents
        for at, year in enumerate(model.span)
        if (exponents := _exponents(model, latent, targets, reader, at)) is not None
    }
    for at, year in enumerate(model.span):
        if fitted:  # a year without totals behaves as the nearest one that has them
            found.exponents[at] = fitted[min(fitted, key=lambda each: (abs(each - year), each))]
    found = replace(found, rd=_rd_multiple(model, latent, found, targets, reader))
    return replace(found, staff=_staff_multiple(model, latent, found, targets, reader))


def _exponents(model: Model, latent: Latent, targets: tuple[Target, ...], reader: Reader, at: int) -> Floats | None:
    """Exponents (groups, types) of one year; None when no total is published, or too few stand behind it."""
    basis, year = model.basis, model.span[at]
    city = published(targets, "software_revenue", "city", year)
    if city is None:
        return None
    city *= _YI * reader.scale
    city_share = (published(targets, "revenue_share", "city", year, nearest=True) or 100.0) / 100
    zone_share = published(targets, "city_revenue_share", basis.group_names[0], year, nearest=True)
    strength = size_strength(model, latent.log_size[at])
    rows = np.flatnonzero((strength > 0) & latent.exists(model.span)[at])
    group, kind = latent.group[rows], latent.kind[rows]
    # Columns of the tilt: the city, its zone, the places outside, each type of business but the largest. One with too
    # few enterprises is left out, and its target is only shown.
    groups, types = np.indices((len(basis.group_names), len(basis.type_names)))
    outside = len(basis.group_names) - 1
    features: list[tuple[Floats, Floats, float]] = []

    def hold(member: Flags, cells: Flags, total: float, variable: str, name: str, share: float = 0.0) -> None:
        """Σ over members - share · Σ over the places outside = total."""
        least = next(each.least for each in targets if (each.variable, each.group) == (variable, name))
        if int(member.sum()) >= least:
            features.append((member - share * (group == outside), cells - share * (groups == outside), total))

    hold(group != outside, groups != outside, city, "software_revenue", "city")
    if not features:
        return None
    if zone_share is not None:
        hold(group == 0, groups == 0, city * zone_share / 100, "city_revenue_share", basis.group_names[0])
    if city_share < 1:
        hold(group == outside, groups == outside, city / city_share - city, "revenue_share", "city")
    shares = {name: published(targets, "revenue_share", name, year, nearest=True) for name in basis.type_names}
    largest = max(shares, key=lambda name: shares[name] or 0.0)
    for each, (name, share) in enumerate(shares.items()):
        if share is not None and name != largest:  # a share of the province: of the city and of the rest as it is
            part = share / 100
            hold(kind == each, types == each, city * part, "revenue_share", name, part)
    values = np.exp(latent.log_size[at, rows])
    columns = np.stack([each[0] for each in features], axis=1)
    totals = np.array([each[2] for each in features])
    _, slopes = tilt(values, columns, totals, strengths=strength[rows], bounds=WEIGHT_BOUNDS)
    found: Floats = np.stack([each[1] for each in features], axis=-1) @ slopes
    return found


def _rd_multiple(model: Model, latent: Latent, found: Adjustment, targets: tuple[Target, ...], reader: Reader) -> float:
    """The multiple of R&D intensity for which its mean is the published one."""
    target = _enough(targets, "mean_rd_ratio", model, latent, found, reader)
    if target is None:
        return 1.0
    at = model.span.index(target.year)
    chosen = above_threshold(model, latent, annual_facts(model, latent, found))[at]
    rows = np.flatnonzero(chosen & np.isin(latent.group, reader.places(target.group)))
    kinds = np.array([sector.rd for sector in model.basis.scenario.types.values()])
    rd = model.basis.scenario.rd
    bands = np.array([rd.small_multiple, 1.0, rd.manufacturing_multiple])
    multiple = kinds[latent.kind[rows]] * bands[latent.band[rows]] * ~latent.rd_none[rows]
    low, high = WEIGHT_BOUNDS
    for _ in range(60):
        middle = (low + high) / 2
        mean = float(rd_ratio(model, latent.rd_score[at, rows], multiple * middle).mean())
        low, high = (middle, high) if mean < target.value / 100 else (low, middle)
    return (low + high) / 2


def _staff_multiple(
    model: Model, latent: Latent, found: Adjustment, targets: tuple[Target, ...], reader: Reader
) -> float:
    """The multiple of employees for which revenue per head is the published one."""
    target = _enough(targets, "revenue_per_head", model, latent, found, reader)
    if target is None:
        return 1.0
    multiple = 1.0
    for _ in range(3):  # rounding to whole persons makes it slightly non-linear
        sums = tally(model, latent, annual_facts(model, latent, replace(found, staff=multiple)))
        multiple *= reader.outcome(target, sums).simulated / target.value
    return float(np.clip(multiple, *WEIGHT_BOUNDS))


def _enough(
    targets: tuple[Target, ...], variable: str, model: Model, latent: Latent, found: Adjustment, reader: Reader
) -> Target | None:
    """The used target of a variable that lies in the span and has enterprises enough behind it."""
    for each in targets:
        if each.used and each.variable == variable and each.year in model.span:
            sums = tally(model, latent, annual_facts(model, latent, found))
            return each if reader.outcome(each, sums).behind >= each.least else None
    return None
