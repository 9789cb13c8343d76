"""Drift: where what the incremental nights published differs from everything computed again.

There should be none. Where there is, the numbers computed again are published and each change is a restatement; what
had drifted stays on record in `meta_validation` (gate `rebuild`) and in the run's message.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace

import polars as pl

from flows.lake import Lake
from flows.pipeline.computing import Computed
from flows.pipeline.night import Night
from flows.settings import Settings
from flows.warehouses import open_warehouse, storage_errors
from sql.changed_rows import whole
from sql.table_hash import RUN_COLUMNS, UNHASHED_TABLES
from transforms.contracts import MARTS, RESTRICTED
from transforms.contracts.marts import MetaValidation
from transforms.rows import differing_rows

GATE, RULE = "rebuild", "same_as_incremental"
# They say what a run did and not what it found, or they tell of the drift itself.
_NOT_COMPARED = (*UNHASHED_TABLES, "meta_validation", "meta_restatement")
COMPARED = {name: contract for name, contract in (MARTS | RESTRICTED).items() if name not in _NOT_COMPARED}
_DRIFT = {
    "table_name": pl.String,
    "kpi_id": pl.String,
    "n_checked": pl.Int64,
    "n_rows": pl.Int64,
    "n_units": pl.Int64,
    "n_periods": pl.Int64,
}
_LINES = 10
Publish = Callable[[Computed, Settings, Lake, Night], dict[str, int]]


def drift_of(published: Iterable[tuple[str, pl.DataFrame]], computed: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Rows whose content differs or that only one side has, counted by table and KPI; `run_id` and `as_of` aside.

    `published` are tables of `COMPARED` by name, one at a time; `computed` holds the same tables.
    Shape: table_name, kpi_id (null in a table without), n_checked rows, n_rows that differ, n_units and n_periods
    they are about (0 in a table without).
    """
    found = [pl.DataFrame(schema=_DRIFT)]
    for name, old in published:
        contract = COMPARED[name]
        columns = [column for column in contract.column_names() if column not in RUN_COLUMNS]
        key = [column for column in contract.primary_key() if column not in RUN_COLUMNS]
        new = computed[name]
        alone = differing_rows(old.select(columns), new.select(columns), columns)
        differing = pl.concat(rows.select(key) for rows in alone).unique()
        if differing.is_empty():
            continue
        kpi = pl.col("kpi_id") if "kpi_id" in key else pl.lit(None, dtype=pl.String).alias("kpi_id")
        found.append(
            differing.group_by(kpi)
            .agg(
                pl.lit(name).alias("table_name"),
                pl.lit(max(old.height, new.height), dtype=pl.Int64).alias("n_checked"),
                pl.len().alias("n_rows"),
                _different([column for column in key if column == "org_unit_id"]).alias("n_units"),
                _different([column for column in key if column.startswith("period_")]).alias("n_periods"),
            )
            .select(pl.col(column).cast(dtype) for column, dtype in _DRIFT.items())
        )
    return pl.concat(found).sort("n_rows", "table_name", "kpi_id", descending=[True, False, False])


def _different(columns: list[str]) -> pl.Expr:
    return pl.struct(columns).n_unique() if columns else pl.lit(0)


def told(drift: pl.DataFrame) -> list[str]:
    """A line for each table and KPI that drifted, the widest first; empty where nothing did."""
    lines = []
    for row in drift.head(_LINES).iter_rows(named=True):
        what = " ".join(filter(None, (row["table_name"], row["kpi_id"])))
        about = ", ".join(f"{row[name]:,} {name[2:]}" for name in ("n_units", "n_periods") if row[name])
        lines.append(f"{what}: {row['n_rows']:,} rows" + (f" ({about})" if about else ""))
    more = drift.height - len(lines)
    return [*lines, f"and {more} more, in meta_validation"] if more else lines


@dataclass
class Comparison:
    """A stop `publish` that first compares what stands in the warehouse, and keeps what differs on record."""

    publish: Publish
    drift: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=_DRIFT))

    def compare_and_publish(self, computed: Computed, settings: Settings, lake: Lake, night: Night) -> dict[str, int]:
        """Publish the tables computed again; what drifted is in the lake before a reader sees them corrected."""
        warehouse = open_warehouse(settings)
        with storage_errors():
            published = warehouse.read_together(COMPARED) if warehouse.exists() else ()
            restricted = {name: whole(load) for name, load in computed.restricted.items()}
            self.drift = drift_of(published, {**computed.marts, **restricted})
        found = _on_record(self.drift, night)
        lake.append("meta_validation", found)
        of_run, lines = pl.col("run_id") == night.run_id, told(self.drift)
        message = f"published; computed again in full, {'; '.join(lines) if lines else 'nothing differs'}"
        marts = computed.marts | {
            "meta_run": computed.marts["meta_run"].with_columns(
                message=pl.when(of_run).then(pl.lit(message)).otherwise("message")
            ),
            "meta_validation": pl.concat([computed.marts["meta_validation"], found]),
        }
        return self.publish(replace(computed, marts=marts), settings, lake, night)


def _on_record(drift: pl.DataFrame, night: Night) -> pl.DataFrame:
    """The drift as checks that failed (MetaValidation): a rule for each table and KPI."""
    return MetaValidation.validate(
        drift.select(
            pl.lit(night.run_id).alias("run_id"),
            pl.lit(GATE).alias("gate"),
            pl.lit("").alias("source"),
            "table_name",
            pl.concat_str(pl.lit(RULE), "kpi_id", separator=" ", ignore_nulls=True).alias("rule"),
            pl.lit("").alias("column_name"),
            pl.lit("warning").alias("severity"),
            "n_checked",
            pl.col("n_rows").alias("n_failed"),
            pl.lit(False).alias("is_passed"),
        ),
        cast=True,
    )
