from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm

from transforms.stats.slopes import grouped_slope


def slope(x: np.ndarray, y: np.ndarray) -> dict[str, float]:
    groups = (
        pl.LazyFrame({"cell": ["a"] * len(x), "x": x.astype(float), "y": y.astype(float)})
        .group_by("cell", "x")
        .agg(pl.len().alias("n"), pl.col("y").sum().alias("total"), (pl.col("y") ** 2).sum().alias("squares"))
    )
    return grouped_slope(groups, ["cell"]).collect().row(0, named=True)


def test_agrees_with_robust_least_squares() -> None:
    rng = np.random.default_rng(6)
    x = rng.integers(0, 4, 90)
    y = rng.random(90) < np.array([0.9, 0.8, 0.7, 0.4])[x]
    fitted = sm.OLS(y.astype(float), sm.add_constant(x)).fit(cov_type="HC1", use_t=True)

    got = slope(x, y)

    assert got["value"] == pytest.approx(fitted.params[1])
    assert (got["ci_low"], got["ci_high"]) == pytest.approx(tuple(fitted.conf_int()[1]))
    assert got["n"] == 90


def test_by_hand() -> None:
    # Shares 1, .5 and 0 at 0, 1 and 2: half is lost per step.
    assert slope(np.array([0, 0, 1, 1, 2, 2]), np.array([1, 1, 1, 0, 0, 0]))["value"] == pytest.approx(-0.5)


def test_one_position_has_no_slope() -> None:
    got = slope(np.array([1, 1, 1]), np.array([1, 0, 1]))
    assert (got["value"], got["ci_low"]) == (None, None)


def test_two_people_have_a_slope_and_no_interval() -> None:
    got = slope(np.array([0, 1]), np.array([1, 0]))
    assert (got["value"], got["ci_low"]) == (-1.0, None)
