"""OpenFisca-Core: one entity, variables by year."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from openfisca_core.entities import build_entity
from openfisca_core.parameters import ParameterNode
from openfisca_core.periods import DateUnit
from openfisca_core.simulations import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

from benchmarks.peers.harness import half_up, run_peer
from benchmarks.peers.microsimulation import NAMES, PERIOD, add_rules, calculate, situation
from benchmarks.population import yuan_columns

ENTERPRISE = build_entity(key="enterprise", plural="enterprises", label="enterprise", is_person=True)
SYSTEM = add_rules(TaxBenefitSystem([ENTERPRISE]), Variable, ENTERPRISE, DateUnit.YEAR, ParameterNode)


def run(columns: dict[str, Any]) -> Any:
    """A simulation of all enterprises."""
    simulation = SimulationBuilder().build_default_simulation(SYSTEM, count=len(columns["level"]))
    return calculate(simulation, columns)


def one(columns: dict[str, Any]) -> Any:
    """One enterprise from a situation, as its web interface does."""
    asked = situation(yuan_columns(columns))
    return lambda: SimulationBuilder().build_from_entities(SYSTEM, asked).calculate("total_award", PERIOD)


if __name__ == "__main__":
    run_peer(
        yuan_columns,
        run,
        lambda simulation: (half_up(simulation.calculate(name, PERIOD)) for name in NAMES),
        one=one,
        about=lambda: {"version": version("openfisca-core")},
    )
