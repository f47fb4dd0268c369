"""Promises of money (奖补): who gets how much, under which numeric conditions, how surely and how often."""

from cewen.base.certainty import Certainty
from cewen.text.readings.incentives.incentive import Amount, AmountKind, Condition, Incentive, Threshold, Tier
from cewen.text.readings.incentives.read import read_incentives

__all__ = ["Amount", "AmountKind", "Certainty", "Condition", "Incentive", "Threshold", "Tier", "read_incentives"]
