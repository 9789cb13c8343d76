"""Recognitions between colleagues: everyday thanks, managers' recognitions, and an initiative that fades.

Managers recognise only through their own process, so that the share of reports they reach is the planned one.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from flows.demo import plan
from flows.demo.arrivals import Numbers
from flows.demo.business_time import BusinessTime, Flags, Seconds, epoch_day
from flows.demo.company import FIRST_ON
from flows.demo.design import MANAGEMENT, SMALL
from flows.demo.organisation import Organisation
from flows.demo.quota import counted_out
from transforms.periods import periods_between

_GROUP_SHARE = 0.06
_WEEKDAY = np.array([1.0, 1.1, 1.0, 1.0, 1.15, 0.05, 0.05])
_HOLIDAY = 0.05
# How much likelier a thank-you that leaves the team goes to a colleague of the department, or to one of the silo.
_OWN_DEPARTMENT, _INTO_SILO, _SILO_OWN_DEPARTMENT = 2.0, 0.15, 60.0


@dataclass(frozen=True)
class Thanks:
    """One entry per recognition and receiver; entries of one message stand together."""

    message: Seconds
    giver: Seconds
    receiver: Seconds
    day: Seconds  # of the demo


@dataclass(frozen=True)
class Recognitions:
    """The three kinds of recognition. The first `n_initiative` messages between colleagues are the initiative's."""

    between_colleagues: Thanks
    by_managers: Thanks
    to_oneself: Thanks
    n_initiative: int


def draw_recognitions(rng: np.random.Generator, company: Organisation, time: BusinessTime, n_rows: int) -> Recognitions:
    """Draw `n_rows` recognitions in all."""
    by_managers = _by_managers(rng, company, time)
    adopted_on = _initiative_days(rng, company, time)
    n_self = min(plan.SELF_RECOGNITIONS, n_rows)
    sizes = _sizes(rng, max(n_rows - len(by_managers.giver) - len(adopted_on) - n_self, 0))
    weights = _days(rng, company, time)
    weights /= weights.sum()
    on = np.concatenate([adopted_on, rng.choice(company.n_days, len(sizes), p=weights)])
    sizes = np.concatenate([np.ones_like(adopted_on), sizes])
    between = _between_colleagues(rng, company, on, sizes, by_managers)
    return Recognitions(
        _with_swaps(rng, company, between, (sizes == 1) & (np.arange(len(sizes)) >= len(adopted_on))),
        by_managers,
        _to_oneself(rng, company, n_self, weights),
        len(adopted_on),
    )


def _days(rng: np.random.Generator, company: Organisation, time: BusinessTime) -> Numbers:
    """How much is thanked on each day."""
    day = company.first_day + np.arange(company.n_days)
    is_business = time.is_business_day(day)
    weight = _WEEKDAY[(day + 3) % 7]
    return np.where(is_business, weight, np.minimum(weight, _HOLIDAY)) * rng.gamma(30, 1 / 30, company.n_days)


def _initiative_days(rng: np.random.Generator, company: Organisation, time: BusinessTime) -> Seconds:
    """Day of each act of the initiative: Poisson with a rate per active person that falls by half in a half-life."""
    it = company.design.effects.initiative
    day = company.first_day + np.arange(company.n_days)
    weeks = (day - epoch_day(it.launched_on)) / 7
    rate = it.base + np.where(weeks >= 0, it.lift * 2.0 ** (-np.maximum(weeks, 0) / it.half_life_weeks), 0.0)
    # Within a week acts fall on business days; over a week the rate is that of the formula.
    week = (day + 3) // 7
    shape = time.is_business_day(day) + 0.02
    _, which = np.unique(week, return_inverse=True)
    share = shape / np.bincount(which, shape)[which]
    mean_rate = (np.bincount(which, rate) / np.bincount(which))[which]
    days_in_week = np.bincount(which)[which] / 7
    people = (company.team_on >= 0).sum(axis=0)
    return np.repeat(np.arange(company.n_days), rng.poisson(people * mean_rate * share * days_in_week))


def _by_managers(rng: np.random.Generator, company: Organisation, time: BusinessTime) -> Thanks:
    """In every window of 13 weeks, each report is recognised once by the manager, with the planned chance."""
    last_on = FIRST_ON + dt.timedelta(days=company.n_days - 1)
    person, team, start, end = (company.stays[name].to_numpy() for name in ("person", "team", "start", "end"))
    manager = company.manager[person, team]
    department = company.design.department_of[team]
    recognises = np.array([spec.managers_recognise for spec in company.design.departments])[department]
    business = np.flatnonzero(time.is_business_day(company.first_day + np.arange(company.n_days)))
    giver, receiver, day = [], [], []
    for window_start, window_end in (
        periods_between(FIRST_ON, last_on, ("window_13w",)).select("period_start", "period_end").iter_rows()
    ):
        first, last = (epoch_day(edge) - company.first_day for edge in (window_start, window_end))
        low = np.searchsorted(business, np.maximum(start, first))
        high = np.searchsorted(business, np.minimum(end, last), side="right")
        can = (low < high) & (manager >= 0) & recognises
        whole = can & (start <= first) & (end >= last)  # reports of the whole window: the share is met exactly
        group = np.where(can, 2 * department + whole, -1)
        chosen = can & counted_out(rng, group, np.full(len(person), plan.MANAGER_RECOGNISES))
        giver.append(manager[chosen])
        receiver.append(person[chosen])
        day.append(business[rng.integers(low[chosen], high[chosen])])
    people = np.concatenate(receiver)
    return Thanks(np.arange(len(people)), np.concatenate(giver), people, np.concatenate(day))


def _between_colleagues(
    rng: np.random.Generator, company: Organisation, on: Seconds, sizes: Seconds, by_managers: Thanks
) -> Thanks:
    """Messages on given days to given numbers of receivers, leaving each team in the planned share."""
    giver = _givers(rng, company, on)
    team = company.team_on[giver, on]
    receiving = _receiving_teams(rng, company, team, sizes, by_managers)
    is_own = receiving == team
    message = np.repeat(np.arange(len(on)), sizes)
    nth = np.arange(len(message)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    here, members = receiving[message], company.size[receiving, on][message]
    givers_place = np.argmax(company.roster[team, on] == giver[:, None], axis=1)
    # Counting on from the giver's own place, or from a random one, never meets anyone twice, nor the giver.
    after_giver = givers_place + 1 + _below(rng, company.size[team, on] - sizes)
    start = np.where(is_own, after_giver, _below(rng, company.size[receiving, on]))
    place = (start[message] + nth) % members
    return Thanks(message, giver[message], company.roster[here, on[message], place], on[message])


def _with_swaps(rng: np.random.Generator, company: Organisation, thanks: Thanks, is_free: Flags) -> Thanks:
    """`thanks` with `SWAPPED_SHARE` of the messages in pairs: two people thank one another on one day.

    Of each pair one message stays, the other is turned into its mirror. `is_free` are the messages that may be taken.
    """
    wanted = round(plan.SWAPPED_SHARE / 2 * len(is_free))
    free = rng.permutation(np.flatnonzero(is_free[thanks.message]))
    # A lead thanks through the managers' own process only, so nobody swaps with one.
    first = free[~company.is_lead()[thanks.receiver[free]]][:wanted]
    second = free[~np.isin(free, first)][: len(first)]
    giver, receiver, day = thanks.giver.copy(), thanks.receiver.copy(), thanks.day.copy()
    giver[second], receiver[second], day[second] = thanks.receiver[first], thanks.giver[first], thanks.day[first]
    return Thanks(thanks.message, giver, receiver, day)


def _givers(rng: np.random.Generator, company: Organisation, on: Seconds) -> Seconds:
    """Who gives on each day: some people thank far more often than others; managers have their own process."""
    eagerness = rng.lognormal(0.0, 0.7, len(company.person_ids))
    eagerness[company.is_lead()] = 0
    giver = np.full(len(on), -1)
    wanted = np.arange(len(on))
    while len(wanted):
        drawn = rng.choice(len(eagerness), len(wanted), p=eagerness / eagerness.sum())
        is_there = company.team_on[drawn, on[wanted]] >= 0
        giver[wanted[is_there]] = drawn[is_there]
        wanted = wanted[~is_there]
    return giver


def _receiving_teams(
    rng: np.random.Generator, company: Organisation, team: Seconds, sizes: Seconds, by_managers: Thanks
) -> Seconds:
    """Team each message goes to. What managers give inside their team counts towards the team's share."""
    departments, department = company.design.departments, company.design.department_of
    n = len(department)
    planned = np.array([spec.internal_share for spec in departments])[department]
    giving = company.team_on[by_managers.giver, by_managers.day]
    own = np.bincount(giving[giving == company.team_on[by_managers.receiver, by_managers.day]], minlength=n)
    everyday, managers = np.bincount(team, sizes, minlength=n), np.bincount(giving, minlength=n)
    inside = np.clip((planned * (everyday + managers) - own) / np.maximum(everyday, 1), 0.02, 0.98)
    is_silo = np.array([spec.is_silo for spec in departments])[department]
    pull = np.tile(company.size[:, 0].astype(float), (n, 1))
    near = department[:, None] == department
    pull *= np.where(near, np.where(is_silo[:, None], _SILO_OWN_DEPARTMENT, _OWN_DEPARTMENT), 1.0)
    pull *= np.where(is_silo & ~near, _INTO_SILO, 1.0)
    np.fill_diagonal(pull, 0.0)
    pull = pull / pull.sum(axis=1, keepdims=True) * (1 - inside)[:, None]
    pull[np.arange(n), np.arange(n)] = inside
    passed: Seconds = (rng.random(len(team))[:, None] > np.cumsum(pull, axis=1)[team]).sum(axis=1)
    return np.minimum(passed, n - 1)


def _to_oneself(rng: np.random.Generator, company: Organisation, n: int, weights: Numbers) -> Thanks:
    """Recognitions to oneself, which a system allows and no KPI counts; none from the team of four."""
    day = rng.choice(company.n_days, n, p=weights)
    teams = np.array([i for i, team_id in enumerate(company.design.team_ids) if team_id not in (SMALL, MANAGEMENT)])
    person = company.member(rng, teams[rng.integers(0, len(teams), n)], day, day)
    return Thanks(np.arange(n), person, person, day)


def _sizes(rng: np.random.Generator, n_rows: int) -> Seconds:
    """Numbers of receivers per message that add up to `n_rows`."""
    sizes = np.where(rng.random(n_rows) < _GROUP_SHARE, rng.integers(2, 4, n_rows), 1)
    total = np.cumsum(sizes)
    n = int(np.searchsorted(total, n_rows)) + 1 if n_rows else 0
    sizes = sizes[:n]
    if n:
        sizes[-1] -= total[n - 1] - n_rows
    return sizes


def _below(rng: np.random.Generator, bound: Seconds) -> Seconds:
    """Whole numbers from 0 up to, not including, each bound (at least 1)."""
    return (rng.random(len(bound)) * np.maximum(bound, 1)).astype(np.int64)
