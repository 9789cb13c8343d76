"""Mailroom gap: do those behind the scenes see their purpose, and are they noticed, as much as those in front?

`main` is line of sight among front office respondents minus the same among back office respondents; `recognition` is
recognition reach (active people who received a recognition) in front minus in back. Zero is the aim: service
commitment in every role, the mailroom included. The office is the person's own role, else that of the unit.

Worked example: 18 of 20 front office respondents are favourable and 6 of 10 in the back office: 0.9 - 0.6 = 0.3.

Source: "Service Commitment", 2013; see the principle. Interval: Newcombe 1998.
"""

from __future__ import annotations

import polars as pl

from transforms.facts import Facts
from transforms.kpis import survey_estimators
from transforms.kpis.declaration import Kpi
from transforms.kpis.recognised import recognised_people
from transforms.kpis.service_commitment.line_of_sight import CONSTRUCTS
from transforms.kpis.survey_scores import observations

KPI = Kpi(
    id="mailroom_gap",
    version=1,
    title="Mailroom gap: line of sight, front minus back office",
    sources=("employee_survey", "recognition", "organisation"),
    needs=("survey_item", "survey_response"),
    formula="line_of_sight(front office) - line_of_sight(back office); component recognition: the same of receivers",
    unit="gap",
    direction="zero",
    grains=("quarter",),
    components=("main", "recognition"),
    unit_of_analysis="respondent (main), active person (recognition)",
    person_based=True,
    people=("members",),
    bounds=(-1.0, 1.0),
    anchors=(0.4, 0.0),
    pitfalls=(
        "A small gap of two low shares is no success: read it with line_of_sight.",
        "Needs both offices in a unit, each with the minimum group; most single teams have only one.",
        "People whose office nobody recorded are left out; the coverage says how many are in.",
    ),
    field_needs=("employee_survey:why_my_job_matters|difference_i_make", "organisation.office"),
    estimate=survey_estimators.office_gap,
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per answer, invitation (both component main) and active person (component recognition).

    Being recognised stands where a favourable answer stands.
    """
    answers = observations(facts, "employee", CONSTRUCTS, ("main",)).with_columns(
        pl.col("respondent_key").alias("member_key")
    )
    if "recognition" not in facts.provided:
        return _behind_the_number(answers)
    people = recognised_people(facts, "quarter").select(
        "org_unit_id",
        pl.col("period_start").alias("on"),
        "member_key",
        pl.col("member_key").alias("unit_key"),
        "office",
        pl.col("has_received").cast(pl.Float64).alias("is_favourable"),
        pl.col("has_received").cast(pl.Float64).alias("value"),
        pl.lit(False).alias("is_unpaired"),
        pl.lit(1, dtype=pl.Int64).alias("n_answers"),
        pl.lit(0, dtype=pl.Int64).alias("n_asked"),
        pl.lit(0, dtype=pl.Int64).alias("n_answered"),
        pl.lit("recognition").alias("component"),
    )
    return _behind_the_number(pl.concat([answers, people], how="diagonal"))


def _behind_the_number(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Rows in which those without an office, who add nothing to the gap, are not counted as people behind it."""
    has_office = pl.col("office").is_not_null()
    return rows.with_columns(
        pl.when(has_office).then(name).alias(name) for name in ("member_key", "respondent_key", "crowd_item_id")
    )
