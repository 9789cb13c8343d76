"""Organisations with an initiative whose acts per week an example states, for worked examples."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from tests.transforms.sample_organisation import facts, member, person, recognition, units
from transforms.facts import Facts

LAUNCH = dt.date(2025, 6, 23)  # a Monday, and the first day of a window of 13 weeks
FIRST = LAUNCH - dt.timedelta(weeks=13)
UNITS = units({"acme": None, "care": "acme", "shop": "acme"})
PEOPLE = 20
MEMBERS = [member(number, "care" if number < 10 else "shop") for number in range(PEOPLE)]


def initiative(initiative_id: str = "smile", **more: Any) -> dict[str, Any]:
    return {
        "initiative_id": initiative_id,
        "initiative_name": initiative_id.title(),
        "launched_on": LAUNCH,
        "tags": [initiative_id],
    } | more


def acts(
    per_week: Mapping[int, int], tag: str = "smile", people: Sequence[int] = range(PEOPLE)
) -> list[dict[str, Any]]:
    """Recognitions with the tag: `per_week` of week (0 begins with the launch), givers in turn over the week's days."""
    rows = []
    for week, number in per_week.items():
        for act in range(number):
            giver = people[act % len(people)]
            on = LAUNCH + dt.timedelta(weeks=week, days=act % 7)
            rows.append(recognition(giver, (giver + 1) % PEOPLE, on, recognition_id=f"{tag} {week} {act}", tags=[tag]))
    return rows


def scheme_began() -> dict[str, Any]:
    """An everyday recognition 13 weeks before the launch: the scheme was running."""
    return recognition(0, 1, FIRST, recognition_id="first")


def organisation(
    recognitions: Sequence[Mapping[str, Any]],
    weeks_after: int,
    initiatives: Sequence[Mapping[str, Any]] = (),
    **more: Any,
) -> Facts:
    """As known at the end of the week `weeks_after` weeks after the launch."""
    tables: dict[str, Any] = {
        "org_unit": UNITS,
        "membership": MEMBERS,
        "recognition": [scheme_began(), *recognitions],
        "initiative": list(initiatives) or [initiative()],
    }
    return facts(LAUNCH + dt.timedelta(weeks=weeks_after, days=-1), **(tables | more))


__all__ = [
    "FIRST",
    "LAUNCH",
    "MEMBERS",
    "PEOPLE",
    "UNITS",
    "acts",
    "initiative",
    "organisation",
    "person",
    "scheme_began",
]
