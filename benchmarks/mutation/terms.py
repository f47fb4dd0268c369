"""Measures made of every operation, every shape of a fact and every kind of edge, small enough to compare in a second."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import product
from random import Random

from cewen.base.certainty import Certainty
from cewen.rules import ops
from cewen.rules.facts import Fact, Vocabulary
from cewen.rules.lower import LoweredCondition, LoweredMeasure, Plan
from cewen.rules.measure import Tier
from cewen.rules.types import MONEY, RATIO, Kind

BOUNDS: dict[str, tuple[str | None, str | None]] = {
    "open": (None, None), "floored": ("0", None), "positive": ("1", None), "banded": ("0", "5"),
    "straddling": ("-2", "3"), "negative": (None, "-1"), "capped": (None, "4"), "fixed": ("2", "2"),
    "below": ("-3", "0"), "zero": ("0", "0"),
}  # fmt: skip
"""Number facts by their declared bounds: every shape a missing value can take."""

ANNUAL = ("sales", "turnover")
REGIONS = ("420100", "420111", "430100")
OPERATORS = (">", ">=", "<", "<=", "=", "!=")
Truths = Sequence[ops.TruthOp]
Steps = Sequence[tuple[ops.TruthOp | None, ops.NumberOp]]
Drawn = tuple[Truths, Steps, Certainty]
"""Conditions, tiers, certainty."""


def _fact(key: str, kind: Kind, **entries: object) -> Fact:
    return Fact.model_validate({"label": key, "key": key, "subject": "enterprise", "type": kind, **entries})


FACTS = (
    *(_fact(key, Kind.INTEGER, minimum=low, maximum=high) for key, (low, high) in BOUNDS.items()),
    _fact("sales", Kind.INTEGER, period="annual"),
    _fact("turnover", Kind.INTEGER, period="annual", minimum="0"),
    _fact("half", Kind.INTEGER, minimum="-0.5", maximum="2.5"),
    _fact("cash", Kind.MONEY),
    _fact("assets", Kind.MONEY, minimum="0元"),
    _fact("flag", Kind.BOOLEAN),
    _fact("grade", Kind.ENUM, values=("a", "b", "c", "d")),
    _fact("titles", Kind.SET, values=("u", "v", "w")),
    _fact("place", Kind.REGION),
)


def number(key: str, back: int = 0) -> ops.FactNumber:
    """A number fact, with the unit of money whatever it counts: only its values matter here."""
    return ops.FactNumber(MONEY, key, back)


def constant(value: Fraction | int, quantity: object = MONEY) -> ops.Constant:
    """A literal."""
    return ops.Constant(MONEY if quantity is MONEY else RATIO, Fraction(value))


def compared(operator: str, left: ops.NumberOp, right: ops.NumberOp) -> ops.Compare:
    """A comparison."""
    return ops.Compare(operator, left, right)


def paying(amount: ops.NumberOp, certainty: Certainty = Certainty.DEFINITE, *conditions: ops.TruthOp) -> Drawn:
    """A measure of one amount."""
    return conditions, [(None, amount)], certainty


def asking(*conditions: ops.TruthOp) -> Drawn:
    """A measure without an amount."""
    return conditions, [], Certainty.CASE_BY_CASE


def pairs() -> Iterator[Drawn]:
    """Every operation of two numbers over every pair of shapes; every comparison of them."""
    for one, other in product(BOUNDS, BOUNDS):
        left, right = number(one), number(other)
        shifted = ops.Add(MONEY, left, constant(3))
        for op in (ops.Add, ops.Subtract, ops.Multiply, ops.Divide):
            yield paying(op(MONEY, left, right))
        yield paying(ops.Divide(MONEY, shifted, ops.Multiply(MONEY, right, constant(Fraction(2, 3)))))
        yield paying(ops.Least(MONEY, (left, right)))
        yield paying(ops.Greatest(MONEY, (left, right)))
        yield asking(compared(OPERATORS[(len(one) * 3 + len(other)) % 6], ops.Divide(MONEY, shifted, right), left))
    for operator, one, other in product(OPERATORS, BOUNDS, BOUNDS):
        yield asking(compared(operator, number(one), number(other)))
    limits: tuple[Fraction | int, ...] = (-1, 0, 2, Fraction(5, 2), 5)
    for operator, one, limit in product(OPERATORS, BOUNDS, limits):
        yield asking(compared(operator, number(one), constant(limit)))


def singles() -> Iterator[Drawn]:
    """Literals, signs and roundings; tests of facts that are no numbers; first times; steps."""
    rates = [
        Fraction(n, d) for n, d in ((1, 2), (1, 3), (2, 3), (5, 4), (1, 6), (7, 10), (-1, 2), (-3, 7), (0, 1), (4, 1))
    ]
    for shape, rate in product((*BOUNDS, *ANNUAL), rates):
        yield paying(ops.Multiply(MONEY, number(shape), constant(rate, RATIO)))
        yield paying(ops.Add(MONEY, ops.Negate(MONEY, number(shape)), constant(rate)), Certainty.CEILING)
        if rate:
            yield paying(ops.Divide(MONEY, number(shape), constant(rate, RATIO)))
        yield paying(ops.Divide(MONEY, constant(rate), number(shape)))
    for shape, rate, operator in product(("sales", "open", "banded"), rates[:6], OPERATORS):
        growth = ops.Subtract(RATIO, ops.Divide(RATIO, number(shape), number("turnover", 1)), constant(1, RATIO))
        yield asking(compared(operator, growth, constant(rate, RATIO)))
        yield asking(compared(operator, ops.Divide(RATIO, number(shape), number("capped")),
                              ops.Divide(RATIO, number("straddling"), number("open"))))  # fmt: skip
    yield from _tests()
    for operator, key, back in product((">", ">="), ANNUAL, (0, 1)):
        for threshold in (constant(0), constant(2), number("open"), number("floored"), number("banded"),
                          constant(Fraction(3, 2)), ops.Divide(MONEY, number("floored"), number("straddling"))):  # fmt: skip
            yield asking(ops.FirstTime(operator, number(key, back), threshold))
            yield paying(
                constant(7), Certainty.DEFINITE, ops.Not(ops.FirstTime(operator, number(key, back), threshold))
            )


def _tests() -> Iterator[Drawn]:
    leaves: list[ops.TruthOp] = [ops.IsTrue("flag"), ops.Certain(True), ops.Certain(False)]
    leaves += [ops.OneOf("grade", tuple(each)) for each in ("a", "ab", "bd", "acd", "d", "abcd")]
    leaves += [ops.Holds("titles", tuple(each)) for each in ("u", "w", "uw", "uvw")]
    leaves += [ops.LiesIn("place", each) for each in (REGIONS[:1], REGIONS[1:], REGIONS, ("420000",), ())]
    for leaf in leaves:
        yield asking(leaf)
        yield asking(ops.Not(leaf))
        yield paying(number("floored"), Certainty.DEFINITE, leaf)
    for one, other in product(leaves[::3], leaves[1::4]):
        yield asking(ops.All((one, other)))
        yield asking(ops.Any((one, ops.Not(other))))


def quotients() -> Iterator[Drawn]:
    """Quotients added, taken away, multiplied, divided and compared: of other divisors, of one divisor, with whole numbers."""
    shapes = ("floored", "straddling", "banded", "open", "positive", "below", "capped", "sales")
    for at, (one, other) in enumerate(product(shapes, repeat=2)):
        first = ops.Divide(MONEY, number(one), number(other))
        second = ops.Divide(MONEY, number(shapes[at % 8]), number(shapes[(at // 3 + 1) % 8]))
        whole: ops.NumberOp = number(shapes[(at + 5) % 8]) if at % 2 else constant(Fraction(3, 2))
        if at % 8 == 0:  # a divisor from -1 on
            yield paying(ops.Divide(MONEY, number(one), ops.Subtract(MONEY, number("floored"), constant(1))))
        for op in (ops.Add, ops.Subtract, ops.Multiply, ops.Divide):
            yield paying(op(MONEY, first, whole))
            yield paying(op(MONEY, whole, first))
            yield paying(op(MONEY, first, second))
        yield paying(ops.Least(MONEY, (first, whole, second)))
        yield paying(ops.Greatest(MONEY, (second, first, whole)))
        yield asking(compared(OPERATORS[at % 6], first, second))
        yield asking(compared(OPERATORS[(at + 3) % 6], ops.Add(MONEY, first, whole), second))


def products_of_sums() -> Iterator[Drawn]:
    """Ranges that are neither points nor declared bounds: sums with one open end, multiplied and compared."""
    shapes = ("floored", "banded", "straddling", "positive", "capped", "negative")
    for at, (one, other, last) in enumerate(product(shapes, shapes, shapes)):
        total = ops.Add(MONEY, number(one), number(other))
        times = ops.Multiply(MONEY, total, ops.Add(MONEY, number(last), constant(at % 3 - 1)))
        yield asking(compared(OPERATORS[at % 6], times, constant((-6, 1, 4, 9)[at % 4])))
    for one, other, last, limit in product(
        ("floored", "positive"), ("banded", "fixed"), ("floored", "positive"), (1, 4)
    ):
        total = ops.Add(MONEY, number(one), number(other))
        for left, right in ((total, number(last)), (number(last), total)):
            yield asking(compared(">=", ops.Multiply(MONEY, left, right), constant(limit)))


def fractional() -> Iterator[Drawn]:
    """A fact with bounds that are no whole numbers: computed exactly, or refused."""
    yield paying(number("half"))
    yield asking(compared(">", ops.Multiply(MONEY, number("half"), number("straddling")), constant(1)))


def shared_divisors() -> Iterator[Drawn]:
    """Two quotients of one divisor: where it is missing, neither has a value yet."""
    for operator, one, other, below in product(
        OPERATORS, ("sales", "banded"), ("open", "floored"), ("turnover", "capped")
    ):
        left, right = (ops.Divide(RATIO, number(each), number(below)) for each in (one, other))
        yield asking(compared(operator, left, right))


def chosen() -> Iterator[Drawn]:
    """Tiers and choices: met, not met and unknown in every order, with every certainty."""
    flag, grade = ops.IsTrue("flag"), ops.OneOf("grade", ("b", "c"))
    many, few = compared(">", number("banded"), constant(2)), compared("<", number("open"), constant(1))
    ratio = compared(">=", ops.Divide(RATIO, number("floored"), number("straddling")), constant(Fraction(1, 2), RATIO))
    quotient = ops.Divide(MONEY, number("floored"), number("straddling"))
    third = ops.Multiply(MONEY, number("banded"), constant(Fraction(1, 3), RATIO))
    amounts: tuple[ops.NumberOp, ...] = (constant(5), number("open"), quotient, third, constant(Fraction(5, 2)))
    for one, other in product((flag, grade, many, few, ratio), repeat=2):
        for left, right in product(amounts, repeat=2):
            yield paying(ops.Choose(MONEY, ((one, left), (other, right))))
    for at, (one, other, last) in enumerate(product((flag, many, few, ratio), repeat=3)):
        steps = [(one, amounts[at % 5]), (other, amounts[at // 5 % 5]), (last, amounts[at // 25 % 5])]
        yield (), steps, tuple(Certainty)[at % len(Certainty)]
    for certainty in Certainty:
        yield paying(quotient, certainty, many)
        yield paying(third, certainty)
        yield paying(number("capped"), certainty, flag, few)
    for parts in ((third, quotient, number("open")), (constant(2), number("capped"), third), (quotient, quotient)):
        yield paying(ops.Least(MONEY, parts))
        yield paying(ops.Greatest(MONEY, parts))
        yield paying(ops.Greatest(MONEY, (constant(0), ops.Least(MONEY, parts))), Certainty.CEILING)


def wide() -> Iterator[Drawn]:
    """Numbers near what 64 bits hold: amounts of money that no record may exceed, multiplied and compared."""
    cash, assets = number("cash"), number("assets")
    for left, right in ((cash, assets), (assets, cash), (assets, assets)):
        for operator in OPERATORS:
            yield asking(compared(operator, ops.Divide(RATIO, left, right), constant(Fraction(3, 20), RATIO)))
            other = ops.Add(MONEY, assets, constant(1))
            yield asking(compared(operator, ops.Divide(RATIO, left, right), ops.Divide(RATIO, right, other)))
    for operator, limit in product(OPERATORS, (Fraction(1), Fraction(999, 1000), Fraction(5, 2))):
        yield asking(compared(operator, ops.Divide(RATIO, cash, assets), constant(limit, RATIO)))
        yield asking(compared(operator, constant(limit, RATIO), ops.Divide(RATIO, cash, assets)))
        yield asking(compared(operator, ops.Divide(RATIO, cash, number("positive")),
                              ops.Divide(RATIO, assets, number("floored"))))  # fmt: skip
    for operator in OPERATORS:  # one side with a large divisor, the other with none: their products need 128 bits
        quotient = ops.Divide(MONEY, assets, ops.Add(MONEY, assets, constant(1)))
        yield asking(compared(operator, cash, quotient))
        yield asking(compared(operator, quotient, cash))
        yield asking(compared(operator, ops.Divide(MONEY, cash, assets), number("straddling")))
    for power in (20, 29):
        yield asking(compared(">", ops.Multiply(MONEY, cash, assets), constant(10**power)))
        yield asking(compared(">", ops.Multiply(MONEY, cash, assets), constant(-(10**power))))
    for op in (ops.Add, ops.Subtract):
        below = ops.Add(MONEY, number("positive"), number("floored"))
        yield asking(
            compared(">=", op(MONEY, ops.Divide(MONEY, cash, assets), ops.Divide(MONEY, assets, below)), constant(2))
        )
        yield asking(compared("<", op(MONEY, assets, ops.Divide(MONEY, cash, below)), ops.Divide(MONEY, assets, below)))
    for rate in (Fraction(1, 3), Fraction(3, 20), Fraction(999, 1000), Fraction(17, 2), Fraction(1, 2)):
        yield paying(ops.Multiply(MONEY, assets, constant(rate, RATIO)))
        yield paying(ops.Multiply(MONEY, cash, constant(rate, RATIO)), Certainty.CEILING)
        yield paying(ops.Divide(MONEY, assets, ops.Add(MONEY, number("banded"), constant(1))))


def deep(count: int, seed: int = 7) -> Iterator[Drawn]:
    """Trees of operations drawn at random."""
    grower = Grower(Random(seed))
    for _ in range(count):
        yield grower.measure()


class Grower:
    """Draws operations; the same for the same seed."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def measure(self) -> Drawn:
        pick = self.random
        conditions = [self.truth(2) for _ in range(pick.randint(0, 2))]
        steps: Steps = [(None, self.number(3))]
        if pick.random() < 0.5:
            steps = [(self.truth(1), self.number(2)) for _ in range(pick.randint(0, 3))]
        return conditions, steps, pick.choice(tuple(Certainty))

    def number(self, depth: int) -> ops.NumberOp:
        pick = self.random
        kind = pick.randint(0, 10) if depth else pick.randint(0, 2)
        if kind == 0:
            return constant(pick.choice((-2, 0, 1, 2, 3, Fraction(1, 2), Fraction(7, 3), Fraction(-1, 6))))
        if kind == 1:
            return number(pick.choice(tuple(BOUNDS)))
        if kind == 2:
            return number(pick.choice(ANNUAL), pick.randint(0, 1))
        if kind in (3, 4, 5, 6):
            op = (ops.Add, ops.Subtract, ops.Multiply, ops.Divide)[kind - 3]
            return op(MONEY, self.number(depth - 1), self.number(depth - 1))
        if kind == 7:
            return ops.Negate(MONEY, self.number(depth - 1))
        if kind in (8, 9):
            parts = tuple(self.number(depth - 1) for _ in range(pick.randint(1, 3)))
            return (ops.Least if kind == 8 else ops.Greatest)(MONEY, parts)
        branches = tuple((self.truth(depth - 1), self.number(depth - 1)) for _ in range(pick.randint(1, 2)))
        return ops.Choose(MONEY, branches)

    def truth(self, depth: int) -> ops.TruthOp:
        pick = self.random
        kind = pick.randint(0, 8) if depth else pick.randint(0, 5)
        match kind:
            case 0:
                return ops.IsTrue("flag")
            case 1:
                return ops.OneOf("grade", tuple(pick.sample("abcd", pick.randint(1, 3))))
            case 2:
                return ops.LiesIn("place", tuple(pick.sample(REGIONS, pick.randint(0, 2))))
            case 3:
                threshold = constant(pick.randint(-2, 4)) if pick.random() < 0.5 else number(pick.choice(tuple(BOUNDS)))
                return ops.FirstTime(
                    pick.choice((">", ">=")), number(pick.choice(ANNUAL), pick.randint(0, 1)), threshold
                )
            case 4 | 5:
                below = max(0, depth - 1)
                return compared(pick.choice(OPERATORS), self.number(below), self.number(depth))
            case 6:
                return ops.Not(self.truth(depth - 1))
        parts = tuple(self.truth(depth - 1) for _ in range(pick.randint(1, 3)))
        return ops.All(parts) if kind == 7 else ops.Any(parts)


def plan_of(shipped: Plan, drawn: Sequence[Drawn]) -> Plan:
    """A plan of drawn measures over `FACTS`."""
    corpus = replace(shipped.corpus, vocabulary=Vocabulary(FACTS))
    model = next(each for each in shipped.measures if each.measure.subject == "enterprise" and each.tiers)
    return Plan(corpus, shipped.on, tuple(_measure(model, at, each) for at, each in enumerate(drawn)), ())


def _measure(model: LoweredMeasure, at: int, drawn: Drawn) -> LoweredMeasure:
    conditions, steps, certainty = drawn
    return replace(
        model,
        key=f"made/up#{at}",
        measure=model.measure.model_copy(update={"certainty": certainty, "frequency": None}),
        conditions=tuple(LoweredCondition(f"条件{number}", op) for number, op in enumerate(conditions)),
        tiers=tuple(
            Tier(None if condition is None or step == 1 else f"第{step}档", condition, amount)
            for step, (condition, amount) in enumerate(steps)
        ),
    )
