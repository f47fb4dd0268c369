"""The cap every kind shares. (Not a kind: it declares no measure.)"""

from __future__ import annotations

from cewen.rules import ops
from cewen.rules.measure import Dated, Scope


def limited(amount: ops.NumberOp, cap: Dated | None, scope: Scope) -> ops.NumberOp:
    """`amount`, or the cap where that is less."""
    if cap is None:
        return amount
    return ops.Least(amount.quantity, (amount, scope.money(cap, "cap")))
