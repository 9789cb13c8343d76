"""What was published before: rows that stay as they were, and numbers that changed."""

from __future__ import annotations

import datetime as dt

import polars as pl

from transforms.contracts.marts import MetaRestatement
from transforms.contracts.results import CELL_KEY, PUBLISHED_STATES
from transforms.moments import moment

_KEY = list(CELL_KEY)
_OF_THE_RUN = ("run_id", "as_of")
# Sums of floating-point numbers come in another order on another run; that is no change.
_TOLERANCE = 1e-9
CORRECTED = "enough people were added, removed or changed to correct a published number"
RESTATED = "rows arrived late or were corrected"
NOT_SHOWN = "the number may not be shown any more"
GONE = "no rows are left"


def keep_unchanged(rows: pl.DataFrame, previous: pl.DataFrame) -> pl.DataFrame:
    """`rows` (FctKpiValue), those that say what `previous` said replaced by it, run and date included."""
    same = same_content(rows, previous)
    kept = previous.join(same, on=_KEY, how="semi")
    return pl.concat([rows.join(same, on=_KEY, how="anti"), kept.select(rows.columns)])


def same_content(rows: pl.DataFrame, others: pl.DataFrame) -> pl.DataFrame:
    """Keys of `rows` that are in `others` with the same content, run and date aside."""
    content = [name for name in rows.columns if name not in (*_KEY, *_OF_THE_RUN)]
    pairs = rows.join(others.select(rows.columns), on=_KEY, suffix="_other")
    return pairs.filter(pl.all_horizontal(_is_same(name, pairs.schema[name]) for name in content)).select(_KEY)


def corrections(old: pl.DataFrame, new: pl.DataFrame, run_id: str, as_of: dt.datetime) -> pl.DataFrame:
    """MetaRestatement of person-based cells: `new` rows with the `old` ones they replace."""
    return _restatements(old.join(new, on=_KEY, suffix="_new").with_columns(reason=pl.lit(CORRECTED)), run_id, as_of)


def restated(rows: pl.DataFrame, previous: pl.DataFrame, run_id: str, as_of: dt.datetime) -> pl.DataFrame:
    """MetaRestatement of cells that restate freely: published in `previous` and another number, or none, in `rows`.

    Only KPIs and periods that `rows` has; the others were not computed.
    """
    scope = ["kpi_id", "definition_version", "period_grain", "period_start"]
    before = previous.filter(pl.col("state").is_in(PUBLISHED_STATES)).join(rows, on=scope, how="semi")
    gone = pl.col("state_new").is_null()
    is_shown = pl.col("state_new").is_in(PUBLISHED_STATES)
    pairs = before.join(rows.select(*_KEY, "value", "state"), on=_KEY, how="left", suffix="_new")
    moved = pairs.filter(
        (gone | (pl.col("state") != pl.col("state_new")) | ~_is_same("value", pl.Float64(), "_new")).fill_null(True)
    )
    return _restatements(
        moved.with_columns(
            pl.when(gone)
            .then(pl.lit(GONE))
            .when(is_shown)
            .then(pl.lit(RESTATED))
            .otherwise(pl.lit(NOT_SHOWN))
            .alias("reason"),
            pl.col("state_new").fill_null("not_enough_data"),
        ),
        run_id,
        as_of,
    )


def _restatements(pairs: pl.DataFrame, run_id: str, as_of: dt.datetime) -> pl.DataFrame:
    return pairs.select(
        *_KEY,
        pl.col("value").alias("old_value"),
        pl.col("value_new").alias("new_value"),
        pl.col("state").alias("old_state"),
        pl.col("state_new").alias("new_state"),
        "reason",
        pl.lit(run_id).alias("run_id"),
        moment(as_of).alias("as_of"),
    ).select(list(MetaRestatement.columns()))


def _is_same(name: str, dtype: pl.DataType, suffix: str = "_other") -> pl.Expr:
    one, other = pl.col(name), pl.col(f"{name}{suffix}")
    same = one.eq_missing(other)
    if dtype.is_float():
        return same | ((one - other).abs() <= _TOLERANCE * pl.max_horizontal(one.abs(), other.abs())).fill_null(False)
    return same
