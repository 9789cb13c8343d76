"""What a night knows about its source tables as wholes: how far they reach, and how much of them was refused.

Counts and days of whole tables only; nothing here is about a unit or a person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from transforms.facts.context import Context
from transforms.staging.feeds import tables_of
from transforms.staging.mapping import SourceMapping

# Tables that grow every working day, by the time of their rows; a survey comes in waves and is as old as its wave.
GROWING = {"ticket": "updated_at", "ticket_event": "at", "promise": "began_at", "recognition": "at"}
EVIDENCE = {"table": pl.String, "newest_on": pl.Date, "quarantined_share": pl.Float64}


def table_evidence(
    tables: Mapping[str, pl.LazyFrame], accounting: pl.DataFrame, sources: Iterable[SourceMapping], context: Context
) -> pl.DataFrame:
    """One row per contract table a source feeds: `table`, `newest_on`, `quarantined_share`.

    `tables` are the staged tables as known on the night, `accounting` is MetaRowAccounting. `newest_on` is the local
    day of the newest row of a growing table (null for others); `quarantined_share` quarantined / all input rows of
    the sources that feed the table.
    """
    fed = pl.DataFrame(
        [(table, source.name) for source in sources for table in sorted(tables_of(source))],
        schema={"table": pl.String, "source": pl.String},
        orient="row",
    )
    refused = pl.col("n_rows").filter(pl.col("fate") == "quarantined").sum()
    shares = (
        fed.join(accounting, on="source")
        .group_by("table")
        .agg((refused / pl.col("n_rows").sum()).fill_nan(0.0).alias("quarantined_share"))
    )
    newest = [
        frame.select(pl.lit(table).alias("table"), context.local_day(pl.col(GROWING[table]).max()).alias("newest_on"))
        for table, frame in tables.items()
        if table in GROWING
    ]
    reach = pl.concat([pl.LazyFrame(schema={"table": pl.String, "newest_on": pl.Date}), *newest]).collect()
    return shares.join(reach, on="table", how="left").select(list(EVIDENCE)).sort("table")
