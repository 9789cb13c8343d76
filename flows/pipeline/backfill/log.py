"""The backfill log: one row per backfill, written when it begins and when it ends."""

from __future__ import annotations

from typing import Literal

import polars as pl

from flows.lake import Lake
from flows.pipeline.backfill.plan import Plan
from flows.pipeline.night import Night
from transforms.contracts.marts import MetaBackfill

Outcome = Literal["running", "succeeded", "blocked", "failed"]


def entry(plan: Plan, night: Night, outcome: Outcome, n_restated: int = 0) -> pl.DataFrame:
    """The row of a backfill (MetaBackfill)."""
    request = plan.request
    told = {
        "run_id": night.run_id,
        "backfill_id": plan.backfill_id,
        "start_on": request.start_on,
        "end_on": request.end_on,
        "source": request.source,
        "kpi_ids": ",".join(request.kpi_ids) or None,
        "is_only_missing": request.only_missing,
        "reason": request.reason,
        "started_at": night.started_at,
        "finished_at": None if outcome == "running" else Night.now(),
        "outcome": outcome,
        "n_parts": plan.parts.height,
        "n_resumed_parts": plan.n_resumed,
        "n_restated": n_restated,
    }
    return pl.DataFrame([told], schema=MetaBackfill.create_empty().schema)


def begin(lake: Lake, plan: Plan, night: Night) -> None:
    """Write that a backfill runs. One that still says so was interrupted, for two never run at once."""
    left = lake.read("meta_backfill").filter(pl.col("outcome") == "running")
    lake.merge(
        "meta_backfill",
        pl.concat([left.with_columns(pl.lit("interrupted").alias("outcome")), entry(plan, night, "running")]),
    )
