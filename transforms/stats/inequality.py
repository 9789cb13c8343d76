"""How unevenly a count is spread over people, beyond what chance alone makes of a fair spread.

The Gini coefficient of counts measures volume as much as unfairness: with half a receipt per person it is 0.67 however
fair the giving. So its expectation under fairness is subtracted: everybody is as likely to get each receipt, which is
what Poisson counts of one mean are, given their total.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import polars as pl
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln, stdtrit, xlog1py, xlogy

Floats = NDArray[np.float64]


def expected_gini(people: ArrayLike, total: ArrayLike) -> Floats:
    """Expectation of the corrected Gini of `total` receipts given to `people` at random: exact, element-wise.

    For two people it is E|X - Y| / (2 mean), and given M = X + Y, which is binomial (total, 2 / people), X is
    binomial (M, 1/2). For large groups it tends to exp(-2m) (I0(2m) + I1(2m)) with m the mean and I Bessel functions.
    NaN without receipts or with fewer than two people.
    """
    n, t = np.broadcast_arrays(np.asarray(people, dtype=np.float64), np.asarray(total, dtype=np.float64))
    pairs, back = np.unique(np.stack([n.ravel(), t.ravel()]), axis=1, return_inverse=True)
    return _expected(pairs[0], pairs[1])[back.ravel()].reshape(n.shape)


def _expected(n: Floats, t: Floats) -> Floats:
    known = (n >= 2) & (t > 0)
    if not known.any():
        return np.full(n.shape, np.nan)
    p = np.where(known, np.minimum(2 / np.maximum(n, 2), 1.0), 0.5)
    mean = p * t
    # The binomial has no weight worth a digit beyond 12 standard deviations.
    reach = int(np.ceil((mean + 12 * np.sqrt(mean) + 40)[known].max()))
    m = np.arange(1, reach + 1)[None, :]
    size = np.maximum(t, 0)[:, None]
    inside = (m <= size) & known[:, None]
    m_in = np.where(inside, m, 0)
    weight = np.exp(
        gammaln(size + 1) - gammaln(m_in + 1) - gammaln(size - m_in + 1)
        + xlogy(m_in, p[:, None]) + xlog1py(size - m_in, -p[:, None])
    )  # fmt: skip
    half = (m - 1) // 2
    # E|2X - m| for a fair coin thrown m times.
    difference = m * np.exp(gammaln(m) - gammaln(half + 1) - gammaln(m - half) - (m - 1) * np.log(2.0))
    spread = np.where(inside, weight * difference, 0.0).sum(axis=1)
    return np.where(known, spread * n / (2 * np.where(t > 0, t, 1.0)), np.nan)


def excess_gini(rows: pl.LazyFrame, by: Sequence[str], count: str) -> pl.DataFrame:
    """Gini of `count` over the rows of each group, n / (n - 1) corrected, minus its expectation under fairness.

    Shape: `by`, people, total, gini, expected, value, ci_low, ci_high. The interval is the jackknife over people of
    the difference, t-distributed. All null without receipts; the interval too where leaving one person out leaves none.
    """
    keys = list(by)
    x, n, total = pl.col(count).cast(pl.Float64), pl.col("people"), pl.col("total")
    sums = [pl.len().over(keys).cast(pl.Float64).alias("people"), x.sum().over(keys).alias("total")]
    ranked = (
        rows.select(*keys, x)
        .sort(*keys, count)
        .with_columns(
            *sums,
            pl.int_range(1, pl.len() + 1).over(keys).cast(pl.Float64).alias("rank"),
            x.cum_sum().over(keys).alias("below"),
        )
        # The sum over others of |x - y|, from the rank and the running sum.
        .with_columns((x * (2 * pl.col("rank") - n) + total - 2 * pl.col("below")).alias("distance"))
        .with_columns(pl.col("distance").sum().over(keys).alias("distances"))
        .collect()
    )
    people, everything, value = (ranked[name].to_numpy() for name in ("people", "total", count))
    distance, distances = ranked["distance"].to_numpy(), ranked["distances"].to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        gini = distances / (2 * (people - 1) * everything)
        without = (distances - 2 * distance) / (2 * (people - 2) * (everything - value))
        expected = expected_gini(people, everything)
        left_out = without - expected_gini(people - 1, everything - value)
    found = ranked.select(*keys, "people", "total").with_columns(
        pl.Series("gini", gini), pl.Series("expected", expected), pl.Series("left_out", left_out)
    )
    deviation = (pl.col("left_out") - pl.col("left_out").mean()) ** 2
    cells = found.group_by(keys, maintain_order=True).agg(
        pl.col("people", "total", "gini", "expected").first(),
        ((pl.len() - 1) / pl.len() * deviation.sum()).sqrt().alias("error"),
    )
    half = pl.col("error") * pl.Series(stdtrit(np.maximum(cells["people"].to_numpy() - 1, 1), 0.975))
    number = pl.col("gini") - pl.col("expected")
    return (
        cells.with_columns(number.alias("value"), half.alias("half"))
        .with_columns((number - pl.col("half")).alias("ci_low"), (number + pl.col("half")).alias("ci_high"))
        .with_columns(
            pl.when(pl.col(name).is_finite()).then(name).alias(name)
            for name in ("gini", "expected", "value", "ci_low", "ci_high")
        )
        .drop("error", "half")
    )
