"""Write, audit, publish: stage the new tables, judge them, remember what leaves the house, then swap.

What must be remembered (the publication ledger first) is in the lake before a reader can see it: a run that dies
after the ledger and before the swap publishes the very same rows when it is run again.
"""

from __future__ import annotations

from contextlib import suppress

import polars as pl

from flows.boundaries import passed
from flows.errors import DataQualityError, StorageError
from flows.lake import Lake
from flows.pipeline.computing import Computed
from flows.pipeline.night import Night
from sql.changed_rows import ChangedRows
from sql.table_hash import UNHASHED_TABLES
from sql.warehouse import Warehouse, WarehouseError
from transforms.contracts import RESTRICTED


def publish(computed: Computed, lake: Lake, warehouse: Warehouse, night: Night) -> dict[str, int]:
    """Publish a night's tables; returns rows per table.

    Raises DataQualityError when gate 2 fails (nothing changes for readers), StorageError when writing does.
    """
    from expectations.gate import judge_marts  # noqa: PLC0415 - Great Expectations takes seconds to import

    page_rows = lake.read("landed_page").filter("is_staged").select("source", "source_page", "n_rows")
    verdict = judge_marts(computed.marts, night.run_id, page_rows)
    if verdict.blocked:
        raise DataQualityError("; ".join(verdict.reasons))
    # Checks of what describes runs count them: they would differ every night, though nothing else did.
    judged = verdict.results.filter(~pl.col("table_name").is_in(UNHASHED_TABLES))
    marts = computed.marts | {"meta_validation": pl.concat([computed.marts["meta_validation"], judged])}
    try:
        warehouse.stage(marts, computed.restricted)
        passed("warehouse staged")
        remember(computed, lake)
        lake.replace_where("meta_validation", judged, source="", gate="mart")
        for table in ("meta_run", "meta_backfill"):
            lake.merge(table, marts[table].filter(pl.col("run_id") == night.run_id))
        passed("remembered")
        warehouse.publish()
    except BaseException as error:
        # What stopped the writing may stop the clearing too; the first trouble is the one to read of.
        with suppress(WarehouseError):
            warehouse.discard()
        if isinstance(error, WarehouseError):
            raise StorageError(str(error)) from error
        raise
    passed("published")
    return {name: frame.height for name, frame in marts.items()} | {name: _height(lake, name) for name in RESTRICTED}


def remember(computed: Computed, lake: Lake) -> None:
    """What later nights must know: who stands behind each person-based number, what was published, what changed."""
    # Restatements before the ledger: once the ledger has a correction, nothing tells that there was another number.
    lake.append("meta_restatement", computed.disclosed.restatements)
    passed("restatements")
    lake.append("publication_ledger", computed.disclosed.ledger_additions)
    passed("ledger")
    lake.replace("published_kpi_value", computed.disclosed.rows)
    lake.replace("hidden_cells", computed.disclosed.hidden)
    lake.replace("known_signal", computed.signals)
    for table, load in computed.restricted.items():
        if isinstance(load, ChangedRows):
            lake.replace_rows(table, load.keys, load.rows)
        else:
            lake.replace(table, load)


def _height(lake: Lake, table: str) -> int:
    height: int = lake.ask(table, lambda rows: rows.select(pl.len())).item()
    return height
