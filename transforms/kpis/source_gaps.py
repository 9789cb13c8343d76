"""What a source does not record is missing, not zero: estimators and conditions for KPIs that need certain events."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import polars.selectors as cs

from transforms.contracts.results import CELL_KEY
from transforms.kpis.company import is_company
from transforms.kpis.declaration import Estimator
from transforms.texts import filled

if TYPE_CHECKING:
    from transforms.facts import Facts

_FAMILY = [name for name in CELL_KEY if name != "org_unit_id"]
# Some estimators make components of their own, which are texts.
_AS_TEXT = cs.categorical().cast(pl.String)


def records(facts: Facts, *event_types: str) -> pl.Expr:
    """Whether the `source` of a row records an event of one of these types for any ticket."""
    told = facts.events.filter(pl.any_horizontal(pl.col("event_type") == each for each in event_types))
    return _source_among(told)


def shows_status(facts: Facts, status: str) -> pl.Expr:
    """Whether the `source` of a row ever shows a ticket in this status."""
    told = facts.events.filter((pl.col("event_type") == "status") & (pl.col("value") == status))
    return _source_among(told)


def _source_among(told: pl.LazyFrame) -> pl.Expr:
    sources = told.select("source").unique().collect()["source"]
    return pl.col("source").is_in(sources.implode())


def unless_missing(estimate: Estimator, missing: str | dict[str, str]) -> Estimator:
    """`estimate`, where any row of the whole company has `is_recorded` in the period; else what is missing.

    `missing` names what to say, for all components or by component; the company's cell then has the state
    source_missing and the flag `missing:<what>`, and there is no other cell of that component and period.
    """

    def estimated(rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
        silent = (
            rows.filter(is_company(facts))
            .group_by(CELL_KEY)
            .agg(pl.col("is_recorded").any())
            .filter(~pl.col("is_recorded"))
            .drop("is_recorded")
        )
        what = (
            pl.lit(missing) if isinstance(missing, str) else pl.col("component").replace_strict(missing, default=None)
        )
        flagged = silent.with_columns(
            _AS_TEXT, pl.lit("source_missing").alias("state"), filled("missing:{}", what).alias("flags")
        )
        told = estimate(rows.drop("is_recorded"), facts).with_columns(_AS_TEXT)
        return pl.concat([told.join(flagged, on=_FAMILY, how="anti"), flagged], how="diagonal")

    return estimated
