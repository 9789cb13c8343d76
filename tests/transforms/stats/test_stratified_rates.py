"""The common rate ratio against the exact interval of two rates, listing, and by simulation."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from tests.transforms.replications import REPLICATED, covers
from transforms.stats.rates import rate_ratio
from transforms.stats.stratified_rates import common_rate_ratio


def ratio(first: list[float], total: list[float], share: list[float]) -> tuple[float, float, float]:
    return common_rate_ratio(np.array(first), np.array(total), np.array(share))


@pytest.mark.parametrize("case", [(60, 514.775, 30, 543.087), (5, 10.0, 12, 40.0), (1, 3.0, 9, 8.0), (0, 2.0, 7, 3.0)])
def test_one_stratum_is_the_exact_conditional_interval(case: tuple[int, float, int, float]) -> None:
    x1, t1, x2, t2 = case

    found = ratio([x1], [x1 + x2], [t1 / (t1 + t2)])

    assert found == pytest.approx(tuple(float(number) for number in rate_ratio(x1, t1, x2, t2)), rel=1e-6)


def test_strata_of_equal_shares_are_one() -> None:
    assert ratio([3, 4, 8], [10, 7, 12], [0.4, 0.4, 0.4]) == pytest.approx(ratio([15], [29], [0.4]))


def test_bounds_by_convolution() -> None:
    totals, shares, x = [9, 14], [0.2, 0.6], 13
    _, low, high = ratio([4, 9], totals, shares)

    def mass(r: float) -> np.ndarray:
        chances = [r * w / (r * w + 1 - w) for w in shares]
        parts = [binom.pmf(np.arange(n + 1), n, p) for n, p in zip(totals, chances, strict=True)]
        return np.convolve(*parts)

    assert mass(low)[x:].sum() == pytest.approx(0.025)
    assert mass(high)[: x + 1].sum() == pytest.approx(0.025)


def test_a_busy_stratum_cannot_pose_as_an_effect() -> None:
    # Ten times the rate where nearly everything is first side; no difference within either stratum.
    assert ratio([90, 2], [100, 10], [0.9, 0.2])[0] == pytest.approx(1.0)


def test_all_on_one_side_and_nothing_at_all() -> None:
    assert ratio([5, 3], [5, 3], [0.3, 0.5])[2] == np.inf
    assert ratio([0, 0], [5, 3], [0.3, 0.5])[:2] == (0.0, 0.0)
    assert np.isnan(ratio([], [], [])).all()


def test_many_events_keep_their_precision() -> None:
    value, low, high = ratio([900, 600], [3000, 1500], [0.3, 0.4])
    assert (value, low, high) == pytest.approx((1.0, 1.0 / 1.066, 1.066), rel=0.002)


@REPLICATED
def test_it_covers_at_least_as_often_as_it_says(replications: int) -> None:
    rng = np.random.default_rng(8)
    totals, shares, truth = np.array([12, 30, 18]), np.array([0.2, 0.4, 0.6]), 1.5
    chances = truth * shares / (truth * shares + 1 - shares)
    found = [
        common_rate_ratio(rng.binomial(totals, chances).astype(float), totals.astype(float), shares)
        for _ in range(replications)
    ]

    assert covers(float(np.mean([low <= truth <= high for _, low, high in found])), replications, 0.94, 1.0)
