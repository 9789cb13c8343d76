"""The recognition system's export: one row per recognition and receiver, times in UTC."""

from __future__ import annotations

import numpy as np
import polars as pl

from flows.demo import plan
from flows.demo.business_time import DAY, BusinessTime, utc
from flows.demo.organisation import Organisation
from flows.demo.recognition import Thanks, draw_recognitions
from flows.demo.words import messages

TAGS = ("keeps-promises", "customer-first", "one-team", "own-it", "learn-and-share")
_TAG_SHARES = (0.22, 0.26, 0.27, 0.15, 0.10)
_HOURS = np.array([1, 3, 4, 4, 3, 3, 4, 4, 3, 2])  # 08:00 to 18:00


def recognition_rows(seed: int, company: Organisation, time: BusinessTime) -> pl.DataFrame:
    """All recognitions, a few of them to oneself, in order of time.

    Shape: recognition_id, given_at, giver, receiver, giver_team, receiver_team, tags (comma separated), message,
    points, private.
    """
    rng = np.random.default_rng(plan.stream(seed, "recognition"))
    drawn = draw_recognitions(rng, company, time, company.design.recognitions)
    parts, offset = [], 0
    for thanks, n_initiative in (
        (drawn.between_colleagues, drawn.n_initiative),
        (drawn.by_managers, 0),
        (drawn.to_oneself, 0),
    ):
        parts.append(_rows(rng, company, thanks, offset, n_initiative=n_initiative))
        offset += int(thanks.message.max(initial=-1)) + 1
    # Numbered by time, so that a number does not give the kind away.
    rows = pl.concat(parts).sort("given_at", "number", "receiver")
    order = pl.col("number").rle_id().cast(pl.String).str.zfill(6)
    return rows.select(pl.format("R-{}", order).alias("recognition_id"), pl.exclude("number"))


def _rows(
    rng: np.random.Generator, company: Organisation, thanks: Thanks, offset: int, *, n_initiative: int
) -> pl.DataFrame:
    """Export rows; everything that belongs to a message is the same for all its receivers."""
    n = int(thanks.message.max(initial=-1)) + 1
    at = (rng.choice(10, n, p=_HOURS / _HOURS.sum()) + 8) * 3_600 + rng.integers(0, 3_600, n)
    first = pl.Series(TAGS).gather(rng.choice(len(TAGS), n, p=_TAG_SHARES))
    second = pl.Series(TAGS).gather(rng.choice(len(TAGS), n, p=_TAG_SHARES))
    has_second = pl.Series(rng.random(n) < 0.25) & (first != second)
    is_initiative = pl.Series(np.arange(n) < n_initiative)
    tags = pl.DataFrame({"first": first, "second": second}).select(
        pl.when(is_initiative)
        .then(pl.lit(company.design.effects.initiative.tag))
        .when(has_second)
        .then(pl.format("{},{}", "first", "second"))
        .otherwise("first")
        .alias("tags")
    )["tags"]
    ids, teams, where = company.person_ids, pl.Series(company.design.team_ids), company.team_on
    points = np.array([5, 10, 20, 50])[rng.choice(4, n, p=(0.45, 0.35, 0.15, 0.05))]
    return pl.DataFrame(
        {
            "number": offset + thanks.message,
            "given_at": utc((company.first_day + thanks.day) * DAY + at[thanks.message]),
            "giver": ids.gather(thanks.giver),
            "receiver": ids.gather(thanks.receiver),
            "giver_team": teams.gather(where[thanks.giver, thanks.day]),
            "receiver_team": teams.gather(where[thanks.receiver, thanks.day]),
            "tags": tags.gather(thanks.message),
            "message": messages(rng, n).gather(thanks.message),
            "points": points[thanks.message],
            "private": (rng.random(n) < 0.03)[thanks.message],
        }
    )
