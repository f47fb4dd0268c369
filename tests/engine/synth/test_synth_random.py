"""Streams, shuffles, shapes, codes and names."""

from __future__ import annotations

import re
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from cewen.engine.synth.codes import LARGEST_SERIAL, Text, codes, enterprise_names
from cewen.engine.synth.curve import (
    beta_curve,
    beta_shapes,
    copula,
    laplace_curve,
    normal_score,
    normal_share,
    quantile_curve,
)
from cewen.engine.synth.report import rank_correlation
from cewen.engine.synth.seed import Shuffle, Streams

_ORGANIZATION = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def _texts(found: Text) -> list[str]:
    return [row.tobytes().decode() for row in found]


def test_streams_when_a_name_a_chunk_or_the_seed_differs_then_the_numbers_differ() -> None:
    base = Streams(1).uniform("size", 0, 8)
    assert (Streams(1).uniform("size", 0, 8) == base).all()
    for other in (
        Streams(2).uniform("size", 0, 8),
        Streams(1).uniform("sizes", 0, 8),
        Streams(1).uniform("size", 1, 8),
    ):
        assert not (other == base).any()


def test_streams_when_coins_are_certain_then_they_all_fall_so() -> None:
    streams = Streams(3)
    assert not streams.chance("x", 0, 0.0, 1000).any()
    assert streams.chance("x", 0, 1.0, 1000).all()
    assert not streams.rare("x", 0, 0.0, 1000).any()
    assert streams.rare("y", 0, 0.1, 50_000).mean() == pytest.approx(0.1, abs=0.01)


@given(st.integers(1, 3000), st.integers(0, 2**40))
def test_shuffle_is_a_permutation(count: int, seed: int) -> None:
    shuffle = Shuffle.of(Streams(seed), count)
    assert (np.sort(shuffle.positions(0, count)) == np.arange(count)).all()


@given(st.lists(st.floats(1e-12, 1 - 1e-12), min_size=1, max_size=50))
def test_normal_score_is_the_inverse_of_the_normal_distribution(shares: list[float]) -> None:
    expected = [NormalDist().inv_cdf(share) for share in shares]
    assert normal_score(np.array(shares)) == pytest.approx(expected, rel=1e-6, abs=1e-7)


def test_curves_have_the_moments_they_are_named_for() -> None:
    scores = np.array([NormalDist().inv_cdf((each + 0.5) / 40_000) for each in range(40_000)])
    beta = beta_curve(*beta_shapes(0.1187, 0.0849))(scores)
    assert (beta.mean(), beta.std()) == (pytest.approx(0.1187, abs=2e-4), pytest.approx(0.0849, abs=2e-4))
    laplace = laplace_curve()(scores)
    assert laplace.mean() == pytest.approx(0, abs=1e-3)
    assert laplace.var() == pytest.approx(2, rel=0.01)
    given_quantiles = quantile_curve(np.array([0.0, 0.5, 1.0]), np.array([0.0, 10.0, 30.0]))(scores)
    assert np.median(given_quantiles) == pytest.approx(10, rel=0.01)
    assert given_quantiles.mean() == pytest.approx(12.5, rel=0.01)


def test_copula_gives_the_rank_correlations_asked_for() -> None:
    wanted = np.array([[1.0, 0.7565, -0.2974], [0.7565, 1.0, -0.0381], [-0.2974, -0.0381, 1.0]])
    drawn = copula(wanted) @ Streams(5).generator("x").standard_normal((3, 40_000))
    for one in range(3):
        for other in range(one):
            assert rank_correlation(drawn[one], drawn[other]) == pytest.approx(wanted[one, other], abs=0.02)


def test_copula_when_rounding_broke_the_matrix_then_the_nearest_is_taken() -> None:
    impossible = np.array([[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]])
    factor = copula(impossible)
    assert np.isfinite(factor).all()
    assert np.diag(factor @ factor.T) == pytest.approx([1, 1, 1])


def test_normal_share_and_ranks_with_ties() -> None:
    assert normal_share(0.0) == 0.5
    assert rank_correlation(np.array([1.0, 1.0, 2.0]), np.array([5.0, 5.0, 9.0])) == pytest.approx(1)
    assert rank_correlation(np.array([1.0, 1.0]), np.array([1.0, 2.0])) == 0


@given(st.lists(st.integers(1, LARGEST_SERIAL), min_size=1, max_size=200, unique=True))
def test_codes_are_valid_unique_and_of_no_region(serials: list[int]) -> None:
    found = _texts(codes(np.array(serials)))
    assert len(set(found)) == len(serials)
    for code in found:
        assert uscc.validate(code) == code
        assert code.startswith("91429999")
        weights = (3, 7, 9, 10, 5, 8, 4, 2)
        total = sum(_ORGANIZATION.index(mark) * weight for mark, weight in zip(code[8:16], weights, strict=True))
        assert code[16] == "0123456789X0"[11 - total % 11]  # GB 11714


def test_codes_when_many_then_all_differ() -> None:
    found = codes(np.arange(1, 200_001))
    assert len(np.unique(found.view("S18"))) == 200_000


def test_names_say_that_they_are_made_up_and_none_is_there_twice() -> None:
    serials = np.arange(1, 5001)
    found = _texts(enterprise_names(Streams(1), 0, serials, serials % 3 == 0))
    assert len(set(found)) == 5000
    assert all(re.fullmatch(r"[一-鿿]{5}有限公司\d{9}（合成）", name) for name in found)
