"""What a KPI needs of an export beyond whole tables, as words a configuration can be compared with.

* `tickets.requester`                 a field that must be mapped in a source of that kind
* `recognition.tags|message`          one of several fields
* `employee_survey:why|what`          an item of a survey that is mapped to one of these constructs
* `event:escalation|approval`         a typed ticket event the source must record
"""

from __future__ import annotations

from dataclasses import dataclass

from transforms.contracts.surveys import CONSTRUCTS
from transforms.contracts.tickets import EVENT_TYPES
from transforms.staging.fields import FIELDS

SURVEYS = ("employee_survey", "customer_survey")
_EVENT = "event"


@dataclass(frozen=True)
class FieldNeed:
    """A need taken apart: `kind` is field, construct or event; one of `names` is enough.

    `place` is the kind of source for a field, the survey for a construct, `event` for an event.
    """

    kind: str
    place: str
    names: tuple[str, ...]


def parsed(need: str) -> FieldNeed:
    """A need taken apart; call `wrong_need` before, for this takes any text."""
    separator = ":" if ":" in need else "."
    place, _, names = need.partition(separator)
    kind = "field" if separator == "." else "event" if place == _EVENT else "construct"
    return FieldNeed(kind, place, tuple(names.split("|")))


def wrong_need(need: str) -> str | None:
    """Why a need could never be met: a kind, field, construct or event that does not exist; None when it could."""
    told = parsed(need)
    if told.kind == "field":
        known = {field.name for (kind, _), fields in FIELDS.items() if kind == told.place for field in fields}
    elif told.kind == "event":
        known = set(EVENT_TYPES)
    else:
        known = set(CONSTRUCTS) if told.place in SURVEYS else set()
    strange = [name for name in told.names if name not in known]
    return f"there is no {told.kind} {told.place} {strange[0] or '(empty)'}" if strange else None
