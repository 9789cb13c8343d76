"""The tickets: what they are about, how fast they are answered, and every moment of their lives.

Times run on business seconds from `opened` (the next opening, for a ticket of the night). A ticket takes one touch, or
goes on after the first reply: perhaps a pause for the customer, a note, another agent or team, until it is solved.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from flows.demo import plan
from flows.demo.arrivals import Arrivals
from flows.demo.business_time import DAY, BusinessTime, Flags, Seconds
from flows.demo.design import Design
from flows.demo.kept import Kept
from flows.demo.organisation import Organisation

_CLOSED_AFTER = 5 * DAY
_MINUTE = 60


@dataclass(frozen=True)
class Tickets:
    """One entry per ticket. Moments are local seconds and may lie after the export; `-1` stands for never."""

    team: Seconds  # first team
    last_team: Seconds
    agent: Seconds
    last_agent: Seconds
    assigned: Seconds
    replied: Seconds
    paused: Seconds
    resumed: Seconds
    noted: Seconds
    handed_over: Seconds
    escalated: Seconds
    raised: Seconds  # priority raised
    solved: Seconds  # first time
    reopened: Seconds
    solved_again: Seconds
    closed: Seconds
    cancelled: Seconds
    bot_replied: Seconds


def live_through(
    seed: int, arrivals: Arrivals, kept: Kept, company: Organisation, time: BusinessTime, *, may_be_bot: Flags
) -> Tickets:
    """Every moment of every ticket, consistent with the promises that are kept and broken."""
    rng = np.random.default_rng(plan.stream(seed, "tickets"))
    n = len(arrivals.team)
    opened = time.position(arrivals.created)

    def at(business_seconds: Seconds, happens: Flags) -> Seconds:
        return np.where(happens, time.moment(opened + business_seconds), -1)

    goes_on = ~kept.is_one_touch
    reply, solve, pause = kept.reply, kept.solve, kept.pause
    span = np.maximum(solve - reply, 0)
    pause_from = reply + (span * rng.uniform(0.02, 0.25, n)).astype(np.int64)
    note = reply + pause + (span * rng.uniform(0.3, 0.5, n)).astype(np.int64)
    handover = reply + pause + (span * rng.uniform(0.5, 0.65, n)).astype(np.int64)
    escalation = reply + pause + (span * rng.uniform(0.7, 0.9, n)).astype(np.int64)
    is_paused = goes_on & (pause > 0)
    transfers = goes_on & np.array([team.hands_over for team in company.design.teams])[arrivals.team]
    transfers &= rng.random(n) < plan.TRANSFER_SHARE
    last_team = np.where(transfers, _other_team(rng, company.design, arrivals.team), arrivals.team)
    hands_over = transfers | (goes_on & (rng.random(n) < plan.HANDOVER_SHARE))
    solved = at(solve + pause, ~kept.is_cancelled)
    reopens = ~kept.is_cancelled & (rng.random(n) < plan.REOPENED_SHARE)
    reopened = np.where(reopens, solved + rng.integers(_MINUTE * 20, int(4.5 * DAY), n), -1)
    again = time.moment(time.position(np.maximum(reopened, 0)) + _work(rng, n))
    solved_again = np.where(reopens, again, -1)
    cancelled = at(reply + rng.integers(600, 20_000, n), kept.is_cancelled)
    last = np.maximum(solved, np.maximum(solved_again, cancelled))
    handed_over = at(handover, hands_over & ~kept.is_cancelled)
    handed_over = np.where(handed_over < solved, handed_over, -1)
    last_team = np.where(handed_over < 0, arrivals.team, last_team)
    assigned = at((reply * rng.uniform(0.1, 0.9, n)).astype(np.int64), np.ones(n, dtype=bool))
    closed = np.where(kept.is_cancelled, -1, last + _CLOSED_AFTER)
    held_until = np.maximum(last, closed)
    agent, last_agent = _agents(
        rng, company, (arrivals.team, last_team), assigned=assigned, handed_over=handed_over, last=held_until
    )
    # A handover within the team may have drawn the same agent again: then there was none.
    handed_over = np.where(last_agent == agent, -1, handed_over)
    is_bot = may_be_bot & (rng.random(n) < 0.7)
    later = ~kept.is_cancelled & goes_on
    return Tickets(
        team=arrivals.team,
        last_team=last_team,
        agent=agent,
        last_agent=last_agent,
        assigned=assigned,
        replied=at(reply, np.ones(n, dtype=bool)),
        paused=at(pause_from, is_paused & ~kept.is_cancelled),
        resumed=at(pause_from + pause, is_paused & ~kept.is_cancelled),
        noted=at(note, later & (rng.random(n) < 0.35)),
        handed_over=handed_over,
        escalated=at(escalation, later & (rng.random(n) < plan.ESCALATED_SHARE)),
        raised=at((reply * 0.95).astype(np.int64), kept.is_raised),
        solved=solved,
        reopened=reopened,
        solved_again=solved_again,
        closed=closed,
        cancelled=cancelled,
        bot_replied=np.where(is_bot, arrivals.created + rng.integers(20, 90, n), -1),
    )


def requesters(seed: int, arrivals: Arrivals, company: Organisation, n_customers: int) -> tuple[Seconds, Seconds]:
    """Who asks: (customer, -1) for front office teams, (-1, person) for back office teams, which serve colleagues."""
    rng = np.random.default_rng(plan.stream(seed, "requesters"))
    n = len(arrivals.team)
    # A few customers ask often; which ones come changes slowly over the months.
    drift = (np.arange(n) / max(n, 1) * 0.3 * n_customers).astype(np.int64)
    customer = (rng.random(n) ** 1.7 * 0.7 * n_customers).astype(np.int64) + drift
    is_front, n_teams = company.design.is_front[arrivals.team], len(company.design.teams)
    day = arrivals.created // DAY - company.first_day
    asking_team = rng.integers(0, n_teams - 2, n)  # not the team of four, not the management
    asking_team = np.where(asking_team == arrivals.team, (asking_team + 1) % (n_teams - 2), asking_team)
    colleague = company.member(rng, asking_team, day, day)
    return np.where(is_front, customer, -1), np.where(is_front, -1, colleague)


def _work(rng: np.random.Generator, n: int) -> Seconds:
    """Business seconds from a reopening to the next solution."""
    return (_MINUTE * (30 + rng.exponential(240, n))).astype(np.int64)


def _other_team(rng: np.random.Generator, design: Design, team: Seconds) -> Seconds:
    """Another team of the same department that takes part in handing over; the team itself where there is none."""
    takes, department = np.array([spec.hands_over for spec in design.teams]), design.department_of
    teams = np.arange(len(design.teams))
    options = [np.flatnonzero(takes & (department == department[i]) & (teams != i)) for i in teams]
    table = np.stack([np.resize(choice if len(choice) else i, 6) for i, choice in enumerate(options)])
    return table[team, rng.integers(0, table.shape[1], len(team))]


def _agents(
    rng: np.random.Generator,
    company: Organisation,
    teams: tuple[Seconds, Seconds],
    *,
    assigned: Seconds,
    handed_over: Seconds,
    last: Seconds,
) -> tuple[Seconds, Seconds]:
    """The agent before and after the handover; each belongs to the holding team for as long as they hold the ticket."""

    def day(moment: Seconds) -> Seconds:
        return np.minimum(moment // DAY - company.first_day, company.n_days - 1)

    team, last_team = teams
    is_handed = handed_over >= 0
    agent = company.member(rng, team, day(assigned), day(np.where(is_handed, handed_over, last)))
    second = company.member(rng, last_team, day(np.where(is_handed, handed_over, last)), day(last))
    return agent, np.where(is_handed, second, agent)
