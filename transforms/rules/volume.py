"""Rules of volume: a source that usually delivers rows and suddenly does not has broken, quietly.

`candidates["meta_row_accounting"]` is one row: source and n_rows accepted of the present delivery.
`known["meta_row_accounting"]` is the history (contract MetaRowAccounting); a delivery is what one run staged.
"""

from __future__ import annotations

import polars as pl

from transforms.rules.declaration import Rule, Tables

TABLE = "meta_row_accounting"
LAST_DELIVERIES = 10
DELIVERIES_TO_COMPARE = 3  # before that a first full export and the first small one would look like a loss
LARGEST_DROP = 0.5


def _with_usual(candidates: Tables, known: Tables) -> pl.LazyFrame:
    """The present delivery with `usual_rows` (median of the last ten) and `n_deliveries` before it."""
    deliveries = (
        known[TABLE]
        .filter(pl.col("fate") == "staged")
        .group_by("source", "run_id")
        .agg(pl.col("n_rows").sum(), pl.col("as_of").max())
    )
    usual = (
        deliveries.sort("as_of", "run_id")
        .group_by("source")
        .agg(
            pl.col("n_rows").tail(LAST_DELIVERIES).median().alias("usual_rows"),
            pl.len().alias("n_deliveries"),
        )
    )
    return candidates[TABLE].select("source", "n_rows").join(usual, on="source", how="left")


def _judged(frame: pl.LazyFrame, holds: pl.Expr) -> pl.LazyFrame:
    return frame.select("source", "n_rows", "usual_rows", holds.fill_null(True).alias("holds"))


def _zero(candidates: Tables, known: Tables) -> pl.LazyFrame:
    holds = (pl.col("n_rows") > 0) | (pl.col("usual_rows") == 0)
    return _judged(_with_usual(candidates, known), holds)


def _drop(candidates: Tables, known: Tables) -> pl.LazyFrame:
    is_too_early = pl.col("n_deliveries") < DELIVERIES_TO_COMPARE
    holds = is_too_early | (pl.col("n_rows") == 0) | (pl.col("n_rows") >= LARGEST_DROP * pl.col("usual_rows"))
    return _judged(_with_usual(candidates, known), holds)


RULES = (
    Rule(
        id="volume_zero",
        table=TABLE,
        severity="critical",
        description="A source that usually delivers rows delivered none that could be accepted; look at the export "
        "and the quarantine, or set allow_empty for the source.",
        check=_zero,
    ),
    Rule(
        id="volume_drop",
        table=TABLE,
        severity="warning",
        description="A source delivered less than half of the median of its last ten deliveries.",
        check=_drop,
    ),
)
