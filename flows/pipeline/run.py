"""The order of a run's stops, in one place. Prefect wraps the stops (`flows/nightly.py`); tests run them bare."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, replace

import polars as pl

from flows.errors import UsageError
from flows.lake import Lake
from flows.lock import run_lock
from flows.pipeline import computing, housekeeping, landing, publishing, staging
from flows.pipeline.backfill import chunks, log
from flows.pipeline.backfill.plan import Plan, Request, planned
from flows.pipeline.clock import require_clock_goes_forward
from flows.pipeline.computing import Computed
from flows.pipeline.failing import failures_recorded
from flows.pipeline.night import Night
from flows.pipeline.remembered import remember
from flows.pipeline.staging import StagedSource
from flows.progress import Progress, progress
from flows.settings import Settings, Source
from flows.warehouses import open_warehouse, require_warehouse


def _publish(computed: Computed, settings: Settings, lake: Lake, night: Night) -> dict[str, int]:
    return publishing.publish(computed, lake, open_warehouse(settings), night)


@dataclass(frozen=True)
class Stops:
    """The stops of a run, each with the signature of the function it defaults to.

    A night with `is_landing` off looks at no source: it rests on the pages that have landed.
    """

    land: Callable[[Source, Lake, dt.datetime], int] = landing.land
    stage: Callable[[Source, Settings, Lake, Night, bool], StagedSource] = staging.stage
    compute: Callable[[Settings, Lake, Night, bool], Computed] = computing.compute_night
    fill: Callable[[Settings, Lake, Night, Plan], Computed] = chunks.compute_plan
    publish: Callable[[Computed, Settings, Lake, Night], dict[str, int]] = _publish
    is_landing: bool = True


@dataclass(frozen=True)
class Published:
    """What a run published: the tables, rows per table, and what the judge of the staged rows warned of."""

    computed: Computed
    rows: dict[str, int]
    warnings: tuple[str, ...] = ()


def run_night(
    settings: Settings,
    lake: Lake,
    night: Night,
    *,
    full: bool = False,
    wait_seconds: float = 0,
    stops: Stops | None = None,
) -> Published:
    """Land, stage, judge, compute and publish; with `full` every landed page is staged again and all is computed anew.

    Raises UsageError for a date before the newest published night, ConfigurationError for a clock that stepped back,
    LockedError while another run is on its way and does not end within `wait_seconds`, and what the stops raise; a
    failure of these is a row of `meta_run`.
    """
    stops, show = stops or Stops(), progress()
    with run_lock(settings.lake.url, night.run_id, wait_seconds):
        require_clock_goes_forward(lake, night)
        newest = computing.newest_night(lake)
        if newest and night.run_on < newest:
            raise UsageError(
                f"{night.run_on} lies before the newest published night {newest}: "
                f"`culture-kpis backfill --start {night.run_on} --end {night.run_on} --reason WHY` "
                "computes its periods again"
            )
        with failures_recorded(lake, night, show):
            require_warehouse(settings)
            for source in settings.sources if stops.is_landing else ():
                with show.step(f"land {source.name}") as step:
                    pages = stops.land(source, lake, night.started_at)
                    step.summary = f"{pages} page{'s' * (pages != 1)}"
            landing.retire(settings, lake, night.started_at)
            warnings: list[str] = []
            for source in staging.in_stage_order(settings.sources):
                with show.step(f"stage {source.name}") as step:
                    outcome = stops.stage(source, settings, lake, night, full)
                    step.summary = staging.summary(outcome)
                    step.notes.extend(outcome.warnings)
                warnings += outcome.warnings
            with show.step("compute KPIs") as step:
                computed = stops.compute(settings, lake, night, full)
                step.summary = f"{computed.marts['fct_kpi_value'].height:,} numbers"
            published = _published(computed, settings, lake, night, show, stops)
            if computed.rests_on:
                remember(lake, computed.rests_on)
            housekeeping.remember_versions(lake, night)
            housekeeping.tidy(lake)
        return replace(published, warnings=tuple(warnings))


def run_backfill(
    settings: Settings,
    lake: Lake,
    night: Night,
    request: Request,
    *,
    wait_seconds: float = 0,
    stops: Stops | None = None,
    told: Callable[[Plan], None] = lambda _plan: None,
) -> Published:
    """Compute again, from the lake, the parts that a request names, and publish; the backfill log says why.

    `told` is called with the plan before anything is computed. Raises UsageError for a KPI or source that does not
    exist, LockedError as a night does.
    """
    stops, show = stops or Stops(), progress()
    with run_lock(settings.lake.url, night.run_id, wait_seconds):
        require_clock_goes_forward(lake, night)
        plan = planned(settings, lake, request)
        told(plan)
        log.begin(lake, plan, night)
        with failures_recorded(lake, night, show, lambda outcome: log.entry(plan, night, outcome)):
            require_warehouse(settings)
            with show.step("compute KPIs") as step:
                computed = stops.fill(settings, lake, night, plan)
                n_restated = computed.disclosed.restatements.height
                step.summary = f"{plan.parts.height:,} KPI periods, {n_restated:,} published numbers changed"
            entry = log.entry(plan, night, "succeeded", n_restated)
            earlier = computed.marts["meta_backfill"].filter(pl.col("run_id") != night.run_id)
            logged = computed.marts | {"meta_backfill": pl.concat([earlier, entry])}
            published = _published(replace(computed, marts=logged), settings, lake, night, show, stops)
            chunks.forget(lake)
            housekeeping.remember_versions(lake, night)
        return published


def _published(
    computed: Computed, settings: Settings, lake: Lake, night: Night, show: Progress, stops: Stops
) -> Published:
    with show.step("judge and publish") as step:
        rows = stops.publish(computed, settings, lake, night)
        step.summary = f"{sum(rows.values()):,} rows in {len(rows)} tables"
    return Published(computed, rows)
