"""The ticket system's audit log: what happened to each ticket, one typed event per row, times in UTC."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import polars as pl

from flows.demo import plan
from flows.demo.business_time import Flags, Seconds, utc
from flows.demo.follow_ups import FollowUps
from flows.demo.replies import replies
from flows.demo.world import World


@dataclass(frozen=True)
class _Step:
    """One kind of event in a ticket's life: when (-1: never), what, the value after it, and who acts.

    `holder` and `actor` are people per ticket, where it is not the ticket's agent who holds it or acts.
    """

    moment: Seconds
    event: str
    by: Literal["agent", "requester", "bot", "system"]
    value: str | pl.Series | None = None
    has_agent: bool = True
    holder: Seconds | None = None
    actor: Seconds | None = None


def event_rows(seed: int, world: World, follow_ups: FollowUps) -> pl.DataFrame:
    """Every event before the export was made, in order of time.

    Shape: ticket, at, event, step, value, team, agent, actor, actor_role, body. Team and agent hold the ticket after
    the event; `step` orders the events of one moment. Agents' replies have a text, but on the phone.
    """
    rng = np.random.default_rng(plan.stream(seed, "replies"))
    steps = enumerate(_steps(world, follow_ups))
    return pl.concat(_rows(rng, world, number, step) for number, step in steps).sort("at", "ticket", "step")


def _steps(world: World, follow_ups: FollowUps) -> list[_Step]:
    tickets, detours, created = world.tickets, world.detours, world.arrivals.created
    priorities = pl.Series(plan.PRIORITIES)
    now, before = priorities.gather(world.kept.priority), priorities.gather(np.minimum(world.kept.priority + 1, 3))
    changes_team = tickets.team != tickets.last_team
    return [
        _Step(created, "created", "requester", has_agent=False),
        _Step(created, "group", "system", has_agent=False),
        _Step(_only(world.kept.is_raised, created), "priority", "system", before, has_agent=False),
        _Step(tickets.bot_replied, "reply", "bot", has_agent=False),
        _Step(detours.received, "assignee", "system", holder=detours.first_agent),
        _Step(tickets.assigned, "assignee", "system"),
        _Step(tickets.assigned, "status", "system", "open"),
        _Step(tickets.raised, "priority", "agent", now),
        _Step(tickets.replied, "reply", "agent"),
        _Step(tickets.paused, "reply", "agent"),
        _Step(tickets.paused, "status", "agent", "pending"),
        _Step(tickets.resumed, "reply", "requester"),
        _Step(tickets.resumed, "status", "system", "open"),
        _Step(tickets.noted, "note", "agent"),
        _Step(_only(changes_team, tickets.handed_over), "group", "agent"),
        _Step(tickets.handed_over, "assignee", "agent"),
        _Step(tickets.escalated, "escalation", "agent"),
        _Step(detours.approved, "approval", "agent"),
        _Step(detours.looked_up, "knowledge", "agent"),
        _Step(_only(tickets.solved > tickets.replied, tickets.solved), "reply", "agent"),
        _Step(tickets.solved, "status", "agent", "solved"),
        _Step(tickets.reopened, "reply", "requester"),
        _Step(tickets.reopened, "reopen", "requester"),
        _Step(tickets.reopened, "status", "system", "open"),
        _Step(tickets.solved_again, "reply", "agent"),
        _Step(tickets.solved_again, "status", "agent", "solved"),
        _Step(tickets.cancelled, "status", "requester", "cancelled"),
        _Step(tickets.closed, "status", "system", "closed"),
        _Step(follow_ups.moment, "reply", "agent", has_agent=False, actor=follow_ups.person),
    ]


def _only(happens: Flags, moment: Seconds) -> Seconds:
    return np.where(happens, moment, -1)


def _rows(rng: np.random.Generator, world: World, number: int, step: _Step) -> pl.DataFrame:
    """The events of one step."""
    tickets, rows = world.tickets, np.flatnonzero(world.happened(step.moment))
    moment, handed_over = step.moment[rows], tickets.handed_over[rows]
    is_after = (handed_over >= 0) & (handed_over <= moment)
    people = world.company.person_ids
    usual = np.where(is_after, tickets.last_agent[rows], tickets.agent[rows])
    agent = people.gather(usual if step.holder is None else step.holder[rows])
    team = pl.Series(world.company.design.team_ids).gather(
        np.where(is_after, tickets.last_team[rows], tickets.team[rows])
    )
    nothing = pl.lit(None, dtype=pl.String)
    actors = {"agent": pl.col("writer"), "requester": pl.col("requester")}
    value = (
        pl.lit(step.value.gather(rows)) if isinstance(step.value, pl.Series) else pl.lit(step.value, dtype=pl.String)
    )
    return pl.DataFrame(
        {
            "ticket": world.ticket_ids.gather(rows),
            "at": utc(moment),
            "team": team,
            "agent": agent,
            "requester": world.requester.gather(rows),
            "writer": agent if step.actor is None else people.gather(step.actor[rows]),
            "body": _bodies(rng, world.channel.gather(rows), step),
        }
    ).select(
        "ticket",
        "at",
        pl.lit(step.event).alias("event"),
        pl.lit(number).alias("step"),
        value.alias("value"),
        "team",
        (pl.col("agent") if step.has_agent else nothing).alias("agent"),
        actors.get(step.by, nothing).alias("actor"),
        pl.lit(step.by).alias("actor_role"),
        "body",
    )


def _bodies(rng: np.random.Generator, channel: pl.Series, step: _Step) -> pl.Series:
    """What agents write in a reply; null elsewhere."""
    if (step.event, step.by) != ("reply", "agent"):
        return pl.repeat(None, len(channel), dtype=pl.String, eager=True)
    texts = pl.DataFrame({"channel": channel, "text": replies(rng, len(channel))})
    return texts.select(pl.when(pl.col("channel") != "phone").then("text"))["text"]
