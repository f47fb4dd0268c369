"""The report of a population: every target, what was assumed, how facts depend on each other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from cewen.base.diagnostic import Diagnostic
from cewen.engine.synth.latent import Latent, Model
from cewen.engine.synth.panel import Panel
from cewen.engine.synth.scenario import SPEARMAN, Scenario
from cewen.engine.synth.seed import Floats
from cewen.engine.synth.targets import Outcome, missed

_SAMPLE = 20_000


@dataclass(frozen=True, slots=True)
class Dependence:
    """A published rank correlation (秩相关) and the simulated one; None with too few enterprises."""

    first: str
    second: str
    published: float
    simulated: float | None

    def to_json(self) -> dict[str, Any]:
        simulated = None if self.simulated is None else round(self.simulated, 4)
        return {"first": self.first, "second": self.second, "published": self.published, "simulated": simulated}


@dataclass(frozen=True, slots=True)
class Report:
    """What came of a run (生成报告). `rows` is empty when a used target was missed and nothing was written."""

    scenario: Scenario
    count: int
    seed: int
    years: tuple[int, ...]
    scale: float
    outcomes: tuple[Outcome, ...]
    dependence: tuple[Dependence, ...]
    rows: dict[str, int]

    @property
    def findings(self) -> list[Diagnostic]:
        """A finding for each used target that was missed."""
        return missed(self.outcomes)

    def to_json(self) -> dict[str, Any]:
        part, whole = self.scenario.missing_ratio
        return {
            "enterprises": self.count,
            "seed": self.seed,
            "years": list(self.years),
            "base_year": self.scenario.base_year,
            "scale": round(self.scale, 6),
            "scale_note": "家数与金额按倍数放大或缩小：expected = published × scale；占比、人均与门槛不变。",
            "missing_ratio": part / whole,
            "missing_note": "合计按留空之前的完整数据计算。",
            "rows": self.rows,
            "met": not self.findings,
            "targets": [outcome.to_json() for outcome in self.outcomes],
            "rank_correlations": [each.to_json() for each in self.dependence],
            "rank_note": "公布的秩相关来自上市软件公司，只作对照；这里按基年规模以上企业计算。",
            "assumptions": self.scenario.model_dump(mode="json", exclude={"awards"}),
        }


def dependence(model: Model, latent: Latent, panel: Panel) -> tuple[Dependence, ...]:
    """Rank correlations among the enterprises above the threshold in the base year, beside the published ones."""
    base = model.span.index(model.basis.scenario.base_year)
    rows = np.flatnonzero(panel.software[base] >= model.basis.scenario.designated_revenue)[:_SAMPLE]
    revenue = panel.revenue[base, rows].astype(np.float64)
    before = panel.revenue[max(base - 1, 0), rows]
    columns = {
        "revenue": revenue,
        "employees": panel.employees[base, rows].astype(np.float64),
        "rd_ratio": panel.rd[base, rows] / np.maximum(revenue, 1),
        "growth": revenue / np.maximum(before, 1),
    }
    found = []
    for at, first in enumerate(SPEARMAN):
        for other in range(at + 1, len(SPEARMAN)):
            second = SPEARMAN[other]
            usable = len(rows) >= 30 and not (second == "growth" and base == 0)
            simulated = rank_correlation(columns[first], columns[second]) if usable else None
            found.append(Dependence(first, second, float(model.basis.spearman[at, other]), simulated))
    return tuple(found)


def rank_correlation(first: Floats, second: Floats) -> float:
    """Spearman's rank correlation, ties at their mean rank; 0 where either is constant."""
    left, right = _ranks(first), _ranks(second)
    if left.std() == 0 or right.std() == 0:
        return 0.0
    return float(np.corrcoef(left, right)[0, 1])


def _ranks(values: Floats) -> Floats:
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(counts)
    found: Floats = (last - (counts - 1) / 2)[place]
    return found
