from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from tests.transforms.replications import REPLICATED, covers
from transforms.stats.launch import lift, retained


def test_lift_by_hand_and_its_p_value_is_the_binomial_test() -> None:
    value, low, high, p_value = lift(30, 100.0, 40, 400.0, 1.0)

    assert value == pytest.approx(0.30 - 0.10)
    assert (low, high) == pytest.approx((0.2 - 1.959964 * 0.00325**0.5, 0.2 + 1.959964 * 0.00325**0.5))
    assert p_value == pytest.approx(binomtest(30, 70, 100 / 500, alternative="greater").pvalue)


def test_dispersion_makes_a_lift_less_certain() -> None:
    p_values = lift([30, 30], [100.0, 100.0], [40, 40], [400.0, 400.0], [1.0, 5.0])[3]

    assert p_values[1] > 10 * p_values[0]


def test_retained_by_hand() -> None:
    # base 0.1, weeks 1-4 at 0.5, weeks 10-13 at 0.2: a quarter of the lift is left.
    value, low, high = retained(80, 400.0, 200, 400.0, 130, 1300.0, 1.0)

    assert value == pytest.approx(0.25)
    assert low < 0.25 < high


@REPLICATED
def test_fieller_covers_as_often_as_it_says(replications: int) -> None:
    rng = np.random.default_rng(2)
    late, early, base = (rng.poisson(mean, replications) for mean in (40, 90, 65))
    truth = (40 / 400 - 65 / 1300) / (90 / 400 - 65 / 1300)

    _, low, high = retained(late, 400.0, early, 400.0, base, 1300.0, 1.0)

    assert covers(((low <= truth) & (truth <= high)).mean(), replications)


def test_without_a_lift_no_ratio_can_be_ruled_out() -> None:
    _, low, high = retained(40, 400.0, 42, 400.0, 130, 1300.0, 1.0)

    assert np.isnan([low, high]).all()
