"""Share of solved tickets that reached the customer as one service: one team, asked back at most once, and done.

A ticket counts in the period and for the team of its first solve. It was seamless when, up to that solve, one team held
it and it went back from waiting for the customer to work at most once, and it was not reopened within 14 days.

Finding the right team first is free (variant `main`): a first team that passed a ticket on before an agent held it and
before any of us wrote on it was a sorting desk. Variant `routing_counts` counts it like any other.

Tickets without a timeline of status and teams cannot be judged and lower the coverage. Deleted ones are left out.

Worked example: five tickets; one changed teams after an agent had it, one was asked back twice, one was reopened after
a week, one went through the sorting desk: 2 / 5 = 0.40, and with routing counted 1 / 5 = 0.20.
"""

from __future__ import annotations

import polars as pl

from transforms.contracts.results import DEFAULT
from transforms.facts import Facts
from transforms.facts.ticket_history import TICKET_KEY
from transforms.facts.ticket_stretches import HUMAN_ROLES
from transforms.facts.tickets import REOPEN_WINDOW_DAYS
from transforms.kpis.declaration import ONE_TICKET, Kpi
from transforms.kpis.estimators import proportion
from transforms.kpis.source_gaps import unless_missing

_ROUTING_COUNTS = "routing_counts"
_QUESTIONS_BACK = 1

KPI = Kpi(
    id="seamless_rate",
    version=1,
    title="Tickets solved seamlessly",
    sources=("tickets",),
    needs=("ticket", "ticket_event"),
    formula="first solved by one team, asked back at most once, not reopened within 14 days / first solved",
    unit="share",
    direction="up",
    grains=("month", "quarter"),
    variants=(DEFAULT, _ROUTING_COUNTS),
    unit_of_analysis="ticket",
    person_based=False,
    people=("agents",),
    maturity_days=REOPEN_WINDOW_DAYS,
    reach=ONE_TICKET,
    sees_tickets_alone=True,
    bounds=(0.0, 1.0),
    anchors=(0.4, 0.95),
    pitfalls=(
        "A team that keeps what it cannot solve looks seamless; read it beside the resolution time.",
        "Help given without passing the ticket on is not seen.",
    ),
    field_needs=("event:status",),
    estimate=unless_missing(proportion, "timeline_of_status_and_teams"),
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per ticket and variant, by its first solve; one that cannot be judged serves the coverage alone."""
    judged = pl.col("first_solved_at").is_not_null() & pl.col("teams").is_not_null()
    solved = facts.tickets.filter(
        ~pl.col("is_deleted") & (pl.col("first_solved_at").is_not_null() | pl.col("is_solved"))
    ).join(_teams_to_first_solve(facts), on=TICKET_KEY, how="left", maintain_order="left")
    smooth = (pl.col("reask_cycles_to_first_solve") <= _QUESTIONS_BACK) & ~pl.col("is_reopened_14d")
    teams = {DEFAULT: pl.col("teams") - pl.col("is_routed").cast(pl.Int64), _ROUTING_COUNTS: pl.col("teams")}
    return pl.concat(
        solved.select(
            pl.col("first_solved_org_unit_id").alias("org_unit_id"),
            pl.coalesce("first_solved_on", "done_on").alias("on"),
            pl.lit(variant).alias("variant"),
            (judged & smooth & (held_by <= 1)).fill_null(False).cast(pl.Float64).alias("numerator"),
            judged.cast(pl.Float64).alias("denominator"),
            pl.when(judged).then("first_solved_agent_key").alias("agent_key"),
            judged.alias("is_covered"),
            judged.alias("is_recorded"),
        )
        for variant, held_by in teams.items()
    )


def _teams_to_first_solve(facts: Facts) -> pl.LazyFrame:
    """Per ticket: teams that held it up to its first solve, a return counted again, and whether the first only sorted.

    Shape: ticket key, teams, is_routed.
    """
    stays = facts.stations.filter("is_timeline")
    written = facts.events.filter(
        ((pl.col("event_type") == "public_reply") | (pl.col("event_type") == "private_note"))
        & pl.col("actor_role").is_in(HUMAN_ROLES)
    )
    touched = (
        pl.concat(
            [
                stays.filter(pl.col("holder") == "agent").select(*TICKET_KEY, pl.col("entered_at").alias("touched_at")),
                written.select(*TICKET_KEY, pl.col("at").alias("touched_at")),
            ]
        )
        .group_by(TICKET_KEY)
        .agg(pl.col("touched_at").min())
    )
    by_teams = (
        stays.filter(pl.col("holder") == "team")
        .join(facts.tickets.select(*TICKET_KEY, "first_solved_at"), on=TICKET_KEY)
        .filter(pl.col("entered_at") <= pl.col("first_solved_at"))
        .group_by(TICKET_KEY)
        .agg(
            pl.len().cast(pl.Int64).alias("teams"),
            pl.col("left_at").get(pl.col("entered_at").arg_min()).alias("sorted_at"),
        )
    )
    untouched = pl.col("touched_at").is_null() | (pl.col("sorted_at") <= pl.col("touched_at"))
    return by_teams.join(touched, on=TICKET_KEY, how="left").select(
        *TICKET_KEY, "teams", ((pl.col("teams") > 1) & untouched).fill_null(False).alias("is_routed")
    )
