from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cewen.base.errors import CewenError
from cewen.engine.simulate.reform import parse_reform
from cewen.engine.simulate.simulate import Settings, Simulator
from cewen.engine.simulate.sweep import parse_sweep, run_sweep
from cewen.engine.simulate.sweep_contract import sweep_json
from cewen.rules.load import Corpus
from cewen.rules.yaml_file import parse_yaml
from simulate_support import ON, cap, firm, reformed, register


@pytest.fixture(scope="module")
def city(corpus: Corpus) -> Corpus:
    return replace(corpus, policies=tuple(each for each in corpus.policies if each.header.type == "measures"))


@pytest.fixture(scope="module")
def simulator(city: Corpus) -> Simulator:
    firms = [firm(年研发投入=amount) for amount in (9_000_000, 10_000_000, 12_000_000, 30_000_000, None)]
    return Simulator(city, register(city, firms), Settings(ON))


def test_every_point_is_the_reform_with_its_value(city: Corpus, simulator: Simulator) -> None:
    found = run_sweep(simulator, parse_sweep("rd-subsidy:cap={50万元..250万元}", 5))
    assert [point.value for point in found.points] == ["50万元", "100万元", "150万元", "200万元", "250万元"]
    assert found.title == "软件企业研发投入补助（二/（六））cap"
    for point in found.points:
        whole = simulator.simulate(reformed(city, cap(point.value)), "点")
        assert (point.after, point.balance) == (whole.after, whole.balance)
    assert found.points[1].after == found.before


def test_a_reform_holds_at_every_point_of_a_sweep(city: Corpus, simulator: Simulator) -> None:
    text = "title: 并取消\nremove: [dcmm-award]\nmeasures:\n- measure: growth-award\n  set: {cap: 60万元}\n"
    reform = parse_reform(parse_yaml(text, "reform.yaml"))
    sweep = parse_sweep("rd-subsidy:conditions[3]=年研发投入 / 年营业收入 >= {15%..25%}", 3)
    found = run_sweep(simulator, sweep, reform)
    shape = sweep_json(found)
    assert [point["value"] for point in shape["points"]] == [
        f"年研发投入 / 年营业收入 >= {percent}%" for percent in (15, 20, 25)
    ]
    entitled = [point["after"]["entitled"] for point in shape["points"]]
    assert entitled == sorted(entitled, reverse=True)
    with pytest.raises(CewenError) as raised:
        run_sweep(simulator, parse_sweep("growth-award:cap={1万元..2万元}", 2), reform)
    assert raised.value.diagnostics[0].code == "CW642"


@given(st.integers(0, 10**9), st.integers(0, 10**9), st.integers(2, 40))
def test_points_are_evenly_spaced_between_the_ends(one: int, other: int, points: int) -> None:
    if one == other:
        return
    found = parse_sweep(f"m:cap={{{one}元..{other}元}}", points).values
    values = [Fraction(text.removesuffix("元")) for text in found]
    assert [values[0], values[-1]] == [Fraction(one), Fraction(other)]
    step = Fraction(other - one, points - 1)
    assert len(found) <= points
    if len(found) == points:
        assert all(abs(value - one - step * at) <= Fraction(1, 200) for at, value in enumerate(values))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("cap={1万元..2万元}", "看不懂"),
        ("rd-subsidy:cap=100万元", "看不懂"),
        ("rd-subsidy:cap={100万元}", "不是从一个数到另一个数"),
        ("rd-subsidy:cap={多..少}", "不是从一个数到另一个数"),
        ("rd-subsidy:cap={1万元..2亿元}", "两端单位不同：“万元”与“亿元”"),
        ("rd-subsidy:cap={1万元..1万元}", "两端一样"),
    ],
)
def test_a_sweep_nobody_understands_says_how_to_write_it(text: str, said: str) -> None:
    with pytest.raises(CewenError) as raised:
        parse_sweep(text, 21)
    (finding,) = raised.value.diagnostics
    assert finding.code == "CW657"
    assert said in finding.message
    assert "{" in finding.remedy
