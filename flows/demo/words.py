"""The texts of recognitions: most say what for, some are a word or two, some repeat what the giver wrote before."""

from __future__ import annotations

import numpy as np
import polars as pl

from flows.demo import plan
from flows.demo.business_time import Flags, Seconds
from flows.demo.quota import counted_out
from transforms.texts import filled

_OPENINGS = ("Thank you", "A big thank-you", "Well done", "Great work", "I really appreciate it", "Hats off")
# Of lengths without a common divisor, so that a giver who takes both in turn writes 28 * 27 messages before a second
# one is the same, and never two alike among 50.
_DEEDS = (
    "for staying on the phone until the repair was booked",
    "for calling the buyer back before closing time",
    "for taking the late shift when two of us were ill",
    "for finding the missing parcel behind the yard gate",
    "for explaining every line of a difficult invoice",
    "for spotting the wrong part before any van left",
    "for keeping our word although nothing worked",
    "for sharing how you sort seasonal returns",
    "for answering an angry letter so calmly",
    "for rebuilding my report overnight",
    "for walking over instead of sending forms",
    "for training newcomers on their first queue",
    "for asking what people truly needed",
    "for repairing that printer nobody dared to touch",
    "for reading the whole history before replying",
    "for lending a van and driving it yourself",
    "for translating while three visitors waited",
    "for noticing an unpaid refund on Friday evening",
    "for drawing a map which even strangers understand",
    "for admitting our mistake before anybody complained",
    "for carrying two heavy washing machines upstairs",
    "for writing instructions with pictures",
    "for testing each cable one by one",
    "for turning a complaint into an apology and cake",
    "for giving up lunch to finish stocktaking",
    "for tidying shared folders without being told",
    "for defending a fair price against pressure",
    "for waiting with somebody locked out at night",
)
_CIRCUMSTANCES = (
    "while the system was down",
    "and it saved our team an hour",
    "though you had never done it before",
    "so the family could cook again by supper",
    "because no one else saw how urgent it was",
    "after everybody had gone home",
    "in the middle of stock week",
    "with humour when patience had run out",
    "even when snow closed half of the roads",
    "and made me rethink my own habits",
    "despite four interruptions within ten minutes",
    "before head office heard about any trouble",
    "just as two large orders arrived together",
    "which an elderly couple will not forget",
    "on the hottest afternoon this summer",
    "between meetings that ran over",
    "using nothing but paper and common sense",
    "until every box had found its owner",
    "and nobody lost face",
    "where rules alone would have said no",
    "at a moment of real confusion",
    "for people outside your department",
    "and then showed others how",
    "under eyes of a nervous auditor",
    "since phones were silent after the storm",
    "without once raising your voice",
    "during my very first week here",
)
# No two share a word: similarity is judged by words.
_SHORT = (
    "Thanks!",
    "Bravo.",
    "Superb handover",
    "Brilliant idea",
    "Perfect timing",
    "Lovely note",
    "Quick help",
    "Nice save",
    "Champion",
    "Impressive",
    "Magic touch",
    "Cheers",
    "Wonderful",
    "Spot on",
    "Top!",
    "Excellent call",
    "Good catch",
    "Legend",
    "Outstanding",
    "Very kind",
    "Much obliged",
    "Splendid",
    "Neat trick",
    "Amazing effort",
)


def messages(rng: np.random.Generator, giver: Seconds, quarter: Seconds, is_short: Flags) -> pl.Series:
    """A message each, in order of time; `COPIED_SHARE` of a quarter's are the giver's last long one once more."""
    written = pl.DataFrame({"giver": giver, "is_short": is_short, "quarter": quarter}).with_columns(
        pl.int_range(pl.len()).over("giver", "is_short").alias("nth")
    )
    start = rng.integers(0, 1_000, (int(giver.max(initial=0)) + 1, 2))[giver]
    nth = written["nth"].to_numpy()
    drawn = {
        "opening": pl.Series(_OPENINGS).gather(rng.integers(0, len(_OPENINGS), len(giver))),
        "deed": pl.Series(_DEEDS).gather((start[:, 0] + nth) % len(_DEEDS)),
        "circumstance": pl.Series(_CIRCUMSTANCES).gather((start[:, 1] + nth) % len(_CIRCUMSTANCES)),
        "short": pl.Series(_SHORT).gather((start[:, 0] + nth) % len(_SHORT)),
    }
    texts = written.hstack(list(pl.DataFrame(drawn).get_columns())).with_columns(
        pl.when("is_short")
        .then("short")
        .otherwise(filled("{} {}, {}.", "opening", "deed", "circumstance"))
        .alias("text")
    )
    is_copy = pl.lit(pl.Series(_copies(rng, quarter, ~is_short & (nth > 0))))
    own = texts.with_columns(pl.when(~is_copy).then("text").alias("message"))
    return own.select(pl.col("message").forward_fill().over("giver", "is_short"))["message"]


def _copies(rng: np.random.Generator, quarter: Seconds, can_be: Flags) -> Flags:
    """So many of those that can be copies that they are the planned share of all messages of their quarter."""
    everything, able = np.bincount(quarter), np.bincount(quarter, can_be)
    share = np.minimum(plan.COPIED_SHARE * everything / np.maximum(able, 1), 1.0)
    return can_be & counted_out(rng, np.where(can_be, quarter, -1), share[quarter])
