"""Invite honesty: are customers asked whatever the outcome, or mostly those for whom it went well?

`main` is the share of tickets solved in the quarter whose customer was invited to a survey about that ticket within 14
days. `kept_gap` asks for cherry-picking: of the promises made on those tickets, the share kept where the customer was
invited less the share kept where not. Zero is the aim; a positive gap means that who was let down was not asked. Each
side needs the minimum group of agents.

Worked example: 40 of 100 solved tickets were followed by an invitation: 0.40. With one promise each, 36 of the 40 and
42 of the 60 others were kept: 0.90 - 0.70 = 0.20, customers were picked.

Source: "Defining passion in customer experience management", 2017: it asks for feedback although it may hurt; see the
principle. Intervals: Wilson 1927, Newcombe 1998.
"""

from __future__ import annotations

import polars as pl

from transforms.contracts.results import CELL_KEY
from transforms.facts import Facts
from transforms.facts.ticket_history import TICKET_KEY
from transforms.kpis.company import is_company
from transforms.kpis.declaration import ONE_TICKET, Kpi
from transforms.kpis.estimators import difference, proportion

INVITED_WITHIN_DAYS = 14
_GAP = "kept_gap"


def _estimate(rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    """Share invited, and the gap in promises kept; source_missing where no invitation is about a ticket."""
    is_gap = pl.col("component") == _GAP
    if _invitations(facts).head(1).collect().is_empty():
        silent = (pl.lit("source_missing").alias("state"), pl.lit("missing:invitation.ticket_id").alias("flags"))
        return rows.filter(is_company(facts) & ~is_gap).select(CELL_KEY).unique().with_columns(*silent)
    first, agent = pl.col("is_first"), pl.col("agent_key")
    sides = (
        rows.filter(is_gap)
        .group_by(CELL_KEY)
        .agg(pl.min_horizontal(agent.filter(side).drop_nulls().n_unique() for side in (first, ~first)).alias("fewer"))
    )
    too_small = pl.col("fewer") < facts.context.minimum_group
    gaps = (
        difference(rows.filter(is_gap), facts)
        .join(sides, on=CELL_KEY)
        .with_columns(
            pl.when(too_small).then(pl.lit("not_enough_data")).alias("state"),
            pl.when(too_small).then(pl.lit("side_too_small")).alias("flags"),
        )
        .drop("fewer")
    )
    return pl.concat([proportion(rows.filter(~is_gap), facts), gaps], how="diagonal")


KPI = Kpi(
    id="invite_honesty",
    version=1,
    title="Customers asked, whatever the outcome",
    sources=("customer_survey", "tickets"),
    needs=("invitation", "survey_item", "ticket"),
    field_needs=("survey.ticket_id",),
    formula="solved tickets followed by an invitation / solved tickets; kept_gap: promises kept, invited - not invited",
    unit="share",
    direction="up",
    grains=("quarter",),
    components=("main", _GAP),
    unit_of_analysis="solved ticket (main), promise on it (kept_gap)",
    person_based=False,
    people=("agents",),
    maturity_days=INVITED_WITHIN_DAYS,
    reach=ONE_TICKET | {"surveys": (0, 0)},
    sees_tickets_alone=True,
    bounds=(-1.0, 1.0),
    anchors=(0.05, 0.9),
    pitfalls=(
        "The component kept_gap has another direction: zero is the aim.",
        "A sample drawn by lot lowers the share and is honest; look at the gap.",
        "Teams whose customers are never asked lower the share of the units above them and open a gap of their own.",
        "The gap takes the promises of one ticket as independent of one another.",
    ),
    estimate=_estimate,
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per solved ticket (main) and per promise with a verdict on it (kept_gap), by whether it was invited."""
    solved = facts.tickets.filter(~pl.col("is_deleted") & pl.col("is_solved"))
    asked = (
        solved.filter(pl.len().over("ticket_id") == 1)
        .join(_invitations(facts), on="ticket_id")
        .filter(pl.col("sent_at") <= pl.col("done_at") + pl.duration(days=INVITED_WITHIN_DAYS))
        .select(TICKET_KEY)
        .unique()
        .with_columns(pl.lit(True).alias("is_first"))
    )
    tickets = solved.join(asked, on=TICKET_KEY, how="left").select(
        *TICKET_KEY, "org_unit_id", pl.col("done_on").alias("on"), "agent_key", pl.col("is_first").fill_null(False)
    )
    verdicts = facts.promises.filter(pl.col("is_kept").is_not_null() & ~pl.col("is_cancelled"))
    kept = tickets.join(verdicts.select(*TICKET_KEY, "is_kept"), on=TICKET_KEY).select(
        "org_unit_id",
        "on",
        "agent_key",
        "is_first",
        pl.lit(_GAP).alias("component"),
        pl.col("is_kept").cast(pl.Float64).alias("numerator"),
    )
    shares = tickets.select(
        "org_unit_id",
        "on",
        "agent_key",
        "is_first",
        pl.lit("main").alias("component"),
        pl.col("is_first").cast(pl.Float64).alias("numerator"),
    )
    return pl.concat([shares, kept]).with_columns(pl.lit(1.0).alias("denominator"))


def _invitations(facts: Facts) -> pl.LazyFrame:
    """Invitations of customers about a ticket, whether or not they arrived: ticket_id, sent_at."""
    surveys = facts.table("survey_item").filter(pl.col("audience") == "customer").select("survey_id").unique()
    return (
        facts.table("invitation")
        .filter(pl.col("ticket_id").is_not_null())
        .join(surveys, on="survey_id", how="semi")
        .select("ticket_id", "sent_at")
    )
