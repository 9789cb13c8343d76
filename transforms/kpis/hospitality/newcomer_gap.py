"""Are those who come for the first time served as reliably as those who are known?

The share of promises kept to first-ever requesters minus the share kept to returning ones, compared within strata of
category and priority (Mantel-Haenszel), so that newcomers' other matters cannot pose as another treatment. 0 is the
aim; below 0 the newcomer gets less. The interval is Newcombe's, with as many trials as the resemblance of one
requester's promises leaves, so that a few newcomers who all fared alike do not pass for certainty.

A promise counts in the period in which it falls due. A requester comes for the first time with the earliest of all
tickets in the sources. A source knows who is new only after a year: promises on tickets opened within 12 months of its
first ticket are not judged, and a period with no others is `not_matured` (flag `history_under_12_months`). Promises on
tickets without a requester lower the coverage.

Worked example: urgent: 3 of 4 kept to newcomers, 1 of 4 to others, weight 4 * 4 / 8 = 2; normal: 1 of 1 and 1 of 3,
weight 3 / 4. Gap (2 * 0.5 + 0.75 * 0.667) / 2.75 = 0.545.
"""

from __future__ import annotations

import polars as pl

from transforms.contracts.results import CELL_KEY
from transforms.facts import Facts
from transforms.facts.ticket_history import TICKET_KEY
from transforms.kpis.declaration import Kpi
from transforms.kpis.source_gaps import unless_missing
from transforms.stats.clustered_gap import clustered_gap

HISTORY_MONTHS = 12
_STRATA = ("category", "priority")


def _estimate(rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    judged = pl.col("is_newcomer").is_not_null()
    counts = rows.group_by(CELL_KEY).agg(
        pl.col("is_covered").mean().alias("coverage"),
        (pl.col("is_covered") & ~judged).any().alias("is_young"),
        judged.any().alias("is_judged"),
        judged.sum().cast(pl.Int64).alias("n_events"),
        judged.sum().cast(pl.Float64).alias("denominator"),
    )
    gaps = clustered_gap(
        rows, CELL_KEY, _STRATA, side="is_newcomer", outcome="numerator", cluster="requester_key"
    ).select(
        *CELL_KEY,
        "value",
        "ci_low",
        "ci_high",
    )
    too_young = pl.col("is_young") & ~pl.col("is_judged")
    return (
        counts.join(gaps, on=CELL_KEY, how="left")
        .with_columns(
            pl.lit("newcombe_clustered").alias("interval_method"),
            pl.when(too_young).then(pl.lit("not_matured")).alias("state"),
            pl.when(too_young).then(pl.lit("history_under_12_months")).alias("flags"),
        )
        .drop("is_young", "is_judged")
    )


KPI = Kpi(
    id="newcomer_gap",
    version=1,
    title="Promises kept: newcomers minus regulars",
    sources=("tickets",),
    needs=("ticket", "promise"),
    formula=(
        "Mantel-Haenszel difference of the share of promises kept between first-ever and returning requesters, within "
        "category and priority"
    ),
    unit="gap",
    direction="zero",
    grains=("month", "quarter"),
    unit_of_analysis="promise",
    person_based=False,
    people=("agents", "requesters"),
    sees_tickets_alone=True,
    sees_first_contacts=True,
    bounds=(-1.0, 1.0),
    anchors=(0.2, 0.0),
    pitfalls=(
        "Somebody who writes from another address is new to the source.",
        "Returning customers know how to ask; part of a gap may be theirs.",
    ),
    field_needs=("tickets.requester",),
    estimate=unless_missing(_estimate, "requester"),
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per promise that fell due; `is_newcomer` is null where that cannot be known yet."""
    tickets = facts.tickets.select(*TICKET_KEY, "requester_key", "category", "created_at", "created_on", "is_deleted")
    counted = tickets.filter(~pl.col("is_deleted"))
    firsts = (
        facts.contacts.filter(~pl.col("is_deleted"))
        .group_by("requester_key")
        .agg(pl.col("created_at").min().alias("first_at"))
    )
    known_from = counted.group_by("source").agg(
        pl.col("created_on").min().dt.offset_by(f"{HISTORY_MONTHS}mo").alias("known_from")
    )
    due = facts.promises.filter(pl.col("is_kept").is_not_null() & ~pl.col("is_cancelled")).select(
        *TICKET_KEY, "org_unit_id", pl.col("due_on").alias("on"), "agent_key", "priority", "is_kept"
    )
    told = (
        due.join(counted.drop("is_deleted"), on=TICKET_KEY, how="left", maintain_order="left")
        .join(firsts, on="requester_key", how="left", maintain_order="left")
        .join(known_from, on="source", how="left", maintain_order="left")
    )
    has_requester = pl.col("requester_key").is_not_null()
    is_known = has_requester & (pl.col("created_on") >= pl.col("known_from"))
    judged = is_known.fill_null(False)
    return told.select(
        "org_unit_id",
        "on",
        pl.when(judged).then(pl.col("created_at") == pl.col("first_at")).alias("is_newcomer"),
        *(pl.col(name).fill_null("unknown") for name in _STRATA),
        pl.col("is_kept").cast(pl.Float64).alias("numerator"),
        judged.cast(pl.Float64).alias("denominator"),
        pl.when(judged).then("agent_key").alias("agent_key"),
        pl.when(judged).then("requester_key").alias("requester_key"),
        has_requester.alias("is_covered"),
        has_requester.alias("is_recorded"),
    )
