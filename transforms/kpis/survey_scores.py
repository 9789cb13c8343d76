"""Observations of survey KPIs: answers to a construct and, where invitations are known, who was asked.

One row is one *occasion* of one unit of analysis, `unit_key`: the respondent, or the single answer where the export
has no respondent id. An employee's occasion is the quarter's wave; a customer's is the ticket asked about, else the
day. Answers to several items are averaged within the occasion and judged once; a respondent with several occasions
counts once, by the share of them that is favourable. (Judging the mean of all occasions instead would make the share of
extreme answers fall with the number of occasions, that is, with the length of the period and the size of the unit.)
"""

from __future__ import annotations

import polars as pl

from transforms.facts import Facts
from transforms.kpis.survey_reliability import reliability
from transforms.texts import filled

WORST_CASE = ("worst_case_low", "worst_case_high")
# Means of thirds and sixths must not miss a limit by the last binary digit.
_TOLERANCE = 1e-9
_OCCASION = ("survey_id", "org_unit_id", "wave", "unit_key", "occasion", "respondent_key", "crowd_item_id")


def observations(
    facts: Facts,
    audience: str,
    constructs: tuple[str, ...],
    components: tuple[str, ...],
    scale_id: str | None = None,
    *,
    needs_people: bool = False,
) -> pl.LazyFrame:
    """Answers to `constructs`, once per component, and the invitations to the surveys that ask for them.

    Shape: component, the columns of `occasions`, and alpha and icc2 of `survey_reliability.reliability`; rows of
    invitations have n_asked and n_answered instead of an answer. Without a respondent id only a single item can be
    judged; answers to several (with `needs_people` to any) are `is_unpaired`. Components of the worst case exist only
    where invitations are known. With `scale_id` only items of that scale.
    """
    asks = (pl.col("audience") == audience) & pl.col("construct").is_in(constructs)
    if scale_id is not None:
        asks &= pl.col("scale_id") == scale_id
    several = (pl.len() > 1) | needs_people
    items = facts.table("survey_item").filter(asks).group_by("survey_id").agg(several.alias("must_pair"))
    answers = facts.answers.filter(asks).join(items, on="survey_id")
    rows = occasions(answers).join(reliability(answers), on=["survey_id", "wave"], how="left")
    if "invitation" in facts.provided:
        rows = pl.concat([rows, asked_units(facts).join(items, on="survey_id", how="semi")], how="diagonal")
    else:
        components = tuple(name for name in components if name not in WORST_CASE)
    return rows.drop("survey_id").join(pl.LazyFrame({"component": components}), how="cross")


def observations_by_item(
    facts: Facts, audience: str, constructs: tuple[str, ...], components: tuple[str, ...]
) -> pl.LazyFrame:
    """As `observations` without a worst case, and with a row for each item: adds item_id."""
    asks = (pl.col("audience") == audience) & pl.col("construct").is_in(constructs)
    items = facts.table("survey_item").filter(asks).select("survey_id").unique()
    answers = facts.answers.filter(asks).with_columns(pl.lit(False).alias("must_pair"))
    rows = occasions(answers, by=("item_id",)).join(reliability(answers), on=["survey_id", "wave"], how="left")
    if "invitation" in facts.provided:
        rows = pl.concat([rows, asked_units(facts).join(items, on="survey_id", how="semi")], how="diagonal")
    return rows.drop("survey_id").join(pl.LazyFrame({"component": components}), how="cross")


def occasions(answers: pl.LazyFrame, by: tuple[str, ...] = ()) -> pl.LazyFrame:
    """Occasions from `facts.answers` with Boolean `must_pair`, apart for each value of the columns `by`.

    Shape: survey_id, org_unit_id, wave, on, unit_key, respondent_key, crowd_item_id, office, value (mean in points),
    is_favourable and is_detracting (1, 0 or null), scale_points (number of points of the items' scale, null where they
    differ), is_unpaired, n_answers, n_asked and n_answered (0). Favourable: the mean reaches the lowest favourable
    point; detracting: it stays under the lowest neutral one. Items of different scales are averaged as distances from
    these points in shares of their scale.
    """
    is_crowd = ~pl.col("has_respondent")
    is_unpaired = is_crowd & pl.col("must_pair")
    questionnaire = filled("{} {}", "survey_id", "response_id")
    alone = filled("{} {}", questionnaire, "item_id")
    length = pl.col("highest") - pl.col("lowest")
    is_customer = pl.col("audience") == "customer"
    judged = answers.filter(pl.col("value").is_not_null()).with_columns(
        pl.when(is_crowd).then(alone).otherwise(pl.coalesce("respondent_key", questionnaire)).alias("unit_key"),
        pl.when(is_customer).then(pl.coalesce("ticket_id", pl.col("on").cast(pl.String))).alias("occasion"),
        pl.when(~is_crowd).then("respondent_key").alias("respondent_key"),
        pl.when(is_crowd & ~is_unpaired).then(filled("{} {}", "survey_id", "item_id")).alias("crowd_item_id"),
        is_unpaired.alias("is_unpaired"),
        (length + 1).alias("scale_points"),
        ((pl.col("value") - pl.col("favourable_from")) / length).alias("above_favourable"),
        ((pl.col("value") - pl.col("neutral_from")) / length).alias("above_neutral"),
    )
    grouped = judged.group_by(*_OCCASION, *by).agg(
        pl.col("on", "office").max(),
        pl.col("value", "above_favourable", "above_neutral").mean(),
        pl.when(pl.col("scale_points").n_unique() == 1).then(pl.col("scale_points").first()).alias("scale_points"),
        pl.col("is_unpaired").any(),
        pl.len().cast(pl.Int64).alias("n_answers"),
    )
    said = ~pl.col("is_unpaired")
    return grouped.select(
        *by,
        "survey_id",
        "org_unit_id",
        "wave",
        "on",
        "unit_key",
        "respondent_key",
        "crowd_item_id",
        "office",
        pl.when(said).then("value").alias("value"),
        pl.when(said).then((pl.col("above_favourable") >= -_TOLERANCE).cast(pl.Float64)).alias("is_favourable"),
        pl.when(said).then((pl.col("above_neutral") < -_TOLERANCE).cast(pl.Float64)).alias("is_detracting"),
        "scale_points",
        "is_unpaired",
        pl.when(said).then("n_answers").otherwise(0).alias("n_answers"),
        pl.lit(0, dtype=pl.Int64).alias("n_asked"),
        pl.lit(0, dtype=pl.Int64).alias("n_answered"),
    )


def asked_counts(facts: Facts) -> pl.LazyFrame:
    """Invitations per survey, unit and quarter: survey_id, org_unit_id, on (its first day), n_asked, n_answered."""
    return (
        facts.invited.group_by("survey_id", "org_unit_id", pl.col("wave").alias("on"))
        .agg(pl.len().cast(pl.Int64).alias("n_asked"), pl.col("is_answered").sum().cast(pl.Int64).alias("n_answered"))
        .with_columns(pl.lit(False).alias("is_unpaired"))
    )


def asked_units(facts: Facts) -> pl.LazyFrame:
    """Invitations per survey, unit, quarter and person asked: the unit of analysis that may not have answered."""
    return (
        facts.invited.group_by("survey_id", "org_unit_id", pl.col("wave").alias("on"), "unit_key")
        .agg(pl.len().cast(pl.Int64).alias("n_asked"), pl.col("is_answered").sum().cast(pl.Int64).alias("n_answered"))
        .with_columns(pl.lit(False).alias("is_unpaired"))
    )
