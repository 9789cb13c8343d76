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
    due = _promises(world, team_id).filter("is_due")
    return _by(due.select(pl.col("due_on").alias("on"), pl.col("is_kept").alias("hit")), "1mo")


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


def solved_on(world: World) -> pl.Series:
    """The day of each first solution that counts."""
    solved = world.tickets.solved[world.happened(world.tickets.solved) & ~world.kept.is_deleted]
    return pl.Series(solved // DAY, dtype=pl.Int32).cast(pl.Date)


def passed_on(world: World) -> dict[str, Share]:
    """Receipts of a first agent who did nothing, of all receipts by an agent, by month of receipt."""
    counts = ~world.kept.is_deleted
    parts = []
    for moment, is_untouched in (
        (world.detours.received, True),
        (world.tickets.assigned, False),
        (world.tickets.handed_over, False),
    ):
        on = moment[counts & world.happened(moment)] // DAY
        parts.append(pl.DataFrame({"on": pl.Series(on, dtype=pl.Int32).cast(pl.Date)}).with_columns(hit=is_untouched))
    return _by(pl.concat(parts), "1mo")


def on_own_authority(world: World) -> dict[str, Share]:
    """Solved in a category of one's own without escalation and not reopened, by quarter of the first solution."""
    tickets, solved = world.tickets, world.happened(world.tickets.solved) & ~world.kept.is_deleted
    solved &= ~world.category.is_in(plan.NOT_ELIGIBLE).to_numpy()
    rows = pl.DataFrame(
        {
            "on": pl.Series(tickets.solved[solved] // DAY, dtype=pl.Int32).cast(pl.Date),
            "hit": ((tickets.escalated < 0) & ~world.happened(tickets.reopened))[solved],
        }
    )
    return _by(rows, "1q")


def _by(rows: pl.DataFrame, every: str) -> dict[str, Share]:
    """Share of rows (on, hit) that hit, by period."""
    periods = rows.group_by(pl.col("on").dt.truncate(every).alias("period")).agg(pl.col("hit").sum(), pl.len())
    return {row["period"].isoformat(): share(row["hit"], row["len"]) for row in periods.sort("period").to_dicts()}


def reopened(world: World) -> Share:
    """Tickets reopened, of those solved; all reopenings come within 5 days."""
    solved = world.happened(world.tickets.solved) & ~world.kept.is_deleted
    return share((world.happened(world.tickets.reopened) & solved).sum(), solved.sum())


def hoops(world: World) -> dict[str, float]:
    """Further agents and further teams per solved ticket, by quarter of the first solution."""
    tickets, solved = world.tickets, world.happened(world.tickets.solved) & ~world.kept.is_deleted
    is_passed, is_handed = (
        world.happened(moment).astype(np.int64) for moment in (world.detours.received, tickets.handed_over)
    )
    rows = pl.DataFrame(
        {
            "quarter": pl.Series(tickets.solved[solved] // DAY, dtype=pl.Int32).cast(pl.Date).dt.truncate("1q"),
            "hoops": (is_passed + is_handed * (1 + (tickets.team != tickets.last_team)))[solved],
        }
    )
    means = rows.group_by("quarter").agg(pl.col("hoops").mean().round(6)).sort("quarter")
    return {row["quarter"].isoformat(): row["hoops"] for row in means.iter_rows(named=True)}
