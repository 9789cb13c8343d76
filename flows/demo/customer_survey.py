"""The survey of customers after their ticket is solved. Times are local, to the minute."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import polars as pl

from flows.demo import plan
from flows.demo.answers import NO_ANSWER, leaning, point, promoter
from flows.demo.business_time import DAY, Seconds, local
from flows.demo.world import World
from transforms.texts import filled

# Chance of a favourable answer on satisfaction, by how many promises of the ticket were broken.
SATISFIED_BY_BROKEN = (0.88, 0.62, 0.40)
_SINGLE = ("heard", "did_what_they_said", "would_return", "effort")
ITEMS = ("satisfied", "recommend", *_SINGLE)
PROMOTERS, PASSIVES = 0.45, 0.30
_SKIPPED = 0.03
_DETRACTOR, _DISSATISFIED = 6, 2  # the highest bad answers
_COMMENTS = (
    "The fitter was on time.",
    "I had to explain everything twice.",
    "Friendly and quick.",
    "Nobody told me about the delay.",
    "It works again, thank you.",
)


@dataclass(frozen=True)
class CustomerSurvey:
    """Answers (wide) and invitations; and per ticket when its customer answered badly, -1 where none did."""

    answers: pl.DataFrame
    invitations: pl.DataFrame
    complained: Seconds


def draw_customer_survey(seed: int, world: World) -> CustomerSurvey:
    """An invitation the day after the solution, to some of the customers of front office teams.

    Answers: response, submitted, customer, ticket, team, satisfied, recommend, heard,
    did_what_they_said, would_return, effort (the more the worse), comment.
    Invitations: invitation, sent, customer, ticket, team, delivered.
    """
    rng = np.random.default_rng(plan.stream(seed, "customer survey"))
    design = world.company.design
    tickets, kept, n = world.tickets, world.kept, len(world.ticket_ids)
    sent = tickets.solved + DAY + rng.integers(0, 6 * 3_600, n)
    invited = world.happened(tickets.solved) & (sent < world.cutoff) & ~kept.is_deleted
    is_all_kept = kept.reply_kept & kept.solve_kept
    chance = np.array([team.invited for team in design.teams])[tickets.team, np.where(is_all_kept, 0, 1)]
    invited &= design.is_front[tickets.team] & (rng.random(n) < chance)
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
        filled("CI-{}", pl.col("ticket").str.slice(2)).alias("invitation"),
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
        **{name: point(rng, lean, np.full(m, design.customers[name])) for name in _SINGLE},
    }
    given = {name: np.where(rng.random(m) < _SKIPPED, NO_ANSWER, values) for name, values in items.items()}
    is_bad = (given["recommend"] != NO_ANSWER) & (given["recommend"] <= _DETRACTOR)
    is_bad |= (given["satisfied"] != NO_ANSWER) & (given["satisfied"] <= _DISSATISFIED)
    complained = np.full(n, -1)
    complained[rows[chosen[is_bad]]] = submitted[chosen[is_bad]]
    # Asked the other way round: how much effort it took.
    given["effort"] = np.where(given["effort"] == NO_ANSWER, NO_ANSWER, 6 - given["effort"])
    comments = pl.Series("comment", _COMMENTS).gather(rng.integers(0, len(_COMMENTS), m))
    has_comment = pl.lit(pl.Series(rng.random(m) < plan.COMMENTED_SHARE))
    answers = about[chosen].select(
        filled("CR-{}", pl.col("ticket").str.slice(2)).alias("response"),
        pl.Series("submitted", local(submitted[chosen])),
        pl.all(),
        *(_answered(name, values) for name, values in given.items()),
        pl.when(has_comment).then(comments).alias("comment"),
    )
    return CustomerSurvey(answers.sort("submitted", "response"), invitations.sort("sent", "invitation"), complained)


def _answered(name: str, values: Seconds) -> pl.Expr:
    answers = pl.lit(pl.Series(name, values))
    return pl.when(answers != NO_ANSWER).then(answers).alias(name)
