"""The interval of a difference of two shares of the same people, as Polars expressions over sums.

A person who is favourable to both questions, or to neither, says nothing about their difference; the two shares are
not independent. With d the difference of one person (1, 0 or -1, a fraction where a person was asked several times),
two imagined persons are added, one with d = 1 and one with d = -1, and the interval is Wald's around the mean of all.
For whole answers this is the adjusted Wald interval of Bonett and Price (2012); it is never degenerate.
"""

from __future__ import annotations

import polars as pl

from transforms.stats.proportions import Z

IMAGINED = 2


def paired_difference(total: pl.Expr, squares: pl.Expr, pairs: pl.Expr) -> tuple[pl.Expr, pl.Expr]:
    """95 % interval of total / pairs, clipped to [-1, 1]: `(low, high)`.

    `total` is the sum of d, `squares` that of its square, `pairs` the number of people; both null for no people.
    """
    n = pl.when(pairs > 0).then(pairs.cast(pl.Float64)) + IMAGINED
    centre = total / n
    half = Z * (((squares + IMAGINED) / n - centre**2) / n).sqrt()
    return (centre - half).clip(-1.0, 1.0), (centre + half).clip(-1.0, 1.0)
