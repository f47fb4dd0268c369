from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cewen.base.diagnostic import Diagnostic
from cewen.base.source import Place
from cewen.rules import ops
from cewen.rules.expression import Lowerer
from cewen.rules.load import Corpus
from cewen.rules.types import MONEY, RATIO, Quantity

REVENUE = ops.FactNumber(MONEY, "revenue")
SPEND = ops.FactNumber(MONEY, "rd_spend")


def reader(small: Corpus, subject: str = "enterprise", **parameters: str) -> Lowerer:
    return Lowerer(small.vocabulary, small.regions, subject, parameters)


def truth(small: Corpus, text: str) -> ops.TruthOp | None:
    return reader(small).truth(text, Place())


def fault(small: Corpus, text: str, subject: str = "enterprise", **parameters: str) -> Diagnostic:
    lowerer = reader(small, subject, **parameters)
    assert lowerer.truth(text, Place("x.yaml", 3, 5)) is None
    (finding,) = lowerer.findings
    return finding


@pytest.mark.parametrize(
    ("text", "op"),
    [
        ("年营业收入 >= 500万元", ops.Compare(">=", REVENUE, ops.Constant(MONEY, Fraction(500_000_000)))),
        ("年营业收入≥５００万元", ops.Compare(">=", REVENUE, ops.Constant(MONEY, Fraction(500_000_000)))),
        ("年研发投入 / 年营业收入 >= 15%", ops.Compare(">=", ops.Divide(RATIO, SPEND, REVENUE), ops.Constant(RATIO, Fraction(3, 20)))),
        ("年研发投入÷年营业收入≥15%", ops.Compare(">=", ops.Divide(RATIO, SPEND, REVENUE), ops.Constant(RATIO, Fraction(3, 20)))),
        ("企业类型 包含 软件企业、制造业企业", ops.Holds("enterprise_kinds", ("软件企业", "制造业企业"))),
        ("企业规模 属于 小型、微型", ops.OneOf("enterprise_size", ("小型", "微型"))),
        ("企业规模 = 小型", ops.OneOf("enterprise_size", ("小型",))),
        ("企业规模 != 小型", ops.Not(ops.OneOf("enterprise_size", ("小型",)))),
        ("注册地 属于 武汉市", ops.LiesIn("registered_in", ("420100",))),
        ("非 注册地 属于 武汉市", ops.Not(ops.LiesIn("registered_in", ("420100",)))),
        ("首次突破(年营业收入, 20亿元)", ops.FirstTime(">", REVENUE, ops.Constant(MONEY, Fraction(200_000_000_000)))),
        ("首次达到(年营业收入, 20亿元)", ops.FirstTime(">=", REVENUE, ops.Constant(MONEY, Fraction(200_000_000_000)))),
    ],
)  # fmt: skip
def test_a_condition_means_one_operation(small: Corpus, text: str, op: ops.TruthOp) -> None:
    assert truth(small, text) == op


def test_and_binds_before_or_and_brackets_before_both(small: Corpus) -> None:
    one, two, three = (truth(small, text) for text in ("从业人员 > 1人", "从业人员 > 2人", "从业人员 > 3人"))
    assert one is not None
    assert two is not None
    assert three is not None
    flat = truth(small, "从业人员 > 1人 或 从业人员 > 2人 且 从业人员 > 3人")
    assert flat == ops.Any((one, ops.All((two, three))))
    bracketed = truth(small, "(从业人员 > 1人 或 从业人员 > 2人) 且 从业人员 > 3人")
    assert bracketed == ops.All((ops.Any((one, two)), three))


def test_products_bind_before_sums(small: Corpus) -> None:
    lowered = reader(small).number("年营业收入 + 年研发投入 * 10%", Place(), MONEY)
    share = ops.Multiply(MONEY, SPEND, ops.Constant(RATIO, Fraction(1, 10)))
    assert lowered == ops.Add(MONEY, REVENUE, share)
    assert reader(small).number("年营业收入 - 年研发投入 - 1元", Place(), MONEY) == ops.Subtract(
        MONEY, ops.Subtract(MONEY, REVENUE, SPEND), ops.Constant(MONEY, Fraction(100))
    )


@pytest.mark.parametrize(
    ("text", "code", "column"),
    [
        ("年营业收入 不少于 500万元", "CW200", 11),
        ("年营业收入 >=", "CW200", 13),
        ("", "CW200", 5),
        ("年营业收入", "CW206", 5),
        ("年营业收入 >= 15%", "CW202", 5),
        ("年营业收入 >= 500万吨", "CW202", 5),
        ("营收 >= 500万元", "CW203", 5),
        ("从业人员 >= 1人 且 营收 >= 500万元", "CW203", 18),
        ("项目总投资 >= 500万元", "CW204", 5),
        ("企业类型 包含 软件公司", "CW205", 13),
        ("注册地 属于 桃花源", "CW205", 12),
        ("企业规模 > 小型", "CW206", 5),
        ("企业类型 = 软件企业", "CW206", 5),
        ("企业规模 包含 小型", "CW206", 5),
        ("增速(DCMM等级) >= 30%", "CW207", 5),
        ("增速(年营业收入, 1元) >= 30%", "CW207", 5),
        ("翻番(年营业收入) >= 30%", "CW207", 5),
        ("年营业收入 * 年研发投入 >= 1元", "CW201", 5),
    ],
)
def test_a_fault_has_code_column_and_remedy(small: Corpus, text: str, code: str, column: int) -> None:
    finding = fault(small, text)
    assert (finding.code, finding.place.line, finding.place.column) == (code, 3, column)
    assert finding.remedy


def test_a_misspelled_fact_is_met_with_a_guess(small: Corpus) -> None:
    assert fault(small, "营业收入 >= 500万元").remedy == "是不是“年营业收入”？"


def test_facts_of_the_enterprise_serve_its_projects(small: Corpus) -> None:
    lowerer = reader(small, "project")
    assert lowerer.truth("年营业收入 >= 项目总投资", Place()) is not None


def test_parameters_stand_for_their_expression(small: Corpus) -> None:
    with_parameter = reader(small, 门槛="500万元").truth("年营业收入 >= 门槛", Place())
    assert with_parameter == truth(small, "年营业收入 >= 500万元")
    nested = reader(small, 门槛="底数 * 5", 底数="100万元").number("门槛", Place(), MONEY)
    assert nested == reader(small).number("100万元 * 5", Place(), MONEY)


@pytest.mark.parametrize("parameters", [{"门槛": "门槛"}, {"门槛": "底数 * 5", "底数": "门槛 / 5"}])
def test_parameters_in_a_circle_are_a_finding(small: Corpus, parameters: dict[str, str]) -> None:
    assert fault(small, "年营业收入 >= 门槛", **parameters).code == "CW305"


def test_growth_compares_with_the_year_before(small: Corpus) -> None:
    before = ops.FactNumber(MONEY, "revenue", 1)
    increase = ops.Subtract(MONEY, REVENUE, before)
    lowered = [
        reader(small).number(text, Place()) for text in ("上年(年营业收入)", "增量(年营业收入)", "增速(年营业收入)")
    ]
    assert lowered == [before, increase, ops.Divide(RATIO, increase, before)]


@pytest.mark.parametrize(
    ("text", "quantity"),
    [
        ("年营业收入 / 从业人员", MONEY),
        ("从业人员 / 从业人员", RATIO),
        ("从业人员 * 10%", Quantity("人")),
        ("20万元 * 从业人员", MONEY),
        ("最低(年营业收入, 100万元)", MONEY),
    ],
)
def test_units_follow_the_calculation(small: Corpus, text: str, quantity: Quantity) -> None:
    lowered = reader(small).number(text, Place())
    assert lowered is not None
    assert lowered.quantity == quantity


units = st.sampled_from([("万元", 10**6), ("元", 100), ("亿元", 10**10), ("百万元", 10**8)])


@given(whole=st.integers(0, 10**6), places=st.integers(0, 99), unit=units)
def test_money_literals_are_exact(small: Corpus, whole: int, places: int, unit: tuple[str, int]) -> None:
    word, fen = unit
    lowered = reader(small).number(f"{whole}.{places:02}{word}", Place(), MONEY)
    assert lowered == ops.Constant(MONEY, (whole + Fraction(places, 100)) * fen)


@given(text=st.text(alphabet='年营业收入 从业人员(),>=<!且或非包含属于500万元%+-*/"“”、', max_size=30))
def test_any_text_is_either_read_or_refused_with_a_place(small: Corpus, text: str) -> None:
    lowerer = reader(small)
    op = lowerer.truth(text, Place("x.yaml", 1, 1))
    assert (op is None) is bool(lowerer.findings)
    for finding in lowerer.findings:
        assert finding.place.column is not None
        assert 1 <= finding.place.column <= 2 * len(text) + 2
