"""Versions of what snapshots show (SCD2): one begins when a night first shows it and ends when one does not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import dataframely as dy
import polars as pl

from transforms.contracts.lineage import LINEAGE

_FROM, _TO = "valid_from_on", "valid_to_on"


# Tables of versions, and the column that names what has them.
VERSIONED = {"membership": "person_key", "org_unit": "org_unit_id"}


def versions_after(
    contract: type[dy.Schema],
    known: pl.DataFrame,
    shown: pl.DataFrame,
    thing: str,
    on: dt.date,
    *,
    is_whole: bool,
) -> pl.DataFrame:
    """All versions of one source after the snapshot of the day `on`, as rows of `contract`.

    `known` are its versions before, `shown` one row for each thing in the snapshot. A thing that was never seen keeps
    the first day that the snapshot gives it; one that says something new ends the day before `on` and begins anew on
    it. With `is_whole`, what is not shown ended the day before `on`. A version that would end before its first day
    never was. The same snapshot again changes nothing.
    """
    says = _says(contract, thing)
    shown = shown.sort(thing, *says, nulls_last=False).unique(thing, keep="first", maintain_order=True)
    # What an earlier snapshot of the same day began or ended is open to this one.
    is_settled = (pl.col(_TO) < on - dt.timedelta(days=1)).fill_null(False)
    ended = known.filter(is_settled)
    before = (
        known.filter(~is_settled & (pl.col(_FROM) < on))
        .sort(thing, _FROM)
        .unique(thing, keep="last", maintain_order=True)
        .with_columns(pl.lit(None, dtype=pl.Date).alias(_TO))
    )
    same = before.join(shown, on=[thing, *says], how="semi", nulls_equal=True)
    gone = before.join(same, on=thing, how="anti")
    if not is_whole:
        kept = gone.join(shown, on=thing, how="anti")
        same, gone = pl.concat([same, kept]), gone.join(kept, on=thing, how="anti")
    closed = gone.with_columns(pl.lit(on - dt.timedelta(days=1)).alias(_TO))
    seen = pl.concat([ended, before]).select(thing).unique()
    fresh = shown.join(same, on=thing, how="anti").with_columns(pl.lit(None, dtype=pl.Date).alias(_TO))
    again = fresh.join(seen, on=thing, how="semi").with_columns(pl.lit(on).alias(_FROM))
    first = fresh.join(seen, on=thing, how="anti").with_columns(pl.min_horizontal(_FROM, pl.lit(on)).alias(_FROM))
    columns = list(contract.columns())
    return pl.concat([frame.select(columns) for frame in (ended, same, closed, again, first)]).sort(thing, _FROM)


def _says(contract: type[dy.Schema], thing: str) -> Sequence[str]:
    """The columns that make a version another one."""
    return [name for name in contract.columns() if name not in {thing, _FROM, _TO, *LINEAGE}]
