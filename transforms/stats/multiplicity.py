"""Many tests in one night: q-values that bound the share of false discoveries among what is called one."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl


def benjamini_hochberg(tests: pl.LazyFrame, p_value: str = "p_value", family: Sequence[str] = ()) -> pl.LazyFrame:
    """`tests` with `q_value`: the smallest false discovery rate at which the test is a discovery.

    With the m p-values of a family in order, q(i) = min over j >= i of p(j) * m / j (Benjamini and Hochberg 1995);
    rejecting q <= 0.05 keeps the expected share of false discoveries under 0.05 for independent tests. Tests
    without a p-value have no q-value and do not count towards m. `family` names the columns that set tests apart
    (none: all belong together). The rows keep their order.
    """
    p = pl.col(p_value)
    ranked = tests.with_row_index("test_row").sort(p_value, nulls_last=True)
    rank, count = pl.int_range(1, pl.len() + 1), p.count()
    smallest = (p * count / rank).cum_min(reverse=True)
    q_value = smallest.over(list(family)) if family else smallest
    return (
        ranked.with_columns(pl.when(p.is_not_null()).then(q_value).alias("q_value")).sort("test_row").drop("test_row")
    )
