"""Runs one night without Prefect and says how long each stage of it took. A process runs one case and ends."""

from __future__ import annotations

import datetime as dt
import os
import resource
import sys
import tempfile
from pathlib import Path
from typing import Any

from stopwatch import Stopwatch

import expectations.gate
from flows.demo.generate import generate
from flows.demo.show import DEMO_KEY
from flows.lake import Lake
from flows.pipeline import computing, staging
from flows.pipeline.night import Night
from flows.pipeline.run import Stops, run_night
from flows.progress import Progress, current
from flows.settings import Settings, load_settings
from flows.sources import files
from flows.warehouses import open_warehouse
from sql.duckdb_file import DuckDbFile
from transforms.facts import Facts

ROOT = Path(__file__).resolve().parents[2]
SERVICENOW = ROOT / "tests/acceptance/configurations/servicenow.toml"
SERVICENOW_RUN_ON = dt.date(2017, 2, 18)  # the export's last day
_LAKE_WRITES = ("merge", "append", "replace", "replace_where", "delete_pages", "mark_staged")
_MARTS = ("dim_kpi", "dim_principle", "dim_org_unit", "dim_period", "dim_date")
_RESTRICTED = ("fct_ticket", "fct_promise", "fct_recognition")
_FACTS = ("tree", "events", "tickets", "promises", "load", "stays", "recognitions", "answers")


def measured_night(case: str) -> dict[str, Any]:
    """Stages (rows of `Stage.as_rows`), peak memory in MB, rows per table and hashes of one case.

    The case is `demo`, `servicenow` or a scale of the demo, such as `0.1`.
    """
    watch = Stopwatch(case)
    os.environ.setdefault("CULTURE_KPIS_PSEUDONYM_KEY", DEMO_KEY)
    current.set(Progress(quiet=True))
    with tempfile.TemporaryDirectory(prefix="culture-kpis-bench-") as folder:
        settings, run_on = _prepared(case, Path(folder), watch)
        _watch_stops(watch)
        rows = _night(settings, run_on, watch, "night")
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 if sys.platform == "darwin" else 1024)
        hashes = open_warehouse(settings).hashes()
        _night(settings, run_on, watch, "the same night again")
        again = open_warehouse(settings).hashes()
    stages = [row for stage in watch.whole.inside.values() for row in stage.as_rows()]
    changed = [table for table in hashes if again[table] != hashes[table]]
    return {"case": case, "stages": stages, "peak_mb": peak, "rows": rows, "hashes": hashes, "changed_again": changed}


def _prepared(case: str, folder: Path, watch: Stopwatch) -> tuple[Settings, dt.date]:
    if case == "servicenow":
        warehouse, lake = f"duckdb:///{folder / 'warehouse.duckdb'}", str(folder / "lake")
        return load_settings(SERVICENOW, warehouse=warehouse, lake=lake), SERVICENOW_RUN_ON
    with watch.stage("make the demo company"):
        made = generate(folder, scale=1.0 if case == "demo" else float(case))
    return load_settings(made.configuration), made.end_on


def _night(settings: Settings, run_on: dt.date, watch: Stopwatch, name: str) -> dict[str, int]:
    bare = Stops()
    stops = Stops(
        land=watch.timed(bare.land, lambda source, *_: f"land {source.name}"),
        stage=watch.timed(bare.stage, lambda source, *_: f"stage {source.name}"),
        compute=watch.timed(bare.compute, "compute"),
        publish=watch.timed(bare.publish, "judge and publish"),
    )
    with watch.stage(name):
        night = Night.begin(settings, run_on, "nightly")
        return run_night(settings, Lake(settings.lake.url), night, stops=stops).rows


def _watch_stops(watch: Stopwatch) -> None:
    """Measure what happens inside the four stops."""
    watch.watch(files, "parse", "read the page")
    watch.watch(staging, "stage_page", "to contracts")
    watch.watch(expectations.gate, "judge_staged", "gate 1")
    for write in _LAKE_WRITES:
        watch.watch(Lake, write, "write the lake")
    facts_of = watch.timed(computing.facts_of, "read the lake, events and promises")
    computing.facts_of = lambda *args: _derived(facts_of(*args), watch)
    watch.watch(computing, "compute", lambda registered, _: f"kpi {registered.kpi.id}")
    watch.watch(computing, "disclose", "disclosure")
    for names, title in ((_MARTS, "marts"), (_RESTRICTED, "restricted tables")):
        for name in names:
            watch.watch(computing, name, title)
    watch.watch(expectations.gate, "judge_marts", "gate 2")
    watch.watch(DuckDbFile, "stage", "stage the warehouse")
    watch.watch(DuckDbFile, "publish", "publish the warehouse")


def _derived(facts: Facts, watch: Stopwatch) -> Facts:
    """The facts that KPIs share, derived ahead of them so that none is charged for it."""
    for name in _FACTS:
        with watch.stage(f"facts {name}"):
            getattr(facts, name)
    return facts
