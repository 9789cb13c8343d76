"""Customers who gave a bad answer, and the colleague who wrote to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flows.demo import plan
from flows.demo.business_time import DAY, Seconds
from flows.demo.world import World

_LATEST = 40 * 3_600  # business seconds; 48 hours are asked for


@dataclass(frozen=True)
class FollowUps:
    """One entry per ticket: when somebody wrote (-1: never), and who."""

    moment: Seconds
    person: Seconds


def follow_up(seed: int, world: World, complained: Seconds) -> FollowUps:
    """In departments that follow up, a reply to every customer who complained (local seconds, -1: did not)."""
    rng = np.random.default_rng(plan.stream(seed, "follow-ups"))
    company, time, team = world.company, world.time, world.tickets.last_team
    asks = np.array([department.follows_up for department in company.design.departments])[company.design.department_of]
    rows = np.flatnonzero((complained >= 0) & asks[team])
    moment = time.moment(time.position(complained[rows]) + rng.integers(600, _LATEST, len(rows)))
    # Some will be written after the export was made; somebody of the last day stands for their author.
    day = np.minimum(moment // DAY - company.first_day, company.n_days - 1)
    moments, people = np.full(len(complained), -1), np.full(len(complained), -1)
    moments[rows], people[rows] = moment, company.member(rng, team[rows], day, day)
    return FollowUps(moments, people)
