"""Contradictions are exact: whenever the interpreter finds facts that meet all conditions, they are called possible."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cewen.base.source import Place
from cewen.base.truth import Truth
from cewen.engine.factsheet import FactKey, Record, Value, View
from cewen.engine.reference import Interpreter
from cewen.rules import ops
from cewen.rules.check.satisfiable import can_hold
from cewen.rules.expression import Lowerer
from cewen.rules.load import Corpus


def truth(corpus: Corpus, text: str) -> ops.TruthOp:
    lowerer = Lowerer(corpus.vocabulary, corpus.regions, "enterprise")
    op = lowerer.truth(text, Place())
    assert op is not None, lowerer.findings
    return op


@pytest.mark.parametrize(
    "conditions",
    [
        ["年营业收入 >= 500万元", "年营业收入 < 100万元"],
        ["年营业收入 > 500万元", "年营业收入 <= 0.05亿元"],
        ["年营业收入 < 0元"],
        ["DCMM等级 > 5级"],
        ["DCMM等级 > 3级", "DCMM等级 < 4级"],
        ["DCMM等级 = 3级", "DCMM等级 != 3级"],
        ["年研发投入 / 年营业收入 >= 15%", "年研发投入 / 年营业收入 < 10%"],
        ["年研发投入 / 年营业收入 < 0%"],
        ["年营业收入 * 2 >= 1000万元", "年营业收入 < 500万元"],
        ["年营业收入 - 年研发投入 > 100万元", "年研发投入 - 年营业收入 > 0元"],
        ["企业规模 属于 小型、微型", "企业规模 属于 大型"],
        ["企业规模 属于 小型", "非 企业规模 属于 小型、微型"],
        ["企业类型 包含 软件企业、制造业企业", "非 企业类型 包含 软件企业"],
        ["注册地 属于 武汉市", "注册地 属于 湖南省"],
        ["注册地 属于 洪山区", "非 注册地 属于 武汉市"],
        ["首次达到(年营业收入, 1亿元)", "年营业收入 < 1亿元"],
        ["首次突破(年营业收入, 1亿元)", "上年(年营业收入) > 2亿元"],
        ["年营业收入 >= 1亿元 或 年营业收入 < 0元", "年营业收入 < 1亿元"],
        ["非 (年营业收入 >= 1亿元 或 从业人员 < 10人)", "从业人员 < 5人"],
        ["1万元 > 2万元"],
    ],
)
def test_what_cannot_be_is_seen(small: Corpus, conditions: list[str]) -> None:
    assert not can_hold([truth(small, text) for text in conditions], small)


@pytest.mark.parametrize(
    "conditions",
    [
        [],
        ["年营业收入 >= 500万元", "年营业收入 <= 500万元"],
        ["DCMM等级 > 3级", "DCMM等级 < 5级"],
        ["年研发投入 >= 年营业收入", "年营业收入 >= 500万元"],
        ["非 年研发投入 / 年营业收入 >= 0%"],  # 营业收入为零时无从计算
        ["注册地 属于 武汉市", "注册地 属于 洪山区"],
        ["注册地 属于 湖北省", "非 注册地 属于 武汉市"],
        ["企业类型 包含 软件企业", "企业类型 包含 制造业企业"],
        ["首次达到(年营业收入, 1亿元)", "年营业收入 >= 10亿元"],
        ["企业规模 != 大型"],
    ],
)
def test_what_can_be_is_not_called_a_contradiction(small: Corpus, conditions: list[str]) -> None:
    assert can_hold([truth(small, text) for text in conditions], small)


money = st.integers(0, 4).map(lambda amount: f"{amount}元")
level = st.integers(0, 5).map(lambda number: f"{number}级")
operator = st.sampled_from([">=", ">", "<=", "<", "=", "!="])
atoms = st.one_of(
    st.tuples(st.sampled_from(["年营业收入", "年研发投入", "年营业收入 - 年研发投入"]), operator, money).map(" ".join),
    st.tuples(st.just("DCMM等级"), operator, level).map(" ".join),
    st.tuples(st.just("年研发投入 / 年营业收入"), operator, st.sampled_from(["0%", "50%", "100%"])).map(" ".join),
    money.map(lambda threshold: f"首次达到(年营业收入, {threshold})"),
    st.sampled_from(
        ["企业类型 包含 软件企业", "企业类型 包含 制造业企业", "企业规模 属于 小型、微型", "企业规模 = 大型",
         "注册地 属于 武汉市", "注册地 属于 湖北省", "注册地 属于 湖南省"]
    ),
)  # fmt: skip
conditions = st.recursive(
    atoms,
    lambda inner: st.one_of(
        inner.map(lambda text: f"非 ({text})"),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]}) 且 ({pair[1]})"),
        st.tuples(inner, inner).map(lambda pair: f"({pair[0]}) 或 ({pair[1]})"),
    ),
    max_leaves=4,
)
facts = st.fixed_dictionaries(
    {
        ("revenue", 2023): st.integers(0, 4).map(lambda yuan: Fraction(yuan * 100)),
        ("revenue", 2022): st.integers(0, 4).map(lambda yuan: Fraction(yuan * 100)),
        ("rd_spend", 2023): st.integers(0, 4).map(lambda yuan: Fraction(yuan * 100)),
        ("dcmm_level", None): st.integers(0, 5).map(Fraction),
        ("enterprise_kinds", None): st.frozensets(st.sampled_from(["软件企业", "制造业企业"])),
        ("enterprise_size", None): st.sampled_from(["大型", "中型", "小型", "微型"]),
        ("registered_in", None): st.sampled_from(["420000", "420100", "420111", "430000"]),
    }
)


@given(texts=st.lists(conditions, max_size=4), values=facts)
def test_conditions_that_some_facts_meet_can_hold(
    small: Corpus, texts: list[str], values: dict[FactKey, Value]
) -> None:
    lowered = [truth(small, text) for text in texts]
    record = Record("enterprise", "enterprise", values)
    interpreter = Interpreter(small.vocabulary, small.regions, View(record, record, 2023))
    if all(interpreter.truth(op) is Truth.MET for op in lowered):
        assert can_hold(lowered, small)


defined = conditions.filter(lambda text: "/" not in text and "首次" not in text)
"""A division by zero, or a first time, leaves room between yes and no."""


@given(text=defined)
def test_a_condition_and_its_opposite_never_hold_together(small: Corpus, text: str) -> None:
    op = truth(small, text)
    assert not can_hold([op, ops.Not(op)], small)
