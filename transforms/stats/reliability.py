"""Reliability of survey scores: do several items measure one thing, and do means of teams tell teams apart?

Cronbach's alpha of k items is k / (k - 1) * (1 - sum of the items' variances / variance of their sum), over
respondents who answered all of them (Cronbach 1951).

The intraclass correlations come from the one-way analysis of variance of people in teams, with MSB and MSW the mean
squares between and within teams and n the average size of a team, (N - sum(n_g^2) / N) / (G - 1) where they differ:
ICC(1) = (MSB - MSW) / (MSB + (n - 1) MSW) is the share of variance that lies between teams, ICC(2) =
(MSB - MSW) / MSB the reliability of their means (Shrout and Fleiss 1979; Bliese 2000).
"""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from transforms.stats.precision import repeatable


def cronbach_alpha(answers: pl.LazyFrame, by: Sequence[str], case: str, item: str, value: str) -> pl.LazyFrame:
    """Alpha per group of `by`: the columns of `by`, alpha, n_items, n_cases (those with all items).

    `answers` holds one row per case and item answered; a case that answered an item twice counts with the mean. Alpha
    is null for a single item, fewer than two complete cases, and where everybody answers alike; it is minus infinity
    where the items differ and cancel one another out.
    """
    scores = (
        answers.filter(pl.col(value).is_not_null())
        .group_by(*by, pl.col(case).alias("case"), pl.col(item).alias("item"))
        .agg(pl.col(value).mean().alias("score"))
    )
    asked = scores.group_by(by).agg(pl.col("item").n_unique().cast(pl.Int64).alias("n_items"))
    complete = scores.join(asked, on=list(by)).filter(pl.len().over(*by, "case") == pl.col("n_items"))
    of_items = complete.group_by(*by, "item").agg(pl.col("score").var()).group_by(by).agg(pl.col("score").sum())
    of_sums = (
        complete.group_by(*by, "case")
        .agg(pl.col("score").sum())
        .group_by(by)
        .agg(pl.col("score").var().alias("of_sum"), pl.len().cast(pl.Int64).alias("n_cases"))
    )
    k = pl.col("n_items")
    varies = (pl.col("of_sum") > 0) | (pl.col("score") > 0)
    alpha = pl.when((k > 1) & varies).then(k / (k - 1) * (1 - pl.col("score") / pl.col("of_sum")))
    return (
        asked.join(of_items, on=list(by), how="left")
        .join(of_sums, on=list(by), how="left")
        .select(*by, alpha.alias("alpha"), "n_items", pl.col("n_cases").fill_null(0))
        .with_columns(repeatable("alpha"))
    )


def intraclass(rows: pl.LazyFrame, by: Sequence[str], group: str, value: str) -> pl.LazyFrame:
    """ICC(1) and ICC(2) per group of `by`: the columns of `by`, icc1, icc2, n_groups, n_cases.

    `rows` holds one row per person and team. Both are null with fewer than two teams, without a team of two, and
    where all values are the same. ICC(2) is 0 where teams differ less than chance alone would make them.
    """
    teams = (
        rows.filter(pl.col(value).is_not_null())
        .group_by(*by, pl.col(group).alias("team"))
        .agg(
            pl.len().cast(pl.Float64).alias("n"),
            pl.col(value).mean().alias("mean"),
            ((pl.col(value) - pl.col(value).mean()) ** 2).sum().alias("within"),
        )
    )
    grand = ((pl.col("n") * pl.col("mean")).sum() / pl.col("n").sum()).over(by)
    sums = (
        teams.with_columns((pl.col("n") * (pl.col("mean") - grand) ** 2).alias("between"))
        .group_by(by)
        .agg(
            pl.len().cast(pl.Int64).alias("n_groups"),
            pl.col("n").sum().alias("n_cases"),
            (pl.col("n") ** 2).sum().alias("sizes"),
            pl.col("between", "within").sum(),
        )
    )
    groups, cases = pl.col("n_groups"), pl.col("n_cases")
    size = (cases - pl.col("sizes") / cases) / (groups - 1)
    known = (groups > 1) & (cases > groups) & (pl.col("between") + pl.col("within") > 0)
    between, within = pl.col("between"), pl.col("within")
    return (
        sums.with_columns(
            pl.when(known).then(between / (groups - 1)).alias("between"),
            pl.when(known).then(within / (cases - groups)).alias("within"),
        )
        .select(
            *by,
            ((between - within) / (between + (size - 1) * within)).alias("icc1"),
            pl.when(between > 0)
            .then(((between - within) / between).clip(0.0))
            .when(between == 0)
            .then(pl.lit(0.0))
            .alias("icc2"),
            "n_groups",
            cases.cast(pl.Int64),
        )
        .with_columns(repeatable("icc1", "icc2"))
    )
