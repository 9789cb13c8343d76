"""What people did to get better: more after a month in which their team missed its goal. Times in UTC."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from flows.demo import plan, realised_tickets
from flows.demo.business_time import DAY, epoch_day, utc
from flows.demo.world import World
from transforms.texts import filled

KINDS = ("knowledge article", "problem record", "change")
_KIND_SHARES = (0.5, 0.3, 0.2)


def improvement_rows(seed: int, world: World) -> pl.DataFrame:
    """Shape: id, done, kind, person, unit; in order of time.

    In a month a team does so many improvements per 100 people as planned, and `after_a_miss` more if it kept fewer
    promises in the month before than its goal says.
    """
    rng = np.random.default_rng(plan.stream(seed, "improvements"))
    company = world.company
    business = world.arrivals.business_days
    team, day = [], []
    for spec in (spec for spec in company.design.teams if spec.has_targets):
        index, is_missed = company.design.index(spec.id), False
        for month, share in realised_tickets.kept_by_month(world, spec.id).items():
            first = dt.date.fromisoformat(month)
            days = business[(business >= epoch_day(first)) & (business < epoch_day(_next_month(first)))]
            people = company.size[index, days - company.first_day].mean()
            rate = plan.IMPROVEMENTS_PER_100_AND_MONTH + company.design.effects.after_a_miss * is_missed
            n = rng.poisson(people * rate / 100)
            team += [index] * n
            day += rng.choice(days, n).tolist()
            is_missed = share["value"] < spec.kept_rate
    teams, days = np.array(team), np.array(day)
    person = company.member(rng, teams, days - company.first_day, days - company.first_day)
    return (
        pl.DataFrame(
            {
                "done": utc(days * DAY + rng.integers(9 * 3_600, 17 * 3_600, len(days))),
                "kind": pl.Series(KINDS).gather(rng.choice(len(KINDS), len(days), p=_KIND_SHARES)),
                "person": company.person_ids.gather(person),
                "unit": pl.Series(company.design.team_ids).gather(teams),
            }
        )
        .sort("done", "person")
        .select(filled("I-{}", pl.int_range(1, pl.len() + 1)).alias("id"), pl.all())
    )


def _next_month(first: dt.date) -> dt.date:
    return (first + dt.timedelta(days=31)).replace(day=1)
