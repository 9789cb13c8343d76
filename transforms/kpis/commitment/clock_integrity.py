"""Whether promises are kept for the customer or for the clock. Read beside `promise_kept_rate`; feeds the trust grade.

* `bunching`: fulfilments in the last tenth of the time promised, (0.9, 1.0], per fulfilment in the tenth before,
  (0.8, 0.9]. Work that follows the customer thins out towards the target; far above 1 it follows the clock. The time is
  that on the promise's own clock, pauses taken off. Interval: exact conditional Poisson.
* `late_pauses`: among promises that reached the last fifth of their time, the share with a pause begun in it without a
  public question: no public reply of ours within 15 minutes of the pause.
* `moved_after_bad_rating`: bad ratings after which the ticket left its team or agent within 72 hours / bad ratings.

Promises count in the period in which they fall due, ratings when they are given. A component whose source does not
record what it needs (targets, pauses and replies, ratings) says so.

Worked example: of promises due, 4 used 81 to 90 % of their time and 12 used 91 to 100 %: bunching is 3. Of 20 that
reached 80 % three were then paused without a word: 0.15. Of four bad ratings one was followed by another agent: 0.25.
"""

from __future__ import annotations

import polars as pl

from transforms.contracts.results import CELL_KEY
from transforms.facts import Facts
from transforms.facts.promise_measures import PROMISE_KEY
from transforms.facts.ticket_history import TICKET_KEY, TICKET_ROW
from transforms.facts.ticket_stretches import HUMAN_ROLES
from transforms.kpis.declaration import Kpi
from transforms.kpis.estimators import proportion
from transforms.kpis.source_gaps import records, shows_status, unless_missing
from transforms.stats.rates import rate_ratio

BUNCHING, LATE_PAUSES, MOVED = "bunching", "late_pauses", "moved_after_bad_rating"
_LAST_FIFTH, _LAST_TENTH = 0.8, 0.9
_NEAR_THE_PAUSE = "15m"
_HOURS_AFTER_RATING = 72
_MISSING = {BUNCHING: "promise_target", LATE_PAUSES: "pauses_and_replies", MOVED: "rating"}
# Minutes are rounded to six digits; a promise that used exactly nine tenths belongs to the band below.
_TINY = 1e-9


def _estimate(rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    """Shares with Wilson's interval; bunching as a ratio of two counts."""
    is_ratio = pl.col("component") == BUNCHING
    return pl.concat([proportion(rows.filter(~is_ratio), facts), _bunching(rows.filter(is_ratio))], how="diagonal")


def _bunching(rows: pl.LazyFrame) -> pl.LazyFrame:
    counts = (
        rows.group_by(CELL_KEY)
        .agg(
            pl.col("numerator").sum(),
            pl.col("denominator").sum(),
            (pl.col("numerator") + pl.col("denominator")).sum().cast(pl.Int64).alias("n_events"),
            pl.col("is_covered").mean().alias("coverage"),
        )
        .collect()
    )
    late, before = counts["numerator"].to_numpy(), counts["denominator"].to_numpy()
    numbers = dict(zip(("value", "ci_low", "ci_high"), rate_ratio(late, 1.0, before, 1.0), strict=True))
    finite = [pl.when(pl.col(name).is_finite()).then(name).alias(name) for name in numbers]
    return (
        counts.with_columns(pl.Series(name, values) for name, values in numbers.items())
        .with_columns(finite)
        .with_columns(pl.lit("exact_conditional_poisson").alias("interval_method"))
        .lazy()
    )


KPI = Kpi(
    id="clock_integrity",
    version=1,
    title="Clock integrity",
    sources=("tickets",),
    needs=("ticket", "ticket_event", "promise"),
    formula=(
        "fulfilments in (0.9, 1.0] of the target / in (0.8, 0.9]; silent pauses begun in the last fifth / promises "
        "reaching it; moves within 72 hours of a bad rating / bad ratings"
    ),
    unit="rate",
    direction="down",
    grains=("month", "quarter"),
    components=(BUNCHING, LATE_PAUSES, MOVED),
    unit_of_analysis="promise; bad rating",
    person_based=False,
    people=("agents",),
    maturity_days=3,
    sees_tickets_alone=True,
    bounds=(0.0, 10_000.0),
    anchors=(4.0, 1.0),
    weight=0.0,
    pitfalls=(
        "A companion of promise_kept_rate: it says how far that number can be trusted, and weighs nothing itself.",
        "Tight targets push honest work towards the end too; look at the change, not at the level alone.",
        "A question asked by telephone looks like a silent pause.",
    ),
    field_needs=("tickets.target_at|promise_target_at",),
    estimate=unless_missing(_estimate, _MISSING),
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per promise due (bunching, late pauses) and per bad rating."""
    due = facts.promises.filter(pl.col("is_kept").is_not_null() & ~pl.col("is_cancelled")).with_columns(
        (pl.col("target_minutes") > 0).fill_null(False).alias("has_target"), pl.col("due_on").alias("on")
    )
    return pl.concat([_fulfilments(due), _reaching(due, facts), _bad_ratings(facts)])


def _fulfilments(due: pl.LazyFrame) -> pl.LazyFrame:
    share = (pl.col("used_minutes") / pl.col("target_minutes")).fill_null(-1.0)
    in_time = pl.col("has_target") & pl.col("is_kept")
    last = in_time & (share > _LAST_TENTH + _TINY) & (share <= 1.0 + _TINY)
    before = in_time & (share > _LAST_FIFTH + _TINY) & (share <= _LAST_TENTH + _TINY)
    return _observed(due, BUNCHING, last, before, last | before, pl.col("has_target"))


def _reaching(due: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    """Promises that reached the last fifth of their time; an unkept one did."""
    recorded = (
        pl.col("has_target")
        & pl.col("paused_calendar_minutes").is_not_null()
        & shows_status(facts, "pending")
        & records(facts, "public_reply")
    )
    late = (
        _pauses_with_silence(facts)
        .join(due.select(*PROMISE_KEY, "target_minutes"), on=PROMISE_KEY)
        .filter(
            (pl.col("used_before") >= _LAST_FIFTH * pl.col("target_minutes"))
            & (pl.col("used_before") < pl.col("target_minutes"))
            & pl.col("is_silent")
        )
        .select(*PROMISE_KEY, pl.lit(True).alias("is_late"))
        .unique()
    )
    used_most = (pl.col("used_minutes") > _LAST_FIFTH * pl.col("target_minutes")).fill_null(False)
    reached = recorded & (~pl.col("is_kept") | used_most)
    told = due.join(late, on=PROMISE_KEY, how="left", maintain_order="left")
    return _observed(told, LATE_PAUSES, reached & pl.col("is_late").fill_null(False), reached, reached, recorded)


def _pauses_with_silence(facts: Facts) -> pl.LazyFrame:
    replies = facts.events.filter(
        (pl.col("event_type") == "public_reply") & pl.col("actor_role").is_in(HUMAN_ROLES)
    ).select(TICKET_ROW, pl.col("at").alias("paused_at"), pl.lit(True).alias("is_asked"))
    return (
        facts.promise_pauses.sort("paused_at", *PROMISE_KEY)
        .join_asof(
            replies.sort("paused_at"),
            on="paused_at",
            by=TICKET_ROW,
            strategy="nearest",
            tolerance=_NEAR_THE_PAUSE,
            check_sortedness=False,
        )
        .with_columns(pl.col("is_asked").is_null().alias("is_silent"))
    )


def _bad_ratings(facts: Facts) -> pl.LazyFrame:
    """One row per ticket that still counts; only bad ratings have a denominator."""
    counting = facts.tickets.filter(~pl.col("is_deleted")).select(*TICKET_KEY, "org_unit_id", "created_on")
    bad = (
        facts.events.filter((pl.col("event_type") == "rating") & (pl.col("value") == "bad"))
        .select(*TICKET_KEY, pl.col("at").alias("rated_at"), "org_unit_id", "agent_key")
        .join(counting.select(TICKET_KEY), on=TICKET_KEY, how="semi")
    )
    rating = [*TICKET_KEY, "rated_at"]
    soon = pl.col("left_at").is_between(
        pl.col("rated_at"), pl.col("rated_at") + pl.duration(hours=_HOURS_AFTER_RATING), closed="right"
    )
    moved = (
        bad.select(rating)
        .join(facts.stations.filter("is_timeline").select(*TICKET_KEY, "left_at"), on=TICKET_KEY)
        .group_by(rating)
        .agg(soon.fill_null(False).any().alias("is_moved"))
    )
    rated = bad.join(moved, on=rating, how="left").with_columns(
        facts.context.local_day(pl.col("rated_at")).alias("on"), pl.col("is_moved").fill_null(False)
    )
    yes = pl.lit(True)
    opened = counting.select(
        "org_unit_id",
        pl.col("created_on").alias("on"),
        "source",
        pl.lit(None, dtype=pl.String).alias("agent_key"),
    )
    no = pl.lit(False)
    return pl.concat(
        [
            _observed(rated, MOVED, pl.col("is_moved"), yes, yes, yes),
            _observed(opened, MOVED, no, no, no, records(facts, "rating")),
        ]
    )


def _observed(
    rows: pl.LazyFrame, component: str, numerator: pl.Expr, denominator: pl.Expr, counts: pl.Expr, recorded: pl.Expr
) -> pl.LazyFrame:
    return rows.select(
        "org_unit_id",
        "on",
        pl.lit(component).alias("component"),
        numerator.cast(pl.Float64).alias("numerator"),
        denominator.cast(pl.Float64).alias("denominator"),
        pl.when(counts).then("agent_key").alias("agent_key"),
        recorded.alias("is_covered"),
        recorded.alias("is_recorded"),
    )
