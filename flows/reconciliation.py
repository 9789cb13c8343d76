"""Shows where our measures of tickets differ from those of their source, and why. Ticket numbers and minutes only."""

from __future__ import annotations

import datetime as dt
from typing import Any

import polars as pl
from rich.console import RenderableType

from flows.errors import ConfigurationError
from flows.lake import Lake
from flows.pipeline.computing import facts_of
from flows.settings import Settings
from flows.terminal import table_of
from transforms.facts.reconciliation import REASONS, compared


def reconciled(settings: Settings, lake: Lake, run_on: dt.date) -> pl.DataFrame:
    """Every comparison as known on the night `run_on`: see `reconciliation.compared`.

    Raises ConfigurationError where no source tells measures of its own.
    """
    if lake.read("ticket_metric").is_empty():
        raise ConfigurationError(
            "no source tells its own measures of tickets: reconcile needs a live ticket system, or a source "
            "tickets/metrics, and a run"
        )
    return compared(facts_of(settings, lake, run_on))


def as_json(comparisons: pl.DataFrame, limit: int) -> dict[str, Any]:
    """Counts by measure and reason, and the first `limit` differences."""
    differences = comparisons.filter(pl.col("reason").is_not_null())
    return {
        "tickets": comparisons.select("source", "ticket_id").n_unique(),
        "compared": comparisons.height,
        "agreeing": comparisons.height - differences.height,
        "by_measure": _by_measure(comparisons).to_dicts(),
        "differences": differences.head(limit).to_dicts(),
    }


def render(comparisons: pl.DataFrame, limit: int) -> list[RenderableType]:
    """The same for people: a line per measure, then the first `limit` differences."""
    differences = comparisons.filter(pl.col("reason").is_not_null())
    tickets = comparisons.select("source", "ticket_id").n_unique()
    page: list[RenderableType] = [
        f"{tickets:,} tickets, {comparisons.height:,} measures compared: "
        f"{comparisons.height - differences.height:,} agree, {differences.height:,} differ"
    ]
    headings = ("measure", "compared", "agree", *REASONS)
    lines = [[row[0], *(f"{count:,}" for count in row[1:])] for row in _by_measure(comparisons).iter_rows()]
    page.append(table_of(headings, lines, right=headings[1:]))
    if limit and not differences.is_empty():
        listed = [
            [source, ticket, measure, _number(ours), _number(theirs), reason]
            for source, ticket, measure, ours, theirs, reason in differences.head(limit).iter_rows()
        ]
        columns = ("source", "ticket", "measure", "ours", "theirs", "reason")
        page += ["", table_of(columns, listed, right=("ours", "theirs"))]
        if differences.height > limit:
            page.append(f"{differences.height - limit:,} more; --limit shows them")
    return page


def _by_measure(comparisons: pl.DataFrame) -> pl.DataFrame:
    return (
        comparisons.group_by("measure")
        .agg(
            pl.len().alias("compared"),
            pl.col("reason").is_null().sum().alias("agree"),
            *((pl.col("reason") == reason).sum().alias(reason) for reason in REASONS),
        )
        .sort("measure")
    )


def _number(value: float | None) -> str:
    return "-" if value is None else f"{value:,.0f}"
