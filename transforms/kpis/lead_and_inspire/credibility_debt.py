"""How many of the recent initiatives petered out: what the next one has to make up for.

Share of the initiatives launched in the 24 months (8 windows of 13 weeks) up to the end of the period of which less
than half of the first lift was left in weeks 10 to 13 (initiative_durability under 0.5), or that never took off at
all. Each initiative is judged once, on the first 13 weeks of all units it was addressed to, and counts for the unit
it was addressed to and for those above. Initiatives with under 13 weeks behind them, or without 13 weeks of
recognition before them, are not counted yet or at all. A number needs 4 initiatives.

Worked example: five initiatives with durability 0.9, 0.6, 0.3, 0.1, and one that never took off: 3 / 5 = 0.60.

Source: Monica Postell's first key; see the principle.
"""

from __future__ import annotations

import polars as pl

from transforms.facts import Facts
from transforms.facts.initiatives import INITIATIVE_KEY
from transforms.kpis import initiatives
from transforms.kpis.declaration import EVERY_DAY, Kpi
from transforms.kpis.estimators import proportion
from transforms.kpis.initiatives import NEVER_TOOK_OFF

MINIMUM_INITIATIVES = 4
DURABLE = 0.5
_JUDGED_DAYS = 13 * 7
_JUDGED_ON = [*INITIATIVE_KEY, "scope_id"]


def _estimate(rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    too_few = pl.col("denominator") < MINIMUM_INITIATIVES
    # An initiative is no person: its share is not drawn towards that of other units.
    return (
        proportion(rows, facts)
        .drop("shrunk_value")
        .with_columns(
            pl.when(too_few).then(pl.lit("not_enough_data")).alias("state"),
            pl.when(too_few).then(pl.lit("fewer_than_4_initiatives")).alias("flags"),
        )
    )


KPI = Kpi(
    id="credibility_debt",
    version=1,
    title="Initiatives that petered out",
    sources=("recognition", "organisation"),
    needs=("recognition", "initiative"),
    formula="initiatives of the last 24 months with durability < 0.5 or without a launch lift / those judged",
    unit="share",
    direction="down",
    grains=(initiatives.GRAIN,),
    unit_of_analysis="initiative",
    person_based=True,
    people=("members",),
    bounds=(0.0, 1.0),
    anchors=(1.0, 0.0),
    field_needs=("recognition.giver", "recognition.tags|message"),
    # What each did for any initiative stands beside them.
    reach={"recognition": (EVERY_DAY, EVERY_DAY)},
    pitfalls=(
        "Only initiatives somebody listed are counted; those that were dropped without a trace are the worst debt.",
        "An initiative that was meant to be short is counted as one that did not last.",
    ),
    estimate=_estimate,
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per judged initiative (0 or 1) at the unit addressed, and one per active person of the units below it."""
    petered_out = _judged(facts)
    windows = (
        initiatives.windows(facts)
        .join(petered_out, on=INITIATIVE_KEY)
        .filter((pl.col("period_end") - pl.col("launched_on")).dt.total_days() >= _JUDGED_DAYS - 1)
    )
    period = ["period_grain", "period_start"]
    counted = windows.select(
        pl.col("scope_id").alias("org_unit_id"),
        *period,
        pl.col("petered_out").cast(pl.Float64).alias("numerator"),
        pl.lit(1.0).alias("denominator"),
        pl.lit(None, dtype=pl.String).alias("member_key"),
    )
    units = facts.initiative_weeks.select("initiative_id", "org_unit_id").unique()
    addressed = windows.join(units, on="initiative_id").select(*period, "org_unit_id").unique()
    acted = (
        facts.initiative_acts.filter(pl.col("week") < _JUDGED_DAYS // 7)
        .group_by(pl.col("giver_key").alias("member_key"))
        .agg(pl.len().cast(pl.Float64).alias("value"))
    )
    people = (
        facts.active_people(initiatives.GRAIN)
        .join(addressed, on=[*period, "org_unit_id"], how="semi")
        # What each did stands beside them, so that a late act is noticed as a changed contribution.
        .join(acted, on="member_key", how="left")
        .select("org_unit_id", *period, "member_key", pl.col("value").fill_null(0.0))
        .with_columns(pl.lit(0.0).alias("numerator"), pl.lit(0.0).alias("denominator"))
    )
    return pl.concat([counted, people], how="diagonal")


def _judged(facts: Facts) -> pl.LazyFrame:
    """Initiatives that can be judged: initiative_id, launched_on, scope_id, and whether they petered out."""
    rows = facts.initiative_weeks.filter(pl.col("week") < _JUDGED_DAYS // 7).rename(
        {"events": "numerator", "exposure": "denominator"}
    )
    found = initiatives.fates(rows, _JUDGED_ON)
    silent = pl.col("flags").eq_missing("fewer_than_10_acts")
    faded = (pl.col("verdict") == NEVER_TOOK_OFF) | (pl.col("durability") < DURABLE)
    return (
        found.lazy()
        .filter((pl.col("weeks_after") == _JUDGED_DAYS // 7) & (pl.col("state").is_null() | silent))
        .select(*_JUDGED_ON, (silent | faded.fill_null(False)).alias("petered_out"))
    )
