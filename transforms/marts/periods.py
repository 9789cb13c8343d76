"""Time as tables: every period that has a number (`dim_period`) and every day they span (`dim_date`)."""

from __future__ import annotations

import polars as pl

from transforms.clock import business_days
from transforms.contracts.marts import DimDate, DimPeriod
from transforms.facts.context import Context
from transforms.periods import period_name, previous_start


def dim_period(rows: pl.DataFrame) -> pl.DataFrame:
    """The periods of `rows` (period_grain, period_start, period_end) as DimPeriod, with the start of the one before."""
    occurring = rows.select("period_grain", "period_start", "period_end").unique()
    named = [
        occurring.filter(pl.col("period_grain") == grain).with_columns(
            period_name(grain, pl.col("period_start"), pl.col("period_end")).alias("period_name"),
            previous_start(pl.col("period_start"), grain).alias("previous_period_start"),
        )
        for grain in occurring["period_grain"].unique().sort()
    ]
    if not named:
        return DimPeriod.create_empty()
    return DimPeriod.validate(
        pl.concat(named).select(list(DimPeriod.columns())).sort("period_grain", "period_start"), cast=True
    )


def dim_date(rows: pl.DataFrame, context: Context) -> pl.DataFrame:
    """Every day from the first to the last one of the periods of `rows` (FctKpiValue), as DimDate."""
    if rows.is_empty():
        return DimDate.create_empty()
    starts, ends = rows["period_start"].sort(), rows["period_end"].sort()
    first_on, last_on = starts[0], ends[-1]
    on = pl.col("calendar_on")
    holidays = pl.DataFrame(
        list(context.holidays), schema={"calendar_on": pl.Date, "holiday_name": pl.String}, orient="row"
    )
    named = holidays.group_by("calendar_on", maintain_order=True).agg(pl.col("holiday_name").str.join(", "))
    days = (
        pl.DataFrame({"calendar_on": pl.date_range(first_on, last_on, eager=True)})
        .with_columns(
            on.dt.iso_year().alias("iso_year"),
            on.dt.week().alias("iso_week"),
            on.dt.year().alias("calendar_year"),
            on.dt.month().alias("calendar_month"),
            on.dt.quarter().alias("calendar_quarter"),
            on.dt.weekday().alias("weekday"),
            on.is_in(business_days(first_on, last_on, context).implode()).alias("is_business_day"),
        )
        .join(named, on="calendar_on", how="left", maintain_order="left")
    )
    return DimDate.validate(days.select(list(DimDate.columns())), cast=True)
