"""Measures made of any operations whatever, and rows that stand on every edge of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st

from cewen.base.certainty import Certainty
from cewen.engine.columns.layout import OBJECT_NAME, USCC, Columns, Layout, empty_awards
from cewen.rules import ops
from cewen.rules.facts import Fact, Vocabulary
from cewen.rules.load import Corpus
from cewen.rules.lower import LoweredCondition, LoweredMeasure, Plan
from cewen.rules.measure import Tier
from cewen.rules.types import MONEY, RATIO, Kind

NUMBERS: dict[str, tuple[str | None, str | None]] = {
    "open": (None, None), "floored": ("0", None), "positive": ("1", None), "banded": ("0", "5"), "straddling": ("-2", "3"),
    "negative": (None, "-1"), "capped": (None, "4"), "fixed": ("2", "2"),
}  # fmt: skip
"""Number facts by their declared bounds: every shape a missing value can take."""

YEAR = 2023
REGION_CODES = ("420100", "420111", "430100")


def _fact(key: str, kind: Kind, **entries: object) -> Fact:
    return Fact.model_validate({"label": key, "key": key, "subject": "enterprise", "type": kind, **entries})


FACTS = (
    *(_fact(key, Kind.INTEGER, minimum=low, maximum=high) for key, (low, high) in NUMBERS.items()),
    _fact("sales", Kind.INTEGER, period="annual"),
    _fact("turnover", Kind.INTEGER, period="annual", minimum="0"),
    _fact("flag", Kind.BOOLEAN),
    _fact("grade", Kind.ENUM, values=("a", "b", "c", "d")),
    _fact("titles", Kind.SET, values=("u", "v", "w")),
    _fact("place", Kind.REGION),
)

small = st.integers(-4, 6).map(Fraction) | st.fractions(-2, 3, max_denominator=6)


def numbers(depth: int) -> st.SearchStrategy[ops.NumberOp]:
    leaf = (
        st.builds(ops.Constant, st.just(MONEY), small)
        | st.builds(ops.FactNumber, st.just(MONEY), st.sampled_from(tuple(NUMBERS)))
        | st.builds(ops.FactNumber, st.just(MONEY), st.sampled_from(("sales", "turnover")), st.integers(0, 1))
    )
    if depth == 0:
        return leaf
    inner = numbers(depth - 1)
    two = (st.just(MONEY), inner, inner)
    parts = st.lists(inner, min_size=1, max_size=3).map(tuple)
    branches = st.lists(st.tuples(truths(depth - 1), inner), min_size=1, max_size=3).map(tuple)
    return (
        leaf
        | st.builds(ops.Add, *two)
        | st.builds(ops.Subtract, *two)
        | st.builds(ops.Multiply, *two)
        | st.builds(ops.Divide, *two)
        | st.builds(ops.Negate, st.just(MONEY), inner)
        | st.builds(ops.Least, st.just(MONEY), parts)
        | st.builds(ops.Greatest, st.just(MONEY), parts)
        | st.builds(ops.Choose, st.just(MONEY), branches)
    )


def truths(depth: int) -> st.SearchStrategy[ops.TruthOp]:
    leaf = (
        st.builds(ops.Certain, st.booleans())
        | st.builds(ops.IsTrue, st.just("flag"))
        | st.builds(ops.OneOf, st.just("grade"), st.lists(st.sampled_from("abcd"), min_size=1, max_size=3).map(tuple))
        | st.builds(ops.Holds, st.just("titles"), st.lists(st.sampled_from("uvw"), min_size=1, max_size=2).map(tuple))
        | st.builds(ops.LiesIn, st.just("place"), st.lists(st.sampled_from(REGION_CODES), max_size=2).map(tuple))
        | st.builds(
            ops.FirstTime,
            st.sampled_from((">", ">=")),
            st.builds(ops.FactNumber, st.just(MONEY), st.sampled_from(("sales", "turnover")), st.integers(0, 1)),
            st.builds(ops.Constant, st.just(MONEY), small)
            | st.builds(ops.FactNumber, st.just(MONEY), st.sampled_from(tuple(NUMBERS))),
        )
    )
    compare = st.builds(
        ops.Compare, st.sampled_from((">", ">=", "<", "<=", "=", "!=")), numbers(max(0, depth - 1)), numbers(depth)
    )
    if depth == 0:
        return leaf | compare
    inner = truths(depth - 1)
    parts = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return leaf | compare | st.builds(ops.All, parts) | st.builds(ops.Any, parts) | st.builds(ops.Not, inner)


tiers = st.lists(st.tuples(truths(1), numbers(2)), max_size=3) | st.tuples(st.none(), numbers(3)).map(
    lambda tier: [tier]
)
measures = st.tuples(st.lists(truths(2), max_size=2), tiers, st.sampled_from(tuple(Certainty)))


def random_plan(
    plan: Plan, drawn: Sequence[tuple[list[ops.TruthOp], list[tuple[ops.TruthOp | None, ops.NumberOp]], Certainty]]
) -> Plan:
    """`plan` with its vocabulary replaced by `FACTS` and its measures by the drawn ones."""
    corpus: Corpus = replace(plan.corpus, vocabulary=Vocabulary(FACTS))
    model = next(each for each in plan.measures if each.measure.subject == "enterprise" and each.tiers)
    found = tuple(_measure(model, at, *each) for at, each in enumerate(drawn))
    return Plan(corpus, plan.on, found, ())


def _measure(
    model: LoweredMeasure,
    at: int,
    conditions: list[ops.TruthOp],
    steps: list[tuple[ops.TruthOp | None, ops.NumberOp]],
    certainty: Certainty,
) -> LoweredMeasure:
    return replace(
        model,
        key=f"here/random#{at}",
        measure=model.measure.model_copy(update={"certainty": certainty, "frequency": None}),
        conditions=tuple(LoweredCondition(f"条件{number}", op) for number, op in enumerate(conditions)),
        tiers=tuple(
            Tier(None if condition is None else f"第{step}档", condition, amount)
            for step, (condition, amount) in enumerate(steps)
        ),
    )


def edge_columns(plan: Plan, count: int, seed: int, missing: float, *, least: int = -4) -> Columns:
    """Rows of small numbers, so that thresholds, zeros and equal bounds are met often."""
    generator = np.random.default_rng(seed)
    layout = Layout(plan.corpus.vocabulary, plan.corpus.regions)
    columns: dict[str, pa.Array] = {
        USCC: pa.array([f"{number:018d}" for number in range(count)]),
        OBJECT_NAME: pa.nulls(count, pa.string()),
    }
    for fact in FACTS:
        for year in range(YEAR - 4, YEAR + 1) if fact.is_annual else (None,):
            if fact.type.is_number:
                values = generator.integers(least, 7, count)
            elif fact.type is Kind.REGION:
                values = generator.choice([layout.region_position(code) for code in REGION_CODES], count)
            else:
                values = generator.integers(0, {"flag": 2, "grade": 4, "titles": 8}[fact.key], count)
            mask = generator.random(count) < missing
            columns[layout.column(fact, year)] = pa.array(values, layout.column_type(fact), mask=mask)
    return Columns(layout, {"enterprise": pa.table(columns)}, empty_awards())


__all__ = ["RATIO", "YEAR", "edge_columns", "measures", "random_plan"]
