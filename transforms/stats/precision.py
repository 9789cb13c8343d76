"""How many digits of a number mean something.

A sum taken in another order, by more threads or of shuffled rows, differs in its sixteenth digit. A rerun must give
the same table byte for byte, so numbers that rest on sums of fractions are rounded: far above that digit, far below
any that is read. Decimals alone would not do: of a million minutes the ninth decimal is the sixteenth digit.
"""

from __future__ import annotations

import polars as pl

DIGITS = 9
SIGNIFICANT_DIGITS = 10


def repeatable(*columns: str) -> pl.Expr:
    """The columns rounded to 9 decimals and 10 significant digits, a negative zero made a plain one."""
    rounded = pl.col(columns).round(DIGITS).round_sig_figs(SIGNIFICANT_DIGITS)
    return pl.when(rounded.is_null() | (rounded != 0)).then(rounded).otherwise(pl.lit(0.0))
