"""How an export maps to a contract, as configured: `[[source]]` of `culture-kpis.toml` without its place.

Unknown keys are refused, so a typo is an error and not a silently unmapped column.
"""

from __future__ import annotations

import datetime as dt
import warnings
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Kind = Literal["tickets", "recognition", "survey", "organisation"]
Grain = Literal[
    "snapshot",  # tickets, recognition: one row per ticket, per recognition and receiver
    "event_log",  # tickets: one row per update, with the state after it
    "events",  # tickets: one row per typed event
    "promises",  # tickets: one row per instance of a promise
    "promise_events",  # tickets: one row per thing that happened to an instance of a promise
    "calendars",  # tickets: one row per slot of a version of a calendar
    "closures",  # tickets: one row per stretch in which a calendar is closed
    "metrics",  # tickets: one row per ticket, with what its source measured
    "macros",  # tickets: one row per canned answer
    "eligible_categories",  # tickets: one row per category in which agents may decide by themselves
    "customer_organisations",  # tickets: one row per organisation of customers
    "long_answers",  # survey: one row per answer
    "wide_answers",  # survey: one row per filled-in questionnaire, one column per item
    "invitations",  # survey: one row per person asked
    "org_units",  # organisation: one row per version of a unit
    "memberships",  # organisation: one row per stay of a person in a unit
    "person_aliases",  # organisation: one row per other name of a person
    "roles",  # organisation: one row per person and role they were seen in
    "initiatives",  # organisation: one row per initiative
    "targets",  # organisation: one row per unit, KPI and period
    "improvements",  # organisation: one row per improvement somebody made
]
Audience = Literal["employee", "customer"]
SOURCE_NAME = r"^[a-z0-9][a-z0-9_-]{0,63}$"
ColumnReference = str | list[str]
Constant = str | int | float | bool | dt.datetime | dt.date


with warnings.catch_warnings():
    # Pydantic's models once had a method `construct`; the deprecated name is better used for what surveys measure.
    warnings.filterwarnings("ignore", message='Field name "construct"')

    class ItemMapping(BaseModel):
        """One survey item: the export column (wide) or question text (long, several spellings) it comes from."""

        model_config = ConfigDict(extra="forbid", frozen=True)

        column: str | None = None
        question: str | list[str] | None = None
        item_id: str | None = None
        construct: str | None = None  # type: ignore[assignment]
        scale: str = ""  # needed, unless the survey tool describes its questions
        reverse: bool = False
        not_applicable: list[str] = Field(default_factory=list)
        null_values: list[str] = Field(default_factory=list)


class SourceMapping(BaseModel):
    """What one source's export means. `columns` maps contract field -> export column, list or `{template}`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=SOURCE_NAME)
    kind: Kind
    grain: Grain
    audience: Audience | None = None
    survey: str | None = None  # survey id, where answers and invitations are two sources; default: name
    timezone: str = "UTC"
    datetime_format: str | None = None
    null_values: list[str] = Field(default_factory=list)
    columns: dict[str, ColumnReference] = Field(default_factory=dict)
    values: dict[str, dict[str, list[str]]] = Field(default_factory=dict)
    constants: dict[str, Constant] = Field(default_factory=dict)
    item: list[ItemMapping] = Field(default_factory=list)
    one_answer_per_person_and_item: bool = False
    message_templates: list[str] = Field(default_factory=list)  # text a form puts into every message; not counted
