"""After a night: files that no readable version of the lake needs go, such as those of runs that were killed."""

from __future__ import annotations

import datetime as dt

import polars as pl

from flows.boundaries import passed
from flows.lake import Lake
from flows.lake.tidying import KEPT_DAYS
from flows.pipeline.night import Night


def remember_versions(lake: Lake, night: Night) -> None:
    """Write down which versions of the lake's tables the night ended with; nights of long ago are forgotten."""
    now = Night.now()
    versions = lake.versions()
    ended = pl.DataFrame(
        {
            "run_on": [night.run_on] * len(versions),
            "table_name": list(versions),
            "version": list(versions.values()),
            "recorded_at": [now] * len(versions),
        }
    )
    lake.merge("night_version", ended)
    lake.replace(
        "night_version", lake.scan("night_version").filter(pl.col("recorded_at") > now - dt.timedelta(days=KEPT_DAYS))
    )
    passed("versions remembered")


def tidy(lake: Lake) -> None:
    """Remove them. Call it after publishing, for it keeps nobody's numbers waiting, and while the lake is locked."""
    lake.tidy()
    passed("lake tidied")
