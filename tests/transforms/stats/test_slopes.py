from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from statsmodels.stats.proportion import confint_proportions_2indep, proportion_confint

from tests.transforms.replications import REPLICATED, covers
from transforms.stats.slopes import grouped_slope


def slope(x: np.ndarray, y: np.ndarray) -> dict[str, float]:
    groups = (
        pl.LazyFrame({"cell": ["a"] * len(x), "x": x.astype(float), "y": y.astype(float)})
        .group_by("cell", "x")
        .agg(pl.len().alias("n"), pl.col("y").sum().alias("total"))
    )
    return grouped_slope(groups, ["cell"]).collect().row(0, named=True)


def test_agrees_with_least_squares_and_square_and_add() -> None:
    rng = np.random.default_rng(6)
    x = rng.integers(0, 4, 90)
    y = rng.random(90) < np.array([0.9, 0.8, 0.7, 0.4])[x]
    fitted = sm.OLS(y.astype(float), sm.add_constant(x)).fit()
    down = up = 0.0
    for at in range(4):
        here, c = x == at, (at - x.mean()) / ((x - x.mean()) ** 2).sum()
        low, high = proportion_confint(y[here].sum(), here.sum(), method="wilson")
        ends = sorted(c * here.sum() * (end - y[here].mean()) for end in (low, high))
        down, up = np.hypot(down, ends[0]), np.hypot(up, ends[1])

    got = slope(x, y)

    assert got["value"] == pytest.approx(fitted.params[1])
    assert (got["ci_low"], got["ci_high"]) == pytest.approx((fitted.params[1] - down, fitted.params[1] + up))
    assert got["n"] == 90


def test_by_hand() -> None:
    # Shares 1, .5 and 0 at 0, 1 and 2: half is lost per step.
    assert slope(np.array([0, 0, 1, 1, 2, 2]), np.array([1, 1, 1, 0, 0, 0]))["value"] == pytest.approx(-0.5)


def test_two_groups_one_step_apart_are_newcombe() -> None:
    # 6 of 6 above 70 of 100.
    x, y = np.repeat([2, 3], [6, 100]), np.repeat([1, 0], [76, 30])

    got = slope(x, y)

    reference = confint_proportions_2indep(70, 100, 6, 6, method="newcomb", compare="diff")
    assert (got["value"], got["ci_low"], got["ci_high"]) == pytest.approx((-0.3, *reference))
    # Six who agree leave room for no difference.
    assert got["ci_high"] > 0


def test_one_position_has_no_slope() -> None:
    got = slope(np.array([1, 1, 1]), np.array([1, 0, 1]))
    assert (got["value"], got["ci_low"], got["ci_high"]) == (None, None, None)


def test_two_people_have_a_slope_and_a_wide_interval() -> None:
    got = slope(np.array([0, 1]), np.array([1, 0]))
    assert (got["value"], got["ci_low"]) == (-1.0, pytest.approx(-1.0))
    assert got["ci_high"] > 0


@REPLICATED
@pytest.mark.parametrize("sizes", [(6, 120), (5, 9, 180), (40, 40, 40)])
def test_coverage_with_few_at_the_top(replications: int, sizes: tuple[int, ...]) -> None:
    rng = np.random.default_rng(sum(sizes))
    levels = pl.DataFrame({"x": np.arange(len(sizes), dtype=float), "n": sizes})
    cells = pl.DataFrame({"cell": np.arange(replications)}).join(levels, how="cross")
    shares = 0.85 - 0.1 * cells["x"].to_numpy()
    rows = cells.with_columns(total=pl.Series(rng.binomial(cells["n"].to_numpy(), shares).astype(float)))

    found = grouped_slope(rows.lazy(), ["cell"]).collect()

    held = (pl.col("ci_low") <= -0.1) & (pl.col("ci_high") >= -0.1)
    # Of so few the score interval is wider in places than it need be.
    assert covers(found.select(held.mean()).item(), replications, high=0.985)
