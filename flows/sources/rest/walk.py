"""A step of a walk over an endpoint's pages: one request, what it brought, and where to go on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from string import Formatter
from typing import Any

from flows.sources.page import FetchedPage
from flows.sources.rest.client import Answer, Call, Client
from flows.sources.rest.declaration import Endpoint, SubEndpoint
from flows.sources.rest.export import exported
from flows.sources.rest.pace import Pace, pace_of
from flows.sources.rest.page_names import of_record
from flows.sources.rest.paging import LINK, Answered, ExportJob, Offset, OnePage, Position, found
from flows.sources.rest.refusal import refused, unanswered


@dataclass(frozen=True)
class Step:
    """What one request brought: pages with records (none for an empty answer), and where the next one goes on.

    `tail` is a hash of the last record, by which a walk by offset sees that rows moved.
    """

    pages: tuple[FetchedPage, ...]
    position: Position
    has_more: bool
    tail: str | None = None


class ShiftedError(Exception):
    """Rows came or went while a list was paged by offset: the walk has to begin again."""


@dataclass(frozen=True)
class Walker:
    """Walks the endpoints of one source. `given` fills placeholders in paths and parameters."""

    client: Client
    given: Mapping[str, str]

    def step(
        self,
        part: Endpoint | SubEndpoint,
        bounds: Mapping[str, str],
        place: str,
        position: Position | None = None,
        tail: str | None = None,
    ) -> Step:
        """One request at `position` (None: the beginning); its page is named `place`.

        `bounds` are the increment's parameters, `tail` the one of the step before. Raises ShiftedError when the page
        does not begin with the record the last one ended with, else the errors of `flows.errors`.
        """
        paging = part.paging
        if isinstance(paging, ExportJob):
            members = exported(self.client, self._call(part, bounds, {}), paging, place, self._filled)
            return Step(tuple(members), {}, has_more=False)
        position = paging.first() if position is None else position
        answer = self.client.send(self._call(part, bounds, position))
        records = self._records(part, answer)
        if isinstance(paging, Offset) and tail is not None and (not records or _hash(records[0]) != tail):
            raise ShiftedError
        after, has_more = paging.after(position, Answered(answer.document, answer.headers, records))
        if has_more and after == position:
            raise unanswered(self.client.source, part.name, "names the same next page again and again")
        pages = (FetchedPage(place, answer.body),) if records else ()
        told = (*pages, *self._of_each(part, records, place))
        return Step(told, after, has_more, _hash(records[-1]) if records else None)

    def probe(self, part: Endpoint, bounds: Mapping[str, str], position: Position | None) -> int:
        """Records on one page; nothing is kept and nothing asked for each of them."""
        first = part.paging.first() if position is None else position
        return len(self._records(part, self.client.send(self._call(part, bounds, first))))

    def _call(self, part: Endpoint | SubEndpoint, bounds: Mapping[str, str], position: Position) -> Call:
        paces: tuple[Pace, ...] = ()
        if part.budget is not None:
            paces = (pace_of(self.client.url, part.name, part.budget),)
        # A bound that a text asks for is a part of it, such as of a query; else it is a parameter itself.
        asked = {name for template in part.params.values() for _, name, _, _ in Formatter().parse(template)}
        params = {name: self._filled(value, bounds) for name, value in part.params.items()}
        params |= {name: value for name, value in bounds.items() if name not in asked}
        call = Call(part.name, self._filled(part.path, {}), {**params, **position}, needs=part.needs, paces=paces)
        return replace(call, url=position[LINK], params={}) if LINK in position else call

    def _filled(self, template: str, more: Mapping[str, str]) -> str:
        return template.format_map({**self.given, **more}) if "{" in template else template

    def _records(self, part: Endpoint | SubEndpoint, answer: Answer) -> list[Any]:
        records = found(answer.document, part.records)
        if records is None and _names(answer.document, part.records):
            return []
        if isinstance(records, Mapping) and isinstance(part.paging, OnePage):
            return [records]
        if not isinstance(records, list):
            where = f'"{part.records}"' if part.records else "its top"
            raise refused(self.client.source, part.name, f"answers without a list at {where}; its form has changed")
        return records

    def _of_each(self, part: Endpoint | SubEndpoint, records: list[Any], place: str) -> Iterator[FetchedPage]:
        """Pages of what is asked for each record, in their order, as many calls at once as the account allows."""
        for sub in part.of_each if isinstance(part, Endpoint) else ():
            named = [{name: found(record, name) for name in sub.of_record} for record in records]
            told = [{name: str(value) for name, value in one.items()} for one in named if None not in one.values()]
            with ThreadPoolExecutor(max_workers=self.client.at_once) as pool:
                for pages in pool.map(lambda values, sub=sub: self._all_of(sub, values, place), told):
                    yield from pages

    def _all_of(self, sub: SubEndpoint, values: Mapping[str, str], place: str) -> list[FetchedPage]:
        walker = replace(self, given={**self.given, **values})
        named = of_record(values)
        pages: list[FetchedPage] = []
        position: Position | None = None
        has_more = True
        while has_more:
            step = walker.step(sub, {}, f"{sub.name}/{place}/{named}/{len(pages) + 1:06d}", position)
            pages.extend(step.pages)
            position, has_more = step.position, step.has_more
        return pages


def _hash(record: Any) -> str:
    return hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()[:16]


def _names(document: Any, place: str) -> bool:
    """Whether a document has the key at `place`, with whatever in it."""
    above, _, key = place.rpartition(".")
    holder = found(document, above)
    return isinstance(holder, Mapping) and key in holder
