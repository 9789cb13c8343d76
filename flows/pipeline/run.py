"""The order of a run's stops, in one place. Prefect wraps the stops (`flows/nightly.py`); tests run them bare."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from flows.errors import UsageError
from flows.lake import Lake
from flows.lock import run_lock
from flows.pipeline import computing, housekeeping, landing, publishing, staging
from flows.pipeline.computing import Computed
from flows.pipeline.night import Night
from flows.pipeline.staging import StagedSource
from flows.progress import progress
from flows.settings import Settings, SourceSettings
from flows.warehouses import open_warehouse

Window = tuple[dt.date, dt.date]


def _publish(computed: Computed, settings: Settings, lake: Lake, night: Night) -> dict[str, int]:
    return publishing.publish(computed, lake, open_warehouse(settings), night)


@dataclass(frozen=True)
class Stops:
    """The four stops of a run, each with the signature of the function it defaults to."""

    land: Callable[[SourceSettings, Lake, dt.datetime], int] = landing.land
    stage: Callable[[SourceSettings, Settings, Lake, Night, bool], StagedSource] = staging.stage
    compute: Callable[[Settings, Lake, Night, Window | None], Computed] = computing.compute_night
    publish: Callable[[Computed, Settings, Lake, Night], dict[str, int]] = _publish


@dataclass(frozen=True)
class Published:
    """What a run published: the tables, and rows per table."""

    computed: Computed
    rows: dict[str, int]


def run_night(
    settings: Settings, lake: Lake, night: Night, *, full: bool = False, stops: Stops | None = None
) -> Published:
    """Land, stage, judge, compute and publish; with `full` every landed page is staged again.

    Raises UsageError for a date before the newest published night, LockedError while another run is on its way,
    and what the stops raise.
    """
    stops, show = stops or Stops(), progress()
    with run_lock(settings.lake.url, night.run_id):
        newest = computing.newest_night(lake)
        if newest and night.run_on < newest:
            raise UsageError(
                f"{night.run_on} lies before the newest published night {newest}: "
                f"`culture-kpis backfill --start {night.run_on} --end {night.run_on}` computes its periods again"
            )
        for source in settings.sources:
            with show.step(f"land {source.name}") as step:
                pages = stops.land(source, lake, night.started_at)
                step.summary = f"{pages} page{'s' * (pages != 1)}"
        landing.retire(settings, lake, night.started_at)
        for source in staging.in_stage_order(settings.sources):
            with show.step(f"stage {source.name}") as step:
                outcome = stops.stage(source, settings, lake, night, full)
                step.summary = staging.summary(outcome)
                step.notes.extend(outcome.warnings)
        published = _compute_and_publish(settings, lake, night, None, stops)
        housekeeping.tidy(lake)
        return published


def run_backfill(
    settings: Settings, lake: Lake, night: Night, window: Window, *, stops: Stops | None = None
) -> Published:
    """Compute again, from the lake, every period that touches the days of the window, and publish."""
    with run_lock(settings.lake.url, night.run_id):
        return _compute_and_publish(settings, lake, night, window, stops or Stops())


def _compute_and_publish(
    settings: Settings, lake: Lake, night: Night, window: Window | None, stops: Stops
) -> Published:
    show = progress()
    with show.step("compute KPIs") as step:
        computed = stops.compute(settings, lake, night, window)
        step.summary = f"{computed.marts['fct_kpi_value'].height:,} numbers"
    with show.step("judge and publish") as step:
        rows = stops.publish(computed, settings, lake, night)
        step.summary = f"{sum(rows.values()):,} rows in {len(rows)} tables"
    return Published(computed, rows)
