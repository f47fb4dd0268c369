"""Numbers with units out of a flow: money, rates, ratios, counts, durations, ranks and dates, with their bounds."""

from cewen.text.quantities.quantity import Bound, Kind, Quantity
from cewen.text.quantities.scan import read_quantities

__all__ = ["Bound", "Kind", "Quantity", "read_quantities"]
