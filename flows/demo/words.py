"""The text of recognitions, put together from lists; some short, some with a reason, now and then a template."""

from __future__ import annotations

import numpy as np
import polars as pl

_OPENINGS = (
    "Thank you",
    "A big thank-you",
    "Well done",
    "Great work",
    "That helped a lot",
    "I really appreciate it",
    "Hats off",
    "You made my week",
)
_DEEDS = (
    "for staying on the phone until the repair was booked",
    "for calling the customer back before closing time",
    "for taking the late shift when two of us were ill",
    "for finding the missing parcel in the yard",
    "for explaining the invoice step by step",
    "for spotting the wrong part before the van left",
    "for keeping the promise although the system was down",
    "for sharing how you sort the returns",
    "for the calm answer to a very angry message",
    "for rebuilding the report overnight",
    "for walking over instead of sending a form",
    "for training the new colleague on your own queue",
)
_ENDINGS = (
    ".",
    "!",
    ". The customer wrote back the same evening.",
    ". It saved the whole team an hour.",
    ". I learned something from it.",
    ". Nobody had asked you to.",
)
_SHORT = ("Thanks!", "Well done!", "Great job.", "Thank you so much!", "Super!")
_SHORT_SHARE = 0.22


def messages(rng: np.random.Generator, n: int) -> pl.Series:
    """`n` messages."""

    def pick(words: tuple[str, ...]) -> pl.Series:
        return pl.Series(words).gather(rng.integers(0, len(words), n))

    words = {"opening": pick(_OPENINGS), "deed": pick(_DEEDS), "ending": pick(_ENDINGS), "short": pick(_SHORT)}
    is_short = pl.Series(rng.random(n) < _SHORT_SHARE)
    return pl.DataFrame(words).select(
        pl.when(is_short).then("short").otherwise(pl.format("{} {}{}", "opening", "deed", "ending")).alias("message")
    )["message"]
