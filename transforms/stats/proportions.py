"""Intervals for proportions, their differences and net scores, as Polars expressions over counts.

Every function takes counts as expressions and returns `(low, high)`; both are null where the count of trials is 0.
"""

from __future__ import annotations

import numpy as np
import polars as pl
from scipy.special import ndtri, stdtrit

Z = float(ndtri(0.975))


def wilson(successes: pl.Expr, trials: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """95 % score interval of a proportion (Wilson 1927); never degenerate at 0 or 1."""
    n = _positive(trials)
    p = successes / n
    centre = (p + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * (p * (1 - p) / n + Z**2 / (4 * n**2)).sqrt()
    # At 0 and n successes the bound is 0 or 1 exactly; rounding would leave 1e-17.
    low = pl.when(successes <= 0).then(pl.lit(0.0)).otherwise(centre - half)
    high = pl.when(successes >= n).then(pl.lit(1.0)).otherwise(centre + half)
    return _known(low, n), _known(high, n)


def newcombe(
    first_successes: pl.Expr, first_trials: pl.Expr, second_successes: pl.Expr, second_trials: pl.Expr
) -> tuple[pl.Expr, pl.Expr]:
    """95 % interval of first - second proportion by square-and-add of Wilson bounds (Newcombe 1998, method 10)."""
    first, second = first_successes / _positive(first_trials), second_successes / _positive(second_trials)
    first_low, first_high = wilson(first_successes, first_trials)
    second_low, second_high = wilson(second_successes, second_trials)
    gap = first - second
    low = gap - ((first - first_low) ** 2 + (second_high - second) ** 2).sqrt()
    high = gap + ((first_high - first) ** 2 + (second - second_low) ** 2).sqrt()
    return low, high


def adjusted_wald_net_score(promoters: pl.Expr, detractors: pl.Expr, answers: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """95 % interval of (promoters - detractors) / answers, adjusted Wald, clipped to [-1, 1].

    Three quarters of an answer are added to promoters and to detractors and three answers to the total (Agresti
    and Min 2005, recommended for the net promoter score by Rocks 2016), so the variance p + d - (p - d)^2 over n
    is never zero.
    """
    n = _positive(answers) + 3
    p, d = (promoters + 0.75) / n, (detractors + 0.75) / n
    half = Z * ((p + d - (p - d) ** 2) / n).sqrt()
    return (p - d - half).clip(-1.0, 1.0), (p - d + half).clip(-1.0, 1.0)


def of_few_clusters(rows: pl.Expr, clusters: pl.Expr) -> pl.Expr:
    """What remains of the trials where their design effect comes from few clusters (Korn and Graubard 1998).

    (t(rows - 1) / t(clusters - 1))^2: 1 where every row is a cluster; 0.64 of 1,000 rows of 7 clusters.
    """
    return pl.struct(rows.alias("rows"), clusters.alias("clusters")).map_batches(_remaining, return_dtype=pl.Float64)


def _remaining(counts: pl.Series) -> pl.Series:
    known = counts.struct.unnest()
    rows, clusters = (
        stdtrit(np.maximum(known[name].cast(pl.Float64).to_numpy() - 1, 1), 0.975) for name in ("rows", "clusters")
    )
    return pl.Series((rows / clusters) ** 2, dtype=pl.Float64)


def _positive(trials: pl.Expr) -> pl.Expr:
    return pl.when(trials > 0).then(trials.cast(pl.Float64))


def _known(bound: pl.Expr, n: pl.Expr) -> pl.Expr:
    return pl.when(n.is_not_null()).then(bound)
