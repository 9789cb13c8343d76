"""What state the pipeline is in, read from the lake: runs, freshness, row accounting, quarantine."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import polars as pl
from rich.console import Group, RenderableType
from rich.table import Table

from flows.lake import Lake

# A nightly run of yesterday is over well before this long after yesterday's midnight.
STALE_AFTER = dt.timedelta(hours=36)


@dataclass(frozen=True)
class PipelineState:
    """A picture of the pipeline at one moment."""

    runs: pl.DataFrame
    sources: pl.DataFrame
    quarantine: pl.DataFrame
    stale_because: str | None

    def as_json(self) -> dict[str, Any]:
        """The same for monitoring; times as ISO 8601."""
        plain = {
            "runs": self.runs.to_dicts(),
            "sources": self.sources.to_dicts(),
            "quarantine": self.quarantine.to_dicts(),
            "stale": self.stale_because is not None,
            "stale_because": self.stale_because,
        }
        return {key: _iso(value) for key, value in plain.items()}


def state_of(lake: Lake, now: dt.datetime) -> PipelineState:
    """Last runs, newest page and fates per source, quarantine by reason; stale when the newest night is too old."""
    runs = (
        lake.scan("meta_run")
        .sort("started_at", descending=True)
        .head(5)
        .select("run_id", "run_kind", "run_on", "as_of", "finished_at", "outcome")
        .collect()
    )
    accounting = lake.scan("meta_row_accounting")
    fates = accounting.group_by("source").agg(
        pl.col("n_rows").sum().alias("n_rows"),
        *(
            pl.col("n_rows").filter(pl.col("fate") == fate).sum().alias(fate)
            for fate in ("staged", "unanswered", "superseded", "quarantined", "out_of_window")
        ),
    )
    pages = (
        lake.scan("landed_page")
        .group_by("source")
        .agg(pl.len().alias("n_pages"), pl.col("landed_at").max().alias("landed_at"))
    )
    quarantine = (
        lake.scan("quarantine")
        .group_by("source", "reason", "column_name")
        .agg(pl.len().alias("n_rows"))
        .sort("n_rows", "source", "reason", descending=[True, False, False])
        .collect()
    )
    sources = pages.join(fates, on="source", how="left").sort("source").collect()
    newest: dt.datetime | None = runs["as_of"].max()  # type: ignore[assignment]
    return PipelineState(runs, sources, quarantine, _stale(newest, now))


def _stale(newest: dt.datetime | None, now: dt.datetime) -> str | None:
    if newest is None:
        return "stale: nothing has been published yet; run `culture-kpis run`"
    if now - newest > STALE_AFTER:
        days = (now - newest).total_seconds() / 86_400
        return f"stale: the newest numbers end {newest:%Y-%m-%d %H:%M} UTC, {days:.1f} days ago; run `culture-kpis run`"
    return None


def render(state: PipelineState) -> RenderableType:
    """The state for a terminal."""
    return Group(
        _table("Last runs", state.runs),
        _table("Input rows per source", state.sources),
        _table("Quarantine", state.quarantine),
    )


def _table(title: str, frame: pl.DataFrame) -> Table:
    table = Table(title=title, title_justify="left", box=None, header_style="bold", pad_edge=False)
    for name, dtype in frame.schema.items():
        table.add_column(name.removeprefix("n_"), justify="right" if dtype.is_numeric() else "left")
    for row in frame.iter_rows():
        table.add_row(*(_shown(cell) for cell in row))
    return table


def _shown(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, dt.datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    return f"{cell:,}" if isinstance(cell, int) else str(cell)


def _iso(value: Any) -> Any:
    if isinstance(value, list):
        return [_iso(item) for item in value]
    if isinstance(value, dict):
        return {key: _iso(item) for key, item in value.items()}
    return value.isoformat() if isinstance(value, dt.date) else value
