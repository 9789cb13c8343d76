"""Which kind and grain an export probably is, told by its columns and by whether its key repeats."""

from __future__ import annotations

from flows.configuration.matching import Match, matches
from flows.configuration.profile import ColumnProfile
from flows.configuration.questionnaire import item_columns
from flows.errors import UsageError
from transforms.staging.fields import FIELDS, fields_of
from transforms.staging.mapping import Grain, Kind

# The fields without which nobody would call an export that; the first rule that holds decides.
_TELLING: tuple[tuple[Kind, Grain, tuple[str, ...]], ...] = (
    ("recognition", "snapshot", ("giver", "receiver")),
    ("survey", "long_answers", ("question", "answer")),
    ("tickets", "promises", ("ticket_id", "metric", "began_at", "target_at")),
    ("tickets", "events", ("ticket_id", "event_type", "at")),
    ("organisation", "memberships", ("person", "team", "valid_from_on")),
    ("organisation", "initiatives", ("initiative_id", "launched_on")),
    ("organisation", "targets", ("kpi_id", "goal", "period_start_on")),
    ("organisation", "improvements", ("improvement_id", "at", "event_type")),
    ("organisation", "org_units", ("org_unit_id", "parent")),
    ("survey", "invitations", ("sent_at", "respondent")),
    ("tickets", "event_log", ("ticket_id", "at", "status")),
    ("tickets", "snapshot", ("ticket_id", "created_at")),
    ("tickets", "macros", ("macro_id", "body")),
    ("tickets", "eligible_categories", ("category",)),
)
_KINDS = tuple(dict.fromkeys(kind for kind, _ in FIELDS))


def kind_and_grain(columns: dict[str, ColumnProfile], kind: str | None) -> tuple[Kind, Grain] | None:
    """The most probable kind and grain, of `kind` only where it is given; None where nothing fits.

    Raises UsageError for a kind that does not exist.
    """
    if kind is not None and kind not in _KINDS:
        raise UsageError(f'there is no kind "{kind}"; use one of {", ".join(_KINDS)}')
    for candidate, grain, telling in _TELLING:
        found = {match.field.name: match for match in matches(fields_of(candidate, grain), columns)}
        if kind in (None, candidate) and all(_is_told(found.get(name)) for name in telling):
            if grain == "event_log" and not _repeats(columns[found["ticket_id"].column]):
                continue
            # Much has a category; a list of categories has little else.
            if grain == "eligible_categories" and (len(columns) > 2 or _repeats(columns[found["category"].column])):
                continue
            return candidate, grain
    if kind in (None, "survey") and item_columns(columns):
        return "survey", "wide_answers"
    fallback: dict[str | None, tuple[Kind, Grain]] = {
        "tickets": ("tickets", "snapshot"),
        "recognition": ("recognition", "snapshot"),
        "survey": ("survey", "long_answers"),
        "organisation": ("organisation", "memberships"),
    }
    return fallback.get(kind)


def _is_told(match: Match | None) -> bool:
    return match is not None and match.is_sure


def _repeats(profile: ColumnProfile) -> bool:
    """Ids repeat: there is a row per update and not per thing."""
    return profile.n_filled > 1.2 * profile.n_distinct
