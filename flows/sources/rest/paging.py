"""How an endpoint hands out its pages: what to ask for first, and what after an answer.

A position is what makes a request differ from the endpoint's first one: parameters, or a link to follow. It is plain
data, so a pull that was interrupted goes on where it was.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

Position = dict[str, str]
LINK = "link"  # a position with this key is an address, not parameters
_NEXT_LINK = re.compile(r'<([^>]*)>\s*;[^,]*\brel="?next"?')


@dataclass(frozen=True)
class Answered:
    """What a pager may look at: the parsed document, the headers in lower case, and its records."""

    document: Any
    headers: Mapping[str, str]
    records: list[Any]


class Paging(Protocol):
    """One way of paging. `has_more` is False at the end; the position is then where a stream would go on."""

    def first(self) -> Position:
        """What to ask for first."""
        ...

    def after(self, position: Position, answered: Answered) -> tuple[Position, bool]:
        """What to ask for after the answer to `position`, and whether there is more."""
        ...


@dataclass(frozen=True)
class OnePage:
    """Everything in one answer."""

    def first(self) -> Position:
        """Nothing in particular."""
        return {}

    def after(self, position: Position, answered: Answered) -> tuple[Position, bool]:
        """Nothing follows."""
        return position, False


@dataclass(frozen=True)
class Offset:
    """`limit` and `skip`. Pages overlap by one record, so that the walk can see when rows moved under it.

    A page that does not begin with the record the last one ended with tells that rows came or went meanwhile.
    """

    size: int
    size_param: str = "limit"
    offset_param: str = "skip"
    overlap: int = 1

    def first(self) -> Position:
        """From the beginning."""
        return {self.size_param: str(self.size), self.offset_param: "0"}

    def after(self, position: Position, answered: Answered) -> tuple[Position, bool]:
        """The next offset; a page that is not full is the last one."""
        offset = int(position[self.offset_param]) + self.size - self.overlap
        return {**position, self.offset_param: str(offset)}, len(answered.records) >= self.size


@dataclass(frozen=True)
class PageNumber:
    """Pages counted from `first_page`; a page that is not full is the last one.

    With `moving_param` the walk asks for the first page from the last record's `moving_field` on, again and again, in
    whose order the list must be. A record that changes meanwhile goes to the end and shifts all others: by numbers one
    of them would be lost. Numbers are turned only where a whole page is of one moment.
    """

    size: int
    page_param: str = "page"
    size_param: str | None = "per_page"
    first_page: int = 1
    moving_param: str = ""
    moving_field: str = ""

    def first(self) -> Position:
        """The first page."""
        size = {self.size_param: str(self.size)} if self.size_param else {}
        return {**size, self.page_param: str(self.first_page)}

    def after(self, position: Position, answered: Answered) -> tuple[Position, bool]:
        """The first again from where the page ended, else the next number."""
        has_more = len(answered.records) >= self.size
        if has_more and self.moving_param:
            reached = str(found(answered.records[-1], self.moving_field))
            if reached != position.get(self.moving_param):
                return {**position, self.page_param: str(self.first_page), self.moving_param: reached}, True
        return {**position, self.page_param: str(int(position[self.page_param]) + 1)}, has_more


@dataclass(frozen=True)
class Cursor:
    """A token in the answer, sent back as `param`: Zendesk's cursors, Jira's `nextPageToken`, Typeform's `before`.

    `token` is its dotted place; it ends where `until` is true, where `more` is false, or, with neither, where there is
    no token. Of a list of records the last one's field is named as `items.-1.token`.
    """

    param: str
    token: str
    until: str | None = None
    more: str | None = None
    constant: Mapping[str, str] = field(default_factory=dict)

    def first(self) -> Position:
        """No token yet."""
        return dict(self.constant)

    def after(self, position: Position, answered: Answered) -> tuple[Position, bool]:
        """The new token, or the old one where the answer holds none."""
        token = found(answered.document, self.token)
        if token is None:
            return position, False
        ends = self.until is not None and bool(found(answered.document, self.until))
        stops = self.more is not None and not found(answered.document, self.more)
        return {**self.constant, self.param: str(token)}, not ends and not stops


@dataclass(frozen=True)
class BodyLink:
    """The whole next address in the answer, such as `links.next` or `next`."""

    link: str
    constant: Mapping[str, str] = field(default_factory=dict)

    def first(self) -> Position:
        """The endpoint's own path."""
        return dict(self.constant)

    def after(self, position: Position, answered: Answered) -> tuple[Position, bool]:
        """The link, if there is one."""
        link = found(answered.document, self.link)
        return ({LINK: str(link)}, True) if link else (position, False)


@dataclass(frozen=True)
class HeaderLink:
    """The header `Link: <...>; rel="next"`."""

    constant: Mapping[str, str] = field(default_factory=dict)

    def first(self) -> Position:
        """The endpoint's own path."""
        return dict(self.constant)

    def after(self, position: Position, answered: Answered) -> tuple[Position, bool]:
        """The link, if there is one."""
        link = _NEXT_LINK.search(answered.headers.get("link", ""))
        return ({LINK: link[1]}, True) if link else (position, False)


@dataclass(frozen=True)
class ExportJob:
    """An export made on request: start it, ask until it is ready, fetch the file (a `.zip` or a plain one).

    `{job}` and `{file}` in the paths are what `job` and `file` name in the answers. `body` is the JSON of the start,
    to which the increment's bounds are added. `done` and `failed` are values of `status`. A member of the archive whose
    name ends in `.csv` is read as CSV, every other one, and a plain file, as JSON (with the endpoint's `records`).
    """

    start_path: str
    poll_path: str
    file_path: str
    job: str
    file: str
    status: str
    done: tuple[str, ...]
    failed: tuple[str, ...]
    body: Mapping[str, Any] = field(default_factory=dict)
    poll_seconds: float = 2.0
    patience_seconds: float = 3600.0

    def first(self) -> Position:
        """A job that is not started yet."""
        return {}

    def after(self, position: Position, answered: Answered) -> tuple[Position, bool]:
        """One export is one answer."""
        return position, False


def found(document: Any, place: str) -> Any:
    """What stands at a dotted place of a document (`meta.after_cursor`, `items.-1.token`); None where nothing does."""
    for part in place.split(".") if place else ():
        if isinstance(document, Mapping):
            document = document.get(part)
        elif isinstance(document, list) and re.fullmatch(r"-?\d+", part) and document:
            document = document[int(part)] if -len(document) <= int(part) < len(document) else None
        else:
            return None
    return document
