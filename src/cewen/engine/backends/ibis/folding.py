"""What of a truth can be told beforehand: from the numbers a term may be, and from the other parts beside it."""

from __future__ import annotations

from cewen.engine.backends.ibis.term import Term


def is_choice(operand: Term) -> bool:
    """Whether a term is one of some constants: comparing it is choosing among outcomes."""
    if operand.kind == "case":
        return not operand.args[0].nullable and all(is_choice(each) for each in operand.args[1:])
    return operand.constant is not None


def settled(kind: str, left: Term, right: Term) -> bool | None:
    """What a comparison is for all values the two sides may have."""
    if kind == "equal":
        if left.low == left.high == right.low == right.high or left is right:
            return True
        return False if left.high < right.low or right.high < left.low else None
    if left is right:
        return kind == "at_most"
    if left.high < right.low or (kind == "at_most" and left.high <= right.low):
        return True
    if left.low > right.high or (kind == "below" and left.low >= right.high):
        return False
    return None


def drop_implied(kind: str, parts: dict[int, Term]) -> None:
    """Of several least values of one number, `all` goes by the greatest and `any` by the least."""
    decisive: dict[int, tuple[int, int]] = {}
    for key, part in list(parts.items()):
        if part.kind not in ("at_most", "below") or part.args[0].constant is None:
            continue
        bound = part.args[0].constant + (part.kind == "below")
        number = id(part.args[1])
        before = decisive.get(number)
        if before is None:
            decisive[number] = (bound, key)
        elif (bound > before[0]) is (kind == "all"):
            del parts[before[1]]
            decisive[number] = (bound, key)
        else:
            del parts[key]
