"""What a past night knew: the lake at the versions that night ended with, computed and written to a warehouse aside."""

from __future__ import annotations

import datetime as dt

import polars as pl

from flows.errors import StorageError, UsageError
from flows.lake import Lake
from flows.lake.tidying import KEPT_DAYS
from flows.pipeline.backfill.plan import Request, planned
from flows.pipeline.computing import assemble, compute_selected, facts_of
from flows.pipeline.night import Night
from flows.pipeline.tables import restricted_of
from flows.settings import Settings
from sql.changed_rows import whole
from sql.warehouse import Warehouse, WarehouseError


def reproduce(
    settings: Settings, lake: Lake, request: Request, night_on: dt.date, warehouse: Warehouse
) -> dict[str, int]:
    """Fill `warehouse` with the tables as of that night, the periods asked for computed anew; rows per table.

    The lake is only read. Raises UsageError for a night that is not remembered, StorageError where the lake's
    history has been cleared meanwhile or the warehouse cannot be written.
    """
    then = lake.at(versions_of(lake, night_on))
    night = Night.begin(settings, night_on, "backfill")
    plan = planned(settings, then, request, night_on)
    facts = facts_of(settings, then, night_on)
    results = compute_selected(facts, plan.selection)
    computed = assemble(settings, then, night, facts, results, plan.selection, restricted_of(facts))
    # The checks of gate 2 were made that night; what it found stands in the lake.
    marts = computed.marts | {"meta_validation": then.read("meta_validation")}
    try:
        warehouse.stage(marts, computed.restricted)
        warehouse.publish()
    except WarehouseError as error:
        raise StorageError(str(error)) from error
    return {name: whole(load).height for name, load in {**marts, **computed.restricted}.items()}


def versions_of(lake: Lake, night_on: dt.date) -> dict[str, int]:
    """The version of each lake table at the end of a night. Raises UsageError for a night that is not remembered."""
    nights = lake.read("night_version")
    then = nights.filter(pl.col("run_on") == night_on)
    if then.is_empty():
        known = nights["run_on"].unique().sort()
        told = f"known are {', '.join(str(night) for night in known.tail(5))}" if len(known) else "none is known yet"
        raise UsageError(
            f"--as-of {night_on}: the lake does not know how that night ended; {told} (kept for {KEPT_DAYS} days)"
        )
    return dict(then.select("table_name", "version").iter_rows())
