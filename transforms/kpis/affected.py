"""Which parts of which KPIs a night must compute again, and the days of tickets they need.

A part is affected when one of its periods has newly ended or matured, or when a row changed on a day that the KPI
looks at: within one of its ended periods, or as far beside it as its declaration says (`Kpi.reach`). Where it is known
which observations of tickets differ (`transforms/kpis/differing.py`), days of tickets on which none does count no more,
nor do days whose weather is the same.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence, Set
from dataclasses import replace

import polars as pl

from transforms.facts.context import Context
from transforms.facts.excerpt import Span, merged
from transforms.facts.touched import Touched
from transforms.kpis.declaration import Kpi
from transforms.kpis.differing import Differing, Parts
from transforms.kpis.registry import RegisteredKpi
from transforms.kpis.selection import Selection, parts_between
from transforms.periods import longest_grain, period_end, period_start, periods_between

_KINDS = {
    "tickets": ("tickets", "others"),
    "recognition": ("recognition",),
    "employee_survey": ("surveys",),
    "customer_survey": ("surveys",),
    "organisation": ("improvement",),
}


def affected(
    declarations: Sequence[RegisteredKpi],
    touched: Touched,
    then: Context,
    now: Context,
    *,
    first_on: dt.date,
    whole: Iterable[str] = (),
    differing: Differing | None = None,
) -> Selection:
    """What the night of `now` must compute, where that of `then` computed everything before; `whole` over all time.

    No part that ends before `first_on` is named: no row lies there. `differing` is what touched tickets make differ,
    where that is known.
    """
    parts = differing.parts if differing else {}
    if differing:
        touched = replace(touched, days={**touched.days, "weather": differing.weather})
    wholly = frozenset(whole)
    starts = [
        (one.kpi.id, start)
        for one in declarations
        if one.kpi.id not in wholly
        for start in {
            *_due(one.kpi, then, now),
            *_touched(one.kpi, _of_others(one.kpi), touched, now, first_on),
            *_differing(one.kpi.id, _touched(one.kpi, _of_itself(one.kpi), touched, now, first_on), parts),
        }
    ]
    return Selection.of_starts(starts, wholly)


def at_stake(
    declarations: Sequence[RegisteredKpi], touched: Touched, then: Context, now: Context, *, first_on: dt.date
) -> dt.date | None:
    """First day of the earliest part for which it must be known whether observations of tickets differ.

    None where that would spare nothing: every part with a touched day of tickets is to be computed anyway.
    """
    starts = {
        start
        for one in declarations
        if one.kpi.sees_tickets_alone
        for start in _touched(one.kpi, _of_itself(one.kpi) | _of_weather(one.kpi), touched, now, first_on)
        - _touched(one.kpi, _of_others(one.kpi) - _of_weather(one.kpi), touched, now, first_on)
        - _due(one.kpi, then, now)
    }
    return min(starts, default=None)


def ticket_spans(kpi: Kpi, part_starts: Iterable[dt.date], run_on: dt.date) -> list[Span]:
    """The days of tickets that parts of a KPI need: their ended periods, and what the KPI looks at beside them."""
    reaches = [kpi.reach_of(kind) for kind in (*_KINDS["tickets"], *_of_weather(kpi))]
    back, ahead = (max(days) for days in zip(*reaches, strict=True))
    spans = []
    for start in part_starts:
        last = min(run_on, _last_of_part(kpi, start))
        ended = periods_between(start, last, kpi.grains).filter(pl.col("period_end") <= run_on)
        if not ended.is_empty():
            last_on = ended["period_end"].max()
            assert isinstance(last_on, dt.date)
            spans.append((start - dt.timedelta(days=back), last_on + dt.timedelta(days=ahead)))
    return merged(spans)


def _last_of_part(kpi: Kpi, start: dt.date) -> dt.date:
    last = pl.select(period_end(pl.lit(start), longest_grain(kpi.grains))).item()
    assert isinstance(last, dt.date)
    return last


def _due(kpi: Kpi, then: Context, now: Context) -> set[dt.date]:
    """Parts with a period that ended, or became measurable, after the night of `then` and by that of `now`."""
    waits = {0, max(kpi.maturity_days, now.close_after_days if kpi.person_based else 0)}
    found: set[dt.date] = set()
    for wait in waits:
        first, last = (night.run_on - dt.timedelta(days=wait) for night in (then, now))
        for grain in kpi.grains:
            ends = periods_between(first, last, (grain,)).filter(
                (pl.col("period_end") > first) & (pl.col("period_end") <= last)
            )
            found |= set(ends.select(period_start(pl.col("period_start"), longest_grain(kpi.grains))).to_series())
    return found


def _of_itself(kpi: Kpi) -> frozenset[str]:
    """The kinds of days on which a ticket moves what is said of itself."""
    if "tickets" not in kpi.sources:
        return frozenset()
    return frozenset({"tickets"} if "others" in kpi.reach else {"tickets", "others"})


def _of_others(kpi: Kpi) -> frozenset[str]:
    """The kinds of days on which anything else moves its numbers."""
    return frozenset(kind for source in kpi.sources for kind in _KINDS[source]) - _of_itself(kpi) | _of_weather(kpi)


def _of_weather(kpi: Kpi) -> frozenset[str]:
    return frozenset({"weather"} & kpi.reach.keys())


def _differing(kpi_id: str, starts: set[dt.date], parts: Parts) -> Set[dt.date]:
    return starts & parts[kpi_id] if kpi_id in parts else starts


def _touched(kpi: Kpi, kinds: Iterable[str], touched: Touched, now: Context, first_on: dt.date) -> set[dt.date]:
    """Parts that look at a touched day of one of the `kinds`."""
    spans: list[Span] = []
    for kind in sorted(kinds):
        back, ahead = (dt.timedelta(days=days) for days in kpi.reach_of(kind))
        lives = touched.lives if kind == "tickets" and kpi.follows_lives else ()
        for first, last in (*((day, day) for day in touched.days.get(kind, ())), *lives):
            spans.append((max(first_on, first - ahead), min(now.run_on, last + back)))
    return {start for first, last in merged(spans) for start in parts_between(kpi, first, last, now.run_on)}
