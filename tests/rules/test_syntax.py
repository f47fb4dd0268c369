from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cewen.rules import syntax
from cewen.rules.syntax import SyntaxFailure, parse_expression

LABELS = ("年营业收入", "从业人员", "DCMM等级", "属于谁的企业", "包含情况", "且慢")


def written(node: syntax.Node) -> str:
    """A tree as text, with every bracket written."""
    match node:
        case syntax.Number():
            return f"{node.value}{node.suffix}"
        case syntax.Name():
            return node.text
        case syntax.String():
            return f'"{node.text}"'
        case syntax.Negative():
            return f"-{written(node.operand)}"
        case syntax.Arithmetic() | syntax.Comparison():
            left, right = written(node.left), written(node.right)
            if isinstance(node, syntax.Arithmetic):
                return f"({left} {node.operator} {right})"
            return f"{left} {node.operator} {right}"
        case syntax.Call():
            return f"{node.function}({', '.join(written(each) for each in node.arguments)})"
        case syntax.Membership():
            return f"{written(node.left)} {node.operator} {'、'.join(written(value) for value in node.values)}"
        case syntax.Junction():
            return f" {node.operator} ".join(f"({written(part)})" for part in node.parts)
        case syntax.Negation():
            return f"非 ({written(node.operand)})"
    raise TypeError(type(node))


def bare(node: syntax.Node) -> object:
    """A tree without places."""
    values = []
    for name in node.__dataclass_fields__:
        value = getattr(node, name)
        if name == "at":
            continue
        if isinstance(value, syntax.Node):
            value = bare(value)
        elif isinstance(value, tuple):
            value = tuple(bare(each) for each in value)
        values.append(value)
    return type(node).__name__, tuple(values)


names = st.sampled_from(LABELS).map(lambda text: syntax.Name(0, text))
numbers = st.builds(
    lambda value, suffix: syntax.Number(0, Fraction(value), suffix),
    st.integers(0, 10**6),
    st.sampled_from(["万元", "%", "人", ""]),
)
sums = st.recursive(
    names | numbers,
    lambda inner: st.one_of(
        st.builds(lambda op, a, b: syntax.Arithmetic(0, op, a, b), st.sampled_from("+-*/"), inner, inner),
        st.builds(lambda args: syntax.Call(0, "最高", tuple(args)), st.lists(inner, min_size=1, max_size=3)),
    ),
    max_leaves=4,
)
values = st.lists(
    st.sampled_from(["软件企业", "工厂（链主）"]).map(lambda text: syntax.String(0, text)), min_size=1, max_size=2
)
relations = st.one_of(
    st.builds(
        lambda op, a, b: syntax.Comparison(0, op, a, b), st.sampled_from([">=", "<=", ">", "<", "=", "!="]), sums, sums
    ),
    st.builds(lambda op, a, v: syntax.Membership(0, op, a, tuple(v)), st.sampled_from(["属于", "包含"]), names, values),
)
trees = st.recursive(
    relations,
    lambda inner: st.one_of(
        inner.map(lambda node: syntax.Negation(0, node)),
        st.builds(lambda op, parts: syntax.Junction(0, op, tuple(parts)), st.sampled_from("且或"), st.lists(inner, min_size=2, max_size=3)),
    ),
    max_leaves=4,
)  # fmt: skip


@given(tree=trees)
def test_what_is_written_is_read_back(tree: syntax.Node) -> None:
    assert bare(parse_expression(written(tree))) == bare(tree)


@pytest.mark.parametrize(
    ("full", "half"),
    [
        ("年营业收入　≥　５００万元", "年营业收入 >= 500万元"),
        ("（年研发投入＋１元）×２", "(年研发投入 + 1元) * 2"),
        ("年研发投入÷年营业收入≤１５％", "年研发投入 / 年营业收入 <= 15%"),
        ("从业人员≠１人", "从业人员 != 1人"),
    ],
)
def test_width_does_not_matter(full: str, half: str) -> None:
    assert bare(parse_expression(full)) == bare(parse_expression(half))


def test_a_quoted_value_keeps_its_width() -> None:
    node = parse_expression("工厂称号 包含 “市级标杆智能（链主）工厂”")
    assert isinstance(node, syntax.Membership)
    assert [value.text for value in node.values] == ["市级标杆智能（链主）工厂"]


@pytest.mark.parametrize(
    "text",
    ["", "年营业收入 >=", "年营业收入 >= 1元 且 ", "(年营业收入", "年营业收入 >= 500万元)", "年营业收入 === 1元", "@"],
)
def test_what_is_no_expression_is_refused_with_an_offset(text: str) -> None:
    with pytest.raises(SyntaxFailure) as refused:
        parse_expression(text)
    assert 0 <= refused.value.at <= len(text)


@given(text=st.text(max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    at = 0
    try:
        parse_expression(text)
    except SyntaxFailure as refused:
        at = refused.at
    assert 0 <= at <= len(text)
