from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cewen.base.truth import Truth, all_of, any_of

TRUTH = st.sampled_from(list(Truth))
KNOWN = (Truth.MET, Truth.NOT_MET)


def completions(values: list[Truth]) -> list[list[Truth]]:
    return [list(each) for each in product(*([value] if value in KNOWN else KNOWN for value in values))]


@given(st.lists(TRUTH, max_size=5))
def test_all_of_when_some_are_unknown_then_settled_only_if_every_completion_agrees(values: list[Truth]) -> None:
    answers = {all(value is Truth.MET for value in each) for each in completions(values)}
    expected = Truth.UNKNOWN if len(answers) == 2 else Truth.of(answers.pop())
    assert all_of(values) is expected


@given(TRUTH, TRUTH)
def test_junctions_when_negated_then_de_morgan_holds(one: Truth, other: Truth) -> None:
    assert ~(one & other) is (~one | ~other)
    assert any_of((one, other)) is ~all_of((~one, ~other))


def test_truth_when_used_as_a_bool_then_refused() -> None:
    with pytest.raises(TypeError, match="three values"):
        bool(Truth.UNKNOWN)
