"""Computes the parts of a backfill chunk by chunk, several at a time, and goes on where an interrupted run stopped.

A chunk is all parts that begin in one quarter. Its exact cells wait in the lake until the last chunk is computed; then
all are disclosed, judged and published at once, so a reader sees the whole backfill or nothing of it. The chunks share
the facts, which are read-only, so two at a time need little more memory than one.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import polars as pl

from flows.boundaries import passed
from flows.lake import Lake
from flows.pipeline.backfill.plan import Plan
from flows.pipeline.computing import Computed, assemble, compute_selected, facts_of
from flows.pipeline.night import Night
from flows.pipeline.tables import restricted_of
from flows.settings import Settings
from transforms.contracts.results import CellCrowd, CellPerson, KpiCell
from transforms.facts import Facts
from transforms.kpis.compute import KpiResult
from transforms.kpis.selection import Selection

WORKERS = 2
_KEPT = {"backfill_cell": KpiCell, "backfill_person": CellPerson, "backfill_crowd": CellCrowd}
_TABLES = ("backfill_chunk", *_KEPT)


def compute_plan(settings: Settings, lake: Lake, night: Night, plan: Plan) -> Computed:
    """Every table with the plan's parts computed anew, all others as remembered."""
    _forget_others(lake, plan)
    facts = facts_of(settings, lake, night.run_on)
    waiting = {chunk: parts for chunk, parts in plan.chunks.items() if chunk not in plan.done}
    for chunk, result, seconds in _computed(facts, waiting):
        _keep(lake, plan, chunk, result, seconds)
        passed(f"chunk:{chunk}")
    return assemble(
        settings, lake, night, facts, [_kept(lake)], plan.selection, restricted_of(facts), plan.request.reason
    )


def forget(lake: Lake) -> None:
    """Drop what waited: it is published."""
    for table in _TABLES:
        lake.replace(table, lake.scan(table).clear())


def _forget_others(lake: Lake, plan: Plan) -> None:
    """Drop what waits for a backfill that will not be resumed any more, its rows or definitions being others now."""
    for table in _TABLES:
        rows = lake.read(table)
        mine = rows.filter(pl.col("backfill_id") == plan.backfill_id)
        if mine.height < rows.height:
            lake.replace(table, mine)


def _computed(facts: Facts, chunks: dict[str, Selection]) -> Iterator[tuple[str, KpiResult, float]]:
    """The chunks in their order, with the seconds each took."""

    def work(parts: Selection) -> tuple[KpiResult, float]:
        began = time.perf_counter()
        return _together(compute_selected(facts, parts)), time.perf_counter() - began

    with ThreadPoolExecutor(WORKERS) as workers:
        for chunk, (result, seconds) in zip(chunks, workers.map(work, chunks.values()), strict=True):
            yield chunk, result, seconds


def _together(results: list[KpiResult]) -> KpiResult:
    return KpiResult(
        pl.concat([KpiCell.create_empty(), *(result.cells for result in results)]),
        pl.concat([CellPerson.create_empty(), *(CellPerson.cast(result.people) for result in results)]),
        pl.concat([CellCrowd.create_empty(), *(result.crowd for result in results)]),
    )


def _keep(lake: Lake, plan: Plan, chunk: str, result: KpiResult, seconds: float) -> None:
    """Store a chunk; its mark comes last, so a run that dies before it computes the chunk again."""
    place = {"backfill_id": plan.backfill_id, "chunk": chunk}
    frames = (result.cells, result.people, result.crowd)
    for table, frame in zip(_KEPT, frames, strict=True):
        marked = frame.with_columns(pl.lit(said).alias(name) for name, said in place.items())
        lake.replace_where(table, marked, **place)
    mark = place | {"n_parts": plan.chunks[chunk].parts.height, "seconds": seconds}
    lake.append("backfill_chunk", pl.DataFrame([mark]))


def _kept(lake: Lake) -> KpiResult:
    cells, people, crowd = (lake.read(table).select(list(contract.columns())) for table, contract in _KEPT.items())
    return KpiResult(cells, people, crowd)
