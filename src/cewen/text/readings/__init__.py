"""What the clauses say: quantities, units, targets, incentives, and what was left unread."""

from cewen.text.readings.contract import document_json
from cewen.text.readings.incentives import Incentive, read_incentives
from cewen.text.readings.reading import Readings, read_all
from cewen.text.readings.targets import Target, read_targets
from cewen.text.readings.units import ResponsibleUnits, read_units
from cewen.text.readings.unread import Unread, read_unread

__all__ = [
    "Incentive", "Readings", "ResponsibleUnits", "Target", "Unread", "document_json", "read_all", "read_incentives",
    "read_targets", "read_units", "read_unread",
]  # fmt: skip
