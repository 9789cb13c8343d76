"""What people do after a missed target: do they improve things, or fold?

Improvement behaviours per 100 active people in the period after one in which the unit missed a target, minus the same
after a period in which it hit all of them. Behaviours are improvement events (knowledge edits, problem records,
changes, closed loops) and recognitions given; a message counts once. Whether a target was missed is computed here,
from the KPI it names (component and variant `main`). Each unit is compared with itself (fixed effects of unit and
length of period), so a busy team that misses often is not set against a quiet one that never does.

The cell of a quarter takes the periods after a target that ended in the 24 months up to its end. It needs 12 of them,
missed and hit ones within a unit. Without improvement events recognitions stand alone (flag `recognitions_only`).

Worked example: a team of 10 with a monthly target, 12 months; after the 4 misses 3, 4, 3 and 2 behaviours, after each
of the 8 hits 2: mean 30 and 20 per 100 people, resilience +10.

Source: Psichogios on passion; see the principle: enthusiastic and committed whether goals are reached or not.
"""

from __future__ import annotations

import polars as pl

from transforms.contracts.results import CELL_KEY
from transforms.facts import Facts, people
from transforms.kpis.declaration import REACH_KINDS, Kpi
from transforms.kpis.target_values import named_by_targets, target_values
from transforms.periods import period_end, periods_between
from transforms.stats.fixed_effects import within_effect
from transforms.texts import filled

GRAIN, MINIMUM_PERIODS, MONTHS = "quarter", 12, 24
# The months looked back over, and a period before the first of them for its target.
REACH_DAYS = 31 * MONTHS + 366
_PER = 100.0
_PANEL = ("target_unit_id", "target_grain")


def _estimate(rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    panel = rows.filter(pl.col("value").is_not_null()).with_columns(filled("{} {}", *_PANEL).alias("unit_and_grain"))
    found = within_effect(panel, CELL_KEY, "unit_and_grain", "is_missed", "value")
    periods = rows.group_by(CELL_KEY).agg(pl.col("after_start").drop_nulls().n_unique().cast(pl.Int64).alias("periods"))
    too_few, one_kind = pl.col("periods") < MINIMUM_PERIODS, pl.col("value").is_null()
    alone = pl.lit(None if "improvement_event" in facts.provided else "recognitions_only", dtype=pl.String)
    return periods.join(found.lazy(), on=CELL_KEY, how="left").select(
        *CELL_KEY,
        "value",
        "ci_low",
        "ci_high",
        pl.lit("fixed_effects_robust").alias("interval_method"),
        pl.col("n_rows").cast(pl.Float64).alias("denominator"),
        pl.col("n_rows").alias("n_events"),
        pl.when(too_few | one_kind).then(pl.lit("not_enough_data")).alias("state"),
        pl.when(too_few)
        .then(pl.lit("fewer_than_12_periods"))
        .when(one_kind)
        .then(pl.lit("never_missed_and_hit"))
        .otherwise(alone)
        .alias("flags"),
    )


KPI = Kpi(
    id="setback_resilience",
    version=1,
    title="Improvement after a setback",
    sources=("tickets", "recognition", "organisation"),
    needs=("target", "recognition"),
    formula=(
        "improvement behaviours per 100 active people in the period after a missed target - after a hit, "
        "fixed effects of the unit"
    ),
    unit="rate",
    direction="up",
    grains=(GRAIN,),
    unit_of_analysis="unit and period after a target",
    person_based=True,
    people=("members",),
    bounds=(-100_000.0, 100_000.0),
    anchors=(-20.0, 20.0),
    field_needs=("recognition.giver",),
    reach={kind: (REACH_DAYS, 0) for kind in REACH_KINDS if kind != "weather"},
    follows_lives=True,
    sees_tickets_in_numbers=True,
    pitfalls=(
        "A missed target makes managers ask for improvements: compliance looks like passion.",
        "After a miss there is more to mend; a team that hits its targets has less reason to act.",
        "Targets of a unit and of one below it count the same people twice in the units above both.",
    ),
    estimate=_estimate,
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per period after a target (at the unit it was set for), and one per active person of units with one."""
    after = _after_targets(facts)
    quarters = periods_between(
        facts.context.run_on.replace(year=facts.context.run_on.year - 5), facts.context.run_on, (GRAIN,)
    )
    ended = quarters.lazy().filter(pl.col("period_end") <= facts.context.run_on)
    in_window = (pl.col("after_end") <= pl.col("period_end")) & (
        pl.col("after_end") > pl.col("period_end").dt.offset_by(f"-{MONTHS}mo")
    )
    panel = after.join(ended, how="cross").filter(in_window)
    units = (
        facts.ancestors(ended.collect())
        .lazy()
        .join(
            panel.select("period_start", pl.col("target_unit_id").alias("ancestor_id")).unique(),
            on=["period_start", "ancestor_id"],
        )
        .select("period_start", "org_unit_id")
        .unique()
    )
    done = (
        _behaviours(facts)
        .join(ended, how="cross")
        .filter(
            (pl.col("on") <= pl.col("period_end")) & (pl.col("on") > pl.col("period_end").dt.offset_by(f"-{MONTHS}mo"))
        )
        .group_by("period_start", "member_key")
        .agg(pl.len().cast(pl.Float64).alias("numerator"))
    )
    members = (
        facts.active_people(GRAIN)
        .join(units, on=["period_start", "org_unit_id"], how="semi")
        # What each did stands beside them, so that a late act is noticed as a changed contribution.
        .join(done, on=["period_start", "member_key"], how="left")
        .with_columns(pl.col("numerator").fill_null(0.0))
    )
    return pl.concat(
        [
            panel.select(
                pl.col("target_unit_id").alias("org_unit_id"),
                "period_grain",
                "period_start",
                *_PANEL,
                "after_start",
                "is_missed",
                "value",
                pl.lit(None, dtype=pl.String).alias("member_key"),
            ),
            members.select("org_unit_id", "period_grain", "period_start", "member_key", "numerator"),
        ],
        how="diagonal",
    )


def _after_targets(facts: Facts) -> pl.LazyFrame:
    """Ended periods after one with a target, per unit it was set for: see `_followed`."""
    judged = (
        _judged(facts)
        .group_by("target_unit_id", "target_grain", "target_start")
        .agg(pl.col("is_missed").any())
        .collect()
    )
    frames = [
        _followed(judged.filter(target_grain=grain), grain, facts) for grain in judged["target_grain"].unique().sort()
    ]
    return pl.concat(frames) if frames else _followed(judged, GRAIN, facts)


def _judged(facts: Facts) -> pl.LazyFrame:
    """Targets whose KPI has a number: target_unit_id, target_grain, target_start, is_missed."""
    directions = pl.LazyFrame(
        [(one.kpi.id, one.kpi.direction) for one in named_by_targets(facts)],
        schema={"kpi_id": pl.String, "direction": pl.String},
        orient="row",
    )
    targets = facts.table("target").rename({"period_start_on": "period_start"}).join(directions, on="kpi_id")
    measured = target_values(facts).lazy()
    value, goal = pl.col("value"), pl.col("goal")
    missed = (
        pl.when(pl.col("direction") == "up")
        .then(value < goal)
        .when(pl.col("direction") == "down")
        .then(value > goal)
        .otherwise(value.abs() > goal)
    )
    return targets.join(measured, on=["kpi_id", "org_unit_id", "period_grain", "period_start"]).select(
        pl.col("org_unit_id").alias("target_unit_id"),
        pl.col("period_grain").alias("target_grain"),
        pl.col("period_start").alias("target_start"),
        missed.alias("is_missed"),
    )


def _followed(judged: pl.DataFrame, grain: str, facts: Facts) -> pl.LazyFrame:
    """The periods after those judged, with behaviours per 100 active people of the unit and those below.

    Shape: target_unit_id, target_grain, after_start, after_end, is_missed, value.
    """
    ends = judged.with_columns(
        period_end(pl.col("target_start"), grain).dt.offset_by("1d").alias("after_start")
    ).with_columns(period_end(pl.col("after_start"), grain).alias("after_end"))
    ended = ends.filter(pl.col("after_end") <= facts.context.run_on)
    periods = ended.select(
        pl.lit(grain).alias("period_grain"),
        pl.col("after_start").alias("period_start"),
        pl.col("after_end").alias("period_end"),
    ).unique()
    below = (
        facts.ancestors(periods)
        .lazy()
        .select(
            pl.col("period_start").alias("after_start"), "org_unit_id", pl.col("ancestor_id").alias("target_unit_id")
        )
    )
    units = ended.lazy().join(below, on=["after_start", "target_unit_id"])
    key = ["target_unit_id", "after_start"]
    active = facts.active_people(grain).select(pl.col("period_start").alias("after_start"), "org_unit_id", "member_key")
    heads = (
        units.join(active, on=["after_start", "org_unit_id"])
        .group_by(key)
        .agg(pl.col("member_key").n_unique().alias("heads"))
    )
    acted = (
        units.join(_behaviours(facts), on="org_unit_id")
        .filter(pl.col("on").is_between("after_start", "after_end"))
        .group_by(key)
        .agg(pl.len().alias("behaviours"))
    )
    return (
        ended.lazy()
        .join(heads, on=key)
        .join(acted, on=key, how="left")
        .select(
            *_PANEL,
            "after_start",
            "after_end",
            "is_missed",
            (_PER * pl.col("behaviours").fill_null(0) / pl.col("heads")).alias("value"),
        )
    )


def _behaviours(facts: Facts) -> pl.LazyFrame:
    """Improvement behaviours: org_unit_id and member_key of who acted, on."""
    given = (
        facts.recognitions.filter(~pl.col("is_self") & pl.col("giver_key").is_not_null())
        .unique(["source", "recognition_id"], keep="first", maintain_order=True)
        .select(pl.col("giver_org_unit_id").alias("org_unit_id"), pl.col("giver_key").alias("member_key"), "on")
    )
    events = (
        facts.table("improvement_event")
        .unique(["source", "improvement_id"], keep="first", maintain_order=True)
        .with_columns(facts.context.local_day(pl.col("at")).alias("on"))
    )
    placed = people.placed(events, facts.stays, "person_key", "stay")
    unit = pl.coalesce("stay_org_unit_id", "org_unit_id").alias("org_unit_id")
    return pl.concat([given, placed.select(unit, pl.col("person_key").alias("member_key"), "on")])
