"""Rows in quarantine: which, where and why, and letting them be staged again after a fix."""

from __future__ import annotations

import polars as pl

from flows.errors import UsageError
from flows.lake import Lake

_TABLE = "quarantine"
_PAGE = ["source", "source_page"]


def reasons(lake: Lake, source: str | None = None) -> pl.DataFrame:
    """How many rows wait for what: source, reason, column_name, n_rows, n_pages, first_at, newest_at."""

    def counted(found: pl.LazyFrame) -> pl.LazyFrame:
        return (
            _of(found, source)
            .group_by("source", "reason", "column_name")
            .agg(
                pl.len().alias("n_rows"),
                pl.col("source_page").n_unique().alias("n_pages"),
                pl.col("quarantined_at").min().alias("first_at"),
                pl.col("quarantined_at").max().alias("newest_at"),
            )
            .sort("n_rows", "source", "reason", "column_name", descending=[True, False, False, False])
        )

    return lake.ask(_TABLE, counted)


def rows(lake: Lake, source: str, reason: str | None, limit: int) -> pl.DataFrame:
    """The first rows of a source in quarantine: page_name, source_row, column_name, reason, raw_json."""

    def first(found: pl.LazyFrame) -> pl.LazyFrame:
        return (
            _of(found, source, reason)
            .sort("page_name", "source_page", "source_row")
            .select("page_name", "source_row", "column_name", "reason", "raw_json")
            .head(limit)
        )

    return lake.ask(_TABLE, first)


def retry(lake: Lake, source: str | None = None, reason: str | None = None) -> pl.DataFrame:
    """Let the pages of these rows wait to be staged again: per source n_rows, n_pages, and n_erased_pages.

    A page is staged whole, for its rows are judged together; merging by key changes nothing for the others. A page
    whose bytes were erased after their retention has to be delivered again. Raises UsageError when there is no row.
    """
    pages = lake.ask(_TABLE, lambda found: _of(found, source, reason).group_by(_PAGE).agg(pl.len().alias("n_rows")))
    if pages.is_empty():
        raise UsageError("no such row is in quarantine; `culture-kpis quarantine list` shows what is")
    outcomes = []
    for name in pages["source"].unique().sort():
        of_source = pages.filter(pl.col("source") == name)
        kept = of_source.join(lake.landed(name).select("source_page"), on="source_page", how="semi")
        lake.wait_again(name, kept["source_page"].to_list())
        outcomes.append(
            {
                "source": name,
                "n_rows": kept["n_rows"].sum(),
                "n_pages": kept.height,
                "n_erased_pages": of_source.height - kept.height,
            }
        )
    return pl.DataFrame(outcomes)


def _of(found: pl.LazyFrame, source: str | None, reason: str | None = None) -> pl.LazyFrame:
    """The rows of a source and with a reason, where these are said."""
    said = {"source": source, "reason": reason}
    return found.filter(pl.lit(True), *(pl.col(name) == value for name, value in said.items() if value))
