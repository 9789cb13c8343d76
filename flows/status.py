"""What state the pipeline is in, read from the lake: runs, freshness, row accounting, quarantine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl
from rich.console import RenderableType

from flows.lake import Lake
from flows.next_runs import NextRuns
from flows.quarantine import reasons
from flows.terminal import plain, section
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
    full_check: pl.DataFrame
    sources: pl.DataFrame
    quarantine: pl.DataFrame
    stale_because: str | None
    next_runs: NextRuns

    def as_json(self) -> dict[str, Any]:
        """The same for monitoring; times as ISO 8601, pauses in days."""
        found: dict[str, Any] = plain(
            {
                "runs": self.runs,
                "full_check": self.full_check,
                "sources": self.sources,
                "quarantine": self.quarantine,
                "stale": self.stale_because is not None,
                "stale_because": self.stale_because,
                "next_runs": [{"name": name, "expected_at": at} for name, at in self.next_runs.runs],
            }
        )
        return found


def state_of(
    lake: Lake, now: dt.datetime, configured: Sequence[str] = (), upcoming: NextRuns | None = None
) -> PipelineState:
    """Last runs, the last full check, deliveries and fates per source, quarantine by reason, and what is `upcoming`.

    Stale when the newest night is too old, or a `configured` source is overdue: its last new page is older than twice
    the usual (median) pause between its deliveries. A source with fewer than three deliveries has no usual pause.
    """
    runs = lake.read("meta_run").sort("started_at", descending=True)
    checks = (
        runs.filter(pl.col("run_kind") == "full_check").head(1).select("run_on", "finished_at", "outcome", "message")
    )
    quarantine = reasons(lake).select("source", "reason", "column_name", "n_rows")
    sources = _sources(lake, now, configured)
    complaints = [*_old(_newest(runs), now), *_overdue(sources, configured)]
    stale_because = f"stale: {'; '.join(complaints)}" if complaints else None
    shown = runs.head(5).select("run_id", "run_kind", "run_on", "as_of", "finished_at", "outcome", "message")
    return PipelineState(shown, checks, sources, quarantine, stale_because, upcoming or NextRuns())


def _sources(lake: Lake, now: dt.datetime, configured: Sequence[str]) -> pl.DataFrame:
    """One row per source that is configured or has delivered: its deliveries, and what became of its rows."""
    fates = lake.ask(
        "meta_row_accounting",
        lambda rows: rows.group_by("source").agg(
            pl.col("n_rows").sum(),
            *(pl.col("n_rows").filter(pl.col("fate") == fate).sum().alias(fate) for fate in FATES),
        ),
    )
    moments = pl.col("landed_at").unique().sort()
    pause = pl.when(moments.len() >= ENOUGH_DELIVERIES).then(moments.diff().median())
    delivered = (
        lake.ask(
            "landed_page",
            lambda pages: pages.group_by("source").agg(
                pl.len().alias("n_pages"), pl.col("landed_at").max().alias("newest_at"), pause.alias("pause")
            ),
        )
        .with_columns((pl.lit(now) - pl.col("newest_at") > 2 * pl.col("pause") + GRACE).alias("is_overdue"))
        .with_columns((pl.col("pause").dt.total_minutes() / 1440).alias("usual_pause_days"))
        .drop("pause")
    )
    names = pl.DataFrame({"source": sorted({*configured, *delivered["source"]})}, schema={"source": pl.String})
    return names.join(delivered, on="source", how="left", maintain_order="left").join(
        fates, on="source", how="left", maintain_order="left"
    )


def _newest(runs: pl.DataFrame) -> dt.datetime | None:
    """Midnight that ended the newest night that was published."""
    newest = runs.filter(pl.col("outcome") == "succeeded")["as_of"].max()
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
        *section("Last runs", state.runs.drop("run_kind", "as_of"), "none yet"),
        *section("Last full check against drift", state.full_check, "none yet; `culture-kpis run --check`"),
        *section("Sources: pages, the newest, and what became of every input row", sources, "none configured"),
        *section("Quarantine", state.quarantine, "empty"),
        *_upcoming(state.next_runs),
    ]


def _upcoming(found: NextRuns) -> list[RenderableType]:
    if found.unknown_because:
        return [f"[bold]Next runs[/]: {found.unknown_because}", ""]
    runs = pl.DataFrame(found.runs, schema=["run", "expected (UTC)"], orient="row")
    return section("Next runs", runs, "none scheduled")


def _fates(source: dict[str, Any]) -> str:
    """What became of a source's rows: `141,702 staged, 10 quarantined`."""
    return ", ".join(f"{source[fate]:,} {fate.replace('_', ' ')}" for fate in FATES if source[fate])
