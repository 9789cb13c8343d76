"""Control charts: limits of ordinary variation around a series of points, and how far outside each point lies.

Both charts take frames with one row per point and return the same rows with

* `centre`, `lower_limit`, `upper_limit`  natural limits, three sigma either side of the centre
* `standardised`  distance from the centre in sigmas (0 where the point lies on it)
* `p_value`  two-sided normal tail of `standardised`

Sigma comes from the mean moving range of successive points, which a lasting shift barely inflates, not from their
standard deviation. All five columns are null where the baseline has fewer than two points or never varies; a point
without a value keeps its limits. The order of rows does not matter.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from scipy.special import ndtr

# Expected range of two points of a normal series, in sigmas; 3 / 1.128 = 2.66 (Shewhart; Wheeler 1993).
D2 = 1.128
LIMIT_SIGMAS = 3.0
_ALL = pl.lit(True)


def individuals(
    points: pl.LazyFrame, series: Sequence[str], order: str, value: str = "value", baseline: pl.Expr = _ALL
) -> pl.LazyFrame:
    """XmR chart of `value` per `series`: mean +- 2.66 * mean moving range of the points where `baseline` holds.

    `order` sorts the points of a series in time. To judge tonight's point against the past, leave it out of the
    baseline.
    """
    base = points.filter(baseline & pl.col(value).is_not_null()).sort(*series, order)
    levels = base.group_by(series).agg(
        pl.col(value).mean().alias("centre"), _sigma(_moving_range(pl.col(value))).alias("sigma")
    )
    placed = points.join(levels, on=list(series), how="left").with_columns(
        _where_varied("centre").alias("centre"),
        (pl.col("centre") - LIMIT_SIGMAS * _varied()).alias("lower_limit"),
        (pl.col("centre") + LIMIT_SIGMAS * _varied()).alias("upper_limit"),
        ((pl.col(value) - pl.col("centre")) / _varied()).alias("standardised"),
    )
    return placed.with_columns(_two_sided("standardised")).drop("sigma")


def laney(
    points: pl.LazyFrame,
    series: Sequence[str],
    order: str,
    numerator: str = "numerator",
    denominator: str = "denominator",
    baseline: pl.Expr = _ALL,
) -> pl.LazyFrame:
    """Laney's p' chart (2002) of `numerator` / `denominator` per `series`, limits clipped to [0, 1].

    With thousands of units in a point the binomial limits of a p chart are so narrow that every point is a signal.
    Here the binomial sigma of each point is multiplied by sigma_z, the moving-range sigma of the standardised points,
    so that what varies from day to day anyway is ordinary. `order` and `baseline` as for `individuals`.
    """
    share = pl.col(numerator) / pl.col(denominator)
    spread = (pl.col("centre") * (1 - pl.col("centre")) / pl.col(denominator)).sqrt()
    used = points.filter(baseline & (pl.col(denominator) > 0)).sort(*series, order)
    centres = used.group_by(series).agg((pl.col(numerator).sum() / pl.col(denominator).sum()).alias("centre"))
    scores = (
        used.join(centres, on=list(series))
        .filter(spread > 0)
        .sort(*series, order)
        .with_columns(((share - pl.col("centre")) / spread).alias("score"))
    )
    levels = scores.group_by(series).agg(
        pl.col("centre").first(), _sigma(_moving_range(pl.col("score"))).alias("sigma")
    )
    own = pl.when(pl.col(denominator) > 0).then(spread * _varied())
    placed = points.join(levels, on=list(series), how="left").with_columns(
        _where_varied("centre").alias("centre"),
        (pl.col("centre") - LIMIT_SIGMAS * own).clip(0.0, 1.0).alias("lower_limit"),
        (pl.col("centre") + LIMIT_SIGMAS * own).clip(0.0, 1.0).alias("upper_limit"),
        ((share - pl.col("centre")) / own).alias("standardised"),
    )
    return placed.with_columns(_two_sided("standardised")).drop("sigma")


def _moving_range(value: pl.Expr) -> pl.Expr:
    return value.diff().abs()


def _sigma(moving_range: pl.Expr) -> pl.Expr:
    return moving_range.mean() / D2


def _varied() -> pl.Expr:
    """Sigma, null where the baseline never varied: rounding alone may leave a range of 1e-17."""
    return pl.when(pl.col("sigma") > 1e-12).then("sigma")


def _where_varied(name: str) -> pl.Expr:
    return pl.when(_varied().is_not_null()).then(name)


def _two_sided(standardised: str) -> pl.Expr:
    return pl.col(standardised).map_batches(_tails, return_dtype=pl.Float64).alias("p_value")


def _tails(scores: pl.Series) -> pl.Series:
    tails = 2 * ndtr(-np.abs(scores.to_numpy()))
    return pl.Series(scores.name, tails, dtype=pl.Float64, nan_to_null=True)
