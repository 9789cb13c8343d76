"""Where events show people, for organisations without a membership source.

A ticket shows its agent, a recognition its giver and receiver, an employee survey its respondent, each in the unit
that the row names. Customers are never shown.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence

import polars as pl

from transforms.facts.context import Context
from transforms.periods import period_end, period_start
from transforms.rows import differing_rows


def appearances(tables: Mapping[str, pl.LazyFrame], context: Context) -> pl.LazyFrame:
    """Every event that shows an employee in a unit: member_key, org_unit_id, on."""
    employee_surveys = tables["survey_item"].filter(pl.col("audience") == "employee").select("survey_id").unique()
    shown = [
        ("ticket", "agent_key", "org_unit_id", pl.coalesce("solved_at", "created_at")),
        ("ticket_event", "agent_key", "org_unit_id", pl.col("at")),
        ("recognition", "giver_key", "giver_org_unit_id", pl.col("at")),
        ("recognition", "receiver_key", "receiver_org_unit_id", pl.col("at")),
        ("survey_response", "respondent_key", "org_unit_id", pl.col("answered_at")),
    ]
    sources = dict(tables) | {
        "survey_response": tables["survey_response"].join(employee_surveys, on="survey_id", how="semi")
    }
    return (
        pl.concat(
            sources[name].select(
                pl.col(person).alias("member_key"), pl.col(unit).alias("org_unit_id"), context.local_day(at).alias("on")
            )
            for name, person, unit, at in shown
        )
        .drop_nulls()
        .unique()
    )


def present(tables: Mapping[str, pl.LazyFrame], context: Context, grain: str) -> pl.LazyFrame:
    """Everyone an event shows in a unit in an ended period: member_key, org_unit_id, period_grain, period_start."""
    start = period_start(pl.col("on"), grain)
    return (
        appearances(tables, context)
        .filter(period_end(start, grain) <= context.run_on)
        .select("member_key", "org_unit_id", pl.lit(grain).alias("period_grain"), start.alias("period_start"))
        .unique()
    )


def differing_days(nights: Sequence[Mapping[str, pl.LazyFrame]], contexts: Sequence[Context]) -> pl.LazyFrame:
    """Days (column `on`) on which two nights show somebody elsewhere.

    Somebody is where they were seen last, so a sight that only one of the nights knows counts up to the next one.
    """
    then, now = (
        appearances(night, context).filter(pl.col("on") <= context.run_on).collect()
        for night, context in zip(nights, contexts, strict=True)
    )
    person = "member_key"
    moved = pl.concat(differing_rows(then, now, then.columns)).select(person, "on").unique()
    nexts = (
        pl.concat([then, now])
        .join(moved, on=person, how="semi")
        .select(person, "on")
        .unique()
        .sort(person, "on")
        .with_columns(pl.col("on").shift(-1).over(person).alias("next_on"))
    )
    until = pl.col("next_on").fill_null(contexts[-1].run_on + dt.timedelta(days=1))
    spans = moved.join(nexts, on=[person, "on"]).select("on", until.alias("until")).unique()
    return spans.lazy().select(pl.date_ranges("on", "until", closed="left").alias("on")).explode("on").unique()


def derived_stays(tables: Mapping[str, pl.LazyFrame], context: Context) -> pl.LazyFrame:
    """Stays from the first event that shows a person in a unit to the day before the first that shows another one.

    Shape: person_key, org_unit_id, valid_from_on, valid_to_on (null for the last).
    """
    unit, person = pl.col("org_unit_id"), "member_key"
    runs = (
        appearances(tables, context)
        .sort(person, "on", "org_unit_id")
        .filter(unit.ne_missing(unit.shift(1).over(person)))
        .with_columns(pl.col("on").shift(-1).over(person).dt.offset_by("-1d").alias("valid_to_on"))
        # Seen in two units on one day: the last of them counts.
        .filter(pl.col("valid_to_on").is_null() | (pl.col("valid_to_on") >= pl.col("on")))
    )
    return runs.select(
        pl.col(person).alias("person_key"),
        unit,
        pl.col("on").alias("valid_from_on"),
        "valid_to_on",
    )
