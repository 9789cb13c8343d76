"""Load facts: how hard it rained on each team and business day.

Arrivals are tickets that reach a team: opened with it or passed to it. Load is arrivals per usual head, the head count
being the median of active agents over the team's previous 20 business days; with today's own attendance a quiet but
thinly staffed day would look like rain. It rains when the load lies strictly above the 80th percentile of the same
team's 10 business days before and after, so a busy season does not make every one of its days rainy.

The rain of a team-day is the team's own at every node of the tree: a department of ten teams has ten skies. What
happens on a day that is no business day belongs to none.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from transforms.clock import business_days
from transforms.contracts.organisation import UNASSIGNED_UNIT
from transforms.facts.context import Context
from transforms.facts.endings import over_at
from transforms.facts.ticket_history import TICKET_KEY, in_codes, statuses
from transforms.facts.ticket_stretches import ENDED_STATUSES

RAIN_QUANTILE = 0.8
DAYS_AROUND = 10
HEAD_COUNT_DAYS = 20
HEAD_COUNT_MINIMUM_DAYS = 10
BACKLOG_HISTORY_DAYS = 28
# Calendar days around a day whose tickets its flags rest on: 30 business days before it, 10 after, holidays in plenty.
LOAD_REACH_DAYS = (60, 21)
_TEAM = "org_unit_id"


def team_days(
    tables: Mapping[str, pl.LazyFrame], events: pl.DataFrame, stations: pl.DataFrame, context: Context
) -> pl.LazyFrame:
    """One row per team and business day, from the team's first ticket to the night; events and stations in codes.

    Shape: org_unit_id, day, arrivals, active_agents, usual_agents, backlog (at the start of the day), load,
    load_with_backlog, company_arrivals, and the flags is_rain, is_backlog_rain, is_company_rain. A flag is null where
    history is too short: usual agents need 10 days, a percentile 11 of its 21, the backlog 28 days since the first
    ticket. A ticket without a team counts for `unassigned`.
    """
    visits = team_visits(tables, events, stations, context)
    if visits.is_empty():
        return _flagged(_empty_grid()).lazy()
    visits = visits.with_columns(context.local_day(pl.col("entered_at")).alias("day"))
    grid = _grid(visits, context)
    counted = (
        grid.join(
            visits.group_by(_TEAM, "day").agg(pl.len().cast(pl.Int64).alias("arrivals")), on=[_TEAM, "day"], how="left"
        )
        .join(_active_agents(tables, events, context), on=[_TEAM, "day"], how="left")
        .join(company_arrivals(tables, context), on="day", how="left")
        .with_columns(pl.col("arrivals", "active_agents", "company_arrivals").fill_null(0))
        .join(_backlog(visits, context), on=[_TEAM, "day"], how="left")
        .sort(_TEAM, "day")
    )
    return _flagged(counted).lazy()


def rainy(load: pl.Expr, *, strictly: bool = True) -> pl.Expr:
    """Whether each day's load exceeds the 80th percentile of the 10 days before and after, itself among them."""
    threshold = load.rolling_quantile(
        RAIN_QUANTILE,
        interpolation="linear",
        window_size=2 * DAYS_AROUND + 1,
        min_samples=DAYS_AROUND + 1,
        center=True,
    )
    return load > threshold if strictly else load >= threshold


def _flagged(counted: pl.DataFrame) -> pl.DataFrame:
    usual = pl.col("active_agents").shift().rolling_median(HEAD_COUNT_DAYS, min_samples=HEAD_COUNT_MINIMUM_DAYS)
    head_count = pl.when(pl.col("usual_agents") > 0).then("usual_agents")
    company = counted.select("day", "company_arrivals").unique().sort("day")
    return (
        counted.with_columns(usual.over(_TEAM).alias("usual_agents"))
        .with_columns(
            (pl.col("arrivals") / head_count).alias("load"),
            ((pl.col("arrivals") + pl.col("backlog")) / head_count).alias("load_with_backlog"),
        )
        .with_columns(
            rainy(pl.col("load")).over(_TEAM).alias("is_rain"),
            rainy(pl.col("load_with_backlog")).over(_TEAM).alias("is_backlog_rain"),
        )
        .join(company.select("day", rainy(pl.col("company_arrivals")).alias("is_company_rain")), on="day", how="left")
        .sort(_TEAM, "day")
    )


def team_visits(
    tables: Mapping[str, pl.LazyFrame], events: pl.DataFrame, stations: pl.DataFrame, context: Context
) -> pl.DataFrame:
    """Stays of tickets with teams: org_unit_id, entered_at, left_at (the last ends when the ticket is over)."""
    told = statuses(events).lazy().filter(pl.col("status").is_in(ENDED_STATUSES))
    is_untold = pl.col("solved_at").is_null() & pl.col("closed_at").is_null()
    ended = (
        in_codes(tables["ticket"].unique(TICKET_KEY, keep="first", maintain_order=True))
        .join(told.group_by(TICKET_KEY).agg(pl.col("at").max().alias("told_at")), on=TICKET_KEY, how="left")
        .select(
            *TICKET_KEY,
            # A source that does not say when it was over: by the timeline, and no later than it was seen to be.
            pl.when(is_untold)
            .then(pl.min_horizontal("told_at", over_at(context.as_of)))
            .otherwise(pl.coalesce("solved_at", "closed_at"))
            .alias("ended_at"),
            "is_deleted",
        )
    )
    return (
        stations.lazy()
        .filter(pl.col("holder") == "team")
        .join(ended, on=TICKET_KEY)
        .filter(~pl.col("is_deleted"))
        .select(
            pl.col(_TEAM).cast(pl.String).fill_null(UNASSIGNED_UNIT),
            "entered_at",
            pl.coalesce("left_at", "ended_at").alias("left_at"),
        )
        .collect()
    )


def _grid(visits: pl.DataFrame, context: Context) -> pl.DataFrame:
    firsts = visits.group_by(_TEAM).agg(pl.col("day").min().alias("first_on"))
    days = business_days(visits["day"].min(), context.run_on, context)  # type: ignore[arg-type]
    return firsts.join(days.to_frame(), how="cross").filter(pl.col("day") >= pl.col("first_on")).drop("first_on")


def _active_agents(tables: Mapping[str, pl.LazyFrame], events: pl.DataFrame, context: Context) -> pl.DataFrame:
    """How many agents are active with each team and day: org_unit_id, day, active_agents."""
    seen = seen_agents(tables, events, context)
    return seen.group_by(_TEAM, "day").agg(pl.len().cast(pl.Int64).alias("active_agents"))


def seen_agents(tables: Mapping[str, pl.LazyFrame], events: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Who acted for or held a ticket of the team that day; without events, the agents of its tickets."""
    acting = pl.when(pl.col("actor_role") == "agent").then("actor_key")
    seen = events.lazy().select(_TEAM, pl.coalesce(acting, "agent_key").alias("agent_key"), "at")
    untold = (
        in_codes(tables["ticket"])
        .join(events.lazy().select(TICKET_KEY).unique(), on=TICKET_KEY, how="anti")
        .select(_TEAM, "agent_key", pl.col("created_at").alias("at"))
    )
    return (
        pl.concat([seen, untold])
        .filter(pl.col("agent_key").is_not_null())
        .select(
            pl.col(_TEAM).fill_null(pl.lit(UNASSIGNED_UNIT, dtype=pl.Categorical)),
            context.local_day(pl.col("at")).alias("day"),
            "agent_key",
        )
        .unique()
        .with_columns(pl.col(_TEAM).cast(pl.String))
        .collect()
    )


def company_arrivals(tables: Mapping[str, pl.LazyFrame], context: Context) -> pl.DataFrame:
    """How many tickets the company got on each day: day, company_arrivals."""
    opened = tables["ticket"].unique(TICKET_KEY, keep="first", maintain_order=True).filter(~pl.col("is_deleted"))
    return (
        opened.group_by(context.local_day(pl.col("created_at")).alias("day"))
        .agg(pl.len().cast(pl.Int64).alias("company_arrivals"))
        .collect()
    )


def _backlog(visits: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Tickets with the team at the start of each day, from 28 days after its first: org_unit_id, day, backlog."""
    moves = pl.concat(
        [
            visits.select(_TEAM, "day", pl.lit(1, dtype=pl.Int64).alias("change")),
            visits.filter(pl.col("left_at").is_not_null()).select(
                _TEAM, context.local_day(pl.col("left_at")).alias("day"), pl.lit(-1, dtype=pl.Int64).alias("change")
            ),
        ]
    )
    daily = moves.group_by(_TEAM, "day").agg(pl.col("change").sum()).sort(_TEAM, "day")
    running = daily.with_columns(
        pl.col("change").cum_sum().over(_TEAM).alias("backlog"), pl.col("day").min().over(_TEAM).alias("first_on")
    )
    history = pl.col("day") - pl.col("first_on") >= pl.duration(days=BACKLOG_HISTORY_DAYS)
    return (
        _grid(visits, context)
        .sort("day")
        .join_asof(
            running.sort("day"),
            on="day",
            by=_TEAM,
            strategy="backward",
            allow_exact_matches=False,
            check_sortedness=False,
        )
        .select(_TEAM, "day", pl.when(history).then("backlog").alias("backlog"))
    )


def _empty_grid() -> pl.DataFrame:
    counts = ("arrivals", "active_agents", "company_arrivals", "backlog")
    return pl.DataFrame(schema={_TEAM: pl.String, "day": pl.Date} | dict.fromkeys(counts, pl.Int64))
