"""The recognition system's export: one row per recognition and receiver, times in UTC."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl

from flows.demo import plan
from flows.demo.business_time import DAY, BusinessTime, Flags, Seconds, utc
from flows.demo.organisation import Organisation
from flows.demo.quota import counted_out
from flows.demo.recognition import Thanks, draw_recognitions
from flows.demo.words import messages
from transforms.texts import filled

TAGS = ("keeps-promises", "customer-first", "one-team", "own-it", "learn-and-share")
_TAG_SHARES = (0.22, 0.26, 0.27, 0.15, 0.10)
_END_OF_DAY = dt.time(23, 59, 59)
_HOURS = np.array([1, 3, 4, 4, 3, 3, 4, 4, 3, 2])  # 08:00 to 18:00


def recognition_rows(seed: int, company: Organisation, time: BusinessTime, solved_on: pl.Series) -> pl.DataFrame:
    """All recognitions, a few of them to oneself, in order of time.

    `solved_on` are the days of the company's solved tickets: the extra mile is gone for so many of a thousand of them.
    Shape: recognition_id, given_at, giver, receiver, giver_team, receiver_team, tags (comma separated), message,
    points, private, allowance_expires.
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
    written = rows.join(_written(rng, rows, solved_on), on="number", maintain_order="left")
    return written.select(
        filled("R-{}", order).alias("recognition_id"),
        "given_at",
        "giver",
        "receiver",
        "giver_team",
        "receiver_team",
        pl.concat_str("tags", "extra", separator=",", ignore_nulls=True).alias("tags"),
        "message",
        "points",
        "private",
        "allowance_expires",
    )


def _rows(
    rng: np.random.Generator, company: Organisation, thanks: Thanks, offset: int, *, n_initiative: int
) -> pl.DataFrame:
    """Rows but for what is written; everything that belongs to a message is the same for all its receivers."""
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
        .then(filled("{},{}", "first", "second"))
        .otherwise("first")
        .alias("tags")
    )["tags"]
    ids, teams, where = company.person_ids, pl.Series(company.design.team_ids), company.team_on
    points = np.array([5, 10, 20, 50])[rng.choice(4, n, p=(0.45, 0.35, 0.15, 0.05))]
    return pl.DataFrame(
        {
            "number": offset + thanks.message,
            "given_at": utc((company.first_day + thanks.day) * DAY + at[thanks.message]),
            "day": pl.Series(company.first_day + thanks.day, dtype=pl.Int32).cast(pl.Date),
            "giver": ids.gather(thanks.giver),
            "receiver": ids.gather(thanks.receiver),
            "giver_team": teams.gather(where[thanks.giver, thanks.day]),
            "receiver_team": teams.gather(where[thanks.receiver, thanks.day]),
            "tags": tags.gather(thanks.message),
            "is_initiative": is_initiative.gather(thanks.message),
            "points": points[thanks.message],
            "private": (rng.random(n) < 0.03)[thanks.message],
        }
    )


def _written(rng: np.random.Generator, rows: pl.DataFrame, solved_on: pl.Series) -> pl.DataFrame:
    """One row per message of `rows`: number, message, allowance_expires, and `extra`, a further tag on some.

    What is planted is counted out among the messages of a quarter; those to oneself are a group of their own.
    """
    first = rows.with_columns(pl.col("giver").rank("dense").alias("person")).unique(
        "number", keep="first", maintain_order=True
    )
    quarters = _quarter(first["day"])
    start = int(quarters.min())
    to_others = (first["giver"] != first["receiver"]).to_numpy()
    n, quarter = first.height, np.where(to_others, quarters - start, quarters.max() - start + 1)

    def so_many(share: float) -> Flags:
        return counted_out(rng, quarter, np.full(n, share))

    is_dumped = so_many(plan.DUMPED_SHARE)
    days_left = np.where(is_dumped, rng.integers(0, 2, n), rng.integers(2, 31, n))
    solved = np.bincount(_quarter(solved_on) - start, minlength=quarter.max() + 1)
    miles = rng.poisson(plan.EXTRA_MILE_PER_1000_SOLVED / 1_000 * solved)
    can_be = np.where(first["is_initiative"], -1, quarter)
    share = miles / np.maximum(np.bincount(quarter, can_be >= 0), 1)
    is_extra = counted_out(rng, can_be, np.where(can_be >= 0, share[quarter], 0.0))
    return first.select(
        "number",
        messages(rng, first["person"].to_numpy(), quarter, so_many(plan.SHORT_SHARE)),
        (pl.col("day") + pl.duration(days=pl.lit(pl.Series(days_left))))
        .dt.combine(_END_OF_DAY)
        .alias("allowance_expires"),
        pl.when(pl.Series(is_extra)).then(pl.lit(plan.EXTRA_MILE)).alias("extra"),
    )


def _quarter(days: pl.Series) -> Seconds:
    """A number per quarter, each one more than that of the quarter before."""
    quarter: Seconds = days.to_numpy().astype("datetime64[M]").astype(np.int64) // 3
    return quarter
