from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm

from transforms.stats.stratified import weighted_gaps
from transforms.texts import filled

RNG = np.random.default_rng(5)
ROWS = pl.DataFrame(
    {
        "cell": ["a"] * 400,
        "week": RNG.integers(0, 6, 400),
        "priority": RNG.choice(["high", "low"], 400),
        "rain": RNG.uniform(size=400) < 0.3,
        "successes": (RNG.uniform(size=400) < 0.7).astype(float),
        "trials": np.ones(400),
    }
)


def _difference(rows: pl.DataFrame, strata: list[str]) -> float:
    sums = weighted_gaps(rows.lazy(), ["cell"], strata, pl.col("rain")).collect()
    return float((sums["gap"] / sums["weight"]).item())


def test_worked_example() -> None:
    # Week 1: rain 8 of 10, else 18 of 20; week 2: rain 3 of 10, else 8 of 20. Both gaps are -0.10.
    counts = [(1, True, 8, 10), (1, False, 18, 20), (2, True, 3, 10), (2, False, 8, 20)]
    rows = pl.DataFrame(counts, schema=["week", "rain", "successes", "trials"], orient="row")

    sums = weighted_gaps(
        rows.with_columns(pl.lit("a").alias("cell")).lazy(), ["cell"], ["week"], pl.col("rain")
    ).collect()

    assert sums["weight"].item() == pytest.approx(2 * 10 * 20 / 30)
    assert sums["gap"].item() == pytest.approx(-0.10 * 2 * 10 * 20 / 30)


def test_equals_a_regression_with_a_constant_per_stratum() -> None:
    constants = ROWS.select(filled("{}-{}", "week", "priority").alias("stratum")).to_dummies().cast(pl.Float64)
    design = np.column_stack([ROWS["rain"].cast(pl.Float64).to_numpy(), constants.to_numpy()])

    fitted = sm.OLS(ROWS["successes"].to_numpy(), design).fit()

    assert _difference(ROWS, ["week", "priority"]) == pytest.approx(float(fitted.params[0]))


def test_a_stratum_with_one_side_only_adds_nothing() -> None:
    dry = ROWS.with_columns(pl.lit(99).alias("week"), pl.lit(False).alias("rain"), pl.lit(0.0).alias("successes"))

    assert _difference(pl.concat([ROWS, dry], how="vertical_relaxed"), ["week"]) == pytest.approx(
        _difference(ROWS, ["week"])
    )


def test_what_differs_between_strata_does_not_pose_as_a_gap() -> None:
    # A team that keeps 50 % and has rain on a fifth of its days beside one that keeps 90 % and has little:
    # pooled, rain looks like -0.06; within teams there is no gap.
    counts = [("a", True, 10, 20), ("a", False, 40, 80), ("b", True, 0.9, 1), ("b", False, 17.1, 19)]
    rows = pl.DataFrame(counts, schema=["team", "rain", "successes", "trials"], orient="row", strict=False)
    rows = rows.with_columns(pl.lit("company").alias("cell"))

    assert _difference(rows, []) == pytest.approx(10.9 / 21 - 57.1 / 99)
    assert _difference(rows, ["team"]) == pytest.approx(0.0)
