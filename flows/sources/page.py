"""A page: the unit in which a source is fetched, landed, staged and accounted for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FetchedPage:
    """One page of a source. For files `payload` is the content after decompression, so that compressing the same
    export again is not a new page; `name` is the file's, or `archive.zip!member`.
    """

    name: str
    payload: bytes
