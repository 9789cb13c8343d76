"""Open tickets at the end of the period.

A ticket is open while its status is new, open, pending or on hold, and no longer than its source shows it so. It counts
for the team that holds it at the last midnight of the period; a month and the quarter it ends have the same backlog.
Deleted tickets are left out. Without a status timeline a ticket is open from its opening to its solve or close.

It is a count of everything and not a sample, so it has no interval. A team whose agents worked in the period and that
has nothing open has a backlog of 0. The people behind it are the agents who hold a ticket of the team, then or at any
event of the period.

Worked example: six tickets of March; two solved in March, one solved in April, one never, one solved and reopened in
March, one deleted: 3 are open at the end of March.
"""

from __future__ import annotations

import polars as pl

from transforms.contracts.results import CELL_KEY
from transforms.facts import Facts
from transforms.facts.backlog import open_at_ends
from transforms.kpis.declaration import Kpi
from transforms.periods import period_end, period_start, periods_between

_GRAINS = ("month", "quarter")


def _estimate(rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    """The number of open tickets."""
    return rows.group_by(CELL_KEY).agg(
        pl.col("numerator").sum().alias("value"), pl.col("numerator").sum().cast(pl.Int64).alias("n_events")
    )


KPI = Kpi(
    id="backlog",
    version=2,
    title="Open tickets at the end",
    sources=("tickets",),
    needs=("ticket",),
    formula="tickets open at the end of the period",
    unit="tickets",
    direction="down",
    grains=_GRAINS,
    unit_of_analysis="ticket",
    person_based=False,
    people=("agents",),
    bounds=(0.0, 100_000_000.0),
    anchors=(1_000.0, 0.0),
    weight=0.0,
    follows_lives=True,
    sees_tickets_alone=True,
    pitfalls=(
        "A large team has more open than a small one; read the change, not the level. It weighs nothing in a score.",
        "Closing tickets unsolved empties it; read it beside the reopen rate.",
    ),
    estimate=_estimate,
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per open ticket and period (numerator 1), and one per agent at work in it (numerator 0)."""
    tickets, run_on = facts.tickets.collect(), facts.context.run_on
    if tickets.is_empty():
        return _rows(pl.LazyFrame(schema=_OPEN), 1.0)
    months = periods_between(tickets["created_on"].min(), run_on, ("month",))  # type: ignore[arg-type]
    ended = months.filter(pl.col("period_end") <= run_on)["period_end"].to_list()
    if not ended:
        return _rows(pl.LazyFrame(schema=_OPEN), 1.0)
    opened = open_at_ends(
        tickets, facts.coded_events, facts.coded_stations, ended, context=facts.context, clock=facts.clock
    )
    return pl.concat([_rows(opened.lazy(), 1.0), _rows(_at_work(facts), 0.0)])


_OPEN = {"end_on": pl.Date, "org_unit_id": pl.String, "agent_key": pl.String}


def _at_work(facts: Facts) -> pl.LazyFrame:
    """Agents seen with a ticket of a team in a month: end_on, org_unit_id, agent_key."""
    day = facts.context.local_day
    seen = pl.concat(
        [
            facts.events.select("org_unit_id", "agent_key", day(pl.col("at")).alias("on")),
            facts.tickets.select("org_unit_id", "agent_key", pl.col("created_on").alias("on")),
        ]
    ).filter(pl.col("agent_key").is_not_null())
    return seen.select(
        "org_unit_id", "agent_key", period_end(period_start(pl.col("on"), "month"), "month").alias("end_on")
    ).unique()


def _rows(at_ends: pl.LazyFrame, numerator: float) -> pl.LazyFrame:
    """Observations of a month's end, for the month and, where it ends one, for the quarter."""
    end = pl.col("end_on")
    by_grain = [
        at_ends.filter(period_end(period_start(end, grain), grain) == end)
        if numerator
        else at_ends  # whoever worked in a month worked in its quarter
        for grain in _GRAINS
    ]
    return pl.concat(
        rows.select(
            "org_unit_id",
            "agent_key",
            pl.lit(grain).alias("period_grain"),
            period_start(end, grain).alias("period_start"),
            pl.lit(numerator).alias("numerator"),
            pl.lit(numerator).alias("denominator"),
        )
        for rows, grain in zip(by_grain, _GRAINS, strict=True)
    )
