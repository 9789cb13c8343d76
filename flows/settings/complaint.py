"""What a mistake in the configuration is called: one line with file, line, key, rule, and the nearest valid key."""

from __future__ import annotations

import difflib
import typing
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel, Tag, ValidationError

from flows.errors import ConfigurationError
from flows.settings.lines import Place, line_of

# What a pattern asks for, in words.
_PATTERNS = {
    "name": "use lower-case letters, digits, - and _, at most 64 characters",
    "opens": "use HH:MM",
    "closes": "use HH:MM, up to 24:00",
    "url": "use duckdb:///FILE, postgresql://USER@HOST/DATABASE or another SQLAlchemy URL",
}


def complaint(file: Path, text: str, place: Place, rule: str) -> ConfigurationError:
    """The error for `rule` broken at `place` of the configuration `file`, whose content is `text`."""
    line = line_of(text, place)
    return ConfigurationError(f"{file} line {line}: {rule}" if line else f"{file}: {rule}")


def from_validation(
    file: Path, text: str, raw: dict[str, Any], model: type[BaseModel], found: ValidationError
) -> ConfigurationError:
    """The error for the first thing pydantic found wrong with `raw`, the parsed `text`, and how many more there are."""
    # An unknown key explains the missing one that it was meant to be, so it comes first.
    errors = sorted(found.errors(include_url=False), key=lambda error: error["type"] != "extra_forbidden")
    first = errors[0]
    untagged, section_model = _untagged(model, first["loc"])
    place = _within(raw, untagged, beyond=first["type"] == "missing")
    places = {_within(raw, _untagged(model, each["loc"])[0], beyond=each["type"] == "missing") for each in errors}
    more = len(places) - 1
    key = place[-1] if place and isinstance(place[-1], str) else None
    section = name_of(place[:-1] if key else place, raw)
    if first["type"] == "extra_forbidden":
        rule = f'unknown key "{key}" in {section}{nearest(str(key), section_model.model_fields)}'
    elif first["type"] == "missing":
        rule = f'{section} needs the key "{key}"'
    else:
        told = _PATTERNS.get(key or "") if first["type"] == "string_pattern_mismatch" else None
        told = told or first["msg"].removeprefix("Value error, ")
        rule = f"{section}: {key + ': ' if key else ''}{told[:1].lower()}{told[1:]}"
    return complaint(file, text, place, rule + (f" (and {more} more)" if more else ""))


def nearest(name: str, known: Iterable[str]) -> str:
    """`; did you mean "..."?` with the nearest of `known`, or all of them where none is near."""
    names = sorted(set(known))
    close = difflib.get_close_matches(name.lower(), names, 1, cutoff=0.6)
    if close:
        return f'; did you mean "{close[0]}"?'
    return f"; valid are {', '.join(names)}" if names else ""


def name_of(place: Place, raw: dict[str, Any]) -> str:
    """How a person finds the section at `place`: `[organisation]`, `[source.columns] of source "x"`."""
    if not place:
        return "the top level"
    header = ".".join(str(part) for part in place if isinstance(part, str))
    is_element = isinstance(place[-1], int)
    section = f"[[{header}]]" if is_element else f"[{header}]"
    if place[0] != "source" or len(place) < 2 or not isinstance(place[1], int):
        return section
    source = raw["source"][place[1]]
    name = source.get("name", f"number {place[1] + 1}") if isinstance(source, dict) else f"number {place[1] + 1}"
    item = f" item {place[-1] + 1}" if is_element and len(place) > 2 and isinstance(place[-1], int) else ""
    return f'{section}{item} of source "{name}"'


def _within(raw: object, place: Place, *, beyond: bool) -> Place:
    """The part of `place` that exists in `raw` (pydantic adds names of union members); with `beyond` one key more."""
    kept: list[str | int] = []
    for part in place:
        try:
            raw = raw[part]  # type: ignore[index]
        except (KeyError, IndexError, TypeError):
            return (*kept, part) if beyond else tuple(kept)
        kept.append(part)
    return tuple(kept)


def _untagged(model: type[BaseModel], place: Place) -> tuple[Place, type[BaseModel]]:
    """`place` without the tags by which pydantic names members of a union, and the model its last key belongs to."""
    kept: list[str | int] = []
    members: dict[str, type[BaseModel]] = {}
    for position, part in enumerate(place):
        if part in members:
            model = members[str(part)]
            continue
        kept.append(part)
        if isinstance(part, str) and part in model.model_fields and position < len(place) - 1:
            members = dict(_models_in(model.model_fields[part].annotation))
            model = next(iter(members.values()), model)
    return tuple(kept), model


def _models_in(annotation: object, tag: str = "") -> Iterator[tuple[str, type[BaseModel]]]:
    """The models, by tag, that an annotation such as `list[Model]` or `Model | None` holds."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield tag, annotation
        return
    parts = typing.get_args(annotation)
    tag = next((part.tag for part in parts if isinstance(part, Tag)), tag)
    for part in parts:
        yield from _models_in(part, tag)
