"""Planted effects on tickets and promises, counted in what was drawn, apart from the pipeline."""

from __future__ import annotations

from typing import Any

import numpy as np
import polars as pl

from flows.demo import plan
from flows.demo.business_time import DAY, Flags
from flows.demo.shares import Share, share
from flows.demo.world import World
from transforms.periods import period_start


def _counted(world: World) -> Flags:
    kept = world.kept
    return kept.is_promised & ~kept.is_cancelled & ~kept.is_deleted


def _promises(world: World, team_id: str) -> pl.DataFrame:
    """The two promises of every ticket of a team that hands nothing over: on, due_on, is_kept, is_rain, is_due."""
    kept, arrivals, opened = world.kept, world.arrivals, world.time.position(world.arrivals.created)
    rows = np.flatnonzero(_counted(world) & (arrivals.team == world.company.design.index(team_id)))
    parts = []
    for target, is_kept in ((kept.reply_target, kept.reply_kept), (kept.solve_target + kept.pause, kept.solve_kept)):
        due = world.time.moment(opened[rows] + target[rows])
        parts.append(
            pl.DataFrame(
                {
                    "on": pl.Series(arrivals.created[rows] // DAY, dtype=pl.Int32).cast(pl.Date),
                    "due_on": pl.Series(due // DAY, dtype=pl.Int32).cast(pl.Date),
                    "is_kept": is_kept[rows],
                    "is_rain": arrivals.is_rain[rows],
                    "is_due": due < world.cutoff,
                    "is_business": world.time.is_business_day(arrivals.created[rows] // DAY),
                }
            )
        )
    return pl.concat(parts)


def rain_gaps(world: World, team_id: str) -> dict[str, Any]:
    """Kept in rain minus kept on ordinary days, per window of 26 weeks, not matched by week."""
    kept = pl.col("is_kept")
    gaps = (
        _promises(world, team_id)
        .filter("is_business", "is_due")
        .group_by(period_start(pl.col("on"), "window_26w").alias("window"))
        .agg(
            kept.filter("is_rain").mean().alias("rain"),
            kept.filter(~pl.col("is_rain")).mean().alias("ordinary"),
            pl.col("on").filter("is_rain").n_unique().alias("rain_days"),
        )
        .sort("window")
    )
    return {
        row["window"].isoformat(): {
            "gap": round((row["rain"] or 0.0) - (row["ordinary"] or 0.0), 6),
            "rain_days": row["rain_days"],
        }
        for row in gaps.iter_rows(named=True)
    }


def promises_a_day(world: World, team_id: str) -> float:
    """Promises begun per business day."""
    rows = _promises(world, team_id).filter("is_business")
    return round(rows.height / len(world.arrivals.business_days), 2)


def kept_by_month(world: World, team_id: str) -> dict[str, Share]:
    """Kept of those due in each month."""
    months = (
        _promises(world, team_id)
        .filter("is_due")
        .group_by(pl.col("due_on").dt.truncate("1mo").alias("month"))
        .agg(pl.col("is_kept").sum(), pl.len().alias("n"))
        .sort("month")
    )
    return {row["month"].isoformat(): share(row["is_kept"], row["n"]) for row in months.iter_rows(named=True)}


def welcomed(world: World, *, at_night: bool) -> Share:
    """Answered within 60 business minutes of the (next) opening, of the tickets opened outside or in opening hours."""
    chosen = (world.arrivals.is_night == at_night) & ~world.kept.is_deleted
    is_quick = world.kept.reply <= plan.WELCOME_MINUTES * 60
    return share((is_quick & chosen).sum(), chosen.sum())


def welcome_minutes(world: World) -> dict[str, dict[str, float]]:
    """Median and 90th percentile of business minutes to the first human reply, by quarter of creation."""
    rows = pl.DataFrame(
        {
            "quarter": pl.Series(world.arrivals.created // DAY, dtype=pl.Int32).cast(pl.Date).dt.truncate("1q"),
            "minutes": world.kept.reply / 60,
        }
    ).filter(pl.Series(~world.kept.is_deleted))
    quantiles = rows.group_by("quarter").agg(
        pl.col("minutes").median().round(3).alias("median"),
        pl.col("minutes").quantile(0.9, "linear").round(3).alias("p90"),
    )
    return {
        row["quarter"].isoformat(): {"median": row["median"], "p90": row["p90"]}
        for row in quantiles.sort("quarter").iter_rows(named=True)
    }


def reopened(world: World) -> Share:
    """Tickets reopened, of those solved; all reopenings come within 5 days."""
    solved = world.happened(world.tickets.solved) & ~world.kept.is_deleted
    return share((world.happened(world.tickets.reopened) & solved).sum(), solved.sum())


def hoops(world: World) -> dict[str, float]:
    """Further agents and further teams per solved ticket, by quarter of the first solution."""
    tickets, solved = world.tickets, world.happened(world.tickets.solved) & ~world.kept.is_deleted
    is_handed = world.happened(tickets.handed_over)
    rows = pl.DataFrame(
        {
            "quarter": pl.Series(tickets.solved[solved] // DAY, dtype=pl.Int32).cast(pl.Date).dt.truncate("1q"),
            "hoops": (is_handed.astype(np.int64) + (is_handed & (tickets.team != tickets.last_team)))[solved],
        }
    )
    means = rows.group_by("quarter").agg(pl.col("hoops").mean().round(6)).sort("quarter")
    return {row["quarter"].isoformat(): row["hoops"] for row in means.iter_rows(named=True)}
