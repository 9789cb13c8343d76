"""One run: its identity, its date and the clock. The only place below the command line where `now` is read."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

import polars as pl

from flows.errors import UsageError
from flows.pipeline.version import product_version
from flows.settings import Settings
from transforms.contracts.columns import EARLIEST
from transforms.contracts.marts import MetaRun

RunKind = Literal["nightly", "full_check", "backfill", "demo"]


@dataclass(frozen=True)
class Night:
    """A run. `run_on` is its date: everything before the organisation's midnight that ends it is known."""

    run_id: str
    kind: RunKind
    run_on: dt.date
    as_of: dt.datetime
    started_at: dt.datetime

    @classmethod
    def begin(cls, settings: Settings, run_on: dt.date | None, kind: RunKind) -> Night:
        """A new run, of yesterday in the organisation's time zone unless a date is given.

        Raises UsageError for a day in the future, or before the earliest time that is accepted in a source.
        """
        started_at = dt.datetime.now(dt.UTC)
        local_today = started_at.astimezone(ZoneInfo(settings.organisation.timezone)).date()
        run_id = f"{kind}-{started_at:%Y%m%dT%H%M%S}-{secrets.token_hex(3)}"
        run_on = run_on or local_today - dt.timedelta(days=1)
        # The demo's company lives at its own time, whatever the clock of the machine says.
        if kind != "demo" and not EARLIEST.date() < run_on <= local_today:
            allowed = f"give a day after {EARLIEST.date()} and not after today, {local_today}"
            raise UsageError(f"{run_on} is no night to run; {allowed}")
        return cls(run_id, kind, run_on, settings.context(run_on).as_of, started_at)

    def row(self, outcome: Literal["succeeded", "blocked", "failed"], message: str) -> pl.DataFrame:
        """The run as a row of MetaRun, finished now."""
        told = {
            "run_id": self.run_id,
            "run_kind": self.kind,
            "run_on": self.run_on,
            "as_of": self.as_of,
            "started_at": self.started_at,
            "finished_at": self.now(),
            "outcome": outcome,
            "message": message,
            "product_version": product_version(),
        }
        return pl.DataFrame([told], schema=MetaRun.create_empty().schema)

    @staticmethod
    def now() -> dt.datetime:
        """The present moment in UTC."""
        return dt.datetime.now(dt.UTC)
