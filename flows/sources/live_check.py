"""Checks a live source and its mappings, with one cheap call for each thing a night needs; stores nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Container, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from rich.console import Group, RenderableType
from rich.markup import escape

from flows.errors import CultureKpisError, SourcePermanentError
from flows.settings import LiveSource
from flows.sources import live
from flows.sources.connectors import connector
from flows.sources.described import described_by, questionnaire_of
from flows.sources.rest.client import Call
from flows.sources.rest.mappings import endpoints_of
from flows.sources.rest.pull import Pull
from flows.sources.rest.questionnaire import Questionnaire
from flows.sources.rest.walk import Walker
from transforms.staging.checks import mapping_problems

LARGEST_SKEW = dt.timedelta(minutes=5)


@dataclass(frozen=True)
class Tried:
    """One thing that was tried: what, what came of it in words, and 0 or the exit code a night would leave with."""

    what: str
    told: str
    exit_code: int = 0


@dataclass(frozen=True)
class LiveReport:
    """The report on one live source."""

    source: str
    connector: str
    tried: tuple[Tried, ...]

    @property
    def exit_code(self) -> int:
        """The first failure's, else 0."""
        return next((one.exit_code for one in self.tried if one.exit_code), 0)

    def as_json(self) -> dict[str, Any]:
        """The report as values that JSON knows."""
        return {**asdict(self), "exit_code": self.exit_code}

    def rendered(self) -> RenderableType:
        """The report for a terminal."""
        marks = {True: "[red]error[/red]", False: "ok"}
        lines = [f"  {marks[bool(one.exit_code)]} {one.what}: {escape(one.told)}" for one in self.tried]
        return Group(f"[bold]{self.source}[/bold]: {self.connector}", *lines)


def check_live(source: LiveSource) -> LiveReport:
    """Try credentials, clock and every endpoint of a source. What fails is told and never raised."""
    return LiveReport(source.name, source.connector, tuple(_tried(source)))


def _tried(source: LiveSource) -> Iterator[Tried]:
    declared = connector(source.connector)
    try:
        with live.opened(source) as walker:
            walker.client.send(Call("credentials", declared.probe.format_map(walker.given)))
            yield Tried("credentials", f"accepted by {walker.client.url}")
            yield _clock(walker.client.ahead)
            filled = set()
            for endpoint in endpoints_of(source):
                n_records, told = _endpoint(Pull(walker, endpoint, {}, source.start_on, source.reread_days))
                yield told
                if n_records != 0:
                    filled.add(endpoint.name)
            described: LiveSource | None = source
            if questionnaire := questionnaire_of(source):
                told, described = _questionnaire(source, questionnaire, walker)
                yield told
            yield from _mappings(described, filled) if described else ()
    except CultureKpisError as error:
        yield Tried("credentials", str(error), error.exit_code)


def _questionnaire(source: LiveSource, questionnaire: Questionnaire, walker: Walker) -> tuple[Tried, LiveSource | None]:
    """Whether the survey asks what the items name, on a scale; and the source with what the survey says of them."""
    endpoint = next(one for one in endpoints_of(source) if one.name == questionnaire.endpoint)
    try:
        for page in walker.step(endpoint, {}, endpoint.name).pages:
            known = described_by(source, questionnaire, page.payload)
            return Tried("items", ", ".join(f"{item.item_id} on {item.scale}" for item in known.item)), known
        return Tried("items", "the survey is not described"), None
    except CultureKpisError as error:
        return Tried("items", str(error), error.exit_code), None


def _mappings(source: LiveSource, filled: Container[str]) -> Iterator[Tried]:
    """What staging would refuse whatever the records hold.

    A system that makes no surveys needs no items for them: without any, only endpoints of `filled` are judged.
    """
    for name, mapping in source.mappings_by_endpoint():
        if mapping.kind == "survey" and not source.item and name not in filled:
            continue
        for problem in mapping_problems(mapping):
            told = f'source "{source.name}", {name}: {problem}'
            yield Tried(f"mapping of {name}", told, SourcePermanentError.exit_code)


def _clock(ahead: dt.timedelta | None) -> Tried:
    if ahead is None:
        return Tried("clock", "the vendor does not say what time it is")
    seconds = ahead.total_seconds()
    if abs(ahead) <= LARGEST_SKEW:
        return Tried("clock", f"{abs(seconds):.0f} s apart")
    side = "behind" if seconds > 0 else "ahead of"
    rule = f"this machine is {abs(seconds) / 60:,.0f} minutes {side} the vendor; set its clock"
    return Tried("clock", f"{rule}. A night goes by the vendor's clock")


def _endpoint(pull: Pull) -> tuple[int | None, Tried]:
    """How many records the page tried holds, None where none is known; and what to tell of it."""
    try:
        n_records = pull.probe()
    except CultureKpisError as error:
        return 0, Tried(pull.endpoint.name, str(error), error.exit_code)
    if n_records is None:
        return None, Tried(pull.endpoint.name, "an export is made at night only; not tried")
    return n_records, Tried(pull.endpoint.name, f"answers, {n_records:,} rows on the page tried")
