"""What may stand in `culture-kpis.toml`: the organisation, the warehouse, the lake and the sources.

Unknown keys are refused everywhere, so that a typo is an error and not a setting that silently does nothing.
"""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, PrivateAttr, SecretStr, model_validator

from flows.errors import ConfigurationError
from flows.settings.calendar import check_holidays, check_time_zone, minute_of_day
from flows.settings.encodings import check_encoding
from transforms.staging.mapping import SourceMapping

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
    """Where the marts are published: DuckDB file or PostgreSQL, as an SQLAlchemy URL."""

    url: str = Field(default="duckdb:///var/warehouse.duckdb", pattern=r"^(duckdb|postgresql)(\+\w+)?://")


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


class Settings(_Section):
    """Everything a run is told, with paths made absolute."""

    organisation: Organisation = Field(default_factory=Organisation)
    warehouse: Warehouse = Field(default_factory=Warehouse)
    lake: Lake = Field(default_factory=Lake)
    source: list[SourceSettings] = Field(default_factory=list)

    _pseudonym_key: SecretStr | None = PrivateAttr(default=None)
    _notify_urls: SecretStr | None = PrivateAttr(default=None)
    _config_file: Path | None = PrivateAttr(default=None)

    @property
    def sources(self) -> list[SourceSettings]:
        """The configured sources, in the order of the file."""
        return self.source

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
