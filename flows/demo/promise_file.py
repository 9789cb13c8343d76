"""The ticket system's export of promises: first reply and resolution of every ticket that has them, times in UTC."""

from __future__ import annotations

import numpy as np
import polars as pl

from flows.demo import plan
from flows.demo.business_time import Seconds, utc
from flows.demo.world import World
from transforms.texts import filled


def promise_rows(world: World) -> pl.DataFrame:
    """All promises; a target is on the business clock and already moved by pauses.

    Shape: promise, ticket, metric, clock, began, target, fulfilled, cancelled, priority, channel, team, agent,
    requester.
    Team and agent are those who held the ticket when the promise ended.
    """
    tickets, kept = world.tickets, world.kept
    is_handed = world.happened(tickets.handed_over)
    last_team = np.where(is_handed, tickets.last_team, tickets.team)
    last_agent = np.where(is_handed, tickets.last_agent, tickets.agent)
    return (
        pl.concat(
            [
                _promises(
                    world, "first reply", kept.reply_target, tickets.replied, team=tickets.team, agent=tickets.agent
                ),
                _promises(
                    world,
                    "resolution",
                    kept.solve_target + kept.pause,
                    tickets.solved,
                    team=last_team,
                    agent=last_agent,
                ),
            ]
        )
        .sort("ticket", "metric")
        .select(filled("{}-{}", "ticket", pl.col("metric").str.slice(0, 1)).alias("promise"), pl.all())
    )


def _promises(
    world: World, metric: str, target: Seconds, fulfilled: Seconds, *, team: Seconds, agent: Seconds
) -> pl.DataFrame:
    """The promises of one metric."""
    time, people = world.time, world.company.person_ids
    return (
        pl.DataFrame(
            {
                "ticket": world.ticket_ids,
                "metric": pl.repeat(metric, len(target), eager=True),
                "clock": pl.repeat("business", len(target), eager=True),
                "began": utc(world.arrivals.created),
                "target": utc(time.moment(time.position(world.arrivals.created) + target)),
                "fulfilled": utc(fulfilled, world.happened(fulfilled)),
                "cancelled": world.kept.is_cancelled | world.kept.is_deleted,
                "priority": pl.Series(plan.PRIORITIES).gather(world.kept.priority),
                "channel": world.channel,
                "team": pl.Series(world.company.design.team_ids).gather(team),
                "agent": people.gather(agent),
                "requester": world.requester,
            }
        )
        .with_columns(pl.when(pl.Series(world.happened(world.tickets.assigned))).then("agent").alias("agent"))
        .filter(pl.Series(world.kept.is_promised))
    )
