"""Which column of an export is probably which field: by name, and only where the cells have the field's type."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass

from flows.configuration.profile import ColumnProfile
from flows.configuration.synonyms import SYNONYMS
from transforms.staging.fields import Field

_SURE = 0.9
_LEAST = 0.7
_PREFERENCE = 0.03


@dataclass(frozen=True)
class Match:
    """A column proposed for a field; `is_sure` when its name is one the field is known by."""

    field: Field
    column: str
    is_sure: bool


def matches(fields: tuple[Field, ...], columns: dict[str, ColumnProfile]) -> list[Match]:
    """The best assignment found, one column per field and one field per column, in the order of `fields`.

    Of two fields that a column speaks for alike, the one that is required gets it.
    """
    scored = sorted(
        (
            (-score - _PREFERENCE * field.required, fields.index(field), position, field, profile.name)
            for field in fields
            for position, profile in enumerate(columns.values())
            if profile.n_filled and _fits(field, profile) and (score := similarity(field.name, profile.name)) >= _LEAST
        ),
        key=lambda candidate: candidate[:3],
    )
    taken: dict[str, Match] = {}
    used: set[str] = set()
    for _, _, _, field, column in scored:
        if field.name not in taken and column not in used:
            taken[field.name] = Match(field, column, similarity(field.name, column) >= _SURE)
            used.add(column)
    return [taken[field.name] for field in fields if field.name in taken]


def similarity(field: str, column: str) -> float:
    """How well a column's name speaks for a field, 0 to 1; over 0.9 for its synonyms, the most certain first."""
    name = normalised(column)
    synonyms = SYNONYMS.get(field, (field,))
    if name in synonyms:
        return 1.0 - 0.005 * synonyms.index(name)
    words = set(name.split("_"))
    best = 0.0
    for synonym in synonyms:
        if len(synonym) > 3 and set(synonym.split("_")) <= words:
            best = max(best, 0.7 + 0.1 * len(synonym) / len(name))
        best = max(best, 0.85 * difflib.SequenceMatcher(None, synonym, name).ratio() if len(synonym) > 4 else 0.0)
    return best


def normalised(name: str) -> str:
    """A name as lower-case words joined by `_`."""
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name.strip())
    return re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")


def _fits(field: Field, profile: ColumnProfile) -> bool:
    match field.type:
        case "datetime" | "date":
            return bool(profile.formats)
        case "count" | "number":
            return profile.is_whole and not profile.formats
        case "boolean":
            return profile.is_boolean
        case "answer":
            return profile.is_whole
        case "code":
            return profile.n_distinct <= 60
        case "question":
            return not profile.is_whole and profile.n_distinct <= 200
        case _:
            return not (profile.formats and not profile.is_whole)
