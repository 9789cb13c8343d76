"""The full road of one configuration, run bare: every stop of a nightly run, and what can be asked of it afterwards."""

from __future__ import annotations

import datetime as dt
import logging
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from functools import cached_property
from io import StringIO
from pathlib import Path
from unittest import mock

import polars as pl
from rich.console import Console

from flows.lake import Lake
from flows.pipeline import computing
from flows.pipeline.night import Night
from flows.pipeline.run import Published, run_night
from flows.progress import Progress, current
from flows.settings import Settings, load_settings
from sql.warehouse import Warehouse, open_warehouse
from tests.transforms.kpis.in_texts import in_texts
from transforms.facts import Facts
from transforms.kpis.compute import KpiResult, compute
from transforms.kpis.registry import RegisteredKpi

REAL = Path(__file__).resolve().parents[2] / "../shared/data"
CONFIGURATIONS = Path(__file__).parent / "configurations"
ACCEPTANCE_KEY = "the people of the demo are invented, those of the public sets are masked"


@dataclass(frozen=True)
class FullRoad:
    """One night that was run: its lake, its warehouse, the exact numbers before disclosure, and what it said."""

    settings: Settings
    lake: Lake
    night: Night
    published: Published = field(repr=False)
    results: dict[str, KpiResult] = field(repr=False)
    said: str = field(repr=False)

    @cached_property
    def warehouse(self) -> Warehouse:
        """The published warehouse."""
        return open_warehouse(self.settings.warehouse.url)

    @cached_property
    def facts(self) -> Facts:
        """Facts made once more from the lake's staged tables."""
        return computing.facts_of(self.settings, self.lake, self.night.run_on)

    @cached_property
    def values(self) -> pl.DataFrame:
        """`fct_kpi_value` as analysts read it."""
        return self.warehouse.read("fct_kpi_value")

    def exact(self, kpi_id: str, **key: object) -> pl.DataFrame:
        """Cells of a KPI before disclosure and rounding."""
        return self.results[kpi_id].cells.filter(**key)

    def company(self, kpi_id: str, **key: object) -> pl.DataFrame:
        """Rows of the warehouse about the whole company, in order of time."""
        return self.values.filter(org_level=0, kpi_id=kpi_id, **key).sort("period_start")

    def rows_by_page(self) -> list[tuple[str, int, int]]:
        """Per landed page: its name, its input rows, and the sum of their fates in the warehouse."""
        fates = self.warehouse.read("meta_row_accounting").group_by("source_page").agg(pl.col("n_rows").sum())
        return (
            self.lake.read("landed_page")
            .join(fates, on="source_page", how="left", suffix="_with_a_fate")
            .select("page_name", "n_rows", "n_rows_with_a_fate")
            .sort("page_name")
            .rows()
        )

    def fates(self) -> dict[tuple[str, str], int]:
        """Input rows by fate and reason, of all sources together."""
        counted = self.warehouse.query(
            "SELECT fate, reason, sum(n_rows)::BIGINT AS n_rows FROM meta_row_accounting GROUP BY ALL"
        )
        return {(fate, reason): rows for fate, reason, rows in counted.iter_rows()}

    def failed_checks(self) -> dict[str, int]:
        """Rules that found something, with how many rows."""
        failed = self.warehouse.read("meta_validation").filter(pl.col("n_failed") > 0)
        return dict(failed.select("rule", "n_failed").iter_rows())


def travel(configuration: Path, run_on: dt.date, folder: Path) -> FullRoad:
    """Run the night of `run_on` without Prefect, lake and warehouse in `folder`, and listen to all it says."""
    said, results = StringIO(), {}

    def remembered(registered: RegisteredKpi, facts: Facts, part_starts: Sequence[dt.date] | None = None) -> KpiResult:
        result = compute(registered, facts, part_starts)
        results[registered.kpi.id] = in_texts(result)
        return result

    # The exact cells never leave the computation; the tests look at them on their way to disclosure.
    with (
        mock.patch.dict(os.environ, {"CULTURE_KPIS_PSEUDONYM_KEY": ACCEPTANCE_KEY}),
        mock.patch.object(computing, "compute", remembered),
        _listening(said),
    ):
        settings = load_settings(
            configuration, warehouse=f"duckdb:///{folder / 'warehouse.duckdb'}", lake=str(folder / "lake")
        )
        night = Night.begin(settings, run_on, "nightly")
        lake = Lake(settings.lake.url)
        published = run_night(settings, lake, night)
    return FullRoad(settings, lake, night, published, results, said.getvalue())


@contextmanager
def _listening(said: StringIO) -> Iterator[None]:
    """Everything logged, shown as progress or printed ends up in `said`."""
    handler, root = logging.StreamHandler(said), logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    token = current.set(Progress(console=Console(file=said, width=200)))
    try:
        with redirect_stdout(said), redirect_stderr(said):
            yield
    finally:
        current.reset(token)
        root.setLevel(level)
        root.removeHandler(handler)
