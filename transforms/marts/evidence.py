"""What a night knows about its source tables as wholes: how far they reach, and how much of them was refused.

Counts and days of whole tables only; nothing here is about a unit or a person.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

import polars as pl

from transforms.facts.context import Context
from transforms.moments import moment
from transforms.staging.feeds import tables_of
from transforms.staging.mapping import SourceMapping

# Tables that grow every working day, by the time of their rows; a survey comes in waves and is as old as its wave.
GROWING = {"ticket": "updated_at", "ticket_event": "at", "promise": "began_at", "recognition": "at"}
_NEWEST = {"table": pl.String, "newest_on": pl.Date}
_LATELY = dt.timedelta(days=28)
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
    reach = _newest({name: rows for name, rows in tables.items() if name in GROWING}, context)
    return shares.join(reach, on="table", how="left").select(list(EVIDENCE)).sort("table")


def _newest(tables: Mapping[str, pl.LazyFrame], context: Context) -> pl.DataFrame:
    """The local day of the newest row of each growing table; the last weeks tell it of most."""
    lately = moment(context.as_of - _LATELY)

    def asked(name: str, rows: pl.LazyFrame) -> pl.LazyFrame:
        newest = context.local_day(pl.col(GROWING[name]).max())
        return rows.select(pl.lit(name).alias("table"), newest.alias("newest_on"))

    recent = [asked(name, rows.filter(pl.col(GROWING[name]) >= lately)) for name, rows in tables.items()]
    found = pl.concat([pl.LazyFrame(schema=_NEWEST), *recent]).drop_nulls().collect()
    silent = [asked(name, rows) for name, rows in tables.items() if name not in found["table"]]
    return pl.concat([found.lazy(), *silent]).collect()
