"""Prefect flows `kpi-nightly` and `kpi-backfill`: thin tasks around the stops of a run, results as artifacts.

Retries stand where retrying helps: a source may not answer this time. Computing the same rows again would give the
same answer.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE

from flows.errors import SourceTransientError
from flows.lake import Lake
from flows.pipeline import computing
from flows.pipeline.night import Night, RunKind
from flows.pipeline.run import Published, Stops, run_backfill, run_night
from flows.settings import load_settings
from flows.summary import night_markdown, quality_rows


async def _may_help(_task: Any, _run: Any, state: Any) -> bool:
    return isinstance(await state.aresult(raise_on_failure=False), SourceTransientError)


def _tasks() -> Stops:
    bare = Stops()
    return Stops(
        land=task(
            name="land",
            task_run_name="land {source.name}",
            retries=3,
            retry_delay_seconds=[10, 60, 300],
            retry_condition_fn=_may_help,
            cache_policy=NO_CACHE,
        )(bare.land),
        stage=task(name="stage", task_run_name="stage {source.name}", cache_policy=NO_CACHE)(bare.stage),
        compute=task(name="compute-kpis", cache_policy=NO_CACHE)(bare.compute),
        publish=task(name="publish", cache_policy=NO_CACHE)(bare.publish),
    )


@flow(name="kpi-nightly", flow_run_name="kpi-nightly {date}")
def kpi_nightly(
    date: str = "yesterday",
    config: str | None = None,
    warehouse: str | None = None,
    lake: str | None = None,
    full: bool = False,
    kind: RunKind = "nightly",
) -> dict[str, int]:
    """Pull, stage, judge, compute and publish everything that happened before the midnight after `date`.

    `date` is an ISO day or `yesterday` (in the organisation's time zone); `full` stages every landed page again.
    Returns rows per published table. Raises the errors of `flows.errors`.
    """
    settings = load_settings(Path(config) if config else None, warehouse=warehouse, lake=lake)
    night = Night.begin(settings, None if date == "yesterday" else dt.date.fromisoformat(date), kind)
    store = Lake(settings.lake.url)
    return _shown(run_night(settings, store, night, full=full, stops=_tasks()), store, night)


@flow(name="kpi-backfill", flow_run_name="kpi-backfill {start} {end}")
def kpi_backfill(
    start: dt.date,
    end: dt.date,
    config: str | None = None,
    warehouse: str | None = None,
    lake: str | None = None,
) -> dict[str, int]:
    """Compute again, from the lake, every period that touches the days `start` to `end` (inclusive)."""
    settings = load_settings(Path(config) if config else None, warehouse=warehouse, lake=lake)
    store = Lake(settings.lake.url)
    night = Night.begin(settings, computing.newest_night(store) or end, "backfill")
    return _shown(run_backfill(settings, store, night, (start, end), stops=_tasks()), store, night)


def _shown(published: Published, lake: Lake, night: Night) -> dict[str, int]:
    """Leave the night's result as artifacts: counts of checks, and the company's scorecard."""
    create_table_artifact(
        key="data-quality", table=quality_rows(lake), description="Checks of the newest rows: counts, never values."
    )
    create_markdown_artifact(key="kpi-night", markdown=night_markdown(published.computed.marts, night))
    return published.rows
