"""Are the values still lived, and seen, when it rains?

Values-tagged recognitions per active person-day on the team's rain days and the two business days after each, divided
by the same on the other business days of the same weeks. A recognition belongs to the receiver's team and to the day;
a message counts once per team whatever the number of its receivers. What rain is, stands in
`transforms/facts/load.py`. Values-tagged is a recognition with a tag that is not an initiative's; those to oneself
are left out, and so are weeks without days of both kinds.

Each team's week is compared with itself: given its recognitions, the number on wet days is binomial with the share of
its days that were wet. The rate ratio common to all of them and its exact conditional interval are found from these
binomials, so a busy week or a team with much rain cannot pose as an effect. A number needs 30 recognitions.

Worked example: a team of 10, ten weeks with rain on Wednesday, so that 3 of 5 days are wet; 36 recognitions on wet
days, 12 on the others: (36 / 300) / (12 / 200) = 2.0.

Source: Psichogios's fourth principle, commitment; the runner who goes out in the rain.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from transforms.contracts.results import CELL_KEY
from transforms.facts import Facts
from transforms.facts.load import LOAD_REACH_DAYS
from transforms.kpis.declaration import Kpi
from transforms.periods import period_start
from transforms.stats.stratified_rates import common_rate_ratio

GRAIN = "window_26w"
MINIMUM_RECOGNITIONS = 30
_DAYS_AFTER = 2
_WEEK = ("org_unit_id", "week")


def _estimate(rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    """The common rate ratio of each cell over its kinds of weeks (wet and ordinary days)."""
    is_wet = pl.col("is_wet")
    strata = (
        rows.group_by(*CELL_KEY, "wet_days", "dry_days")
        .agg(
            pl.col("numerator").filter(is_wet).sum().alias("in_rain"),
            pl.col("numerator").sum().alias("total"),
            pl.col("denominator").sum(),
        )
        .with_columns(share=pl.col("wet_days") / (pl.col("wet_days") + pl.col("dry_days")))
        .sort(*CELL_KEY, "wet_days", "dry_days")
        .collect()
    )
    cells = strata.group_by(CELL_KEY, maintain_order=True).agg(
        pl.col("in_rain", "total", "share"), pl.col("denominator").sum()
    )
    enough = cells.with_columns(pl.col("total").list.sum().alias("recognitions"))
    found = [
        common_rate_ratio(np.array(first), np.array(total), np.array(share))
        if sum(total) >= MINIMUM_RECOGNITIONS
        else (np.nan,) * 3
        for first, total, share in enough.select("in_rain", "total", "share").iter_rows()
    ]
    names = ("value", "ci_low", "ci_high")
    numbers = pl.DataFrame(found, schema=dict.fromkeys(names, pl.Float64), orient="row")
    finite = numbers.select(pl.when(pl.col(name).is_finite()).then(name).alias(name) for name in names)
    too_few = pl.col("recognitions") < MINIMUM_RECOGNITIONS
    one_sided = ~too_few & pl.col("value").is_null()
    return (
        enough.hstack(finite)
        .lazy()
        .select(
            *CELL_KEY,
            *names,
            pl.lit("exact_conditional_poisson").alias("interval_method"),
            "denominator",
            pl.col("recognitions").cast(pl.Int64).alias("n_events"),
            pl.when(too_few | one_sided).then(pl.lit("not_enough_data")).alias("state"),
            pl.when(too_few)
            .then(pl.lit("fewer_than_30_recognitions"))
            .when(one_sided)
            .then(pl.lit("none_on_ordinary_days"))
            .alias("flags"),
        )
    )


KPI = Kpi(
    id="values_in_rain",
    version=1,
    title="Values seen on hard days",
    sources=("recognition", "tickets"),
    needs=("recognition", "ticket"),
    formula=(
        "values-tagged recognitions per active person-day on rain days and the 2 business days after / "
        "the same on ordinary days of the same team's weeks"
    ),
    unit="index",
    direction="up",
    grains=(GRAIN,),
    unit_of_analysis="recognition, in its team's week",
    person_based=True,
    people=("members",),
    # A day's rain is known when its 10 following business days are.
    maturity_days=21,
    bounds=(0.0, 1_000.0),
    anchors=(0.5, 1.2),
    field_needs=("recognition.tags|message",),
    reach={"tickets": LOAD_REACH_DAYS},
    follows_lives=True,
    pitfalls=(
        "Busy people write fewer messages: under 1 need not mean that the values were not lived.",
        "Every tag counts as a value; categories such as `birthday` should not be mapped as tags.",
        "Rain comes from tickets, so only teams that work on tickets have weather.",
        "Recognitions come in bursts; the interval takes each message as independent.",
    ),
    estimate=_estimate,
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per active person, unit, window, kind of week and kind of day: recognitions and person-days."""
    days = _days(facts)
    weeks = days.select(*_WEEK, "period_start", "wet_days", "dry_days").unique()
    kinds = weeks.group_by("org_unit_id", "period_start", "wet_days", "dry_days").agg(pl.len().alias("weeks"))
    sides = pl.concat(
        kinds.with_columns(
            pl.lit(is_wet).alias("is_wet"), (pl.col("weeks") * pl.col(name)).cast(pl.Float64).alias("denominator")
        )
        for is_wet, name in ((True, "wet_days"), (False, "dry_days"))
    )
    kind = ["org_unit_id", "period_start", "member_key", "wet_days", "dry_days", "is_wet"]
    seen = (
        _valued(facts)
        .join(days, left_on=["org_unit_id", "on"], right_on=["org_unit_id", "day"])
        .group_by(kind)
        .agg(pl.len().cast(pl.Float64).alias("numerator"))
    )
    return (
        facts.active_people(GRAIN)
        .join(sides, on=["org_unit_id", "period_start"])
        .join(seen, on=kind, how="left")
        .select(*kind, "period_grain", pl.col("numerator").fill_null(0.0), "denominator")
    )


def _days(facts: Facts) -> pl.LazyFrame:
    """Business days of weeks with both kinds: org_unit_id, day, week, period_start, is_wet, wet_days, dry_days."""
    rain = [pl.col("is_rain").shift(back).over("org_unit_id") for back in range(_DAYS_AFTER + 1)]
    known = (
        facts.load.sort("org_unit_id", "day")
        .with_columns(pl.any_horizontal(rain).alias("is_wet"))
        .filter(pl.col("is_wet").is_not_null())
        .with_columns(pl.col("day").dt.truncate("1w").alias("week"))
    )
    return (
        known.with_columns(
            pl.col("is_wet").sum().over(_WEEK).cast(pl.Int64).alias("wet_days"),
            (~pl.col("is_wet")).sum().over(_WEEK).cast(pl.Int64).alias("dry_days"),
        )
        .filter((pl.col("wet_days") > 0) & (pl.col("dry_days") > 0))
        .select(
            *_WEEK, "day", period_start(pl.col("day"), GRAIN).alias("period_start"), "is_wet", "wet_days", "dry_days"
        )
    )


def _valued(facts: Facts) -> pl.LazyFrame:
    """Values-tagged messages per receiving team: org_unit_id, on, member_key (the first receiver stands for all)."""
    of_initiatives = facts.table("initiative").select(pl.col("tags").explode()).unique()
    return (
        facts.recognitions.filter(~pl.col("is_self"))
        .explode("tags")
        .filter(pl.col("tags").is_not_null())
        .join(of_initiatives, on="tags", how="anti")
        .sort("receiver_key")
        .unique(["source", "recognition_id", "receiver_org_unit_id"], keep="first", maintain_order=True)
        .select(pl.col("receiver_org_unit_id").alias("org_unit_id"), "on", pl.col("receiver_key").alias("member_key"))
    )
