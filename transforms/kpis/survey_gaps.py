"""Estimators of gaps: between two answers of the same people, and between what two kinds of people say or do."""

from __future__ import annotations

import polars as pl

from transforms.contracts.results import CELL_KEY
from transforms.disclosure.numbers import would_be_bounded
from transforms.facts import Facts
from transforms.kpis import estimators
from transforms.kpis.company import is_company
from transforms.kpis.survey_estimators import with_response_rate
from transforms.stats.paired import paired_difference


def paired_gap(rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    """Mean over people of `value`, the difference of two of their own shares, with the interval of paired shares.

    Takes the rows of `transforms/kpis/survey_pairs.py`. The denominator is the number of people compared, the coverage
    their share of those who answered any of it.
    """
    d = pl.col("value")
    people = rows.group_by(*CELL_KEY, "unit_key").agg(d.mean(), pl.col("is_covered").max())
    cells = people.group_by(CELL_KEY).agg(
        d.sum().alias("total"),
        (d**2).sum().alias("squares"),
        d.count().cast(pl.Float64).alias("denominator"),
        pl.col("is_covered").mean().alias("coverage"),
    )
    n = pl.col("denominator")
    low, high = paired_difference(pl.col("total"), pl.col("squares"), n)
    estimated = cells.select(
        *CELL_KEY,
        pl.when(n > 0).then(pl.col("total") / n).alias("value"),
        low.alias("ci_low"),
        high.alias("ci_high"),
        pl.lit("paired_adjusted_wald").alias("interval_method"),
        "denominator",
        "coverage",
    )
    return with_response_rate(estimated, rows, facts)


def two_sides_gap(rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    """Share on the side `is_first` minus share on the other, Newcombe's interval.

    A side is made of survey rows (with `unit_key`, each unit counting once) or of rows with numerator and denominator.
    Each needs the minimum group of units, else the state is not_enough_data with flag `side_too_small`. A side that
    nobody of the whole company was asked for (`missing:other_side`), or whose answers carry no person
    (`missing:respondent`), makes it source_missing. A small side of answers within one person of unanimity makes it
    not_enough_data (`side_nearly_unanimous`): with the other side known exactly, the gap would say how everybody on it
    answered.
    """
    is_answer = pl.col("unit_key").is_not_null()
    answers = (
        rows.filter(is_answer & pl.col("is_favourable").is_not_null())
        .group_by(*CELL_KEY, "is_first", "unit_key")
        .agg(pl.col("is_favourable").mean().alias("numerator"), pl.lit(1.0).alias("denominator"))
        .drop("unit_key")
    )
    columns = [*CELL_KEY, "is_first", "numerator", "denominator"]
    parts = [answers.select(columns)]
    if "numerator" in rows.collect_schema().names():
        parts.append(rows.filter(~is_answer & (pl.col("denominator") > 0)).select(columns))
    units = pl.concat(parts)
    first, n = pl.col("is_first"), pl.col("denominator")
    sides = units.group_by(CELL_KEY).agg(
        pl.min_horizontal(n.filter(first).sum(), n.filter(~first).sum()).alias("fewer")
    )
    is_bounded = would_be_bounded(pl.col("numerator").mean(), pl.len())
    unanimous = answers.group_by(*CELL_KEY, "is_first").agg(is_bounded.alias("is_unanimous"))
    nobody = (
        rows.group_by(*CELL_KEY, "is_first")
        .agg((pl.col("is_unpaired").any() & (pl.col("n_answers").sum() == 0)).alias("is_nobody"))
        .group_by(CELL_KEY)
        .agg(pl.col("is_nobody").any(), (pl.len() < 2).alias("is_alone"))
    )
    gaps = estimators.difference(units, facts).drop("n_events")
    is_alone = pl.col("is_alone") & is_company(facts)
    too_small = pl.col("fewer").fill_null(0) < facts.context.minimum_group
    is_unanimous = pl.col("is_unanimous").fill_null(False)
    state = (
        pl.when(is_alone | pl.col("is_nobody"))
        .then(pl.lit("source_missing"))
        .when(too_small | is_unanimous)
        .then(pl.lit("not_enough_data"))
    )
    flag = (
        pl.when("is_nobody")
        .then(pl.lit("missing:respondent"))
        .when(is_alone)
        .then(pl.lit("missing:other_side"))
        .when(too_small)
        .then(pl.lit("side_too_small"))
        .when(is_unanimous)
        .then(pl.lit("side_nearly_unanimous"))
    )
    cells = (
        nobody.join(sides, on=CELL_KEY, how="left")
        .join(unanimous.group_by(CELL_KEY).agg(pl.col("is_unanimous").any()), on=CELL_KEY, how="left")
        .join(gaps, on=CELL_KEY, how="left")
        .with_columns(state.alias("state"), flag.alias("flags"))
        .drop("is_nobody", "is_alone", "is_unanimous", "fewer")
    )
    return with_response_rate(cells, rows, facts)
