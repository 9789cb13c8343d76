"""What a backfill would compute: which parts of which KPIs, from how many rows, and about how long it takes."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass, field

import polars as pl

from flows.errors import UsageError
from flows.lake import Lake
from flows.pipeline.computing import newest_night
from flows.pipeline.version import product_version
from flows.settings import Settings
from transforms.contracts import STAGED
from transforms.contracts.results import PUBLISHED_STATES
from transforms.facts import Facts
from transforms.facts.known import HAPPENED
from transforms.kpis.compute import missing_needs
from transforms.kpis.registry import RegisteredKpi, all_kpis
from transforms.kpis.selection import PART, Selection, part_end, parts_between, with_part
from transforms.staging.feeds import tables_of
from transforms.texts import filled


@dataclass(frozen=True)
class Request:
    """What somebody asks for: the periods that hold a day of `start_on..end_on`, and why.

    `source` takes the KPIs that need a table of this source, `kpi_ids` those named; both empty: all.
    """

    start_on: dt.date
    end_on: dt.date
    reason: str
    source: str | None = None
    kpi_ids: tuple[str, ...] = ()
    only_missing: bool = False


@dataclass(frozen=True)
class Plan:
    """What it comes to. `parts` has kpi_id, part_start and chunk; `done` names the chunks an earlier run computed."""

    request: Request
    run_on: dt.date
    parts: pl.DataFrame
    done: frozenset[str]
    n_rows: int
    n_published: int
    seconds_per_part: float | None
    backfill_id: str = field(repr=False)

    @property
    def selection(self) -> Selection:
        """All its parts."""
        return Selection(self.parts.select(PART))

    @property
    def chunks(self) -> dict[str, Selection]:
        """Its parts by chunk, in order of time."""
        by_chunk = self.parts.sort("chunk", *PART).partition_by("chunk", maintain_order=True)
        return {str(frame["chunk"][0]): Selection(frame.select(PART)) for frame in by_chunk}

    @property
    def n_resumed(self) -> int:
        """Parts that are computed already."""
        return self.parts.filter(pl.col("chunk").is_in(list(self.done))).height

    def lines(self) -> list[str]:
        """The plan for people."""
        if self.parts.is_empty():
            return ["Nothing to compute: no period asked for has ended, has a source, or lacks a number"]
        quarters = self.parts["chunk"].unique().sort()
        left = self.parts.height - self.n_resumed
        took = self.seconds_per_part
        expected = "unknown before the first run" if took is None else f"about {max(1, round(took * left)):,} s"
        resumed = f"; {self.n_resumed:,} of them are computed already" if self.n_resumed else ""
        return [
            f"Periods   {self.parts.height:,} KPI periods that begin in {quarters[0]} to {quarters[-1]}{resumed}",
            f"KPIs      {self.parts['kpi_id'].n_unique()}: {', '.join(self.parts['kpi_id'].unique().sort())}",
            f"Rows      {self.n_rows:,} staged rows of these days; {self.n_published:,} published numbers",
            f"Time      {expected}",
            f"Known     what the night of {self.run_on} knew",
        ]


def planned(settings: Settings, lake: Lake, request: Request, run_on: dt.date | None = None) -> Plan:
    """The plan of a request, as the night `run_on` (the newest unless given) knows the rows.

    Raises UsageError for a KPI or source that does not exist.
    """
    run_on = run_on or newest_night(lake) or request.end_on
    fed = {name: lake.scan(name) for name in STAGED if lake.holds_rows(name)}
    known = Facts(fed, settings.context(run_on))
    chosen = [one for one in _chosen(settings, request) if not missing_needs(one.kpi, known)]
    remembered = with_part(lake.read("published_kpi_value"), all_kpis())
    parts = _parts(chosen, request, run_on, remembered)
    backfill_id = _identity(lake, parts, run_on)
    done = lake.read("backfill_chunk").filter(pl.col("backfill_id") == backfill_id)["chunk"]
    shown = remembered.filter(pl.col("state").is_in(PUBLISHED_STATES)).join(parts, on=PART, how="semi")
    return Plan(
        request,
        run_on,
        parts,
        frozenset(done),
        _n_rows(lake, settings, chosen, parts, run_on),
        shown.height,
        _pace(lake, remembered),
        backfill_id,
    )


def _chosen(settings: Settings, request: Request) -> list[RegisteredKpi]:
    known = {one.kpi.id: one for one in all_kpis()}
    unknown = [kpi_id for kpi_id in request.kpi_ids if kpi_id not in known]
    if unknown:
        raise UsageError(f"--kpi {unknown[0]}: there is no such KPI; `culture-kpis kpis list` names them")
    chosen = [known[kpi_id] for kpi_id in request.kpi_ids] or list(known.values())
    if request.source is None:
        return chosen
    sources = {source.name: source for source in settings.sources}
    if request.source not in sources:
        raise UsageError(f"--source {request.source}: it is not configured; there are {', '.join(sources) or 'none'}")
    fed = {table for mapping in sources[request.source].mappings for table in tables_of(mapping)}
    return [one for one in chosen if fed & set(one.kpi.needs)]


def _parts(chosen: list[RegisteredKpi], request: Request, run_on: dt.date, remembered: pl.DataFrame) -> pl.DataFrame:
    starts = [
        (one.kpi.id, start)
        for one in chosen
        for start in parts_between(one.kpi, request.start_on, request.end_on, run_on)
    ]
    quarter = filled("{}-Q{}", pl.col("part_start").dt.year(), pl.col("part_start").dt.quarter())
    parts = Selection.of_starts(starts).parts.with_columns(quarter.alias("chunk"))
    return parts.join(remembered, on=PART, how="anti") if request.only_missing else parts


def _identity(lake: Lake, parts: pl.DataFrame, run_on: dt.date) -> str:
    """Hash of what is computed from what: another night, another row or another definition is another backfill."""
    versions = [(name, lake.version(name)) for name in STAGED]
    definitions = [(one.kpi.id, one.kpi.version) for one in all_kpis()]
    told = f"{run_on} {product_version()} {versions} {definitions} {parts.rows()}"
    return hashlib.sha256(told.encode()).hexdigest()[:16]


def _n_rows(lake: Lake, settings: Settings, chosen: list[RegisteredKpi], parts: pl.DataFrame, run_on: dt.date) -> int:
    """Staged rows of the tables these KPIs need, of the days of the parts."""
    if parts.is_empty():
        return 0
    declared = {one.kpi.id: one.kpi for one in chosen}
    first = parts["part_start"].min()
    last = min(run_on, max(part_end(declared[kpi_id], start) for kpi_id, start in parts.select(PART).iter_rows()))
    day = settings.context(run_on).local_day
    needed = sorted({table for kpi_id in parts["kpi_id"].unique() for table in declared[kpi_id].needs} & set(HAPPENED))

    def n_rows(table: str) -> int:
        inside = day(pl.col(HAPPENED[table])).is_between(first, last)
        return int(lake.ask(table, lambda rows: rows.select(inside.sum())).item())

    return sum(map(n_rows, needed))


def _pace(lake: Lake, remembered: pl.DataFrame) -> float | None:
    """Seconds per part: of the newest backfill that computed any, else of the newest night."""
    took = (pl.col("finished_at") - pl.col("started_at")).dt.total_milliseconds() / 1000
    n_computed = pl.col("n_parts") - pl.col("n_resumed_parts")
    backfills = (
        lake.read("meta_backfill")
        .filter(pl.col("outcome") == "succeeded", n_computed > 0)
        .sort("started_at")
        .select(took / n_computed)
    )
    n_parts = remembered.select(PART).n_unique()
    nights = lake.read("meta_run").filter(pl.col("outcome") == "succeeded").sort("started_at").select(took)
    if not backfills.is_empty():
        return float(backfills.to_series()[-1])
    return float(nights.to_series()[-1]) / n_parts if n_parts and not nights.is_empty() else None
