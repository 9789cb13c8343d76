"""Which tables the lake holds, by which contract, and how they are laid out."""

from __future__ import annotations

import dataframely as dy
import polars as pl

from transforms.contracts import MARTS, RESTRICTED, STAGED
from transforms.contracts.results import HiddenCells, Publication
from transforms.contracts.state import (
    BackfillCell,
    BackfillChunk,
    BackfillCrowd,
    BackfillPerson,
    ComputedState,
    KnownSignal,
    LandedPage,
    NightVersion,
    QuarantinedRow,
    RowFate,
    SourceCursor,
    TargetValue,
    Witness,
)

LANDED_PAGE = "landed_page"
LANDING_PAYLOAD = "landing_payload"  # bytes, not rows: no contract, read through `Lake.payload` only

# Marts that grow from run to run, so the lake remembers them as they are shown.
REMEMBERED_MARTS = ("meta_run", "meta_backfill", "meta_row_accounting", "meta_validation", "meta_restatement")

LAKE_TABLES: dict[str, type[dy.Schema]] = {
    LANDED_PAGE: LandedPage,
    "source_cursor": SourceCursor,
    **STAGED,
    "row_fate": RowFate,
    "quarantine": QuarantinedRow,
    "publication_ledger": Publication,
    "published_kpi_value": MARTS["fct_kpi_value"],
    "hidden_cells": HiddenCells,
    **RESTRICTED,
    "computed_state": ComputedState,
    "witness": Witness,
    "target_value": TargetValue,
    "known_signal": KnownSignal,
    "night_version": NightVersion,
    "backfill_chunk": BackfillChunk,
    "backfill_cell": BackfillCell,
    "backfill_person": BackfillPerson,
    "backfill_crowd": BackfillCrowd,
    **{name: MARTS[name] for name in REMEMBERED_MARTS},
}

# What describes runs and not what they found; it grows with every run, also of the same night.
OF_RUNS = (
    "computed_state",
    "witness",
    "target_value",
    "known_signal",
    "night_version",
    "meta_run",
    "meta_backfill",
    "backfill_chunk",
    "backfill_cell",
    "backfill_person",
    "backfill_crowd",
)

# Only the largest table is partitioned, and only because its month is a function of its key: a row that changes can
# never change its partition, so an update reads and rewrites the months it touches. The time of a ticket, promise,
# answer or recognition is not in its key; a corrected time would leave the old row behind in another month.
PARTITIONS: dict[str, tuple[str, pl.Expr]] = {
    "ticket_event": ("at_month", pl.col("at").dt.strftime("%Y-%m")),
}


def partition_columns(table: str) -> list[str]:
    """Columns the table is partitioned by, beside those of its contract."""
    return [PARTITIONS[table][0]] if table in PARTITIONS else []


def with_partition(table: str, frame: pl.DataFrame) -> pl.DataFrame:
    """`frame` with its partition column, as it is stored."""
    if table not in PARTITIONS:
        return frame
    name, expression = PARTITIONS[table]
    return frame.with_columns(expression.alias(name))
