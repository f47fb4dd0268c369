"""The JSON of `cewen simulate --sweep`.

- `title`: what is moved; `measure`, `path`: as they were written.
- `assumptions`, `findings`, `before`: as in the JSON of a simulation.
- `points`: for each `value` the totals `after`, and `balance` against the rules as they are.
"""

from __future__ import annotations

from cewen.engine.simulate.contract import Shape, assumptions_json, balance_json, side_json
from cewen.engine.simulate.sweep import Swept


def sweep_json(found: Swept) -> Shape:
    """The shape described above."""
    return {
        "title": found.title,
        "measure": found.sweep.measure,
        "path": found.sweep.path,
        "assumptions": assumptions_json(found.settings),
        "findings": [finding.to_json() for finding in found.findings],
        "before": side_json(found.before),
        "points": [
            {"value": point.value, "after": side_json(point.after), "balance": balance_json(point.balance)}
            for point in found.points
        ],
    }
