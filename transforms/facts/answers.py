"""Survey answers with their item, scale and unit, and the invitations they answer."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from transforms.facts import people
from transforms.facts.context import Context
from transforms.periods import period_start
from transforms.scales import scale_frame
from transforms.texts import filled

_KEY = ("source", "survey_id", "response_id", "item_id")
# Surveys are scored by quarter; an answer counts for an invitation of the same quarter.
WAVE_GRAIN = "quarter"


def scored(tables: Mapping[str, pl.LazyFrame], stays: pl.LazyFrame, context: Context) -> pl.LazyFrame:
    """One row per answer, including those that say `not applicable` (value and is_favourable null).

    Shape: source, survey_id, item_id, response_id, respondent_key, ticket_id, on (local day), wave (first day of
    the quarter), value, is_favourable, construct, audience, scale_id, lowest, highest, favourable_from,
    neutral_from, has_respondent, has_comment, org_unit_id, office. The unit is the answer's own, else the respondent's
    on that day, else that of the ticket; the office is the respondent's where the respondent is known, else the unit's.
    """
    scales = scale_frame().lazy().rename({"lowest_favourable": "favourable_from", "lowest_neutral": "neutral_from"})
    items = (
        tables["survey_item"]
        .select("survey_id", "item_id", "construct", "audience", "scale_id", "scale_map_version", "has_respondent")
        .join(scales, on=["scale_id", "scale_map_version"], how="left")
    )
    rows = (
        tables["survey_response"]
        .unique(subset=_KEY, keep="first", maintain_order=True)
        .join(items, on=["survey_id", "item_id"])
        .with_columns(
            context.local_day(pl.col("answered_at")).alias("on"),
            pl.when(~pl.col("is_not_applicable")).then("value").alias("value"),
        )
    )
    return (
        in_units(rows, tables, stays)
        .with_columns(
            (pl.col("value") >= pl.col("favourable_from")).alias("is_favourable"),
            period_start(pl.col("on"), WAVE_GRAIN).alias("wave"),
        )
        .select(
            *_KEY,
            "respondent_key",
            "ticket_id",
            "on",
            "wave",
            "value",
            "is_favourable",
            "construct",
            "audience",
            "scale_id",
            "lowest",
            "highest",
            "favourable_from",
            "neutral_from",
            "has_respondent",
            "has_comment",
            "org_unit_id",
            "office",
        )
        .sort(_KEY)
    )


def invited(
    tables: Mapping[str, pl.LazyFrame], stays: pl.LazyFrame, answers: pl.LazyFrame, context: Context
) -> pl.LazyFrame:
    """One row per delivered invitation whose answer could be recognised, reminders counted once.

    Shape: survey_id, audience, on, wave, org_unit_id, respondent_key, unit_key, is_answered. An invitation is answered
    by an answer of its quarter: where it is about a ticket by one about it, else by one of the same person (the unit is
    then the answer's); or when the mailing's own history says so, which holds for anonymous answers too. Invitations
    that nothing could match (no ticket, no person on one of the two sides, and a mailing whose history names no answer
    at all) are left out: they would all look unanswered.
    """
    surveys = (
        tables["survey_item"].group_by("survey_id").agg(pl.col("audience").first(), pl.col("has_respondent").all())
    )
    is_matched = pl.col("ticket_id").is_not_null() | (pl.col("has_respondent") & pl.col("respondent_key").is_not_null())
    has_history = pl.col("answered_at").is_not_null().any().over("survey_id")
    sent = (
        tables["invitation"]
        .filter("is_delivered")
        .join(surveys, on="survey_id")
        .filter(is_matched | has_history)
        .with_columns(context.local_day(pl.col("sent_at")).alias("on"))
        .with_columns(
            period_start(pl.col("on"), WAVE_GRAIN).alias("wave"),
            period_start(context.local_day(pl.col("answered_at")), WAVE_GRAIN).alias("answered_wave"),
            pl.coalesce(filled("ticket {}", "ticket_id"), "respondent_key", "invitation_id").alias("occasion"),
        )
        .with_columns(
            # Whichever of an invitation and its reminders was answered.
            (pl.col("answered_wave") == pl.col("wave"))
            .any()
            .over("survey_id", "wave", "occasion")
            .alias("is_told_answered")
        )
        .sort("on", "source", "invitation_id")
        .unique(subset=["survey_id", "wave", "occasion"], keep="first", maintain_order=True)
    )
    answered = (
        pl.concat(
            answers.select(
                "survey_id", "wave", occasion.alias("occasion"), pl.col("org_unit_id").alias("answer_unit_id")
            )
            for occasion in (filled("ticket {}", "ticket_id"), pl.col("respondent_key"))
        )
        .filter(pl.col("occasion").is_not_null())
        .group_by("survey_id", "wave", "occasion")
        .agg(pl.col("answer_unit_id").min(), pl.lit(True).alias("is_answered"))
    )
    return (
        in_units(sent, tables, stays)
        .join(answered, on=["survey_id", "wave", "occasion"], how="left")
        .select(
            "survey_id",
            "audience",
            "on",
            "wave",
            pl.coalesce("answer_unit_id", "org_unit_id").alias("org_unit_id"),
            "respondent_key",
            pl.coalesce("respondent_key", "occasion").alias("unit_key"),
            pl.col("is_answered").fill_null(False) | pl.col("is_told_answered"),
        )
    )


def in_units(rows: pl.LazyFrame, tables: Mapping[str, pl.LazyFrame], stays: pl.LazyFrame) -> pl.LazyFrame:
    """`rows` (org_unit_id, respondent_key, ticket_id, on) with missing units filled in, and `office`."""
    # A ticket number that two sources use leads to neither.
    tickets = (
        tables["ticket"]
        .group_by("ticket_id")
        .agg(pl.col("org_unit_id").first().alias("ticket_unit_id"), pl.len().alias("n"))
        .filter(pl.col("n") == 1)
        .drop("n")
    )
    offices = stays.group_by("org_unit_id").agg(
        # The office most stays in the unit have; a tie is none.
        pl.when((pl.col("office") == "front").mean() > 0.5)
        .then(pl.lit("front"))
        .when((pl.col("office") == "front").mean() < 0.5)
        .then(pl.lit("back"))
        .alias("unit_office")
    )
    declared = (
        tables["org_unit"].sort("valid_from_on").group_by("org_unit_id").agg(pl.col("office").drop_nulls().last())
    )
    return (
        people.placed(rows, stays, "respondent_key", "stay")
        .join(tickets, on="ticket_id", how="left")
        .with_columns(pl.coalesce("org_unit_id", "stay_org_unit_id", "ticket_unit_id").alias("org_unit_id"))
        .join(offices, on="org_unit_id", how="left")
        .join(declared, on="org_unit_id", how="left")
        .with_columns(
            pl.when(pl.col("stay_org_unit_id").is_not_null())
            .then("stay_office")
            .otherwise(pl.coalesce("office", "unit_office"))
            .alias("office")
        )
        .drop("stay_org_unit_id", "stay_office", "stay_manager_key", "ticket_unit_id", "unit_office")
    )
