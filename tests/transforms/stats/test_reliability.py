from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from scipy.stats import f_oneway

from transforms.stats.reliability import cronbach_alpha, intraclass


def long(matrix: np.ndarray) -> pl.LazyFrame:
    """People in rows, items in columns; NaN is a skipped answer."""
    rows = [
        {"wave": "w", "case": i, "item": j, "value": float(x)}
        for i, row in enumerate(matrix)
        for j, x in enumerate(row)
        if not np.isnan(x)
    ]
    return pl.LazyFrame(rows)


def alpha(matrix: np.ndarray) -> dict[str, object]:
    return cronbach_alpha(long(matrix), ["wave"], "case", "item", "value").collect().row(0, named=True)


def icc(values: list[float], teams: list[int]) -> dict[str, object]:
    rows = pl.LazyFrame({"wave": ["w"] * len(values), "team": teams, "value": values})
    return intraclass(rows, ["wave"], "team", "value").collect().row(0, named=True)


def test_alpha_by_the_covariance_matrix() -> None:
    rng = np.random.default_rng(5)
    matrix = np.clip(np.round(3 + rng.normal(0, 1, (80, 1)) + rng.normal(0, 0.8, (80, 4))), 1, 5)
    covariance = np.cov(matrix.T)

    expected = 4 / 3 * (1 - np.trace(covariance) / covariance.sum())

    assert alpha(matrix) == {"wave": "w", "alpha": pytest.approx(expected), "n_items": 4, "n_cases": 80}


def test_alpha_of_two_items_by_hand() -> None:
    # Items 1 2 3 and 1 3 2: variances 1 and 1, sums 2 5 5 with variance 3: 2 * (1 - 2 / 3).
    assert alpha(np.array([[1.0, 1.0], [2.0, 3.0], [3.0, 2.0]]))["alpha"] == pytest.approx(2 / 3)


def test_who_skips_an_item_is_left_out_of_alpha() -> None:
    matrix = np.array([[1.0, 1.0], [2.0, 3.0], [3.0, 2.0], [5.0, np.nan]])
    assert (alpha(matrix)["alpha"], alpha(matrix)["n_cases"]) == (pytest.approx(2 / 3), 3)


@pytest.mark.parametrize(
    "matrix",
    [
        np.array([[1.0], [4.0]]),  # one item
        np.array([[1.0, 2.0], [1.0, 2.0]]),  # everybody alike
        np.array([[1.0, np.nan], [np.nan, 2.0]]),  # nobody complete
    ],
)
def test_alpha_that_cannot_be_known(matrix: np.ndarray) -> None:
    assert alpha(matrix)["alpha"] is None


def test_alpha_of_items_that_contradict_one_another_is_negative() -> None:
    assert alpha(np.array([[1.0, 5.0], [2.0, 4.0], [5.0, 2.0]]))["alpha"] < 0


def test_alpha_of_items_that_cancel_out_is_minus_infinity() -> None:
    assert alpha(np.array([[1.0, 5.0], [2.0, 4.0], [5.0, 1.0]]))["alpha"] == -np.inf


# Six subjects rated by four judges, the example of Shrout and Fleiss (1979, table 2).
RATINGS = [(9, 2, 5, 8), (6, 1, 3, 2), (8, 4, 6, 8), (7, 1, 2, 6), (10, 5, 6, 9), (6, 2, 4, 7)]


def test_intraclass_published_example() -> None:
    got = icc([float(x) for row in RATINGS for x in row], [team for team in range(6) for _ in range(4)])
    # They report ICC(1,1) = .17 and ICC(1,4) = .44.
    assert (got["icc1"], got["icc2"]) == (pytest.approx(0.1657, abs=1e-4), pytest.approx(0.4428, abs=1e-4))
    assert (got["n_groups"], got["n_cases"]) == (6, 24)


def test_intraclass_of_unequal_teams_by_the_analysis_of_variance() -> None:
    rng = np.random.default_rng(9)
    teams = np.repeat(np.arange(7), [3, 5, 8, 12, 4, 6, 9])
    values = rng.normal(0, 1, 7)[teams] + rng.normal(0, 1, len(teams))
    f = f_oneway(*(values[teams == team] for team in range(7))).statistic

    got = icc(values.tolist(), teams.tolist())

    size = (47 - (np.bincount(teams) ** 2).sum() / 47) / 6
    assert got["icc1"] == pytest.approx((f - 1) / (f + size - 1))
    assert got["icc2"] == pytest.approx(1 - 1 / f)


def test_teams_that_do_not_differ_are_not_reliable() -> None:
    assert icc([1.0, 5.0, 1.0, 5.0], [0, 0, 1, 1])["icc2"] == 0
    assert icc([1.0, 5.0, 2.0, 5.0], [0, 0, 1, 1])["icc2"] == 0


@pytest.mark.parametrize(
    ("values", "teams"),
    [([1.0, 2.0], [0, 0]), ([1.0, 2.0], [0, 1]), ([3.0] * 4, [0, 0, 1, 1])],
    ids=["one team", "teams of one", "all alike"],
)
def test_intraclass_that_cannot_be_known(values: list[float], teams: list[int]) -> None:
    assert (icc(values, teams)["icc1"], icc(values, teams)["icc2"]) == (None, None)


def test_the_order_of_rows_changes_nothing() -> None:
    matrix = np.random.default_rng(2).integers(1, 6, (40, 3)).astype(float)
    rows = long(matrix).collect()
    shuffled = rows.sample(fraction=1, shuffle=True, seed=1)
    first, second = (
        cronbach_alpha(frame.lazy(), ["wave"], "case", "item", "value").collect() for frame in (rows, shuffled)
    )
    assert first.equals(second)
