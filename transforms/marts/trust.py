"""How far a published number can be trusted: A to D, and why.

Each reason costs points; A has none, B one, C two, D three or more. The reasons stand in `flags`:

* `low_coverage`: coverage under 0.8 costs one, under 0.5 two
* `low_response_rate`: response rate under 0.6 costs one, under 0.3 two
* `unknown_response_rate`: a survey without invitation history costs one
* `stale_source`: the newest ticket, event or promise lies more than 7 days, the newest recognition more than 21
  days before the period's end: one; four times that: two. A survey comes in waves and is as old as its wave.
* `quarantined_rows`: over 1 % of the rows of the sources behind it contradict a rule and were refused: one; over
  5 %: two
* `doubtful_clock`: a number about promises, while `clock_integrity` of the same unit in an overlapping period
  exceeds a limit: twice as many fulfilments in the last tenth before the target as in the tenth before it, or one
  case in ten paused late without a question or moved on after a bad rating: one

Published numbers are judged by published numbers and by whole tables, so a grade tells nothing about a hidden number.
A grade is tonight's opinion: it moves when a source catches up, while the number and its `as_of` stay.

Worked example: coverage 0.7 costs one, a response rate of 0.25 two, together three: D, with both flags.
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from transforms.contracts.marts import FctKpiValue
from transforms.contracts.results import PUBLISHED_STATES
from transforms.kpis.registry import RegisteredKpi

COVERAGE = (0.8, 0.5)
RESPONSE_RATE = (0.6, 0.3)
STALE_AFTER_DAYS = {"ticket": 7, "ticket_event": 7, "promise": 7, "recognition": 21}
VERY_STALE = 4
QUARANTINED = (0.01, 0.05)
_ANSWERS = {"employee_survey", "customer_survey", "organisation"}
CLOCK_KPI = "clock_integrity"
BUNCHING_LIMIT = 2.0
CLOCK_SHARE_LIMIT = 0.1
_DEFINITION = ["kpi_id", "definition_version"]


def graded(rows: pl.DataFrame, registered: Sequence[RegisteredKpi], evidence: pl.DataFrame) -> pl.DataFrame:
    """`rows` (FctKpiValue) with `trust_grade` and its reasons among the `flags` of published rows; others unchanged.

    `evidence` is `transforms.marts.evidence.table_evidence`. The rows keep their order.
    """
    judged = (
        rows.with_row_index("row")
        .join(_declared(registered, evidence), on=_DEFINITION, how="left", maintain_order="left")
        .with_columns(pl.col("row").is_in(_with_doubtful_clock(rows, registered)["row"].implode()).alias("is_doubted"))
    )
    is_shown = pl.col("state").is_in(PUBLISHED_STATES)
    points = _points()
    total = pl.sum_horizontal(points.values())
    judged = judged.with_columns(_set_of(points).alias("reasons"))
    # The same few flags and reasons stand together in many rows; texts are made once of each.
    worded = judged.select("flags", "reasons").unique().with_columns(_with_reasons(list(points)).alias("worded"))
    grade = (
        pl.when(total == 0)
        .then(pl.lit("A"))
        .when(total == 1)
        .then(pl.lit("B"))
        .when(total == 2)
        .then(pl.lit("C"))
        .otherwise(pl.lit("D"))
    )
    told = judged.join(
        worded, on=["flags", "reasons"], how="left", nulls_equal=True, maintain_order="left"
    ).with_columns(
        pl.when(is_shown).then(grade).alias("trust_grade"),
        pl.when(is_shown).then("worded").otherwise("flags").alias("flags"),
    )
    # Gate 2 judges every row by the contract.
    return FctKpiValue.cast(told.select(list(FctKpiValue.columns())))


def _points() -> dict[str, pl.Expr]:
    """Points by reason; what is not known or does not apply costs nothing, but for a survey's response rate."""
    end, rate = pl.col("period_end"), pl.col("response_rate")

    def steps(one: pl.Expr, two: pl.Expr) -> pl.Expr:
        return one.fill_null(False).cast(pl.Int64) + two.fill_null(False).cast(pl.Int64)

    return {
        "low_coverage": steps(*(pl.col("coverage") < limit for limit in COVERAGE)),
        "low_response_rate": steps(*(rate < limit for limit in RESPONSE_RATE)),
        "unknown_response_rate": steps(pl.col("is_survey") & rate.is_null(), pl.lit(False)),
        "stale_source": steps(end > pl.col("fresh_until"), end > pl.col("stale_until")),
        "quarantined_rows": steps(*(pl.col("quarantined_share") > limit for limit in QUARANTINED)),
        "doubtful_clock": steps(pl.col("is_doubted"), pl.lit(False)),
    }


def _set_of(points: dict[str, pl.Expr]) -> pl.Expr:
    """The reasons that cost anything, as a number: one bit each."""
    return pl.sum_horizontal((cost > 0).cast(pl.Int64) * 2**place for place, cost in enumerate(points.values()))


def _with_reasons(reasons: Sequence[str]) -> pl.Expr:
    """The flags there were, and the reasons of the set `reasons` that are not among them yet."""
    before = pl.col("flags").fill_null("").str.split(",")
    added = [
        pl.when((pl.col("reasons") // 2**place % 2 == 1) & ~before.list.contains(reason)).then(pl.lit(reason))
        for place, reason in enumerate(reasons)
    ]
    flags = pl.concat_str(["flags", *added], separator=",", ignore_nulls=True)
    return pl.when(flags != "").then(flags)


def _declared(registered: Sequence[RegisteredKpi], evidence: pl.DataFrame) -> pl.DataFrame:
    """Per definition: is_survey, fresh_until, stale_until, quarantined_share, from the tables the KPI needs."""
    needs = pl.DataFrame(
        [(one.kpi.id, one.kpi.version, _asks_people(one), table) for one in registered for table in one.kpi.needs],
        schema={"kpi_id": pl.String, "definition_version": pl.Int64, "is_survey": pl.Boolean, "table": pl.String},
        orient="row",
    )
    days = pl.col("table").replace_strict(STALE_AFTER_DAYS, default=None, return_dtype=pl.Int64)
    return (
        needs.join(evidence, on="table", how="left")
        .group_by(_DEFINITION)
        .agg(
            pl.col("is_survey").first(),
            (pl.col("newest_on") + pl.duration(days=days)).min().alias("fresh_until"),
            (pl.col("newest_on") + pl.duration(days=days * VERY_STALE)).min().alias("stale_until"),
            pl.col("quarantined_share").max(),
        )
    )


def _asks_people(one: RegisteredKpi) -> bool:
    """Made of answers alone, so that a number without a response rate has none; the rate itself needs invitations."""
    is_survey_only = set(one.kpi.sources) <= _ANSWERS and "survey_response" in one.kpi.needs
    return is_survey_only and "invitation" not in one.kpi.needs


def _with_doubtful_clock(rows: pl.DataFrame, registered: Sequence[RegisteredKpi]) -> pl.DataFrame:
    """Column `row` of numbers about promises whose unit has a doubtful clock in an overlapping period."""
    limit = pl.when(pl.col("component").str.contains("bunch")).then(BUNCHING_LIMIT).otherwise(CLOCK_SHARE_LIMIT)
    doubts = rows.filter(pl.col("kpi_id") == CLOCK_KPI, pl.col("value") > limit).select(
        "org_unit_id", pl.col("period_start").alias("doubted_from"), pl.col("period_end").alias("doubted_to")
    )
    about_promises = [one.kpi.id for one in registered if "promise" in one.kpi.needs and one.kpi.id != CLOCK_KPI]
    return (
        rows.with_row_index("row")
        .filter(pl.col("kpi_id").is_in(about_promises))
        .join(doubts, on="org_unit_id")
        .filter((pl.col("doubted_from") <= pl.col("period_end")) & (pl.col("doubted_to") >= pl.col("period_start")))
        .select("row")
        .unique()
    )
