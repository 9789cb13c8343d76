from __future__ import annotations

import numpy as np
import pytest

from tests.transforms.replications import REPLICATED, covers
from transforms.stats.seeds import seed_of
from transforms.stats.stratified_bootstrap import studentised_interval

SEED = seed_of(1, "rain_gap", "care")


def _weeks(rng: np.random.Generator, gap: float, spread: float = 0.05) -> tuple[np.ndarray, np.ndarray]:
    weights = rng.uniform(2, 20, 26)
    return weights * rng.normal(gap, spread, 26), weights


def test_interval_is_centred_near_the_linearised_one_when_weeks_are_many_and_even() -> None:
    rng = np.random.default_rng(2)
    gaps = rng.normal(-0.02, 0.1, 400)
    weights = np.ones(400)

    low, high = studentised_interval(gaps, weights, SEED)

    half = 1.96 * gaps.std(ddof=1) / 20
    assert low == pytest.approx(gaps.mean() - half, abs=0.002)
    assert high == pytest.approx(gaps.mean() + half, abs=0.002)


@REPLICATED
def test_covers_the_truth_as_often_as_it_says(replications: int) -> None:
    rng = np.random.default_rng(4)
    found = [studentised_interval(*_weeks(rng, -0.1, 0.2), seed_of(number)) for number in range(replications)]

    assert covers(float(np.mean([low <= -0.1 <= high for low, high in found])), replications)


def test_same_seed_same_interval() -> None:
    weeks = _weeks(np.random.default_rng(8), -0.1)

    assert studentised_interval(*weeks, SEED) == studentised_interval(*weeks, SEED)
    assert studentised_interval(*weeks, SEED) != studentised_interval(*weeks, seed_of(2, "rain_gap", "care"))


def test_fewer_than_four_weeks_with_weight_give_none() -> None:
    gaps, weights = np.array([0.1, -0.2, 0.1, 0.0, 0.0]), np.array([1.0, 2.0, 1.0, 0.0, 0.0])

    assert all(np.isnan(bound) for bound in studentised_interval(gaps, weights, SEED))


def test_identical_weeks_have_no_spread() -> None:
    weights = np.full(26, 3.0)

    assert studentised_interval(weights * -0.25, weights, SEED) == pytest.approx((-0.25, -0.25))


def test_bounds_are_possible_differences() -> None:
    gaps, weights = np.array([3.0, -3.0, 3.0, 3.0, -2.0, 0.0]), np.array([3.0, 3.0, 3.0, 3.0, 2.0, 0.0])

    low, high = studentised_interval(gaps, weights, SEED)

    assert -1 <= low < high <= 1


def test_the_last_digits_of_a_sum_do_not_move_the_interval() -> None:
    # Few weeks carry weight, so that some draws hold nothing but one of them, or none: no spread but that of rounding.
    for number in range(20):
        rng = np.random.default_rng(number)
        weights = np.zeros(26)
        weights[rng.choice(26, 5, replace=False)] = rng.integers(1, 20, 5) / 3
        gaps = weights * rng.integers(-3, 4, 26) / 7
        nudged = np.nextafter(gaps, rng.choice([-1.0, 1.0], 26))

        expected = studentised_interval(gaps, weights, SEED)

        assert studentised_interval(nudged, weights, SEED) == pytest.approx(expected, rel=1e-9)
