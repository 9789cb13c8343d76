from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest
from statsmodels.stats.rates import confint_poisson
from statsmodels.stats.rates import test_poisson_2indep as poisson_test

from tests.transforms.replications import REPLICATED, covers
from transforms.stats.rates import poisson_rate, rate_ratio


@pytest.mark.parametrize("case", [(60, 514.775, 30, 543.087), (5, 10.0, 12, 40.0), (1, 3.0, 9, 8.0)])
def test_bounds_are_where_the_exact_conditional_test_says_0_025(case: tuple[int, float, int, float]) -> None:
    x1, t1, x2, t2 = case

    value, low, high = rate_ratio(x1, t1, x2, t2)

    assert value == pytest.approx((x1 / t1) / (x2 / t2))
    larger = poisson_test(x1, t1, x2, t2, value=float(low), method="exact-cond", alternative="larger")
    smaller = poisson_test(x1, t1, x2, t2, value=float(high), method="exact-cond", alternative="smaller")
    assert larger.pvalue == pytest.approx(0.025)
    assert smaller.pvalue == pytest.approx(0.025)


def test_equal_exposure_is_clopper_pearson_odds() -> None:
    interval = binomtest(7, 10).proportion_ci(method="exact")

    _, low, high = rate_ratio(7, 1.0, 3, 1.0)

    assert low == pytest.approx(interval.low / (1 - interval.low))
    assert high == pytest.approx(interval.high / (1 - interval.high))


def test_empty_sides() -> None:
    value, low, high = rate_ratio([0, 4, 0], [1.0, 1.0, 1.0], [4, 0, 0], [1.0, 1.0, 1.0])

    np.testing.assert_array_equal(np.isnan(value), [False, True, True])
    assert low[0] == 0
    assert np.isinf(high[1])
    assert np.isnan(low[2])


@pytest.mark.parametrize("events", [0, 1, 7, 130])
def test_rate_of_a_count_is_exact(events: int) -> None:
    value, low, high = poisson_rate(events, 40.0)

    assert value == events / 40
    assert (low, high) == pytest.approx(confint_poisson(events, 40.0, method="exact-c"))


def test_no_exposure_has_no_rate() -> None:
    assert np.isnan(poisson_rate([3], [0.0])).all()


@REPLICATED
@pytest.mark.parametrize(("mean", "other"), [(6, 15), (60, 40), (400, 500)])
def test_exact_intervals_cover_at_least_as_often_as_they_say(mean: int, other: int, replications: int) -> None:
    rng = np.random.default_rng(23)
    first, second = rng.poisson(mean, replications), rng.poisson(other, replications)

    _, low, high = poisson_rate(first, 10.0)
    _, ratio_low, ratio_high = rate_ratio(first, 10.0, second, 25.0)

    assert covers(np.mean((low <= mean / 10) & (high >= mean / 10)), replications, 0.94, 1.0)
    truth = (mean / 10) / (other / 25)
    assert covers(np.mean((ratio_low <= truth) & (ratio_high >= truth)), replications, 0.94, 1.0)
