"""Times a ticket takes, by the calendar and in business time, as quantiles of which the unfinished are a part."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from transforms.contracts.results import CELL_KEY
from transforms.facts.ticket_history import TICKET_KEY
from transforms.kpis.cell_numbers import CELL, numbered
from transforms.kpis.estimators import survival_numbers
from transforms.stats import survival
from transforms.texts import filled

if TYPE_CHECKING:
    from transforms.facts import Facts

_QUANTILES = {"median": 0.5, "p90": 0.9}
_CLOCKS = ("calendar", "business")
COMPONENTS = tuple(f"{clock}_{name}" for clock in _CLOCKS for name in _QUANTILES)
_CELL = tuple(name for name in CELL_KEY if name != "component")
# Both quantiles of a clock are read from one curve, that of the component of its median.
_CLOCK_OF = {f"{clock}_median": clock for clock in _CLOCKS}
ESTIMATED_FROM = {f"{clock}_p90": f"{clock}_median" for clock in _CLOCKS}


def quantiles(rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    """Kaplan-Meier median and 90th percentile of `value` per clock, censored where not `is_observed`.

    A quantile the curve does not reach is null with state not_enough_data and flag `quantile_not_reached`; the
    denominator counts units, `n_events` the observed ones.
    """
    told, cells = numbered(rows.filter(pl.col("value").is_not_null()))
    curves = survival.curve(told, [CELL], "value", "is_observed").collect().lazy()
    clock = pl.col("component").replace_strict(_CLOCK_OF, return_dtype=pl.String)
    return pl.concat(
        survival.quantiles(curves, [CELL], probability)
        .join(cells, on=CELL)
        .select(
            *_CELL,
            filled("{}_{}", clock, pl.lit(name)).alias("component"),
            *survival_numbers(),
        )
        for name, probability in _QUANTILES.items()
    )


def waits(tickets: pl.LazyFrame, facts: Facts, *, ended_at: str) -> pl.LazyFrame:
    """One row per ticket and clock: `value` minutes from created_at to `ended_at`, else to censored_at.

    `component` is that of the clock's median, from whose rows the other quantile is estimated. `tickets` have their
    key, by which the calendar in force is found; it is left out, other columns are kept.
    `is_observed` says that the wait ended. A ticket that ended before it began is left out.
    """
    until = tickets.with_columns(
        pl.coalesce(ended_at, "censored_at").alias("until"), pl.col(ended_at).is_not_null().alias("is_observed")
    ).collect()
    timed = facts.clock.with_minutes(until, "created_at", "until", "business").lazy()
    elapsed = (pl.col("until") - pl.col("created_at")).dt.total_microseconds() / 60_000_000
    values = {"calendar": elapsed, "business": pl.col("business")}
    in_order = timed.filter(pl.col("until") >= pl.col("created_at"))
    return pl.concat(
        in_order.with_columns(values[clock].alias("value"), pl.lit(name).alias("component")).drop(
            "until", "business", *TICKET_KEY
        )
        for name, clock in _CLOCK_OF.items()
    )
