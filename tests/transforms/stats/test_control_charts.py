from __future__ import annotations

import math
from itertools import pairwise

import polars as pl
import pytest
from scipy.stats import norm

from transforms.stats.control_charts import individuals, laney

SERIES = ["kpi", "team"]


def chart_points(values: list[float | None], team: str = "a") -> pl.DataFrame:
    return pl.DataFrame({"kpi": "k", "team": team, "week": range(len(values)), "value": values})


def test_limits_are_the_mean_and_2_66_mean_moving_ranges() -> None:
    # values 10 12 11 13 14: mean 12; moving ranges 2 1 2 1: mean 1.5; 2.66 * 1.5 = 3.99
    points = chart_points([10.0, 12.0, 11.0, 13.0, 14.0]).lazy()

    chart = individuals(points, SERIES, "week").collect()

    assert chart["centre"].to_list() == pytest.approx([12.0] * 5)
    assert chart["upper_limit"][0] == pytest.approx(12 + 3 / 1.128 * 1.5)
    assert chart["lower_limit"][0] == pytest.approx(12 - 3 / 1.128 * 1.5)
    assert chart["standardised"][4] == pytest.approx(2 / (1.5 / 1.128))
    assert chart["p_value"][4] == pytest.approx(2 * norm.sf(2 / (1.5 / 1.128)))


def test_a_point_left_out_of_the_baseline_does_not_widen_its_own_limits() -> None:
    points = chart_points([10.0, 12.0, 11.0, 13.0, 14.0, 40.0]).lazy()

    chart = individuals(points, SERIES, "week", baseline=pl.col("week") < 5).collect()

    assert chart["centre"][5] == pytest.approx(12.0)
    assert chart["value"][5] > chart["upper_limit"][5]
    assert chart["p_value"][5] < 1e-6


def test_a_series_that_never_varies_or_is_too_short_has_no_limits() -> None:
    points = pl.concat([chart_points([0.1] * 6), chart_points([3.0], "b")]).lazy()

    chart = individuals(points, SERIES, "week").collect()

    assert (
        chart.select(pl.col("centre", "lower_limit", "standardised", "p_value").is_null().all()).row(0) == (True,) * 4
    )


def test_series_are_apart_and_the_order_of_rows_does_not_matter() -> None:
    points = pl.concat([chart_points([1.0, 2.0, 1.5, 2.5, None]), chart_points([7.0, 9.0, 8.0, 7.5], "b")])

    chart = individuals(points.lazy(), SERIES, "week").collect().sort("team", "week")
    shuffled = individuals(points.sample(fraction=1.0, shuffle=True, seed=5).lazy(), SERIES, "week").collect()

    assert chart.equals(shuffled.sort("team", "week"))
    assert chart.filter(pl.col("team") == "b")["centre"][0] == pytest.approx(7.875)
    assert chart.filter(pl.col("value").is_null()).select("centre", "p_value").row(0) == (1.75, None)


def proportion_points(successes: list[int], trials: list[int]) -> pl.DataFrame:
    return pl.DataFrame(
        {"kpi": "k", "team": "a", "week": range(len(trials)), "numerator": successes, "denominator": trials}
    )


def test_laney_is_the_textbook_computation() -> None:
    successes, trials = [180, 260, 150, 320, 210], [1000, 1200, 900, 1500, 1000]
    centre = sum(successes) / sum(trials)
    sigmas = [math.sqrt(centre * (1 - centre) / n) for n in trials]
    scores = [(x / n - centre) / s for x, n, s in zip(successes, trials, sigmas, strict=True)]
    sigma_z = sum(abs(b - a) for a, b in pairwise(scores)) / 4 / 1.128

    chart = laney(proportion_points(successes, trials).lazy(), SERIES, "week").collect()

    assert chart["centre"][0] == pytest.approx(centre)
    assert chart["upper_limit"].to_list() == pytest.approx([centre + 3 * s * sigma_z for s in sigmas])
    assert chart["standardised"].to_list() == pytest.approx([z / sigma_z for z in scores])


def test_laney_widens_the_limits_of_points_that_vary_more_than_coin_tosses() -> None:
    # 50,000 units a point: binomial sigma 0.0022, yet the share moves by 0.02 from week to week.
    successes = [25_000, 26_000, 24_900, 26_100, 25_200, 25_900]

    chart = laney(proportion_points(successes, [50_000] * 6).lazy(), SERIES, "week").collect()

    assert chart["standardised"].abs().max() < 1.5  # type: ignore[operator]
    assert chart["upper_limit"][0] - chart["centre"][0] > 0.03


def test_laney_without_units_or_without_a_failure() -> None:
    all_kept = laney(proportion_points([10, 12, 9], [10, 12, 9]).lazy(), SERIES, "week").collect()
    one_empty = laney(proportion_points([5, 0, 6, 3], [10, 0, 10, 10]).lazy(), SERIES, "week").collect()

    assert all_kept["p_value"].is_null().all()
    assert one_empty["p_value"].is_null().to_list() == [False, True, False, False]
