"""A moment as it stands in every table: microseconds, UTC."""

from __future__ import annotations

import datetime as dt

import polars as pl

MOMENT = pl.Datetime("us", "UTC")


def moment(at: dt.datetime | None) -> pl.Expr:
    """The moment as a literal; a bare one takes the type of a datetime without a zone."""
    return pl.lit(at, dtype=MOMENT)
