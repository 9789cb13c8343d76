"""Computes the whole catalogue once and says what each KPI cost. A process runs one case and ends."""

from __future__ import annotations

import datetime as dt
import resource
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import polars as pl
from stopwatch import Stopwatch
from tenfold import several_times

from flows.pipeline.computing import SCANNED
from tests.acceptance.staged_demo import staged_demo
from transforms.contracts.results import Publication
from transforms.disclosure import disclose
from transforms.facts import Context, Facts
from transforms.facts.ticket_history import in_codes, in_texts
from transforms.kpis.compute import compute
from transforms.kpis.registry import all_kpis
from transforms.marts.kpi_signal import fct_kpi_signal
from transforms.marts.principle_score import fct_principle_score

SEED, END_ON = 7, dt.date(2026, 6, 28)
_PERIOD = ["period_grain", "period_start", "period_end"]
# Derived ahead of the KPIs that share them, so that none is charged for it.
_FACTS = (
    "tree",
    "coded_events",
    "tickets",
    "promises",
    "promise_pauses",
    "coded_stations",
    "load",
    "stays",
    "recognitions",
    "initiative_weeks",
    "initiative_acts",
    "answers",
    "invited",
)


def measured_catalogue(times: int) -> dict[str, Any]:
    """Stages (rows of `Stage.as_rows`), peak memory in MB and rows of the demo company `times` over."""
    with tempfile.TemporaryDirectory(prefix="culture-kpis-bench-") as folder:
        # What generating and staging the company left in memory is no part of the catalogue.
        with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as elsewhere:
            staged_rows, context = elsewhere.submit(_stage, Path(folder), times).result()
        return _measured(Facts(_as_a_night_takes_them(Path(folder)), context)) | {
            "times": times,
            "staged_rows": staged_rows,
        }


def _measured(facts: Facts) -> dict[str, Any]:
    watch = Stopwatch("the whole catalogue")
    with watch.stage("catalogue"):
        with watch.stage("facts"):
            for name in _FACTS:
                with watch.stage(name):
                    getattr(facts, name)
        results = []
        with watch.stage("KPIs"):
            for registered in all_kpis():
                with watch.stage(registered.kpi.id):
                    results.append(compute(registered, facts))
        facts.release()
        with watch.stage("disclosure"):
            periods = pl.concat([result.cells.select(_PERIOD) for result in results]).unique()
            disclosed = disclose(
                results,
                all_kpis(),
                ancestors=facts.ancestors(periods),
                ledger=Publication.create_empty(),
                previous=None,
                context=facts.context,
                run_id="bench",
            )
        with watch.stage("roll-up and signals"):
            fct_principle_score(disclosed.rows, all_kpis(), facts.context.run_on)
            fct_kpi_signal(disclosed.rows, all_kpis())
    return {
        "stages": list(watch.whole.inside["catalogue"].as_rows()),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 if sys.platform == "darwin" else 1024),
        "cells": disclosed.rows.height,
    }


def _stage(folder: Path, times: int) -> tuple[int, Context]:
    """Write the staged tables of the demo company `times` over as Parquet; their rows, and the night's context."""
    with tempfile.TemporaryDirectory(prefix="culture-kpis-bench-") as company:
        tables, context = staged_demo(Path(company), seed=SEED, scale=1.0, end_on=END_ON)
    n_rows = 0
    for name, table in several_times(tables, times).items():
        table.write_parquet(folder / f"{name}.parquet")
        n_rows += table.height
    return n_rows, context


def _as_a_night_takes_them(folder: Path) -> dict[str, pl.LazyFrame]:
    """Staged tables in memory or to be scanned, as `flows/pipeline/computing.py` takes them from the lake."""
    stored = {file.stem: pl.scan_parquet(file) for file in folder.glob("*.parquet")}
    return {
        name: in_texts(in_codes(table)) if name in SCANNED else table.collect().lazy() for name, table in stored.items()
    }
