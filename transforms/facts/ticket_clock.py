"""Business minutes of tickets: each stretch by the calendar that was in force on its ticket when the stretch ended.

So Zendesk records its own measures: a duration that one event ends (first reply, a resolution) takes the schedule at
that event for all of it; a wait made of several stretches takes each stretch's own. Which calendar a ticket runs on is
told by events of type `calendar`; before the first it is the one of its source that was created first. A source
without calendars runs on the organisation's opening hours.
https://support.zendesk.com/hc/en-us/articles/5654110765338
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import polars as pl

from transforms.clock import OpeningHours, business_minutes, moments_after
from transforms.facts.context import Context
from transforms.facts.ticket_history import TICKET_KEY, TICKET_ROW, in_texts

_CALENDAR = ("source", "calendar_id")
_VERSION = (*_CALENDAR, "valid_from_at")
_POSITION, _AT = "position", "in_force_at"


@dataclass(frozen=True)
class TicketClock:
    """The clocks of all tickets.

    `hours` by version of a calendar; `versions`: source, calendar_id, valid_from_at; `named`: ticket_row, source,
    ticket_id, at, calendar_id, in order of time. Without calendars all three are empty.
    """

    organisation: OpeningHours
    hours: Mapping[tuple[object, ...], OpeningHours]
    versions: pl.DataFrame
    defaults: pl.DataFrame
    named: pl.DataFrame
    numbered: pl.DataFrame

    @classmethod
    def of(cls, tables: Mapping[str, pl.LazyFrame], events: pl.DataFrame, context: Context) -> TicketClock:
        """The clocks of the night; `events` of `events_of_tickets`."""
        slots = tables["calendar_slot"].collect()
        closures = tables["calendar_closure"].collect()
        is_named = (pl.col("event_type") == "calendar") & pl.col("value").is_not_null()
        named = in_texts(events.lazy().filter(is_named)).collect()
        return cls(
            organisation=context.opening_hours,
            hours={
                version: _hours(of_version, closures)
                for version, of_version in slots.partition_by(_VERSION, as_dict=True).items()
            },
            versions=slots.select(_VERSION).unique().sort("valid_from_at"),
            defaults=slots.sort("created_at", "calendar_id")
            .unique("source", keep="first", maintain_order=True)
            .select("source", pl.col("calendar_id").alias("default_id")),
            named=named.select(TICKET_ROW, *TICKET_KEY, "at", pl.col("value").alias("calendar_id")).sort("at"),
            numbered=in_texts(events.lazy().select(TICKET_ROW, *TICKET_KEY).unique(TICKET_ROW)).collect(),
        )

    def with_minutes(self, frame: pl.DataFrame, start: str, end: str, alias: str) -> pl.DataFrame:
        """`frame` (with the ticket's key or its number) and business minutes from `start` to `end` as `alias`.

        Float64, null where either is null or the end comes first.
        """
        return self._each(frame, end, alias, lambda part, hours: business_minutes(part[start], part[end], hours))

    def with_moment(self, frame: pl.DataFrame, start: str, minutes: str, alias: str) -> pl.DataFrame:
        """`frame` and when so many business minutes (column `minutes`) have passed since `start`, as `alias`."""
        return self._each(frame, start, alias, lambda part, hours: moments_after(part[start], part[minutes], hours))

    def _each(
        self, frame: pl.DataFrame, at: str, alias: str, measure: Callable[[pl.DataFrame, OpeningHours], pl.Series]
    ) -> pl.DataFrame:
        if not self.hours:
            return frame.with_columns(measure(frame, self.organisation).alias(alias))
        parts = self._in_force(frame.with_row_index(_POSITION), at).partition_by(_VERSION, as_dict=True)
        measured = [
            part.with_columns(measure(part, self.hours.get(version, self.organisation)).alias(alias))
            for version, part in parts.items()
        ]
        if not measured:
            return frame.with_columns(measure(frame, self.organisation).alias(alias))
        return pl.concat(measured).sort(_POSITION).select(*frame.columns, alias)

    def _in_force(self, frame: pl.DataFrame, at: str) -> pl.DataFrame:
        """`frame` with the version of the calendar in force at column `at`: nulls where there is none."""
        by = [TICKET_ROW] if TICKET_ROW in frame.columns else list(TICKET_KEY)
        if "source" not in frame.columns:
            frame = frame.join(self.numbered.select(TICKET_ROW, "source"), on=TICKET_ROW, how="left")
        first = self.versions.unique(_CALENDAR, keep="first", maintain_order=True).rename({"valid_from_at": "first_at"})
        return (
            frame.with_columns(pl.col(at).alias(_AT))
            .sort(_AT)
            .join_asof(
                self.named.select(*by, "calendar_id", pl.col("at").alias(_AT)), on=_AT, by=by, check_sortedness=False
            )
            .join(self.defaults, on="source", how="left", maintain_order="left")
            .with_columns(pl.coalesce("calendar_id", "default_id").alias("calendar_id"))
            .join_asof(
                self.versions.with_columns(pl.col("valid_from_at").alias(_AT)),
                on=_AT,
                by=list(_CALENDAR),
                check_sortedness=False,
            )
            .join(first, on=_CALENDAR, how="left", maintain_order="left")
            .with_columns(pl.coalesce("valid_from_at", "first_at").alias("valid_from_at"))
        )


def _hours(slots: pl.DataFrame, closures: pl.DataFrame) -> OpeningHours:
    own = closures.join(slots.select(_CALENDAR).unique(), on=_CALENDAR, how="semi")
    return OpeningHours(
        timezone=slots["timezone"][0],
        slots=slots.select(pl.col("weekday").cast(pl.Int8), "opens_minute", "closes_minute"),
        closures=own.select(pl.col("closed_from", "closed_until").dt.replace_time_zone(None)),
    )
