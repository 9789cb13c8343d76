"""Names that settings use for time: zones, holiday codes, times of day. Standard library unless a code is checked."""

from __future__ import annotations

import datetime as dt
import difflib
import zoneinfo
from collections.abc import Iterable


def check_time_zone(name: str) -> str:
    """`name` when it is an IANA time zone. Raises ValueError with the nearest one otherwise."""
    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"unknown time zone {name!r}{_nearest(name, zoneinfo.available_timezones())}") from None
    return name


def check_holidays(code: str) -> str:
    """`code` when the holiday library knows `country[-subdivision]`. Raises ValueError with the nearest otherwise."""
    import holidays  # noqa: PLC0415 - only where a code is configured

    supported = holidays.list_supported_countries(include_aliases=True)
    country, _, subdivision = code.partition("-")
    if country not in supported:
        raise ValueError(f"unknown country {country!r} in holidays {code!r}{_nearest(country, supported)}")
    if subdivision and subdivision not in supported[country]:
        known = ", ".join(supported[country]) or "none"
        raise ValueError(f"unknown subdivision {subdivision!r} in holidays {code!r}; {country} has: {known}")
    return code


def holidays_of(code: str, years: range) -> tuple[tuple[dt.date, str], ...]:
    """Every holiday of `country[-subdivision]` in `years`, as (day, name) in order of days."""
    import holidays  # noqa: PLC0415 - only where a code is configured

    country, _, subdivision = code.partition("-")
    found = holidays.country_holidays(country, subdiv=subdivision or None, years=years)
    return tuple(sorted(found.items()))


def minute_of_day(clock: str) -> int:
    """Minute of the day of a time `HH:MM`; 24:00 is 1440."""
    hours, _, minutes = clock.partition(":")
    return int(hours) * 60 + int(minutes)


def _nearest(name: str, known: Iterable[str]) -> str:
    close = difflib.get_close_matches(name, sorted(known), 1)
    return f"; did you mean {close[0]!r}?" if close else ""
