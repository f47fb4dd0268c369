"""PolicyEngine-Core: one entity, variables by year."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from policyengine_core.entities import build_entity
from policyengine_core.parameters import ParameterNode
from policyengine_core.periods import YEAR
from policyengine_core.simulations import Simulation, SimulationBuilder
from policyengine_core.taxbenefitsystems import TaxBenefitSystem
from policyengine_core.variables import Variable

from benchmarks.peers.harness import half_up, run_peer
from benchmarks.peers.microsimulation import NAMES, PERIOD, add_rules, calculate, situation
from benchmarks.population import yuan_columns

ENTERPRISE = build_entity(key="enterprise", plural="enterprises", label="enterprise", is_person=True)


class System(TaxBenefitSystem):
    """The six rules."""

    entities = (ENTERPRISE,)
    auto_carry_over_input_variables = False


SYSTEM = add_rules(System([ENTERPRISE]), Variable, ENTERPRISE, YEAR, ParameterNode)


def run(columns: dict[str, Any]) -> Any:
    """A simulation of all enterprises."""
    simulation = SimulationBuilder().build_default_simulation(SYSTEM, count=len(columns["level"]))
    return calculate(simulation, columns)


def one(columns: dict[str, Any]) -> Any:
    """One enterprise from a situation."""
    asked = situation(yuan_columns(columns))
    return lambda: Simulation(tax_benefit_system=SYSTEM, situation=asked).calculate("total_award", PERIOD)


if __name__ == "__main__":
    run_peer(
        yuan_columns,
        run,
        lambda simulation: (half_up(simulation.calculate(name, PERIOD)) for name in NAMES),
        one=one,
        about=lambda: {"version": version("policyengine-core")},
    )
