"""Names of landed pages, cut by slashes: the endpoint, its bounds, the record a page was asked for, a number."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from urllib.parse import unquote


def endpoint_of(page_name: str) -> str:
    """The endpoint a landed page came from."""
    return page_name.partition("/")[0]


def of_record(values: Mapping[str, str]) -> str:
    """The part of a name that tells fields of a record: `id=7/sendDate=...`. No value cuts it."""
    cut = {name: value.replace("%", "%25").replace("/", "%2F") for name, value in values.items()}
    return "/".join(f"{name}={value}" for name, value in cut.items())


def told_by(page_name: str, fields: Collection[str]) -> dict[str, str]:
    """Those of a record's `fields` that a page's name tells; other parts may look alike, such as bounds."""
    pairs = (piece.partition("=") for piece in page_name.split("/"))
    return {name: unquote(value) for name, _, value in pairs if name in fields}
