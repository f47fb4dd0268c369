"""Simulation: a register and a reform come in; costs, winners, losers and their distribution go out."""
