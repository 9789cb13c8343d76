"""Cascade loss: how much of the reason gets lost on its way down, per level of the hierarchy.

Those at the top know why. The number is the fall, per level, of the share of employees favourable to WHY we do it: the
slope of least squares over people on their level (0 at the top) at the time they answered, with the sign turned round,
so that 0.08 means eight points lost per level and less is better. Levels are taken from the top; one with fewer than
the minimum group is merged with the next, and what is left over at the bottom with the one above. A merged level
stands at its people's mean level.

Worked example: level 1: 9 of 10 favourable; level 2: 8 of 10; level 3: 7 of 10. The loss is 0.10 per level.

Source: Simon Sinek's Golden Circle, as Monica Postell uses it; see the principle. Interval: Wilson's limits of
each level, added up as squares (Zou, Huang and Zhang 2009), so that a few at the top who agree are no certainty.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from transforms.contracts.results import CELL_KEY
from transforms.facts import Facts
from transforms.facts.people import placed
from transforms.kpis.company import is_company
from transforms.kpis.declaration import Kpi
from transforms.kpis.survey_estimators import with_response_rate
from transforms.kpis.survey_scores import observations
from transforms.stats.slopes import grouped_slope

_LEVEL = "hierarchy_level"


def _estimate(rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    """Loss per level. One level left after merging is not_enough_data (`one_level`); no level known, source_missing."""
    people = rows.group_by(*CELL_KEY, "unit_key").agg(pl.col("is_favourable").mean(), pl.col(_LEVEL).max())
    answered = people.filter(pl.col("is_favourable").is_not_null())
    levels = (
        answered.filter(pl.col(_LEVEL).is_not_null())
        .group_by(*CELL_KEY, _LEVEL)
        .agg(
            pl.len().cast(pl.Int64).alias("n"),
            pl.col("is_favourable").sum().alias("total"),
        )
        .collect()
    )
    merged = _merged(levels, facts.context.minimum_group)
    slopes = grouped_slope(merged.lazy(), CELL_KEY)
    known = answered.group_by(CELL_KEY).agg(pl.col(_LEVEL).is_not_null().mean().alias("coverage"))
    unknown, flat = pl.col("coverage") == 0, pl.col("value").is_null()
    cells = known.join(slopes, on=CELL_KEY, how="left").select(
        *CELL_KEY,
        "coverage",
        # Turned round: a fall of the share is a loss.
        (-pl.col("value")).alias("value"),
        (-pl.col("ci_high")).alias("ci_low"),
        (-pl.col("ci_low")).alias("ci_high"),
        pl.lit("wilson_slope").alias("interval_method"),
        pl.col("n").cast(pl.Float64).alias("denominator"),
        pl.when(unknown & is_company(facts))
        .then(pl.lit("source_missing"))
        .when(flat)
        .then(pl.lit("not_enough_data"))
        .alias("state"),
        pl.when(unknown & is_company(facts))
        .then(pl.lit("missing:hierarchy_level"))
        .when(flat)
        .then(pl.lit("one_level"))
        .alias("flags"),
    )
    return with_response_rate(cells, rows, facts)


def _merged(levels: pl.DataFrame, minimum: int) -> pl.DataFrame:
    """`levels` (cell key, hierarchy_level, n, total) with neighbours merged until each holds `minimum`.

    Shape: cell key, x (mean level), n, total. All cells take each step from the top at once.
    """
    cells = levels.select(CELL_KEY).unique(maintain_order=True).with_row_index("cell")
    numbered = levels.join(cells, on=list(CELL_KEY), maintain_order="left")
    steps = np.sort(levels[_LEVEL].unique().to_numpy())
    counts = np.zeros((cells.height, len(steps)), dtype=np.int64)
    counts[numbered["cell"].to_numpy(), np.searchsorted(steps, numbered[_LEVEL].to_numpy())] = numbered["n"].to_numpy()
    group, gathered = np.zeros(cells.height, dtype=np.int64), np.zeros(cells.height, dtype=np.int64)
    groups = np.zeros_like(counts)
    for step in range(len(steps)):
        groups[:, step] = group
        gathered += counts[:, step]
        is_full = gathered >= minimum
        group, gathered = group + is_full, np.where(is_full, 0, gathered)
    # What never filled a group of its own joins the last one that is full.
    groups = np.minimum(groups, np.maximum(group - 1, 0)[:, None])
    place = groups[numbered["cell"].to_numpy(), np.searchsorted(steps, numbered[_LEVEL].to_numpy())]
    n = pl.col("n")
    return (
        numbered.with_columns(pl.Series("group", place))
        .group_by(*CELL_KEY, "group", maintain_order=True)
        .agg(((n * pl.col(_LEVEL)).sum() / n.sum()).alias("x"), n.sum(), pl.col("total").sum())
        .drop("group")
    )


KPI = Kpi(
    id="cascade_loss",
    version=1,
    title="Cascade loss: the why, per level downwards",
    sources=("employee_survey", "organisation"),
    needs=("survey_item", "survey_response", "membership"),
    field_needs=("employee_survey:why", "organisation.hierarchy_level"),
    formula="- slope of the share favourable to WHY on the hierarchy level, levels under the minimum merged",
    unit="gap",
    direction="down",
    grains=("quarter",),
    unit_of_analysis="respondent",
    person_based=True,
    people=("respondents",),
    bounds=(-1.0, 1.0),
    anchors=(0.15, 0.0),
    pitfalls=(
        "A straight line through a few levels: where one level breaks the chain, the slope spreads the fall over all.",
        "A team has rarely two levels with enough people; most cells stand higher up.",
        "No loss is also what a top that does not know the reason gives.",
    ),
    estimate=_estimate,
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per answer and invitation, answers with the respondent's hierarchy level on the day."""
    rows = observations(facts, "employee", ("why",), ("main",), needs_people=True)
    stayed = placed(
        rows.filter(pl.col("respondent_key").is_not_null()), facts.stays, "respondent_key", "stay", (_LEVEL,)
    )
    others = rows.filter(pl.col("respondent_key").is_null())
    return pl.concat([stayed.rename({f"stay_{_LEVEL}": _LEVEL}), others], how="diagonal").with_columns(
        # An invitation's row is about the wave, not the day of an answer.
        pl.when(pl.col("is_favourable").is_not_null()).then(_LEVEL).alias(_LEVEL),
        pl.when(pl.col(_LEVEL).is_not_null() | pl.col("is_favourable").is_null())
        .then("respondent_key")
        .alias("respondent_key"),
    )
