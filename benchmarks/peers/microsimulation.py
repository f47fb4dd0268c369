"""The six rules as formulas of OpenFisca, which PolicyEngine shares: 32-bit floating-point yuan, one column a variable."""

from __future__ import annotations

from typing import Any

import numpy as np

PERIOD = "2024"
MONEY = ("revenue", "previous", "research", "equipment", "support")


def _from(value: float) -> dict[str, Any]:
    return {"values": {"2020-01-01": {"value": value}}}


PARAMETERS = {
    "line": _from(5e6), "research_share": _from(0.15), "research_rate": _from(0.10), "growth_share": _from(0.30),
    "growth_rate": _from(0.01), "cap": _from(1e6), "retrofit_rate": _from(0.08), "retrofit_cap": _from(1e7),
    "match_rate": _from(0.20), "levels": {"three": _from(2e5), "four": _from(3e5), "five": _from(5e5)},
}  # fmt: skip


def research_award(enterprise: Any, period: Any, parameters: Any) -> Any:
    """10 % of R&D."""
    at = parameters(period)
    revenue, research = enterprise("revenue", period), enterprise("research", period)
    pays = (revenue >= at.line) * (research / revenue >= at.research_share)
    return pays * np.minimum(research * at.research_rate, at.cap)


def growth_award(enterprise: Any, period: Any, parameters: Any) -> Any:
    """1 % of the growth."""
    at = parameters(period)
    revenue, previous = enterprise("revenue", period), enterprise("previous", period)
    growth = revenue - previous
    pays = (revenue >= at.line) * (growth / previous >= at.growth_share)
    return pays * np.minimum(growth * at.growth_rate, at.cap)


def level_award(enterprise: Any, period: Any, parameters: Any) -> Any:
    """By DCMM level."""
    at, level = parameters(period).levels, enterprise("level", period)
    return np.select([level == 3, level == 4, level == 5], [at.three, at.four, at.five], 0.0)


def retrofit_award(enterprise: Any, period: Any, parameters: Any) -> Any:
    """8 % of equipment and R&D."""
    at = parameters(period)
    equipment, research = enterprise("equipment", period), enterprise("research", period)
    return (equipment >= at.line) * np.minimum((equipment + research) * at.retrofit_rate, at.retrofit_cap)


def match_award(enterprise: Any, period: Any, parameters: Any) -> Any:
    """20 % of what the province gave."""
    return enterprise("support", period) * parameters(period).match_rate


def total_award(enterprise: Any, period: Any) -> Any:
    """The higher of the first two, and all others."""
    first, second = enterprise("research_award", period), enterprise("growth_award", period)
    others = sum(enterprise(name, period) for name in ("level_award", "retrofit_award", "match_award"))
    return np.maximum(first, second) + others


FORMULAS = (research_award, growth_award, level_award, retrofit_award, match_award, total_award)
NAMES = tuple(formula.__name__ for formula in FORMULAS)


def add_rules(system: Any, variable: type, entity: Any, year: Any, node: Any) -> Any:
    """Give a tax and benefit system of either framework the variables, the formulas and the parameters."""

    def made(name: str, kind: type, formula: Any = None) -> type:
        body = {"value_type": kind, "entity": entity, "definition_period": year, "label": name}
        return type(name, (variable,), {**body, "formula": formula} if formula else body)

    system.parameters = node("", data=PARAMETERS)
    for name in MONEY:
        system.add_variable(made(name, float))
    system.add_variable(made("level", int))
    for formula in FORMULAS:
        system.add_variable(made(formula.__name__, float, formula))
    return system


def calculate(simulation: Any, columns: dict[str, Any]) -> Any:
    """Set the inputs, compute everything that the total needs."""
    for name, values in columns.items():
        simulation.set_input(name, PERIOD, values)
    simulation.calculate("total_award", PERIOD)
    return simulation


def situation(columns: dict[str, Any]) -> dict[str, Any]:
    """One enterprise as the web interfaces of both take it."""
    return {"enterprises": {"one": {name: {PERIOD: values.tolist()[0]} for name, values in columns.items()}}}
