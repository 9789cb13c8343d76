"""How many digits of a number mean something.

A sum taken in another order, by more threads or of shuffled rows, differs in its sixteenth digit. A rerun must give
the same table byte for byte, so numbers that rest on sums of fractions are rounded: far above that digit, far below
any that is read.
"""

from __future__ import annotations

import polars as pl

DIGITS = 9


def repeatable(*columns: str) -> pl.Expr:
    """The columns rounded to 9 decimals, a negative zero made a plain one."""
    rounded = pl.col(columns).round(DIGITS)
    return pl.when(rounded.is_null() | (rounded != 0)).then(rounded).otherwise(pl.lit(0.0))
