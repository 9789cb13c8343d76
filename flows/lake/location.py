"""Where a lake lies: a local folder or an object store, and what it takes to reach it."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from flows.errors import ConfigurationError

_SCHEME = re.compile(r"^([A-Za-z][A-Za-z0-9+.-]*)://")
# Object stores by scheme, with the prefix of the environment variables that hold address and credentials.
_OBJECT_STORES = {"s3": "AWS_"}
# What Delta Lake cannot have in a local path (`[a]`, a percent-encoded sign) and what Polars takes for a partition.
_UNUSABLE = re.compile(r"[\[\]|\\^=\x00-\x1f\x7f]|%[0-9A-Fa-f]{2}")


@dataclass(frozen=True)
class Location:
    """A lake's root. `options` go to the object store's client; they may hold secrets and are never printed."""

    root: str
    folder: Path | None
    options: dict[str, str] = field(default_factory=dict, repr=False)

    def table(self, name: str) -> str:
        """URL (or local path) of a table."""
        return f"{self.root}/{name}"


def locate(url: str) -> Location:
    """The lake at `url`: a folder's path, `file:///folder` or `s3://bucket/folder`.

    Object stores take their options from the environment (AWS_ENDPOINT_URL, AWS_REGION, AWS_ACCESS_KEY_ID, ...).
    Raises ConfigurationError for any other URL, and for a folder whose path holds a sign that tables cannot have.
    """
    scheme = _SCHEME.match(url)
    if not url.strip() or (scheme and not urlsplit(url).path.strip("/") and not urlsplit(url).netloc):
        raise ConfigurationError("lake url: it is empty; write a folder, such as var/lake, or s3://bucket/folder")
    if scheme is None:
        return _local(url)
    kind = scheme[1].lower()
    if kind == "file":
        return _local(unquote(urlsplit(url).path))
    if kind not in _OBJECT_STORES:
        raise ConfigurationError(f"lake url: scheme {kind}:// is not supported; write a folder, file:// or s3://")
    prefix = _OBJECT_STORES[kind]
    return Location(url.rstrip("/"), None, {name: said for name, said in os.environ.items() if name.startswith(prefix)})


def _local(path: str) -> Location:
    folder = Path(path).expanduser()
    if sign := _UNUSABLE.search(str(folder.absolute())):
        raise ConfigurationError(
            f"lake url: {folder.absolute()} holds {sign[0]!r}, which its tables cannot have; rename it"
        )
    return Location(str(folder), folder)
