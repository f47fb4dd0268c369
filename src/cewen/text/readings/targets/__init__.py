"""Quantified targets (目标): indicator, comparison, value, unit, year, from running text and from tables."""

from cewen.text.readings.targets.read import read_targets
from cewen.text.readings.targets.scope import states_of_affairs
from cewen.text.readings.targets.target import Target, printed_value

__all__ = ["Target", "printed_value", "read_targets", "states_of_affairs"]
