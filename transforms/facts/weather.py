"""Whether a team's weather (`load.py`) can differ between two nights, from the tickets of which something changed.

What load counts is a sum over tickets, so it differs where the part of changed tickets does. That asks for these
tickets alone, while the load itself needs all tickets of some months.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import polars as pl

from transforms.clock import business_days
from transforms.facts.context import Context
from transforms.facts.load import company_arrivals, seen_agents, team_visits
from transforms.rows import differing_rows

_TEAM = "org_unit_id"


def counted(
    tables: Mapping[str, pl.LazyFrame], events: pl.DataFrame, stations: pl.DataFrame, context: Context
) -> pl.DataFrame:
    """What the load of team-days counts: what, org_unit_id, day, agent_key, n. Of some tickets it is their part of it.

    `arrival` and `departure` are moves of tickets to a team and away, `opened` tickets of the company (null unit),
    `agent` an agent seen with a team, who counts once whatever else they did.
    """
    visits = team_visits(tables, events, stations, context)
    none = pl.lit(None, dtype=pl.String)

    def moves(what: str, at: str) -> pl.DataFrame:
        known = visits.filter(pl.col(at).is_not_null())
        told = known.group_by(_TEAM, context.local_day(pl.col(at)).alias("day")).agg(pl.len().cast(pl.Int64).alias("n"))
        return told.select(pl.lit(what).alias("what"), _TEAM, "day", none.alias("agent_key"), "n")

    seen = seen_agents(tables, events, context).select(
        pl.lit("agent").alias("what"), _TEAM, "day", pl.col("agent_key").cast(pl.String), pl.lit(1, pl.Int64).alias("n")
    )
    opened = company_arrivals(tables, context).select(
        pl.lit("opened").alias("what"),
        none.alias(_TEAM),
        "day",
        none.alias("agent_key"),
        pl.col("company_arrivals").alias("n"),
    )
    return pl.concat([moves("arrival", "entered_at"), moves("departure", "left_at"), seen, opened])


def differing_days(then: pl.DataFrame, now: pl.DataFrame, night: dt.date, last_on: dt.date) -> list[dt.date]:
    """Days of which the load differs by what is `counted` on two nights, for the same tickets.

    `night` is the date of the first night and `last_on` that of the second, which knows the days from one to the other.
    A ticket that came or went another day stands in the backlog from then on.
    """
    differs = pl.concat(differing_rows(then, now, then.columns))
    moved = differs.filter(pl.col("what").is_in(["arrival", "departure"]))["day"].sort().head(1)
    first = min([night, *moved])
    since = pl.date_range(first, max(last_on, first), eager=True)
    return pl.concat([differs["day"], since]).unique().sort().to_list()


def one_sky(units: pl.Series, first_on: dt.date, context: Context) -> pl.LazyFrame:
    """Rain of every kind on every team and business day since then: whatever is seen by rain is seen under it."""
    days = business_days(first_on, context.run_on, context)
    flags = [pl.lit(True).alias(name) for name in ("is_rain", "is_backlog_rain", "is_company_rain")]
    return pl.DataFrame({_TEAM: units}).lazy().join(days.to_frame().lazy(), how="cross").with_columns(flags)
