"""Observations of KPIs that compare two answers of the same person: why and what, interest and commitment.

One row is one person in one unit, survey and wave, with the favourable share of each *side* (a few constructs, whose
items are averaged and judged once). Only who answered every side the survey asks for is compared; the others are
counted in the coverage and are not among the people behind the number.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from transforms.facts import Facts
from transforms.kpis.survey_reliability import MINIMUM_RESPONDENTS, reliability
from transforms.kpis.survey_scores import asked_units, occasions
from transforms.stats.reliability import intraclass

Sides = Mapping[str, tuple[str, ...]]
_PLACE = ("survey_id", "wave", "org_unit_id", "unit_key")


def answered_together(facts: Facts, audience: str, sides: Sides, optional: Sides | None = None) -> pl.LazyFrame:
    """Who answered which side, in surveys that ask for all of `sides`; `optional` ones may be missing in a survey.

    Shape: survey_id, wave, org_unit_id, unit_key, on, respondent_key (null where not compared), n_answers,
    is_unpaired, alpha (the lowest of the sides'), is_covered (answered every side that is asked), and per side its
    favourable share, null where `is_covered` is not true.
    """
    every = dict(sides) | dict(optional or {})
    side_of = {construct: side for side, constructs in every.items() for construct in constructs}
    asks = (pl.col("audience") == audience) & pl.col("construct").is_in(list(side_of))
    with_side = pl.col("construct").replace_strict(side_of, default=None, return_dtype=pl.String).alias("side")
    surveys = (
        facts.table("survey_item")
        .filter(asks)
        .with_columns(with_side)
        .group_by("survey_id")
        .agg((pl.col("side") == side).any().alias(f"asks_{side}") for side in every)
        .filter(pl.all_horizontal(f"asks_{side}" for side in sides))
    )
    answers = facts.answers.filter(asks).with_columns(with_side, pl.lit(True).alias("must_pair"))
    alpha = reliability(answers, by=("side",)).group_by("survey_id", "wave").agg(pl.col("alpha").min())
    has_all = pl.all_horizontal(pl.col(side).is_not_null() | ~pl.col(f"asks_{side}") for side in every)
    people = (
        occasions(answers, by=("side",))
        .group_by(_PLACE)
        .agg(
            pl.col("on", "respondent_key").max(),
            pl.col("n_answers").sum(),
            pl.col("is_unpaired").any(),
            *(pl.col("is_favourable").filter(pl.col("side") == side).mean().alias(side) for side in every),
        )
        .join(surveys, on="survey_id")
        .with_columns(pl.when(~pl.col("is_unpaired")).then(has_all).alias("is_covered"))
    )
    return people.join(alpha, on=["survey_id", "wave"], how="left").select(
        *_PLACE,
        "on",
        "is_unpaired",
        "alpha",
        "is_covered",
        pl.when("is_covered").then("respondent_key").alias("respondent_key"),
        pl.when("is_covered").then("n_answers").otherwise(0).alias("n_answers"),
        *(pl.when("is_covered").then(side).alias(side) for side in every),
    )


def differences(facts: Facts, together: pl.LazyFrame, pairs: Mapping[str, tuple[str, str]]) -> pl.LazyFrame:
    """`answered_together` as observations: `value` = first - second side, a component per entry of `pairs`.

    With the rows of invitations to the same surveys, and `icc2` of the differences. A component whose sides nobody
    was asked for in a wave has no rows in it.
    """
    compared = pl.concat(
        together.with_columns(
            pl.lit(component).alias("component"),
            (pl.col(first) - pl.col(second)).alias("value"),
        ).filter(pl.col("value").is_not_null().any().over("wave") | pl.col("is_unpaired"))
        for component, (first, second) in pairs.items()
    )
    key = ["component", "wave"]
    known = pl.col("n_cases") >= MINIMUM_RESPONDENTS
    teams = intraclass(compared, key, "org_unit_id", "value").select(*key, pl.when(known).then("icc2").alias("icc2"))
    rows = compared.join(teams, on=key, how="left").with_columns(
        pl.lit(0, dtype=pl.Int64).alias("n_asked"), pl.lit(0, dtype=pl.Int64).alias("n_answered")
    )
    if "invitation" in facts.provided:
        surveys = compared.select("survey_id", "component").unique()
        rows = pl.concat([rows, asked_units(facts).join(surveys, on="survey_id")], how="diagonal")
    return rows.with_columns(pl.col("n_answers").fill_null(0)).drop("survey_id", "wave")
