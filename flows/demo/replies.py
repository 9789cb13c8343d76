"""What agents write to customers: freely, or with a canned answer, word for word or with a line of their own."""

from __future__ import annotations

import numpy as np
import polars as pl

from flows.demo import plan
from transforms.texts import filled

MACROS = {
    "received": (
        "Thank you for your message. We have received your request and given it to the team that knows your product "
        "best. You will hear from us again within one working day, at the latest by the end of business tomorrow."
    ),
    "details": (
        "So that we can help you quickly, please send us the serial number on the plate behind the door, the date on "
        "your receipt, and a photograph of the fault. With these three things our workshop can order spare parts today."
    ),
    "appointment": (
        "Our technician can visit you on the next free weekday between eight and twelve. Please make sure that an "
        "adult is at home and that the appliance can be reached. If the time does not suit you, choose another one."
    ),
    "refund": (
        "We have approved your refund and passed it to our bank. Depending on your institute it takes three to five "
        "business days until the amount appears on your statement. No further action from your side is necessary."
    ),
    "solved": (
        "We are glad that we could settle the matter for you. This case will now be closed; should anything remain "
        "unclear, simply answer this mail and it will be opened again without a new number being needed."
    ),
}
# A reply takes one of each; two replies that agree in one part of four are not similar.
_OPENINGS = ("Good morning, ", "Hello again, ", "I am writing because ", "A short update: ", "As agreed on the phone, ")
_FINDINGS = (
    "the drum bearing is worn and that explains the noise you described",
    "your parcel was scanned in Leipzig last night",
    "the discount had been booked twice, so I corrected it",
    "my colleague from accounts found the missing payment",
    "the model you ask about will be back in a fortnight",
    "your access was blocked after a password had expired",
    "the hinge can be turned round, which takes ten minutes",
    "both shelves were left off the delivery note by mistake",
)
_STEPS = (
    "I have ordered a replacement and will fit it myself",
    "nothing is left to do, but I wanted you to know why",
    "I shall ring you once the courier confirms the slot",
    "could you tell me which colour you had in mind",
    "the corrected paper is attached to this note",
    "I put it aside under your name until Saturday",
    "a spare key waits for you at our front desk",
)
_ENDINGS = ("Have a good weekend.", "Kind regards.", "Sorry for the trouble!", "Until then.", "")
_PERSONAL = ("", "", " Best wishes!", " Regards.")


def replies(rng: np.random.Generator, n: int) -> pl.Series:
    """`n` replies; `ECHOED_SHARE` of them are canned."""

    def pick(words: tuple[str, ...]) -> pl.Series:
        return pl.Series(words).gather(rng.integers(0, len(words), n))

    words = {
        "macro": pick(tuple(MACROS.values())),
        "personal": pick(_PERSONAL),
        "opening": pick(_OPENINGS),
        "finding": pick(_FINDINGS),
        "step": pick(_STEPS),
        "ending": pick(_ENDINGS),
    }
    is_canned = pl.Series(rng.random(n) < plan.ECHOED_SHARE)
    return pl.DataFrame(words).select(
        pl.when(is_canned)
        .then(filled("{}{}", "macro", "personal"))
        .otherwise(filled("{}{}, and {}. {}", "opening", "finding", "step", "ending"))
        .alias("body")
    )["body"]


def macro_rows() -> pl.DataFrame:
    """The canned answers as exported: macro, text."""
    return pl.DataFrame({"macro": list(MACROS), "text": list(MACROS.values())})
