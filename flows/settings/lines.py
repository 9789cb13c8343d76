"""In which line of a TOML text a key stands, so that an error can point at it."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator

Place = tuple[str | int, ...]
_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\[\]]+?)\s*\]\]?\s*(#.*)?$")
_KEY = re.compile(r"""^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")


def line_of(text: str, place: Place) -> int | None:
    """Line (from 1) of the key at `place`, such as ("source", 0, "columns", "at"); else of what holds it."""
    lines: dict[Place, int] = {}
    for number, key in _keys(text):
        lines.setdefault(key, number)
    while place and place not in lines:
        place = place[:-1]
    return lines.get(place)


def _keys(text: str) -> Iterator[tuple[int, Place]]:
    table: Place = ()
    counts: dict[Place, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = _resolve(_parts(header[2]), counts, is_array=header[1] == "[[")
            yield number, table
        elif key := _KEY.match(line):
            yield number, table + _parts(key[1])


def _resolve(parts: Place, counts: dict[Place, int], *, is_array: bool) -> Place:
    """The place a header names: an array of tables stands for its last element, a new one for `[[`."""
    place: Place = ()
    for position, part in enumerate(parts):
        place = (*place, part)
        if is_array and position == len(parts) - 1:
            counts[place] = counts.get(place, -1) + 1
        if place in counts:
            place = (*place, counts[place])
    return place


def _parts(dotted: str) -> Place:
    """A dotted key as its parts, read by the TOML parser itself so that quotes mean what they mean there."""
    try:
        node: object = tomllib.loads(f"{dotted} = 0")
    except tomllib.TOMLDecodeError:
        return (dotted,)
    parts: list[str] = []
    while isinstance(node, dict):
        part, node = next(iter(node.items()))
        parts.append(part)
    return tuple(parts)
