"""Are exceptional moments noticed, or do they pass without a word?

An exceptional moment is a ticket whose customer gave the highest rating there is (construct `satisfied`) and wrote a
comment, on the day of the answer, or an urgent promise that was kept though it began on one of the team's rain days,
and whose ticket was not reopened within 14 days, on the day it was kept. A ticket has one moment of each kind at most.
It is followed when anybody who worked on the ticket receives a recognition on that day or within 14 days after it,
whoever gives it. Where a survey does not say whether a comment was written, the highest rating alone counts.

Components: `main`, 1 - followed moments / moments that can be linked; `linkable_share`, moments of which anybody who
worked on the ticket is known / all; `baseline`, the same as `main` for the same people on other days: each moment is
moved by 4 to 13 whole weeks earlier, and later within its quarter, and the mean is taken. So the baseline is final when
the quarter is: thanks of later quarters do not move it. Where people are recognised often anyway, much
is followed by chance: what counts is how far `main` lies below `baseline`.

Worked example: ten moments, eight of them on tickets with a known agent; two of the eight are followed: linkable share
0.8, neglect 6 / 8 = 0.75. On shifted days one in eight would have been followed: baseline 0.875.

Source: the Fred principles; see the principle.
"""

from __future__ import annotations

import datetime as dt

import polars as pl
import polars.selectors as cs

from transforms.contracts.results import DEFAULT
from transforms.facts import Facts
from transforms.facts.load import LOAD_REACH_DAYS
from transforms.facts.ticket_history import TICKET_KEY
from transforms.kpis.declaration import EVERY_DAY, Kpi
from transforms.kpis.estimators import ratio
from transforms.periods import period_end, period_start
from transforms.texts import filled

FOLLOWED_DAYS = 14
# No urgent promise runs longer; the rain of an earlier day would be looked up, but not looked after, when it changes.
LONGEST_PROMISE_DAYS = 30
SHIFTED_WEEKS = tuple(sign * weeks for weeks in range(4, 14) for sign in (-1, 1))
LINKABLE, BASELINE = "linkable_share", "baseline"
_MOMENT = ("moment_id",)
_GRAIN = "quarter"


def _estimate(rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    """Shares clustered by agent, their intervals kept within 0 and 1."""
    found = ratio()(rows, facts)
    return found.with_columns(pl.col("ci_low", "ci_high").clip(0.0, 1.0)).with_columns(
        pl.when(pl.col("component") != BASELINE).then("ci_low").alias("ci_low"),
        pl.when(pl.col("component") != BASELINE).then("ci_high").alias("ci_high"),
        pl.when(pl.col("component") == BASELINE)
        .then(pl.lit("date_shift_permutation"))
        .otherwise("interval_method")
        .alias("interval_method"),
    )


KPI = Kpi(
    id="recognition_neglect",
    version=3,
    title="Exceptional moments nobody recognised",
    sources=("tickets", "recognition", "customer_survey"),
    needs=("ticket", "recognition"),
    formula="1 - exceptional moments followed within 14 days by a recognition to anyone on the ticket / those linkable",
    unit="share",
    direction="down",
    grains=(_GRAIN,),
    components=(DEFAULT, LINKABLE, BASELINE),
    unit_of_analysis="exceptional moment, clustered by the ticket's agent",
    person_based=True,
    people=("agents",),
    maturity_days=FOLLOWED_DAYS,
    bounds=(0.0, 1.0),
    anchors=(1.0, 0.3),
    roll_up_components=(DEFAULT,),
    # The rain of the day on which a promise began; thanks of earlier weeks, as far as thanks are known at all.
    reach={
        "weather": (LONGEST_PROMISE_DAYS + LOAD_REACH_DAYS[0], LOAD_REACH_DAYS[1]),
        "recognition": (EVERY_DAY, FOLLOWED_DAYS),
    },
    sees_tickets_alone=True,
    pitfalls=(
        "A recognition after a moment need not be about it: read it beside the baseline.",
        "Thanks given in person leave no trace.",
        "Without a customer survey only kept promises are moments, and without promises only ratings.",
        "The baseline knows the person, not the roster: who joined in the 13 weeks before a moment raises it.",
    ),
    estimate=_estimate,
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per moment and component, with the ticket's agent."""
    moments = _moments(facts).collect().lazy()
    people = _people(moments, facts).collect()
    linked = people.lazy()
    everybody = facts.recognitions.filter(~pl.col("is_self")).select(
        pl.col("receiver_key").alias("worker_key"), pl.col("on").alias("thanked_on")
    )
    thanks = _near(people, everybody).collect().lazy()
    known_for = everybody.select(pl.col("thanked_on").min().alias("first"), pl.col("thanked_on").max().alias("last"))
    followed = _followed(linked.with_columns(pl.lit(0).alias("weeks")), thanks).select(*_MOMENT, "is_followed")
    by_chance = _shifted(linked, thanks, known_for)
    known = moments.join(linked.select(_MOMENT).unique(), on=_MOMENT, how="semi")
    everything = moments.join(
        linked.select(*_MOMENT, pl.lit(1.0).alias("numerator")).unique(), on=_MOMENT, how="left"
    ).with_columns(pl.col("numerator").fill_null(0.0))
    parts = {
        DEFAULT: known.join(followed, on=_MOMENT).with_columns(numerator=1.0 - pl.col("is_followed").cast(pl.Float64)),
        LINKABLE: everything,
        BASELINE: known.join(by_chance, on=_MOMENT).with_columns(numerator=1.0 - pl.col("by_chance")),
    }
    return pl.concat(
        part.select(
            "org_unit_id",
            "on",
            "agent_key",
            pl.col("agent_key").alias("cluster_key"),
            pl.lit(component).alias("component"),
            "numerator",
            pl.lit(1.0).alias("denominator"),
        )
        for component, part in parts.items()
    )


def _moments(facts: Facts) -> pl.LazyFrame:
    """Exceptional moments: moment_id, ticket key, org_unit_id, on, agent_key."""
    tickets = facts.tickets.filter(~pl.col("is_deleted"))
    # A ticket number that two sources use leads to neither.
    numbered = tickets.filter(pl.len().over("ticket_id") == 1)
    rated = (
        facts.answers.filter(
            (pl.col("construct") == "satisfied")
            & (pl.col("audience") == "customer")
            & (pl.col("value") == pl.col("highest"))
            & pl.col("ticket_id").is_not_null()
            & pl.col("has_comment").fill_null(True)
        )
        .group_by("ticket_id")
        .agg(pl.col("on").min())
        .join(numbered.select(*TICKET_KEY, "org_unit_id", "agent_key"), on="ticket_id")
        .with_columns(filled("rated {} {}", *TICKET_KEY).alias("moment_id"))
    )
    rain = facts.load.filter("is_rain").select(
        pl.col("org_unit_id").alias("began_org_unit_id"), pl.col("day").alias("began_on")
    )
    steady = tickets.filter(~pl.col("is_reopened_14d").fill_null(False)).select(TICKET_KEY)
    kept = (
        facts.promises.filter("is_kept", ~pl.col("is_cancelled"), pl.col("priority") == "urgent")
        .join(rain, on=["began_org_unit_id", "began_on"], how="semi")
        .join(steady, on=TICKET_KEY, how="semi")
        .with_columns(
            facts.context.local_day(pl.coalesce("fulfilled_at", "closed_at", "due_at")).alias("on"),
            filled("kept {} {}", *TICKET_KEY).alias("moment_id"),
        )
        .sort("on", "promise_id")
        .unique("moment_id", keep="first", maintain_order=True)
    )
    columns = ["moment_id", *TICKET_KEY, "org_unit_id", "on", "agent_key"]
    return pl.concat([rated.select(columns), kept.select(columns)])


def _people(moments: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    """Who worked on each moment's ticket: its holders and the agents who acted on it (moment_id, on, worker_key)."""
    acting = pl.when(pl.col("actor_role") == "agent").then("actor_key")
    # Few of all events are of these tickets, and codes find them at a fraction of what texts cost.
    coded = moments.select(pl.col(TICKET_KEY).cast(pl.Categorical)).unique()
    events = (
        facts.coded_events.lazy()
        .select(*TICKET_KEY, "agent_key", acting.alias("acting_key"))
        .join(coded, on=TICKET_KEY, how="semi")
        .with_columns(cs.categorical().cast(pl.String))
    )
    held = facts.tickets.select(*TICKET_KEY, "agent_key").join(moments, on=TICKET_KEY, how="semi")
    workers = pl.concat(
        [
            held.rename({"agent_key": "worker_key"}),
            events.select(*TICKET_KEY, pl.col("agent_key").alias("worker_key")),
            events.select(*TICKET_KEY, pl.col("acting_key").alias("worker_key")),
        ]
    )
    known = workers.filter(pl.col("worker_key").is_not_null()).unique()
    return moments.select(*_MOMENT, *TICKET_KEY, "on").join(known, on=TICKET_KEY).select(*_MOMENT, "on", "worker_key")


def _near(people: pl.DataFrame, thanks: pl.LazyFrame) -> pl.LazyFrame:
    """Days on which `people` were thanked that any shift of their moments can meet: of years of thanks a small part."""
    days = people["on"]
    first = pl.lit(days.min(), dtype=pl.Date) + pl.duration(weeks=min(SHIFTED_WEEKS))
    last = pl.lit(days.max(), dtype=pl.Date) + pl.duration(weeks=max(SHIFTED_WEEKS), days=FOLLOWED_DAYS)
    near = thanks.filter(pl.col("thanked_on").is_between(first, last))
    return near.join(people.lazy().select("worker_key"), on="worker_key", how="semi").unique()


def _followed(asked: pl.LazyFrame, thanks: pl.LazyFrame) -> pl.LazyFrame:
    """Per moment and shift in `weeks`: whether any worker was thanked from that day to 14 days after it."""
    shifted = asked.with_columns((pl.col("on") + pl.duration(weeks=pl.col("weeks"))).alias("from_on"))
    return (
        shifted.sort("from_on")
        .join_asof(
            thanks.sort("thanked_on"),
            left_on="from_on",
            right_on="thanked_on",
            by="worker_key",
            strategy="forward",
            tolerance=dt.timedelta(days=FOLLOWED_DAYS),
            check_sortedness=False,
        )
        .group_by(*_MOMENT, "weeks")
        .agg(pl.col("thanked_on").is_not_null().any().alias("is_followed"))
    )


def _shifted(linked: pl.LazyFrame, thanks: pl.LazyFrame, known_for: pl.LazyFrame) -> pl.LazyFrame:
    """Share of the shifts that are followed, of those within the time recognitions are known for and the period."""
    shifts = pl.LazyFrame({"weeks": list(SHIFTED_WEEKS)}, schema={"weeks": pl.Int32})
    from_on = pl.col("on") + pl.duration(weeks=pl.col("weeks"))
    ends_on = period_end(period_start(pl.col("on"), _GRAIN), _GRAIN)
    covered = (
        linked.join(shifts, how="cross")
        .join(known_for, how="cross")
        .filter((from_on >= pl.col("first")) & (from_on + pl.duration(days=FOLLOWED_DAYS) <= pl.col("last")))
        .filter(from_on <= ends_on)
    )
    return _followed(covered, thanks).group_by(_MOMENT).agg(pl.col("is_followed").mean().alias("by_chance"))
