"""Measures of a promise: how long it ran, how much of that its ticket was paused, and where it stands.

A promise runs from its start to its fulfilment; unfulfilled, to the moment it was settled, else to the night. It is
paused while its ticket is `pending`: the customer is asked. Where the source tells when its promises stood, and how
many minutes they used, that is taken instead.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from transforms.facts import told_promises
from transforms.facts.context import Context
from transforms.facts.ticket_clock import TicketClock
from transforms.facts.ticket_history import TICKET_KEY, TICKET_ROW, in_texts, statuses
from transforms.facts.ticket_stretches import by_number, status_stretches
from transforms.moments import moment

PROMISE_KEY = ("source", "promise_id")
_PAUSED = "pending"


def measured(
    promises: pl.LazyFrame,
    tables: Mapping[str, pl.LazyFrame],
    events: pl.DataFrame,
    context: Context,
    clock: TicketClock,
) -> pl.LazyFrame:
    """`promises` (as `verdicts` has judged them) with state, priority at the start, elapsed and paused minutes.

    They come in order of their start with the number of their ticket (`ticket_row`), which is dropped.

    Adds for the KPIs `ended_at` (when it stopped running, the night for one that runs), `target_minutes` (start to
    target) and `used_minutes` (start to fulfilment). Both are on the promise's own clock and less the pauses up to the
    earlier of fulfilment and target; null without a target or fulfilment. `is_told`: the source told both, and its
    pauses.
    """
    midnight = moment(context.as_of)
    is_open = pl.col("closed_at").is_null() & ~pl.col("is_cancelled")
    ends = pl.coalesce("fulfilled_at", "closed_at", pl.when(is_open).then(midnight))
    known = (
        _with_priority_then(promises, tables, events)
        .with_columns(ends.alias("ended_at"), _state(), pl.col("told_target_minutes").is_not_null().alias("is_told"))
        .collect()
    )
    known = clock.with_minutes(known, "began_at", "ended_at", "elapsed_business_minutes")
    known = clock.with_minutes(known, "began_at", "target_at", "target_business")
    of_promise = (
        pauses(known, tables, events, clock)
        .group_by(PROMISE_KEY)
        .agg(
            pl.col("calendar", "business").sum().round(6).name.map(lambda clock: f"paused_{clock}_minutes"),
            pl.col("own").sum().round(6).alias("paused_own"),
        )
    )
    can_tell = pl.col("shows_pauses") | pl.col("is_told")
    on_business = pl.col("clock") == "business"
    elapsed, target = _minutes("began_at", "ended_at"), _minutes("began_at", "target_at")
    own_target = pl.when(on_business).then("target_business").otherwise(target)
    own_elapsed = pl.when(on_business).then("elapsed_business_minutes").otherwise(elapsed)
    was_fulfilled = pl.col("fulfilled_at").is_not_null() & pl.col("target_at").is_not_null()
    paused = pl.col("paused_own").fill_null(0.0)
    return (
        known.lazy()
        .join(of_promise.lazy(), on=PROMISE_KEY, how="left", maintain_order="left")
        .join(_tickets_that_show_pauses(events).lazy(), on=TICKET_KEY, how="left", maintain_order="left")
        .with_columns(
            elapsed.alias("elapsed_calendar_minutes"),
            *(
                pl.when(can_tell & pl.col("ended_at").is_not_null()).then(pl.col(name).fill_null(0.0)).alias(name)
                for name in ("paused_calendar_minutes", "paused_business_minutes")
            ),
            pl.coalesce(
                "told_target_minutes", pl.when(pl.col("target_at").is_not_null()).then(own_target - paused)
            ).alias("target_minutes"),
            pl.when("is_told")
            .then("told_used_minutes")
            .when(was_fulfilled)
            .then(own_elapsed - paused)
            .alias("used_minutes"),
        )
        .drop("target_business", "paused_own", "shows_pauses", "told_target_minutes", "told_used_minutes")
    )


def pauses(
    promises: pl.DataFrame, tables: Mapping[str, pl.LazyFrame], events: pl.DataFrame, clock: TicketClock
) -> pl.DataFrame:
    """One row per promise and stretch in which it stood (its ticket was pending), in order of promise and time.

    Shape: source, promise_id, ticket_row, paused_at, `calendar` and `business` minutes up to the promise's end
    (`ended_at` of `promises`), `own`: minutes on its own clock up to the earlier of fulfilment and target, and
    `used_before`: minutes on its own clock from its start to the pause, earlier pauses taken off.
    """
    numbered = by_number(
        tables["ticket"]
        .select(*TICKET_KEY, "created_at")
        .unique(TICKET_KEY, keep="first", maintain_order=True)
        .collect(),
        clock,
    )
    pending = (
        status_stretches(numbered, statuses(events))
        .lazy()
        .filter(pl.col("kind") == _PAUSED)
        .select(TICKET_ROW, pl.col("began_at").alias("paused_at"), pl.col("ended_at").alias("resumed_at"))
    )
    told = told_promises.pauses(tables).drop("ticket_id")
    judged_until = pl.min_horizontal(pl.coalesce("fulfilled_at", "ended_at"), "target_at")
    made = (
        promises.lazy()
        .select(
            *PROMISE_KEY, "ticket_id", "clock", "began_at", "ended_at", "is_told", judged_until.alias("judged_until")
        )
        .join(numbered.lazy().select(TICKET_ROW, *TICKET_KEY), on=TICKET_KEY, how="left")
    )
    stood = [
        made.filter(~pl.col("is_told")).join(pending, on=TICKET_ROW),
        made.filter("is_told").join(told, on=PROMISE_KEY),
    ]
    clipped = (
        pl.concat(stood)
        .with_columns(
            pl.max_horizontal("paused_at", "began_at").alias("paused_at"),
            pl.min_horizontal("resumed_at", "ended_at").alias("until"),
            pl.min_horizontal("resumed_at", "judged_until").alias("own_until"),
        )
        .filter(pl.col("until") > pl.col("paused_at"))
        .sort(*PROMISE_KEY, "paused_at")
        .collect()
    )
    timed = clock.with_minutes(clipped, "paused_at", "until", "business")
    timed = clock.with_minutes(timed, "paused_at", "own_until", "own_business")
    timed = clock.with_minutes(timed, "began_at", "paused_at", "business_before")
    on_business = pl.col("clock") == "business"
    own = pl.when(on_business).then("own_business").otherwise(_minutes("paused_at", "own_until")).fill_null(0.0)
    before = pl.when(on_business).then("business_before").otherwise(_minutes("began_at", "paused_at"))
    return timed.with_columns(own.alias("own")).select(
        *PROMISE_KEY,
        TICKET_ROW,
        "paused_at",
        _minutes("paused_at", "until").alias("calendar"),
        "business",
        "own",
        (before - (pl.col("own").cum_sum() - pl.col("own")).over(PROMISE_KEY)).round(6).alias("used_before"),
    )


def _state() -> pl.Expr:
    is_fulfilled = pl.col("fulfilled_at").is_not_null()
    is_settled = pl.col("closed_at").is_not_null() & pl.col("target_at").is_null()
    return (
        pl.when("is_cancelled")
        .then(pl.lit("cancelled"))
        .when("is_kept")
        .then(pl.lit("kept"))
        .when(~pl.col("is_kept"))
        .then(pl.lit("broken"))
        .when(is_settled)
        .then(pl.lit("unknown"))
        .when(is_fulfilled)
        .then(pl.lit("fulfilled"))
        .otherwise(pl.lit("running"))
        .alias("state")
    )


def _with_priority_then(
    promises: pl.LazyFrame, tables: Mapping[str, pl.LazyFrame], events: pl.DataFrame
) -> pl.LazyFrame:
    """Fills a missing priority: the last told up to the start; the ticket's, where changes are told and it has none."""
    told = in_texts(events.lazy().filter((pl.col("event_type") == "priority") & pl.col("value").is_not_null()))
    history = told.select(TICKET_ROW, pl.col("at").alias("began_at"), pl.col("value").alias("priority_then"))
    changed = told.select(TICKET_ROW).unique().with_columns(pl.lit(True).alias("is_changed"))
    seen = (
        tables["ticket"]
        .unique(TICKET_KEY, keep="first", maintain_order=True)
        .select(*TICKET_KEY, pl.col("priority").alias("priority_seen"))
    )
    telling = told.select("source").unique().with_columns(pl.lit(True).alias("is_told"))
    unchanged = pl.when(pl.col("is_told") & pl.col("is_changed").is_null()).then("priority_seen")
    return (
        # The events of each ticket are in order of time, which is all that the search needs.
        promises.join_asof(history, on="began_at", by=TICKET_ROW, check_sortedness=False)
        .join(changed, on=TICKET_ROW, how="left", maintain_order="left")
        .join(telling, on="source", how="left", maintain_order="left")
        .join(seen, on=TICKET_KEY, how="left", maintain_order="left")
        .with_columns(pl.coalesce("priority", "priority_then", unchanged).alias("priority"))
        .drop("priority_then", "is_changed", "is_told", "priority_seen", TICKET_ROW)
    )


def _tickets_that_show_pauses(events: pl.DataFrame) -> pl.DataFrame:
    """Tickets with a status timeline, of sources that ever show a ticket pending."""
    told = events.lazy().filter(pl.col("event_type") == "status")
    showing = told.filter(pl.col("value") == _PAUSED).select("source").unique()
    tickets = told.join(showing, on="source", how="semi").select(TICKET_KEY).unique()
    return in_texts(tickets.with_columns(pl.lit(True).alias("shows_pauses"))).collect()


def _minutes(start: str, end: str) -> pl.Expr:
    elapsed = (pl.col(end) - pl.col(start)).dt.total_microseconds() / 60_000_000
    return pl.when(pl.col(end) >= pl.col(start)).then(elapsed)
