"""Cells to margins, cells to whole numbers, values to totals."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cewen.base.errors import CewenError
from cewen.engine.synth.calibrate import integerise, rake, tilt
from cewen.engine.synth.seed import Floats

_POSITIVE = st.floats(0.1, 100)


def _matrix(rows: int, columns: int) -> st.SearchStrategy[Floats]:
    cells = st.lists(_POSITIVE, min_size=rows * columns, max_size=rows * columns)
    return cells.map(lambda found: np.array(found).reshape(rows, columns))


def test_rake_when_the_seed_is_even_then_the_cells_are_the_product_of_the_margins() -> None:
    found = rake(np.ones((2, 2)), [((0,), np.array([30.0, 70.0])), ((1,), np.array([40.0, 60.0]))])
    assert found == pytest.approx(np.array([[12.0, 18.0], [28.0, 42.0]]))


def test_rake_when_the_seed_leans_then_its_odds_ratio_is_kept() -> None:
    found = rake(np.array([[4.0, 1.0], [1.0, 1.0]]), [((0,), np.array([50.0, 50.0])), ((1,), np.array([50.0, 50.0]))])
    # Margins of a half each and an odds ratio of 4: x² = 4 (50 - x)², so x = 100/3.
    assert found == pytest.approx(np.array([[100 / 3, 50 / 3], [50 / 3, 100 / 3]]))


@given(_matrix(3, 4), _matrix(3, 4))
def test_rake_when_margins_fit_together_then_all_are_met(seed: Floats, wanted: Floats) -> None:
    found = rake(seed, [((0,), wanted.sum(axis=1)), ((1,), wanted.sum(axis=0))], tolerance=1e-10)
    assert found.sum(axis=1) == pytest.approx(wanted.sum(axis=1), rel=1e-6)
    assert found.sum(axis=0) == pytest.approx(wanted.sum(axis=0), rel=1e-6)


def test_rake_when_margins_contradict_each_other_then_says_so() -> None:
    with pytest.raises(CewenError) as caught:
        rake(np.ones((2, 2)), [((0,), np.array([1.0, 1.0])), ((1,), np.array([1.0, 9.0]))], rounds=50)
    assert caught.value.diagnostics[0].code == "CW671"


def test_rake_when_a_cell_is_zero_then_it_stays_zero() -> None:
    seed = np.array([[1.0, 0.0], [1.0, 1.0]])
    found = rake(seed, [((0,), np.array([10.0, 20.0])), ((1,), np.array([15.0, 15.0]))])
    assert found[0, 1] == 0


@given(_matrix(4, 5), st.floats(0, 0.999))
def test_integerise_keeps_the_total_and_stays_within_one(cells: Floats, start: float) -> None:
    cells = cells * round(cells.sum()) / cells.sum()
    found = integerise(cells, start)
    assert found.sum() == round(cells.sum())
    assert (np.abs(found - cells) < 1 + 1e-6).all()
    assert (np.abs(np.cumsum(found.ravel()) - np.cumsum(cells.ravel())) < 1 + 1e-6).all()


@given(st.lists(st.floats(1, 1000), min_size=6, max_size=30), st.floats(0.6, 1.6), st.floats(0.6, 1.6))
def test_tilt_when_within_reach_then_both_totals_are_met_and_weights_keep_their_bounds(
    sizes: list[float], first: float, second: float
) -> None:
    values = np.array(sizes)
    half = np.arange(len(values)) % 2 == 0
    features = np.stack([half, ~half], axis=1).astype(float)
    totals = np.array([first, second]) * (values @ features)
    weights, _ = tilt(values, features, totals)
    assert (weights * values) @ features == pytest.approx(totals, rel=1e-9)
    assert ((weights >= 0.3) & (weights <= 3)).all()


def test_tilt_when_strength_is_zero_then_the_value_does_not_move() -> None:
    values, strengths = np.array([10.0, 10.0, 10.0]), np.array([0.0, 1.0, 2.0])
    weights, _ = tilt(values, np.ones((3, 1)), np.array([45.0]), strengths=strengths)
    assert weights[0] == 1
    assert weights[1] ** 2 == pytest.approx(weights[2])
    assert weights @ values == pytest.approx(45)


def test_tilt_when_out_of_reach_then_ends_at_the_bound() -> None:
    weights, _ = tilt(np.array([1.0, 2.0]), np.ones((2, 1)), np.array([300.0]))
    assert weights == pytest.approx([3.0, 3.0], rel=0.2)
    assert (weights <= 3).all()
