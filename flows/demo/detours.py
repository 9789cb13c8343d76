"""What happens to some tickets on their way: passed on untouched, looked up, approved."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from flows.demo import plan
from flows.demo.arrivals import Arrivals
from flows.demo.business_time import DAY, BusinessTime, Seconds, epoch_day
from flows.demo.design import IMPROVED_ON
from flows.demo.organisation import Organisation
from flows.demo.tickets import Tickets


@dataclass(frozen=True)
class Detours:
    """One entry per ticket; moments are local seconds, `-1` stands for never.

    `received`: a first agent, `first_agent`, had the ticket from then until the real one got it, and did nothing.
    `looked_up`: an article of the knowledge base was linked. `approved`: somebody had to be asked.
    """

    received: Seconds
    first_agent: Seconds
    looked_up: Seconds
    approved: Seconds


def draw_detours(
    seed: int,
    arrivals: Arrivals,
    tickets: Tickets,
    company: Organisation,
    time: BusinessTime,
    *,
    needs_approval: pl.Series,
) -> Detours:
    """Draw the detours of every ticket; `needs_approval` says whose category is not for agents to decide in."""
    rng = np.random.default_rng(plan.stream(seed, "detours"))
    n = len(arrivals.team)
    opened = time.position(arrivals.created)
    waited = time.position(tickets.assigned) - opened
    received = time.moment(opened + (waited * rng.uniform(0.1, 0.5, n)).astype(np.int64))
    team, day, until = arrivals.team, *(_day(company, moment) for moment in (received, tickets.assigned))
    first_agent = company.member(rng, team, day, until)
    usual = np.array([spec.passed_on for spec in company.design.teams])
    since = [spec.passed_on if spec.passed_on_since is None else spec.passed_on_since for spec in company.design.teams]
    chance = np.where(received < epoch_day(IMPROVED_ON) * DAY, usual[team], np.array(since)[team])
    passes = (rng.random(n) < chance) & (first_agent != tickets.agent) & (received < tickets.assigned)
    looks_up = (tickets.solved >= 0) & (rng.random(n) < plan.LOOKED_UP_SHARE)
    asks = needs_approval.to_numpy() & (tickets.solved >= 0) & (rng.random(n) < plan.APPROVED_SHARE)
    return Detours(
        np.where(passes, received, -1),
        first_agent,
        np.where(looks_up, tickets.solved, -1),
        np.where(asks, tickets.replied, -1),
    )


def _day(company: Organisation, moment: Seconds) -> Seconds:
    return np.minimum(moment // DAY - company.first_day, company.n_days - 1)
