"""The survey of customers after their ticket is solved. Times are local, to the minute."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from flows.demo import plan
from flows.demo.answers import NO_ANSWER, leaning, point, promoter
from flows.demo.business_time import DAY, Seconds, local
from flows.demo.world import World

# Chance of a favourable answer on satisfaction, by how many promises of the ticket were broken.
SATISFIED_BY_BROKEN = (0.88, 0.62, 0.40)
FAVOURABLE = {"heard": 0.66, "did_what_they_said": 0.70, "would_return": 0.72}
ITEMS = ("satisfied", "recommend", *FAVOURABLE)
PROMOTERS, PASSIVES = 0.45, 0.30
_SKIPPED = 0.03


@dataclass(frozen=True)
class CustomerSurvey:
    """Answers (wide) and invitations."""

    answers: pl.DataFrame
    invitations: pl.DataFrame


def draw_customer_survey(seed: int, world: World) -> CustomerSurvey:
    """An invitation the day after the solution, to some of the customers of front office teams.

    Answers: response, submitted, customer, ticket, team, satisfied, recommend, heard, did_what_they_said, would_return.
    Invitations: invitation, sent, customer, ticket, team, delivered.
    """
    rng = np.random.default_rng(plan.stream(seed, "customer survey"))
    design = world.company.design
    tickets, kept, n = world.tickets, world.kept, len(world.ticket_ids)
    sent = tickets.solved + DAY + rng.integers(0, 6 * 3_600, n)
    invited = world.happened(tickets.solved) & (sent < world.cutoff) & ~kept.is_deleted
    invited &= design.is_front[tickets.team] & (rng.random(n) < plan.CUSTOMER_INVITED_SHARE)
    rows = np.flatnonzero(invited)
    delivered = rng.random(len(rows)) < plan.DELIVERED_SHARE
    is_handed = world.happened(tickets.handed_over[rows])
    about = pl.DataFrame(
        {
            "customer": world.requester.gather(rows),
            "ticket": world.ticket_ids.gather(rows),
            "team": pl.Series(design.team_ids).gather(np.where(is_handed, tickets.last_team[rows], tickets.team[rows])),
        }
    )
    invitations = about.select(
        pl.format("CI-{}", pl.col("ticket").str.slice(2)).alias("invitation"),
        pl.Series("sent", local(sent[rows])),
        pl.all(),
        pl.Series("delivered", delivered),
    )
    submitted = sent[rows] + (rng.exponential(1.3, len(rows)) * DAY).astype(np.int64)
    answered = delivered & (rng.random(len(rows)) < plan.CUSTOMER_RESPONSE_RATE) & (submitted < world.cutoff)
    chosen = np.flatnonzero(answered)
    broken = (~kept.reply_kept).astype(np.int64) + ~kept.solve_kept
    m, lean = len(chosen), leaning(rng, len(chosen))
    items = {
        "satisfied": point(rng, lean, np.array(SATISFIED_BY_BROKEN)[broken[rows[chosen]]]),
        "recommend": promoter(rng, lean, PROMOTERS, PASSIVES),
        **{name: point(rng, lean, np.full(m, chance)) for name, chance in FAVOURABLE.items()},
    }
    answers = about[chosen].select(
        pl.format("CR-{}", pl.col("ticket").str.slice(2)).alias("response"),
        pl.Series("submitted", local(submitted[chosen])),
        pl.all(),
        *(_skipping(name, np.where(rng.random(m) < _SKIPPED, NO_ANSWER, values)) for name, values in items.items()),
    )
    return CustomerSurvey(answers.sort("submitted", "response"), invitations.sort("sent", "invitation"))


def _skipping(name: str, values: Seconds) -> pl.Expr:
    answers = pl.lit(pl.Series(name, values))
    return pl.when(answers != NO_ANSWER).then(answers).alias(name)
