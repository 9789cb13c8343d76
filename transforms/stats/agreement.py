"""Agreement within a group: r_wg, one less the variance of its answers in shares of what chance would give.

With A points answered at random every point is equally likely, and the variance is (A^2 - 1) / 12. r_wg is
max(0, 1 - s^2 / that), with s^2 the sample variance (James, Demaree and Wolf 1984). Several items are pooled by their
degrees of freedom; averaging each person's answers first would call random answers agreement, for means vary less.

The interval treats the variance as a ratio of sums over people, sum of squared deviations over degrees of freedom,
and is cluster-robust by person.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from transforms.stats.means import clustered_ratio


def within_group_agreement(
    rows: pl.LazyFrame, by: Sequence[str], unit: str, item: str, value: str, points: str
) -> pl.LazyFrame:
    """r_wg per group of `by`: the columns of `by`, value, ci_low, ci_high, n_units.

    `rows` holds one row per unit (person) and item, `points` the number of points of the item's scale. Null with
    fewer than two answers to any item; the bounds lie within 0 and 1.
    """
    answers = pl.len().over(*by, item)
    chance = (pl.col(points) ** 2 - 1) / 12
    deviation = (pl.col(value) - pl.col(value).mean().over(*by, item)) ** 2 / chance
    spread = clustered_ratio(
        rows.filter(pl.col(value).is_not_null()).with_columns(
            deviation.alias("deviation"), (1 - 1 / answers).alias("freedom")
        ),
        by,
        pl.col("deviation"),
        pl.col("freedom"),
        pl.col(unit),
    )
    return spread.select(
        *by,
        (1 - pl.col("value")).clip(0.0).alias("value"),
        (1 - pl.col("ci_high")).clip(0.0, 1.0).alias("ci_low"),
        (1 - pl.col("ci_low")).clip(0.0, 1.0).alias("ci_high"),
        pl.col("n_clusters").alias("n_units"),
    )
