"""What may stand in `culture-kpis.toml`: the organisation, the warehouse, the lake and the sources.

Unknown keys are refused everywhere, so that a typo is an error and not a setting that silently does nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    PrivateAttr,
    SecretStr,
    Tag,
    model_validator,
)

from flows.errors import ConfigurationError
from flows.settings.calendar import check_holidays, check_time_zone, minute_of_day
from flows.settings.encodings import check_encoding
from transforms.staging.mapping import SOURCE_NAME, Audience, ColumnReference, Constant, ItemMapping, SourceMapping

if TYPE_CHECKING:
    from transforms.facts.context import Context

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
TimeZone = Annotated[str, AfterValidator(check_time_zone)]
TimeOfDay = Annotated[str, Field(pattern=r"^(([01]\d|2[0-3]):[0-5]\d|24:00)$")]
MINIMUM_KEY_LENGTH = 32
KEY_COMMAND = 'python3 -c "import secrets; print(secrets.token_hex(32))"'


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WorkingHours(_Section):
    """Opening hours of one or several weekdays, local time `HH:MM`; a day may have several entries."""

    weekday: Weekday | list[Weekday]
    opens: TimeOfDay
    closes: TimeOfDay

    @model_validator(mode="after")
    def _opens_first(self) -> Self:
        if minute_of_day(self.opens) >= minute_of_day(self.closes):
            raise ValueError(f"opens {self.opens} is not before closes {self.closes}")
        return self

    @property
    def weekdays(self) -> list[Weekday]:
        """The weekdays meant, as a list."""
        return self.weekday if isinstance(self.weekday, list) else [self.weekday]


class Organisation(_Section):
    """The organisation: its clock, its calendar, and how far its people are protected."""

    name: str = "Organisation"
    timezone: TimeZone = "UTC"
    week_starts: Literal["monday"] = "monday"  # periods are ISO weeks
    holidays: Annotated[str, AfterValidator(check_holidays)] | None = None
    minimum_group: int = Field(default=5, ge=5)
    close_after_days: int = Field(default=7, ge=0, le=365)
    working_hours: list[WorkingHours] = Field(default_factory=list)

    @model_validator(mode="after")
    def _no_overlap(self) -> Self:
        slots = sorted((day, hours.opens, hours.closes) for hours in self.working_hours for day in hours.weekdays)
        for (day, _, closes), (next_day, opens, _) in pairwise(slots):
            if day == next_day and opens < closes:
                raise ValueError(f"working_hours of {day} overlap at {opens}")
        return self


class Warehouse(_Section):
    """Where the marts are published, as an SQLAlchemy URL: a DuckDB file, PostgreSQL, or another database."""

    url: str = Field(default="duckdb:///var/warehouse.duckdb", pattern=r"^\w+(\+\w+)?://", repr=False)


class Lake(_Section):
    """Where landed pages and staged tables live: a folder or an address such as `s3://bucket/lake`."""

    url: str = Field(default="var/lake", min_length=1)
    landing_retention_days: int = Field(default=30, ge=1)


class SourceSettings(SourceMapping):
    """One `[[source]]`: where the export is, how its bytes read, and (inherited) what its columns mean."""

    connector: Literal["files"] = "files"
    path: str = Field(min_length=1)
    timezone: TimeZone = "UTC"
    encoding: Annotated[str, AfterValidator(check_encoding)] = "utf-8"
    delimiter: str | None = Field(default=None, min_length=1, max_length=1)
    sheet: str | None = None
    allow_empty: bool = False

    @property
    def mappings(self) -> tuple[SourceMapping, ...]:
        """The source itself: an export means one thing."""
        return (self,)


class FeedSettings(_Section):
    """`[source.feeds.NAME]`: what an installation corrects in the mapping of a connector's endpoint.

    `keep` names reasons for which the connector leaves rows out, and this installation does not.
    """

    columns: dict[str, ColumnReference] = Field(default_factory=dict)
    values: dict[str, dict[str, list[str]]] = Field(default_factory=dict)
    constants: dict[str, Constant] = Field(default_factory=dict)
    null_values: list[str] = Field(default_factory=list)
    keep: list[str] = Field(default_factory=list)


class LiveSource(_Section):
    """One `[[source]]` of a live system: which account, from when on, and what differs from the connector's mapping.

    Secrets stand in the environment as CULTURE_KPIS_<NAME>_<SECRET>.
    """

    name: str = Field(pattern=SOURCE_NAME)
    connector: str
    account: str = Field(default="", pattern=r"^[A-Za-z0-9.-]*$")
    url: str | None = Field(default=None, pattern=r"^https?://[^\s/?#@]+(/[^\s?#]*)?$")
    start_on: dt.date
    reread_days: int = Field(default=35, ge=1)
    leave_out: list[str] = Field(default_factory=list)
    options: dict[str, str | int | bool] = Field(default_factory=dict)
    feeds: dict[str, FeedSettings] = Field(default_factory=dict)
    audience: Audience | None = None
    survey: str | None = None
    item: list[ItemMapping] = Field(default_factory=list)
    one_answer_per_person_and_item: bool = False
    message_templates: list[str] = Field(default_factory=list)
    allow_empty: bool = False

    @property
    def mappings(self) -> tuple[SourceMapping, ...]:
        """What the source's endpoints mean, one mapping per grain they feed."""
        return tuple(mapping for _, mapping in self.mappings_by_endpoint())

    def mappings_by_endpoint(self) -> Iterator[tuple[str, SourceMapping]]:
        """The same, each with its endpoint's name."""
        from flows.sources.rest.mappings import mappings_of  # noqa: PLC0415 - loads the connector, and Polars

        for name, mappings in mappings_of(self).items():
            yield from ((name, mapping) for mapping in mappings)


def _which(source: object) -> Literal["files", "live"]:
    """Which model a `[[source]]` is read by: its connector says it."""
    connector = source.get("connector", "files") if isinstance(source, dict) else getattr(source, "connector", "files")
    return "files" if connector == "files" else "live"


Source = Annotated[Annotated[SourceSettings, Tag("files")] | Annotated[LiveSource, Tag("live")], Discriminator(_which)]


class Settings(_Section):
    """Everything a run is told, with paths made absolute."""

    organisation: Organisation = Field(default_factory=Organisation)
    warehouse: Warehouse = Field(default_factory=Warehouse)
    lake: Lake = Field(default_factory=Lake)
    source: list[Source] = Field(default_factory=list)

    _pseudonym_key: SecretStr | None = PrivateAttr(default=None)
    _notify_urls: SecretStr | None = PrivateAttr(default=None)
    _config_file: Path | None = PrivateAttr(default=None)

    @property
    def sources(self) -> list[Source]:
        """The configured sources, in the order of the file."""
        return self.source

    @property
    def mappings(self) -> list[SourceMapping]:
        """What the sources mean, one mapping per grain that any of them feeds."""
        return [mapping for source in self.source for mapping in source.mappings]

    @property
    def config_file(self) -> Path | None:
        """The file these settings were read from; None where there is none."""
        return self._config_file

    def pseudonym_key(self) -> bytes:
        """The key of the pseudonyms, from the environment. Raises ConfigurationError when missing or too short."""
        if self._pseudonym_key is None:
            raise ConfigurationError(
                f"CULTURE_KPIS_PSEUDONYM_KEY is not set; make one with: {KEY_COMMAND} - keep it, and never change it"
            )
        key = self._pseudonym_key.get_secret_value().strip()
        if len(key) < MINIMUM_KEY_LENGTH:
            raise ConfigurationError(
                f"CULTURE_KPIS_PSEUDONYM_KEY has {len(key)} characters and needs {MINIMUM_KEY_LENGTH}; "
                f"make one with: {KEY_COMMAND}"
            )
        return key.encode()

    def notify_urls(self) -> list[str]:
        """Apprise addresses from the environment, separated by blanks; they carry tokens, so never show them."""
        return self._notify_urls.get_secret_value().split() if self._notify_urls else []

    def context(self, run_on: dt.date) -> Context:
        """What the computations of the night `run_on` are told: calendar, working hours, privacy settings."""
        from flows.settings.context import context_of  # noqa: PLC0415 - Polars is not needed to read settings

        return context_of(self.organisation, run_on)
