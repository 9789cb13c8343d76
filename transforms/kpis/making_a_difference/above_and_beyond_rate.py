"""Above and beyond: how often somebody is noticed going further than asked, per 1,000 solved tickets.

Counted are recognitions whose tags say so (see TAGS; upper and lower case, blanks and punctuation do not matter) and
customers' comments that were coded so: favourable answers to an item of the construct `above_and_beyond`, such as a
column of 0 and 1 from the coding of comments (scale 0-1). A deed counts in the team of each receiver or of the ticket,
and once in every unit above; a message to five people is one. Recognitions to oneself do not count. The rate is over
tickets first solved by the team in the quarter, with the exact interval of a Poisson count.

Worked example: 6 recognitions tagged `Above & Beyond`, 3 comments coded so and 1,500 solved tickets:
9 / 1500 * 1000 = 6, between 2.7 and 11.4.

Source: the Fred principles, an ordinary job done in an extraordinary way; see the principle. Interval: Garwood 1936.
"""

from __future__ import annotations

import polars as pl

from transforms.contracts.results import CELL_KEY
from transforms.facts import Facts
from transforms.kpis.company import is_company
from transforms.kpis.declaration import Kpi
from transforms.stats.rates import poisson_rate
from transforms.texts import filled

PER = 1_000.0
# Tags in lower case, without anything but letters.
TAGS = (
    "aboveandbeyond",
    "abovebeyond",
    "beyondexpectations",
    "exceedexpectations",
    "exceedingexpectations",
    "extramile",
    "goextramile",
    "goingtheextramile",
    "gotheextramile",
    "wentabovebeyond",
    "wentaboveandbeyond",
    "wenttheextramile",
)
_IS_CODE = (pl.col("audience") == "customer") & (pl.col("construct") == "above_and_beyond")


def _estimate(rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    """Deeds per 1,000 solved with the exact interval; where nothing ever says so, the company says what is missing."""
    cells = (
        rows.group_by(CELL_KEY)
        .agg(pl.col("deed").drop_nulls().n_unique().cast(pl.Int64).alias("n_events"), pl.col("denominator").sum())
        .collect()
    )
    if cells["n_events"].sum() == 0 and not _comments_are_coded(facts):
        silent = (pl.lit("source_missing").alias("state"), pl.lit("missing:above_and_beyond").alias("flags"))
        return cells.lazy().filter(is_company(facts)).select(*CELL_KEY, *silent)
    numbers = poisson_rate(cells["n_events"].to_numpy(), cells["denominator"].to_numpy())
    rates = {name: PER * number for name, number in zip(("value", "ci_low", "ci_high"), numbers, strict=True)}
    return (
        cells.with_columns(pl.Series(name, values).fill_nan(None) for name, values in rates.items())
        .with_columns(
            pl.col("n_events").cast(pl.Float64).alias("numerator"),
            pl.lit("exact_poisson").alias("interval_method"),
        )
        .lazy()
    )


def _comments_are_coded(facts: Facts) -> bool:
    return not facts.table("survey_item").filter(_IS_CODE).head(1).collect().is_empty()


KPI = Kpi(
    id="above_and_beyond_rate",
    version=1,
    title="Above and beyond, per 1,000 solved",
    sources=("recognition", "customer_survey", "tickets"),
    needs=("ticket", "recognition"),
    field_needs=("recognition.tags|message",),
    formula="1000 * (recognitions tagged and comments coded `above and beyond`) / tickets first solved",
    unit="rate",
    direction="up",
    grains=("quarter",),
    unit_of_analysis="recognition or comment; solved ticket",
    person_based=True,
    people=("members",),
    sees_tickets_alone=True,
    bounds=(0.0, 1_000_000.0),
    anchors=(0.5, 20.0),
    weight=0.5,
    pitfalls=(
        "It counts what was noticed, not what was done: a team nobody looks at has none.",
        "Needs a tag or code of that meaning; tags that mean it in other words are not counted.",
        "A team with few tickets and much recognition from colleagues has a high rate.",
        "Made a target, it makes the ordinary poor so that more of it can be exceeded.",
    ),
    estimate=_estimate,
)


def observe(facts: Facts) -> pl.LazyFrame:
    """Solved tickets (denominator), receivers of recognitions and coded comments (deed); the member is who did it."""
    solved_on = pl.coalesce("first_solved_on", "done_on")
    tickets = facts.tickets.filter(~pl.col("is_deleted") & solved_on.is_not_null()).select(
        pl.col("first_solved_org_unit_id").alias("org_unit_id"),
        solved_on.alias("on"),
        pl.col("first_solved_agent_key").alias("member_key"),
        pl.lit(None, dtype=pl.String).alias("deed"),
        pl.lit(0.0).alias("numerator"),
        pl.lit(1.0).alias("denominator"),
    )
    letters = pl.element().str.to_lowercase().str.replace_all("[^a-z]", "")
    is_tagged = pl.col("tags").list.eval(letters.is_in(TAGS)).list.any().fill_null(False)
    recognitions = facts.recognitions.filter(is_tagged & ~pl.col("is_self")).select(
        pl.col("receiver_org_unit_id").alias("org_unit_id"),
        "on",
        pl.col("receiver_key").alias("member_key"),
        filled("recognition {} {}", "source", "recognition_id").alias("deed"),
        pl.lit(1.0).alias("numerator"),
        pl.lit(0.0).alias("denominator"),
    )
    comments = facts.answers.filter(_IS_CODE & pl.col("is_favourable")).select(
        "org_unit_id",
        "on",
        pl.lit(None, dtype=pl.String).alias("member_key"),
        filled("comment {} {}", "survey_id", "response_id").alias("deed"),
        pl.lit(1.0).alias("numerator"),
        pl.lit(0.0).alias("denominator"),
    )
    return pl.concat([tickets, recognitions, comments])
