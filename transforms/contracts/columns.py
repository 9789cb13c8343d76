"""The column vocabulary: the same quantity in the same unit has one name and one declaration everywhere.

Each function returns a fresh dataframely column. `metadata` carries what dataframely has no field for:

* `unit`      minute, day, share, person, event ...
* `pii`       True where a value could identify a person; such a column never reaches a mart
* `severity`  what a violation does: `row` quarantines the row, `warning` reports it, `critical` stops the publish
* `allowed`   the closed list of values of a code column
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any, Literal

import dataframely as dy

Severity = Literal["row", "warning", "critical"]

# A time outside these bounds is a typing error or a placeholder (0001, 9999), never a service event.
EARLIEST = dt.datetime(1990, 1, 1, tzinfo=dt.UTC)
LATEST = dt.datetime(2100, 1, 1, tzinfo=dt.UTC)


def _metadata(severity: Severity, *, pii: bool = False, unit: str | None = None, **more: Any) -> dict[str, Any]:
    return {"severity": severity, "pii": pii, "unit": unit, **more}


def identifier(description: str, *, nullable: bool = False, primary_key: bool = False) -> dy.String:
    """An identifier of a thing (ticket, team, survey item), at most 200 characters."""
    return dy.String(
        nullable=nullable,
        primary_key=primary_key,
        min_length=1,
        max_length=200,
        description=description,
        metadata=_metadata("row"),
    )


def person(description: str, *, nullable: bool = False, primary_key: bool = False) -> dy.String:
    """A person as a keyed pseudonym: `p_` and 32 hexadecimal digits of an HMAC-SHA-256."""
    return dy.String(
        nullable=nullable,
        primary_key=primary_key,
        regex=r"^p_[0-9a-f]{32}$",
        description=description,
        metadata=_metadata("row", pii=True),
    )


def code(allowed: Sequence[str], description: str, *, nullable: bool = False, primary_key: bool = False) -> dy.String:
    """A value out of a closed list."""
    return dy.String(
        nullable=nullable,
        primary_key=primary_key,
        regex=f"^({'|'.join(re.escape(value) for value in allowed)})$",
        description=f"{description} One of: {', '.join(allowed)}.",
        metadata=_metadata("row", allowed=tuple(allowed)),
    )


def text(description: str, *, nullable: bool = True, primary_key: bool = False, pii: bool = False) -> dy.String:
    """A short label for people to read; never free text written by a customer or an employee."""
    return dy.String(
        nullable=nullable, primary_key=primary_key, description=description, metadata=_metadata("row", pii=pii)
    )


def timestamp(description: str, *, nullable: bool = False, primary_key: bool = False) -> dy.Datetime:
    """A moment in UTC, microseconds."""
    return dy.Datetime(
        nullable=nullable,
        primary_key=primary_key,
        min=EARLIEST,
        max=LATEST,
        time_zone="UTC",
        time_unit="us",
        description=description,
        metadata=_metadata("row"),
    )


def day(description: str, *, nullable: bool = False, primary_key: bool = False) -> dy.Date:
    """A calendar day in the organisation's time zone."""
    return dy.Date(
        nullable=nullable,
        primary_key=primary_key,
        min=EARLIEST.date(),
        max=LATEST.date(),
        description=description,
        metadata=_metadata("row"),
    )


def flag(description: str, *, nullable: bool = False) -> dy.Bool:
    """True or false."""
    return dy.Bool(nullable=nullable, description=description, metadata=_metadata("row"))


def count(description: str, *, nullable: bool = False, primary_key: bool = False, unit: str = "event") -> dy.Int64:
    """A number of things, zero or more."""
    return dy.Int64(
        nullable=nullable,
        primary_key=primary_key,
        min=0,
        description=description,
        metadata=_metadata("row", unit=unit),
    )


def number(
    description: str,
    *,
    nullable: bool = True,
    unit: str | None = None,
    min: float | None = None,
    max: float | None = None,
) -> dy.Float64:
    """A finite number; NaN and infinity are violations."""
    return dy.Float64(
        nullable=nullable, min=min, max=max, description=description, metadata=_metadata("row", unit=unit)
    )


def share(description: str, *, nullable: bool = True) -> dy.Float64:
    """A fraction between 0 and 1."""
    return number(description, nullable=nullable, unit="share", min=0.0, max=1.0)


def minutes(description: str, *, nullable: bool = True) -> dy.Float64:
    """A duration in minutes, zero or more; null where it is not known."""
    return number(description, nullable=nullable, unit="minute", min=0.0)
