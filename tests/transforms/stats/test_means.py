from __future__ import annotations

import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm

from tests.transforms.replications import REPLICATED, covers
from transforms.stats.means import clustered_ratio

RNG = np.random.default_rng(7)
ROWS = pl.DataFrame(
    {
        "cell": ["a"] * 60,
        "person": RNG.integers(0, 12, 60),
        "y": RNG.normal(3, 1, 60),
        "x": RNG.uniform(1, 4, 60),
    }
)


def _estimate(rows: pl.DataFrame, x: pl.Expr, cluster: pl.Expr | None) -> dict[str, float]:
    return clustered_ratio(rows.lazy(), ["cell"], pl.col("y"), x, cluster).collect().row(0, named=True)


def _regression(rows: pl.DataFrame, weights: np.ndarray, groups: np.ndarray) -> tuple[float, float, float]:
    y = rows["y"].to_numpy() / weights
    fitted = sm.WLS(y, np.ones(len(y)), weights=weights).fit(
        cov_type="cluster", cov_kwds={"groups": groups}, use_t=True
    )
    return (float(fitted.params[0]), *(float(bound) for bound in fitted.conf_int()[0]))


def test_mean_agrees_with_clustered_least_squares() -> None:
    got = _estimate(ROWS, pl.lit(1.0), pl.col("person"))

    expected = _regression(ROWS, np.ones(60), ROWS["person"].to_numpy())
    assert (got["value"], got["ci_low"], got["ci_high"]) == pytest.approx(expected)
    assert (got["n_events"], got["n_clusters"]) == (60, ROWS["person"].n_unique())


def test_ratio_agrees_with_weighted_clustered_least_squares() -> None:
    got = _estimate(ROWS, pl.col("x"), pl.col("person"))

    expected = _regression(ROWS, ROWS["x"].to_numpy(), ROWS["person"].to_numpy())
    assert (got["value"], got["ci_low"], got["ci_high"]) == pytest.approx(expected)


def test_rows_without_a_cluster_stand_alone() -> None:
    nobody = pl.lit(None, dtype=pl.Int64)

    assert _estimate(ROWS, pl.lit(1.0), nobody) == pytest.approx(_estimate(ROWS, pl.lit(1.0), None))


def test_one_cluster_has_a_value_and_no_interval() -> None:
    got = _estimate(ROWS.with_columns(pl.lit(1).alias("person")), pl.lit(1.0), pl.col("person"))

    assert got["value"] == pytest.approx(ROWS["y"].mean())
    assert (got["ci_low"], got["ci_high"]) == (None, None)


def test_clusters_of_alike_rows_widen_the_interval() -> None:
    # Each of 12 people answers five times the same: 60 rows know no more than 12.
    alike = ROWS.head(12).with_columns(pl.int_range(12).alias("person"))
    repeated = pl.concat([alike] * 5)

    clustered = _estimate(repeated, pl.lit(1.0), pl.col("person"))
    once = _estimate(alike, pl.lit(1.0), pl.col("person"))

    assert clustered["ci_low"] == pytest.approx(once["ci_low"])


@pytest.mark.parametrize("people", [[0, 1, 2, 1], [0, 0, 1, 1, 1], [*range(7), 1, 1]])
def test_equal_values_have_an_interval_of_no_width(people: list[int]) -> None:
    rows = pl.DataFrame({"cell": "a", "y": 10 / 9, "x": 1.0, "person": people})

    got = _estimate(rows, pl.col("x"), pl.col("person"))

    assert got["ci_high"] - got["ci_low"] < 1e-12


@REPLICATED
@pytest.mark.parametrize("people", [10, 40])
def test_coverage_where_answers_of_one_person_are_alike(people: int, replications: int) -> None:
    rng = np.random.default_rng(5)
    mood, asked = rng.normal(0, 0.8, (replications, people)), rng.integers(1, 6, (replications, people))
    cell, person = (
        np.repeat(np.arange(replications), asked.sum(axis=1)),
        np.repeat(np.arange(asked.size), asked.ravel()),
    )
    rows = pl.DataFrame({"cell": cell, "person": person, "y": 3 + mood.ravel()[person] + rng.normal(size=len(cell))})

    found = clustered_ratio(rows.lazy(), ["cell"], pl.col("y"), pl.lit(1.0), pl.col("person")).collect()

    assert covers(found.select(((pl.col("ci_low") <= 3) & (pl.col("ci_high") >= 3)).mean()).item(), replications)
