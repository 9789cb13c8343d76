"""Our measures of tickets beside those of their source, and why they differ.

The source counts whole minutes, so a minute's difference is none; nor are five of a wait, which it rounds at every
change of status. Of several reasons the first that holds is given:

* `merged`        the ticket was merged away or deleted: its source goes on with what was left of it
* `still_open`    the ticket has not ended: we give waits once it has, the source as it goes, and keeps the last solve
* `data_missing`  one of both has no value, because it was not told what it would take
* `time_zone`     by the calendar both agree, in business time not: another zone, holiday or schedule
* `definition`    both measure, and not the same thing
"""

from __future__ import annotations

import polars as pl

from transforms.contracts.ticket_metrics import TOLD_COUNTS, TOLD_DURATIONS
from transforms.facts.facts import Facts
from transforms.facts.ticket_history import TICKET_KEY

REASONS = ("merged", "still_open", "data_missing", "time_zone", "definition")
TOLERANCE_MINUTES, TOLERANCE_OF_WAITS = 1.0, 5.0
_WAITS = tuple(name for name in TOLD_DURATIONS if name.startswith(("requester_wait", "agent_wait", "on_hold")))
_MEASURES = (*TOLD_COUNTS, *TOLD_DURATIONS)


def compared(facts: Facts) -> pl.DataFrame:
    """Every measure of every ticket its source measures too, where at least one of both knows it.

    Shape: source, ticket_id, measure, ours, theirs, and reason: null where they agree. Ordered by all but the values.
    """
    theirs = facts.table("ticket_metric").select(*TICKET_KEY, *_MEASURES)
    ours = facts.tickets.select(*TICKET_KEY, *_MEASURES, "is_deleted", "is_ended")
    pairs = _long(ours, "ours", "is_deleted", "is_ended").join(_long(theirs, "theirs"), on=[*TICKET_KEY, "measure"])
    known = pairs.filter(pl.any_horizontal(pl.col("ours", "theirs").is_not_null()))
    tolerance = (
        pl.when(pl.col("measure").is_in(_WAITS))
        .then(TOLERANCE_OF_WAITS)
        .when(pl.col("measure").is_in(TOLD_DURATIONS))
        .then(TOLERANCE_MINUTES)
        .otherwise(0.0)
    )
    agrees = ((pl.col("ours") - pl.col("theirs")).abs() <= tolerance).fill_null(False)
    by_calendar = pl.col("measure").str.replace("_business_", "_calendar_")
    is_business = by_calendar != pl.col("measure")
    judged = known.with_columns(agrees.alias("agrees"), by_calendar.alias("by_calendar"))
    other_clock = judged.select(
        *TICKET_KEY, pl.col("measure").alias("by_calendar"), pl.col("agrees").alias("calendar_agrees")
    )
    reason = (
        pl.when("agrees")
        .then(None)
        .when("is_deleted")
        .then(pl.lit("merged"))
        .when(~pl.col("is_ended"))
        .then(pl.lit("still_open"))
        .when(pl.any_horizontal(pl.col("ours", "theirs").is_null()))
        .then(pl.lit("data_missing"))
        .when(is_business & pl.col("calendar_agrees"))
        .then(pl.lit("time_zone"))
        .otherwise(pl.lit("definition"))
    )
    return (
        judged.join(other_clock, on=[*TICKET_KEY, "by_calendar"], how="left")
        .select(*TICKET_KEY, "measure", "ours", "theirs", reason.alias("reason"))
        .sort(*TICKET_KEY, "measure")
        .collect()
    )


def _long(measured: pl.LazyFrame, value: str, *kept: str) -> pl.LazyFrame:
    index = [*TICKET_KEY, *kept]
    numbers = measured.with_columns(pl.col(_MEASURES).cast(pl.Float64))
    return numbers.unpivot(list(_MEASURES), index=index, variable_name="measure", value_name=value)
