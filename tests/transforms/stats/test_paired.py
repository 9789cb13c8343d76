from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.stats.weightstats import DescrStatsW

from tests.transforms.replications import REPLICATED, covers
from transforms.stats.paired import paired_difference


def interval(differences: list[float]) -> tuple[float, float]:
    d = pl.col("d")
    low, high = paired_difference(d.sum(), (d**2).sum(), pl.len())
    frame = pl.DataFrame({"d": differences}, schema={"d": pl.Float64})
    return frame.select(low.alias("low"), high.alias("high")).row(0)


def test_published_example() -> None:
    # Airway hyper-responsiveness of 21 children (Fagerland, Lydersen and Laake 2014): 1 only before, 7 only after,
    # 1 both, 12 neither. Their table gives -0.508 to -0.013 for the interval of Bonett and Price.
    assert interval([1.0] * 1 + [-1.0] * 7 + [0.0] * 13) == pytest.approx((-0.508, -0.013), abs=5e-4)


def test_fractions_agree_with_a_mean_of_all_and_two_imagined() -> None:
    differences = np.random.default_rng(3).choice([-1.0, -0.5, 0.0, 0.5, 1.0], 40)
    together = DescrStatsW(np.concatenate([differences, [1.0, -1.0]]), ddof=0)

    half = 1.959963984540054 * together.std / np.sqrt(42)

    assert interval(differences.tolist()) == pytest.approx((together.mean - half, together.mean + half))


def test_nobody_has_no_interval() -> None:
    assert interval([]) == (None, None)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.sampled_from([-1.0, 0.0, 1.0]), min_size=1, max_size=60))
def test_it_holds_the_difference_and_has_width(differences: list[float]) -> None:
    low, high = interval(differences)

    assert -1 <= low < high <= 1
    assert low <= np.mean(differences) <= high


@REPLICATED
def test_coverage(replications: int) -> None:
    # 30 people, true shares .6 and .5, correlated.
    rng, shape = np.random.default_rng(11), (replications, 30)
    first = rng.random(shape) < 0.6
    again = rng.random(shape) < 0.5
    second = np.where(again, first, rng.random(shape) < 0.4)  # P(second) = .5 * .6 + .5 * .4 = .5
    d = first.astype(float) - second
    sums = pl.DataFrame({"total": d.sum(axis=1), "squares": (d**2).sum(axis=1)})

    low, high = paired_difference(pl.col("total"), pl.col("squares"), pl.lit(30))

    assert covers(sums.select(((low <= 0.1) & (high >= 0.1)).mean()).item(), replications)
