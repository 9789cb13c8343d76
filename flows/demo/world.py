"""Everything drawn about tickets in one place; the ticket system's export files are written from it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import polars as pl

from flows.demo import plan
from flows.demo.arrivals import Arrivals, draw_arrivals
from flows.demo.business_time import DAY, BusinessTime, Flags, Seconds, epoch_day
from flows.demo.design import Design
from flows.demo.detours import Detours, draw_detours
from flows.demo.kept import Kept, keep_promises
from flows.demo.organisation import Organisation
from flows.demo.tickets import Tickets, live_through, requesters
from transforms.texts import filled

CHANNELS = ("phone", "email", "web", "chat")
_PHONE = 0


@dataclass(frozen=True)
class World:
    """One entry per ticket in every array. `cutoff` is the local second at which the exports were made."""

    company: Organisation
    time: BusinessTime
    arrivals: Arrivals
    kept: Kept
    tickets: Tickets
    detours: Detours
    ticket_ids: pl.Series
    channel: pl.Series
    category: pl.Series
    requester: pl.Series
    cutoff: int

    def happened(self, moment: Seconds) -> Flags:
        """Whether each moment came, and before the exports were made."""
        return (moment >= 0) & (moment < self.cutoff)


def draw_world(seed: int, scale: float, company: Organisation, time: BusinessTime, end_on: dt.date) -> World:
    """Draw all tickets of the demo, from FIRST_ON to `end_on`; `scale` 1 is what the design says."""
    cutoff = (epoch_day(end_on) + 1) * DAY
    n_tickets, n_customers = round(company.design.tickets * scale), max(round(company.design.requesters * scale), 50)
    arrivals = draw_arrivals(seed, n_tickets, company, time)
    kept = keep_promises(seed, company.design, arrivals, time, cutoff)
    channel, category = _channels(seed, company.design, arrivals.team)
    tickets = live_through(seed, arrivals, kept, company, time, may_be_bot=channel != _PHONE)
    detours = draw_detours(seed, arrivals, tickets, company, time, needs_approval=category.is_in(plan.NOT_ELIGIBLE))
    customer, colleague = requesters(seed, arrivals, company, n_customers)
    customers = pl.Series(customer).cast(pl.String).str.zfill(6)
    asked_by = pl.DataFrame(
        {
            "customer": customers,
            "colleague": company.person_ids.gather(np.maximum(colleague, 0)),
            "is_own": colleague >= 0,
        }
    ).select(pl.when("is_own").then("colleague").otherwise(filled("customer-{}@demo.example", "customer")).alias("by"))[
        "by"
    ]
    numbers = pl.Series("number", np.arange(1, n_tickets + 1)).cast(pl.String).str.zfill(7)
    ids = numbers.to_frame().select(filled("T-{}", "number").alias("ticket"))["ticket"]
    return World(
        company,
        time,
        arrivals,
        kept,
        tickets,
        detours,
        ids,
        pl.Series(CHANNELS).gather(channel),
        category,
        asked_by,
        cutoff,
    )


def _channels(seed: int, design: Design, team: Seconds) -> tuple[Seconds, pl.Series]:
    """Channel (position in CHANNELS) and category of each ticket."""
    rng = np.random.default_rng(plan.stream(seed, "channels"))
    shares = np.array([spec.channels for spec in design.teams])
    channel = (rng.random(len(team))[:, None] > np.cumsum(shares, axis=1)[team][:, :3]).sum(axis=1)
    of_departments = [department.categories for department in design.departments]
    count, department = np.array([len(names) for names in of_departments]), design.department_of[team]
    first = np.cumsum(count) - count
    drawn = (rng.random(len(team)) * count[department]).astype(np.int64)
    return channel, pl.Series([name for names in of_departments for name in names]).gather(first[department] + drawn)
