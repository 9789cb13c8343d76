"""What a connector declares: where a vendor's records are, how they are paged, and what they mean. Data only.

A connector is one module of `flows/sources/connectors` with a `CONNECTOR`. Paths, parameters and constants may hold
`{placeholders}`: `source` (its name), `account`, `start_on` and every option of the configured source. Headers and the
body of a login hold its secrets, columns the fields of a record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import polars as pl

from flows.sources.rest.auth import Auth
from flows.sources.rest.increments import Increment
from flows.sources.rest.paging import Paging
from flows.sources.rest.questionnaire import Questionnaire
from flows.sources.rest.shape import Shape
from transforms.staging.mapping import ColumnReference, Constant, Grain, Kind
from transforms.staging.reasons import Reason

Reshape = Callable[[pl.DataFrame], pl.DataFrame]
Values = Mapping[str, Mapping[str, list[str]]]
LeftOut = Mapping[Reason, Mapping[str, list[str]]]


def page_column(name: str) -> str:
    """A column beside the fields of a record, which vendor and customer name as they like."""
    return f"page.{name}"


SOURCE = page_column("source")
RECORD = page_column("record")


@dataclass(frozen=True)
class Budget:
    """What an account (or an endpoint by itself) may ask for: requests within a minute, and at the same time."""

    per_minute: int
    at_once: int = 1


@dataclass(frozen=True)
class Feed:
    """What the records of an endpoint mean as rows of one grain.

    `columns`, `values`, `constants` and `datetime_format` are those of `[source.columns]` and so on. Records arrive as
    a frame: one column per field of the endpoint's shape; `page.record`, the record's number; `page.source`, the
    configured source's name; and `page.FIELD` for each field of the record it was asked for. `explode` makes a row of
    each element of a list; `reshape` does what neither can say, keeping `page.record`. After that structs are columns
    such as `giver.email`, lists of texts are joined by commas. A record that gives no row of any feed is out of scope
    and counted as that. `left_out` says why some rows count for nothing: reason -> column -> values, of which one is
    enough; the first reason counts.
    """

    kind: Kind
    grain: Grain
    columns: Mapping[str, ColumnReference]
    values: Values = field(default_factory=dict)
    constants: Mapping[str, Constant] = field(default_factory=dict)
    datetime_format: str | None = None
    explode: str | None = None
    reshape: Reshape | None = None
    left_out: LeftOut = field(default_factory=dict)


@dataclass(frozen=True)
class SubEndpoint:
    """A call for each record of an endpoint's page, landed with it: `path` and `params` may hold its `{field}`s."""

    name: str
    path: str
    records: str
    shape: Shape
    feeds: tuple[Feed, ...]
    paging: Paging
    params: Mapping[str, str] = field(default_factory=dict)
    budget: Budget | None = None
    needs: str = ""
    of_record: tuple[str, ...] = ("id",)


@dataclass(frozen=True)
class Endpoint:
    """One list of records: how it is asked for, what of a record is read, and what that means.

    `records` is the dotted place of the list in the answer, empty where the answer is the list. `needs` says in words
    what permission it takes. `budget` is its own, within the account's. With paging `OnePage` the place may hold a
    single record. `free` is a field with keys of the customer's own (answers, embedded data): those that the mapping
    names are read beside the ones of its shape, and all of them are columns without the field's name before them.
    """

    name: str
    path: str
    records: str
    shape: Shape
    feeds: tuple[Feed, ...]
    paging: Paging
    increment: Increment
    params: Mapping[str, str] = field(default_factory=dict)
    budget: Budget | None = None
    needs: str = ""
    of_each: tuple[SubEndpoint, ...] = ()
    free: str = ""


@dataclass(frozen=True)
class Option:
    """A key of `[source.options]`; without a default it must be set."""

    name: str
    description: str
    default: str | int | bool | None = None


@dataclass(frozen=True)
class Connector:
    """A vendor's system. `probe` is the path of one cheap call that any valid credential may make.

    `questionnaire` says where a survey tool describes the questions that the configured items name.

    `version` is raised when a reshape function changes, so that landed pages are staged again.
    """

    title: str
    url: str
    auth: Auth
    budget: Budget
    probe: str
    endpoints: tuple[Endpoint, ...]
    options: tuple[Option, ...] = ()
    questionnaire: Questionnaire | None = None
    version: int = 1

    def parts(self) -> dict[str, Endpoint | SubEndpoint]:
        """Endpoints and what is asked for each of their records, by name, in the order in which they are staged."""
        parts: dict[str, Endpoint | SubEndpoint] = {}
        for endpoint in self.endpoints:
            parts[endpoint.name] = endpoint
            parts |= {sub.name: sub for sub in endpoint.of_each}
        return parts
