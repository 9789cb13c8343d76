"""How many weeks until half of an initiative's first energy is gone.

An act is a recognition with one of the initiative's tags. Acts per active person-week follow rate(t) = b before the
launch and b + p * 2^(-t / h) after it, fitted jointly to the 13 weeks before and all weeks after (quasi-Poisson; t in
weeks). The value of variant `main` is h with its profile interval; the component is the initiative. Variant
`early_acts` says how it began: acts per 100 person-weeks in weeks 1 to 4.

Verdicts: `fading`; `lasting`, where h is longer than the time since the launch: the fit can only say that it is long,
so there is no number (flag `lasting`); `never_took_off`, where weeks 1 to 4 do not lie significantly (one-sided 5 %)
above the 13 weeks before, again without a number. A number needs 13 weeks of recognition before the launch, 8 after
it and 10 acts.

Worked example: 100 people, 1 act a week before, and 1 + 40 * 2^(-t / 4) a week from the launch on: 38 acts in week 1,
20 in week 5, 11 in week 9. The half-life is 4 weeks.

Source: Monica Postell's first key; see the principle. Tickets carry no tags, so acts on tickets are not seen.
"""

from __future__ import annotations

import polars as pl

from transforms.contracts.results import CELL_KEY, DEFAULT
from transforms.facts import Facts
from transforms.kpis import initiatives
from transforms.kpis.declaration import EVERY_DAY, Kpi
from transforms.kpis.initiatives import FADING
from transforms.stats.launch import Z

EARLY_ACTS = "early_acts"
_PER = 100.0
_CELL = [name for name in CELL_KEY if name != "variant"]


def _estimate(rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    found = initiatives.fates(rows.filter(pl.col("variant") == DEFAULT), _CELL).lazy()
    is_fading = pl.col("verdict") == FADING
    half_life = found.select(
        *_CELL,
        pl.lit(DEFAULT).alias("variant"),
        pl.when(is_fading).then("half_life").alias("value"),
        pl.when(is_fading).then("half_life_low").alias("ci_low"),
        pl.when(is_fading).then("half_life_high").alias("ci_high"),
        pl.lit("profile").alias("interval_method"),
        pl.col("exposure").alias("denominator"),
        pl.col("acts").cast(pl.Int64).alias("n_events"),
        "verdict",
        pl.when(is_fading).then("state").otherwise(pl.coalesce("state", pl.lit("not_enough_data"))).alias("state"),
        pl.coalesce("flags", pl.when(~is_fading).then("verdict")).alias("flags"),
    )
    rate = pl.col("early_events") / pl.col("early_exposure")
    half = Z * (pl.col("dispersion") * pl.col("early_events")).sqrt() / pl.col("early_exposure")
    early = found.select(
        *_CELL,
        pl.lit(EARLY_ACTS).alias("variant"),
        (_PER * rate).alias("value"),
        (_PER * (rate - half)).clip(0.0).alias("ci_low"),
        (_PER * (rate + half)).alias("ci_high"),
        pl.lit("quasi_poisson").alias("interval_method"),
        pl.col("early_events").alias("numerator"),
        pl.col("early_exposure").alias("denominator"),
        pl.col("early_events").cast(pl.Int64).alias("n_events"),
        "verdict",
        "state",
        "flags",
    )
    return pl.concat([half_life, early], how="diagonal")


KPI = Kpi(
    id="initiative_half_life",
    version=1,
    title="Half-life of an initiative",
    sources=("recognition", "organisation"),
    needs=("recognition", "initiative"),
    formula=(
        "h in rate(t) = b before the launch, b + p * 2^(-t / h) after it; acts per active person-week, quasi-Poisson, "
        "13 weeks before and all after"
    ),
    unit="weeks",
    direction="up",
    grains=(initiatives.GRAIN,),
    components=("<initiative>",),
    variants=(DEFAULT, EARLY_ACTS),
    unit_of_analysis="act of an initiative per active person-week",
    person_based=True,
    people=("members",),
    bounds=(0.0, 2_000.0),
    anchors=(2.0, 52.0),
    anchor_scale="log",
    field_needs=("recognition.giver", "recognition.tags|message"),
    # Everything since the launch and before it.
    reach={"recognition": (EVERY_DAY, 0)},
    pitfalls=(
        "A tag that people stop typing is not a habit that people stop having.",
        "Prizes and reminders lift acts for as long as they run; h then measures the campaign.",
        "The fit knows one launch: an initiative that is launched again looks as if it lasted.",
        "Without a membership source everyone ever seen counts as still there.",
    ),
    estimate=_estimate,
)


def observe(facts: Facts) -> pl.LazyFrame:
    """Weeks and active people per initiative, unit and 13-week window: see `transforms/kpis/initiatives.py`."""
    return initiatives.observations(facts, KPI.variants)
