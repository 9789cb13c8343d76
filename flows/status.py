"""What state the pipeline is in, read from the lake: runs, freshness, row accounting, quarantine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from rich.console import RenderableType

from flows.lake import Lake
from flows.terminal import table_of
from transforms.contracts.marts import FATES

# A nightly run of yesterday is over well before this long after yesterday's midnight.
STALE_AFTER = dt.timedelta(hours=36)
# Deliveries whose rhythm is known; a source is overdue after twice its usual pause and this.
ENOUGH_DELIVERIES = 3
GRACE = dt.timedelta(hours=12)


@dataclass(frozen=True)
class PipelineState:
    """A picture of the pipeline at one moment."""

    runs: pl.DataFrame
    sources: pl.DataFrame
    quarantine: pl.DataFrame
    stale_because: str | None

    def as_json(self) -> dict[str, Any]:
        """The same for monitoring; times as ISO 8601, pauses in days."""
        plain = {
            "runs": self.runs.to_dicts(),
            "sources": self.sources.to_dicts(),
            "quarantine": self.quarantine.to_dicts(),
            "stale": self.stale_because is not None,
            "stale_because": self.stale_because,
        }
        return {key: _iso(value) for key, value in plain.items()}


def state_of(lake: Lake, now: dt.datetime, configured: Sequence[str] = ()) -> PipelineState:
    """Last runs, deliveries and fates per source, quarantine by reason.

    Stale when the newest night is too old, or a `configured` source is overdue: its last new page is older than twice
    the usual (median) pause between its deliveries. A source with fewer than three deliveries has no usual pause.
    """
    runs = (
        lake.scan("meta_run")
        .sort("started_at", descending=True)
        .head(5)
        .select("run_id", "run_kind", "run_on", "as_of", "finished_at", "outcome", "message")
        .collect()
    )
    quarantine = (
        lake.scan("quarantine")
        .group_by("source", "reason", "column_name")
        .agg(pl.len().alias("n_rows"))
        .sort("n_rows", "source", "reason", descending=[True, False, False])
        .collect()
    )
    sources = _sources(lake, now, configured)
    reasons = [*_old(_newest(lake), now), *_overdue(sources, configured)]
    return PipelineState(runs, sources, quarantine, f"stale: {'; '.join(reasons)}" if reasons else None)


def _sources(lake: Lake, now: dt.datetime, configured: Sequence[str]) -> pl.DataFrame:
    """One row per source that is configured or has delivered: its deliveries, and what became of its rows."""
    fates = (
        lake.scan("meta_row_accounting")
        .group_by("source")
        .agg(
            pl.col("n_rows").sum(),
            *(pl.col("n_rows").filter(pl.col("fate") == fate).sum().alias(fate) for fate in FATES),
        )
    )
    moments = pl.col("landed_at").unique().sort()
    pause = pl.when(moments.len() >= ENOUGH_DELIVERIES).then(moments.diff().median())
    deliveries = (
        lake.scan("landed_page")
        .group_by("source")
        .agg(pl.len().alias("n_pages"), pl.col("landed_at").max().alias("newest_at"), pause.alias("pause"))
        .with_columns((pl.lit(now) - pl.col("newest_at") > 2 * pl.col("pause") + GRACE).alias("is_overdue"))
        .with_columns((pl.col("pause").dt.total_minutes() / 1440).alias("usual_pause_days"))
        .drop("pause")
    )
    delivered = deliveries.collect()
    names = pl.DataFrame({"source": sorted({*configured, *delivered["source"]})}, schema={"source": pl.String})
    return names.join(delivered, on="source", how="left", maintain_order="left").join(
        fates.collect(), on="source", how="left", maintain_order="left"
    )


def _newest(lake: Lake) -> dt.datetime | None:
    """Midnight that ended the newest night that was published."""
    published = lake.scan("meta_run").filter(pl.col("outcome") == "succeeded")
    newest = published.select(pl.col("as_of").max()).collect().item()
    return newest if isinstance(newest, dt.datetime) else None


def _old(newest: dt.datetime | None, now: dt.datetime) -> list[str]:
    if newest is None:
        return ["nothing has been published yet; run `culture-kpis run`"]
    if now - newest <= STALE_AFTER:
        return []
    days = (now - newest).total_seconds() / 86_400
    return [f"the newest numbers end {newest:%Y-%m-%d %H:%M} UTC, {days:.1f} days ago; run `culture-kpis run`"]


def _overdue(sources: pl.DataFrame, configured: Sequence[str]) -> list[str]:
    late = sources.filter(pl.col("is_overdue") & pl.col("source").is_in(list(configured)))
    return [
        f"source {name} is overdue: nothing new since {newest:%Y-%m-%d}, usually every {pause:.1f} days; export it anew"
        for name, newest, pause in late.select("source", "newest_at", "usual_pause_days").iter_rows()
    ]


def render(state: PipelineState) -> list[RenderableType]:
    """The state for people; what is empty is said in words."""
    freshness = (
        pl.when(pl.col("newest_at").is_null())
        .then(pl.lit("never"))
        .otherwise(
            pl.col("newest_at").dt.to_string("%Y-%m-%d %H:%M")
            + pl.when("is_overdue").then(pl.lit(" overdue")).otherwise(pl.lit(""))
        )
    )
    sources = state.sources.select(
        "source",
        pl.col("n_pages").fill_null(0),
        freshness.alias("newest"),
        pl.col("n_rows").fill_null(0),
        pl.Series("of_which", [_fates(row) for row in state.sources.iter_rows(named=True)], dtype=pl.String),
    )
    return [
        *_section("Last runs", state.runs.drop("run_kind", "as_of"), "none yet"),
        *_section("Sources: pages, the newest, and what became of every input row", sources, "none configured"),
        *_section("Quarantine", state.quarantine, "empty"),
    ]


def _fates(source: dict[str, Any]) -> str:
    """What became of a source's rows: `141,702 staged, 10 quarantined`."""
    return ", ".join(f"{source[fate]:,} {fate.replace('_', ' ')}" for fate in FATES if source[fate])


def _section(title: str, frame: pl.DataFrame, empty: str) -> list[RenderableType]:
    heading = f"[bold]{title}[/]"
    if frame.is_empty():
        return [f"{heading}: {empty}", ""]
    names = {name: name.removeprefix("n_").removesuffix("_name").replace("_", " ") for name in frame.columns}
    right = [names[name] for name, dtype in frame.schema.items() if dtype.is_numeric()]
    rows = ([_shown(cell) for cell in row] for row in frame.iter_rows())
    return [heading, table_of(list(names.values()), rows, right=right, wrap=("of which", "column")), ""]


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
