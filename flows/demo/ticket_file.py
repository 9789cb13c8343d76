"""The ticket system's export of tickets: one row per ticket as it stood when the export was made, times in UTC."""

from __future__ import annotations

import numpy as np
import polars as pl

from flows.demo import plan
from flows.demo.business_time import Seconds, utc
from flows.demo.design import Design
from flows.demo.follow_ups import FollowUps
from flows.demo.world import World

_STATES = ("New", "Open", "Waiting for customer", "Solved", "Cancelled", "Closed")


def ticket_rows(world: World, follow_ups: FollowUps) -> pl.DataFrame:
    """All tickets.

    Shape: number, opened, updated, solved, closed, state, priority, channel, category, team, agent, requester, reopens,
    reassignments, deleted.
    """
    tickets, happened = world.tickets, world.happened
    is_handed, is_assigned = happened(tickets.handed_over), happened(tickets.assigned)
    is_back = happened(tickets.reopened) & ~happened(tickets.solved_again)
    is_solved = happened(tickets.solved) & ~is_back
    # A solved ticket that is open again keeps no time of solution, as most ticket systems have it.
    solved = np.where(happened(tickets.solved_again), tickets.solved_again, tickets.solved)
    is_waiting = happened(tickets.paused) & ~happened(tickets.resumed) & ~is_solved
    state = np.select(
        [happened(tickets.closed), happened(tickets.cancelled), is_solved, is_waiting, is_assigned], [5, 4, 3, 2, 1], 0
    )
    agent = world.company.person_ids.gather(np.where(is_handed, tickets.last_agent, tickets.agent))
    return pl.DataFrame(
        {
            "number": world.ticket_ids,
            "opened": utc(world.arrivals.created),
            "updated": utc(_last_change(world, follow_ups)),
            "solved": utc(solved, is_solved),
            "closed": utc(tickets.closed, happened(tickets.closed)),
            "state": pl.Series(_STATES).gather(state),
            "priority": pl.Series([name.capitalize() for name in plan.PRIORITIES]).gather(world.kept.priority),
            "channel": world.channel,
            "category": world.category,
            "team": pl.Series(world.company.design.team_ids).gather(
                np.where(is_handed, tickets.last_team, tickets.team)
            ),
            "agent": agent.to_frame("agent").select(pl.when(pl.Series(is_assigned)).then("agent"))["agent"],
            "requester": world.requester,
            "reopens": happened(tickets.reopened).astype(np.int64),
            "reassignments": is_handed.astype(np.int64) + happened(world.detours.received),
            "deleted": world.kept.is_deleted,
        }
    )


def eligible_rows(design: Design) -> pl.DataFrame:
    """The categories in which agents decide by themselves: category."""
    names = [name for department in design.departments for name in department.categories]
    return pl.DataFrame({"category": [name for name in names if name not in plan.NOT_ELIGIBLE]})


def _last_change(world: World, follow_ups: FollowUps) -> Seconds:
    """Latest moment of each ticket before the export."""
    tickets = world.tickets
    last = world.arrivals.created
    for moment in (
        tickets.bot_replied,
        world.detours.received,
        tickets.assigned,
        tickets.replied,
        tickets.paused,
        tickets.resumed,
        tickets.noted,
        tickets.handed_over,
        tickets.escalated,
        tickets.solved,
        tickets.reopened,
        tickets.solved_again,
        tickets.cancelled,
        tickets.closed,
        follow_ups.moment,
    ):
        last = np.maximum(last, np.where(world.happened(moment), moment, -1))
    return last
