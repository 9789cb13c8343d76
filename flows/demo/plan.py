"""What every demo organisation has in common: how its tickets, promises, recognitions and surveys go."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

# Welcome: share of tickets with a human public reply within 60 business minutes, by when they were opened. Every
# team keeps more first-reply promises than this, and every first-reply target is longer than 60 minutes, so that the
# two are planted without touching one another.
WELCOMED_BY_DAY = 0.65
WELCOME_MINUTES = 60

PRIORITIES = ("urgent", "high", "normal", "low")
PRIORITY_SHARES = (0.05, 0.15, 0.60, 0.20)
FIRST_REPLY_TARGET_MINUTES = (120, 180, 240, 480)
RESOLUTION_TARGET_MINUTES = (240, 480, 1_440, 2_400)

PROMISED_SHARE = 0.94
CANCELLED_SHARE = 0.02
DELETED_SHARE = 0.004
ONE_TOUCH_SHARE = 0.30
PAUSED_SHARE = 0.40  # of the tickets that take more than one touch
HANDOVER_SHARE = 0.12
TRANSFER_SHARE = 0.08  # of the tickets of teams that hand over
ESCALATED_SHARE = 0.04
REOPENED_SHARE = 0.07

ECHOED_SHARE = 0.30  # of agents' written replies: a canned answer
LOOKED_UP_SHARE = 0.25  # of solved tickets: an article of the knowledge base is linked
NOT_ELIGIBLE = ("complaint", "contract", "payroll", "contract review")  # categories in which agents need an approval
APPROVED_SHARE = 0.50  # of the tickets of such a category

COPIED_SHARE = 0.15  # of recognitions: the giver's last message once more
SHORT_SHARE = 0.22  # a word or two
DUMPED_SHARE = 0.12  # paid from an allowance that expires on the day or the next
SWAPPED_SHARE = 0.08  # the receiver thanks the giver on the same day
EXTRA_MILE_PER_1000_SOLVED = 12.0
EXTRA_MILE = "extra-mile"
IMPROVEMENTS_PER_100_AND_MONTH = 10.0

MANAGER_RECOGNISES = 0.60  # chance that a report is recognised by the own manager in a window of 13 weeks
SELF_RECOGNITIONS = 25

SURVEY_RESPONSE_RATE = 0.70
CUSTOMER_RESPONSE_RATE = 0.25
DELIVERED_SHARE = 0.985
COMMENTED_SHARE = 0.30  # of the customers who answer

LINE_OF_SIGHT = 0.80


@dataclass(frozen=True, kw_only=True)
class Relaunch:
    """An initiative that asked for more of what everyday recognitions are tagged with, and changed nothing."""

    id: str
    name: str
    tag: str
    launched_on: dt.date


RELAUNCHES = (
    Relaunch(id="own-it-week", name="Own it week", tag="own-it", launched_on=dt.date(2025, 5, 5)),
    Relaunch(
        id="learn-and-share-days", name="Learn and share", tag="learn-and-share", launched_on=dt.date(2025, 6, 16)
    ),
    Relaunch(id="promise-month", name="The promise month", tag="keeps-promises", launched_on=dt.date(2025, 11, 3)),
)


def stream(seed: int, name: str) -> tuple[int, ...]:
    """Seed of the generator for one part of the demo, so that a change in one part leaves the others as they were."""
    return (seed, *name.encode())
