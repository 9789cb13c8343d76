"""Housekeeping: files that no readable version needs are removed."""

from __future__ import annotations

from typing import Any

from flows.lake.catalogue import LAKE_TABLES, LANDING_PAYLOAD
from flows.lake.reading import LakeReader
from flows.lake.trouble import lake_trouble

# How long the lake can be read as it was, and how long files of killed runs may lie about.
KEPT_DAYS = 30


def tidy_tables(lake: LakeReader, keep_days: int) -> None:
    """Remove, of every table, files that no version of the last `keep_days` days needs.

    Older versions can no longer be read afterwards. A table with such files gets housekeeping commits, which change
    no row. Call it only while holding the run's lock: with `keep_days` 0 it would take a running writer's files for
    orphans.
    """
    hours = keep_days * 24
    for name in (*LAKE_TABLES, LANDING_PAYLOAD):
        with lake_trouble(lake.location.table(name), "tidy"):
            opened = lake.open(name)
            # `full` also finds files that no commit ever named: those of a killed run.
            how: dict[str, Any] = {"retention_hours": hours, "enforce_retention_duration": False, "full": True}
            if opened and opened.vacuum(dry_run=True, **how) and (delta := lake.open_anew(name)):
                delta.vacuum(dry_run=False, **how)
                delta.cleanup_metadata()
