"""Prefect flows `kpi-nightly`, `kpi-full-check` and `kpi-backfill`: thin tasks around the stops, results as artifacts.

Retries stand where retrying helps: a source may not answer this time. Computing the same rows again would give the
same answer.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.cache_policies import NO_CACHE

from flows.drift import Comparison, told
from flows.errors import SourceTransientError
from flows.lake import Lake
from flows.notifications import notify, telling_of_failure
from flows.pipeline import computing
from flows.pipeline.backfill.as_of import reproduce
from flows.pipeline.backfill.plan import Plan, Request, planned
from flows.pipeline.night import Night, RunKind
from flows.pipeline.run import Published, Stops, run_backfill, run_night
from flows.progress import progress
from flows.settings import load_settings
from flows.summary import night_markdown, quality_rows
from flows.warehouses import open_aside


async def _may_help(_task: Any, _run: Any, state: Any) -> bool:
    return isinstance(await state.aresult(raise_on_failure=False), SourceTransientError)


def _tasks(bare: Stops | None = None) -> Stops:
    bare = bare or Stops()
    return replace(
        bare,
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
        fill=task(name="compute-backfill", cache_policy=NO_CACHE)(bare.fill),
        publish=task(name="publish", cache_policy=NO_CACHE)(bare.publish),
    )


@flow(name="kpi-nightly", flow_run_name="kpi-nightly {date}")
def kpi_nightly(
    date: str = "yesterday",
    config: str | None = None,
    warehouse: str | None = None,
    lake: str | None = None,
    full: bool = False,
    wait_seconds: float = 0,
    kind: RunKind = "nightly",
) -> dict[str, int]:
    """Pull, stage, judge, compute and publish everything that happened before the midnight after `date`.

    `date` is an ISO day or `yesterday` (in the organisation's time zone); `full` stages every landed page again; a run
    on its way is waited for up to `wait_seconds`. Nights that were missed are covered by the next one. `warehouse` and
    `lake` are URLs that win over the configuration's. Prefect shows parameters to everybody: a password belongs in the
    worker's environment.
    Returns rows per published table. Raises the errors of `flows.errors`.
    """
    settings = load_settings(Path(config) if config else None, warehouse=warehouse, lake=lake)
    night = Night.begin(settings, _day(date), kind)
    store, run = Lake(settings.lake.url), f"kpi-nightly {night.run_on}"
    with telling_of_failure(settings, run):
        published = run_night(settings, store, night, full=full, wait_seconds=wait_seconds, stops=_tasks())
    notify(settings, "data quality", run, published.warnings)
    return _shown(published, store, night)


@flow(name="kpi-full-check", flow_run_name="kpi-full-check {date}")
def kpi_full_check(
    date: str = "yesterday",
    config: str | None = None,
    warehouse: str | None = None,
    lake: str | None = None,
    wait_seconds: float = 0,
) -> dict[str, int]:
    """Run the night as ever; then everything from the landed pages again, and say where the two differ.

    Parameters as in `kpi_nightly`. No source is asked between the two, so a difference is drift of the incremental
    nights. The tables computed again are the published ones in the end; what differed is told, left as an artifact, and
    on record in `meta_run`, `meta_validation` and, number by number, `meta_restatement`.
    """
    settings = load_settings(Path(config) if config else None, warehouse=warehouse, lake=lake)
    # A check that runs past midnight is of one day all the same.
    run_on = Night.begin(settings, _day(date), "nightly").run_on
    kpi_nightly.fn(run_on.isoformat(), config, warehouse, lake, wait_seconds=wait_seconds)
    night = Night.begin(settings, run_on, "full_check")
    store, run = Lake(settings.lake.url), f"kpi-full-check {night.run_on}"
    comparison = Comparison(Stops().publish)
    stops = _tasks(Stops(publish=comparison.compare_and_publish, is_landing=False))
    with telling_of_failure(settings, run):
        published = run_night(settings, store, night, full=True, wait_seconds=wait_seconds, stops=stops)
    for line in told(comparison.drift) or ["nothing differs"]:
        progress().say(f"Computed again in full: {line}")
    notify(settings, "drift", run, told(comparison.drift))
    create_table_artifact(
        key="drift",
        table=comparison.drift.to_dicts(),
        description="Where incremental nights differed from everything computed again: rows, units, periods.",
    )
    return _shown(published, store, night)


@flow(name="kpi-backfill", flow_run_name="kpi-backfill {start} {end}")
def kpi_backfill(
    start: dt.date,
    end: dt.date,
    reason: str,
    source: str | None = None,
    kpis: list[str] | None = None,
    only_missing: bool = False,
    dry_run: bool = False,
    as_of: dt.date | None = None,
    config: str | None = None,
    warehouse: str | None = None,
    lake: str | None = None,
    wait_seconds: float = 0,
) -> dict[str, int]:
    """Compute again, from the lake, every period that touches the days `start` to `end` (inclusive), and say why.

    Only the KPIs that need a table of `source`, only those of `kpis`, or only periods without a number yet
    (`only_missing`). `dry_run` makes the plan and nothing else. With `as_of` the tables as that night knew them are
    written to `warehouse`, and nothing else changes. The plan is left as an artifact.
    """
    settings = load_settings(Path(config) if config else None, warehouse=warehouse, lake=lake)
    store = Lake(settings.lake.url)
    request = Request(start, end, reason, source, tuple(kpis or ()), only_missing)
    if as_of:
        published = load_settings(Path(config) if config else None, lake=lake)
        return reproduce(settings, store, request, as_of, open_aside(settings, published))
    if dry_run:
        _show_plan(planned(settings, store, request))
        return {}
    night = Night.begin(settings, computing.newest_night(store) or end, "backfill")
    with telling_of_failure(settings, f"kpi-backfill {start} {end}"):
        filled = run_backfill(
            settings, store, night, request, wait_seconds=wait_seconds, stops=_tasks(), told=_show_plan
        )
    return _shown(filled, store, night)


def _day(date: str) -> dt.date | None:
    """The day a parameter names; None for `yesterday`, which the organisation's time zone decides."""
    return None if date == "yesterday" else dt.date.fromisoformat(date)


def _show_plan(plan: Plan) -> None:
    create_markdown_artifact(key="backfill-plan", markdown="\n".join(f"    {line}" for line in plan.lines()))


def _shown(published: Published, lake: Lake, night: Night) -> dict[str, int]:
    """Leave the night's result as artifacts: counts of checks, and the company's scorecard."""
    create_table_artifact(
        key="data-quality", table=quality_rows(lake), description="Checks of the newest rows: counts, never values."
    )
    create_markdown_artifact(key="kpi-night", markdown=night_markdown(published.computed.marts, night))
    return published.rows
