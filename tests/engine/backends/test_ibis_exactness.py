"""The traps: quotients beyond 2^53, products beyond 64 bits, sums beyond both, numbers no record may hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction

import pyarrow as pa
import pytest

from cewen.base.certainty import Certainty
from cewen.base.errors import CewenError
from cewen.engine.backends.ibis.backend import IbisBackend
from cewen.engine.backends.ibis.sums import sum_register
from cewen.engine.columns.layout import OBJECT_NAME, USCC, Columns, Layout, empty_awards
from cewen.engine.parity import compare_with_reference
from cewen.rules import ops
from cewen.rules.facts import LARGEST_MONEY
from cewen.rules.load import Corpus
from cewen.rules.lower import LoweredCondition, Plan, lower_corpus
from cewen.rules.measure import Tier
from cewen.rules.types import MONEY, RATIO
from ibis_support import ENGINES, backends

Need = Callable[[object, str], None]
REVENUE = ops.FactNumber(MONEY, "revenue")
SPENT = ops.FactNumber(MONEY, "rd_spend")


@pytest.fixture(params=ENGINES)
def backend(request: pytest.FixtureRequest, need: Need) -> Iterator[IbisBackend]:
    yield from backends(str(request.param), need)


def plan_of(corpus: Corpus, amount: ops.NumberOp, *conditions: ops.TruthOp) -> Plan:
    """One measure for enterprises, definite, that pays `amount`."""
    plan = lower_corpus(corpus, date(2024, 6, 30))
    model = next(each for each in plan.measures if each.measure.id == "rd-subsidy")
    measure = replace(
        model,
        measure=model.measure.model_copy(update={"certainty": Certainty.DEFINITE, "frequency": None}),
        conditions=tuple(LoweredCondition("条件", op) for op in conditions),
        tiers=(Tier(None, None, amount),),
    )
    return Plan(corpus, plan.on, (measure,), ())


def register(plan: Plan, **columns: list[int | None]) -> Columns:
    layout = Layout(plan.corpus.vocabulary, plan.corpus.regions)
    count = len(next(iter(columns.values())))
    table = {USCC: [f"{number:018d}" for number in range(count)], OBJECT_NAME: pa.nulls(count, pa.string())}
    arrays = {name: pa.array(values, pa.int64()) for name, values in columns.items()}
    return Columns(layout, {"enterprise": pa.table({**table, **arrays})}, empty_awards())


def times(operand: ops.NumberOp, factor: Fraction) -> ops.NumberOp:
    return ops.Multiply(MONEY, operand, ops.Constant(RATIO, factor))


@pytest.mark.parametrize("rate", [Fraction(1, 3), Fraction(1, 10), Fraction(2, 7), Fraction(1, 2), Fraction(999, 1000)])
def test_rounding_is_exact_where_floating_numbers_are_not(backend: IbisBackend, corpus: Corpus, rate: Fraction) -> None:
    edges = [LARGEST_MONEY - 1, LARGEST_MONEY, 10**15 - 7, 3, 5, 1, 0, 14, 15, None]
    plan = plan_of(corpus, times(ops.Add(MONEY, REVENUE, times(REVENUE, Fraction(16))), rate))
    found = compare_with_reference(backend, plan, register(plan, revenue_2023=edges))
    assert found.different == 0, str(found)


def test_products_beyond_64_bits_are_compared_exactly(backend: IbisBackend, corpus: Corpus) -> None:
    ratio = ops.Divide(RATIO, ops.Multiply(MONEY, SPENT, SPENT), ops.Multiply(MONEY, REVENUE, REVENUE))
    at_least = ops.Compare(">=", ratio, ops.Constant(RATIO, Fraction(1, 4)))
    plan = plan_of(corpus, ops.Constant(MONEY, Fraction(100)), at_least)
    most = LARGEST_MONEY
    columns = register(plan, rd_spend_2023=[most // 2, most // 2 - 1, 0, 1, None], revenue_2023=[most, most, 0, 2, 1])
    found = compare_with_reference(backend, plan, columns)
    assert found.different == 0, str(found)
    assert backend.evaluate(plan, columns).by_measure[0].status.tolist() == [3, 1, 1, 3, 2]


def test_an_amount_beyond_64_bits_is_an_error_and_no_wrong_number(backend: IbisBackend, corpus: Corpus) -> None:
    plan = plan_of(corpus, times(REVENUE, Fraction(10**5)))
    small = register(plan, revenue_2023=[10**12, 7])
    assert backend.evaluate(plan, small).by_measure[0].high.tolist() == [10**17, 7 * 10**5]
    with pytest.raises(CewenError) as caught:
        backend.evaluate(plan, register(plan, revenue_2023=[LARGEST_MONEY]))
    assert caught.value.diagnostics[0].code == "CW638"


def test_more_than_38_digits_are_refused_before_anything_runs(backend: IbisBackend, corpus: Corpus) -> None:
    product = REVENUE
    for _ in range(2):
        product = ops.Multiply(MONEY, product, SPENT)  # type: ignore[assignment]
    plan = plan_of(corpus, product)
    assert backend.evaluate(plan, register(plan, revenue_2023=[5], rd_spend_2023=[3])).by_measure[0].high.tolist() == [
        45
    ]
    with pytest.raises(CewenError) as caught:
        backend.evaluate(plan, register(plan, revenue_2023=[LARGEST_MONEY], rd_spend_2023=[LARGEST_MONEY]))
    assert caught.value.diagnostics[0].code == "CW636"


def test_a_number_no_record_may_hold_is_named(backend: IbisBackend, corpus: Corpus) -> None:
    plan = plan_of(corpus, REVENUE)
    with pytest.raises(CewenError) as caught:
        backend.evaluate(plan, register(plan, revenue_2023=[1, LARGEST_MONEY + 1]))
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code == "CW629"
    assert "年营业收入" in diagnostic.message


def test_sums_beyond_64_bits_are_whole(backend: IbisBackend, corpus: Corpus) -> None:
    plan = plan_of(corpus, times(REVENUE, Fraction(9000)))
    count = 1100
    columns = register(plan, revenue_2023=[LARGEST_MONEY - number for number in range(count)])
    found = sum_register(backend, plan, columns)
    expected = sum(9000 * (LARGEST_MONEY - number) for number in range(count))
    assert expected > 2**63
    assert found.total == (expected, expected)
