"""Whether a wave's answers can carry a score: alpha of its items and ICC(2) of its teams, over the whole organisation.

Both are computed once per wave, not per team: a team of eight says nothing about either. Under 30 respondents in the
whole organisation neither is known, and no cell is judged by it.
"""

from __future__ import annotations

import polars as pl

from transforms.stats.reliability import cronbach_alpha, intraclass
from transforms.texts import filled

MINIMUM_RESPONDENTS = 30
_WAVE = ("survey_id", "wave")


def reliability(answers: pl.LazyFrame, by: tuple[str, ...] = ()) -> pl.LazyFrame:
    """Reliability of the items in `answers` (of `Facts.answers`), taken as one index; apart for each value of `by`.

    Shape: survey_id, wave, the columns `by`, alpha (null for a single item) and icc2 (teams being the units of the
    answers). Answers are taken as shares of their scale, so that scales of different length can be one index. Where
    answers carry no respondent each is a person of its own, and alpha is null.
    """
    key = [*_WAVE, *by]
    # As in `survey_scores.occasions`: a wave of employees is one occasion, a customer's is the ticket, else the day.
    is_customer = pl.col("audience") == "customer"
    about = pl.when(is_customer).then(pl.coalesce("ticket_id", pl.col("on").cast(pl.String)))
    scaled = answers.filter(pl.col("value").is_not_null()).select(
        *dict.fromkeys([*key, "item_id"]),
        "org_unit_id",
        "has_respondent",
        _who().alias("who"),
        filled("{} {}", _who(), pl.coalesce(about, pl.lit(""))).alias("occasion"),
        ((pl.col("value") - pl.col("lowest")) / (pl.col("highest") - pl.col("lowest"))).alias("value"),
    )
    items = cronbach_alpha(scaled.filter("has_respondent"), key, "occasion", "item_id", "value")
    people = (
        scaled.filter(pl.col("org_unit_id").is_not_null())
        .group_by(*key, "org_unit_id", "who")
        .agg(pl.col("value").mean())
    )
    teams = intraclass(people, key, "org_unit_id", "value")
    return teams.join(items, on=key, how="full", coalesce=True, suffix="_of_items").select(
        *key,
        pl.when(pl.col("n_cases_of_items") >= MINIMUM_RESPONDENTS).then("alpha").alias("alpha"),
        pl.when(pl.col("n_cases") >= MINIMUM_RESPONDENTS).then("icc2").alias("icc2"),
    )


def _who() -> pl.Expr:
    answer = filled("{} {}", "response_id", "item_id")
    return pl.when("has_respondent").then(pl.coalesce("respondent_key", "response_id")).otherwise(answer)
