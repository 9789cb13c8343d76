"""What a rule declares about itself, and the tables it may look at."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import dataframely as dy
import polars as pl

from transforms.contracts import LINEAGE, STAGED
from transforms.contracts.columns import Severity
from transforms.contracts.lineage import Staged

Tables = Mapping[str, pl.LazyFrame]
Check = Callable[[Tables, Tables], pl.LazyFrame]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule over the rows of `table`.

    `check(candidates, known)` returns one row per judged row: its lineage (staged tables), its primary key and the
    boolean `holds`. `candidates` are the rows on their way in, `known` those already in the lake.
    `severity`: `row` quarantines the row, `warning` reports it, `critical` stops the publish.
    """

    id: str
    table: str
    severity: Severity
    description: str
    check: Check


def identity(contract: type[dy.Schema]) -> list[str]:
    """The columns that name one row of a contract: lineage where it is staged, then the primary key."""
    lineage = LINEAGE if issubclass(contract, Staged) else ()
    return list(dict.fromkeys([*lineage, *contract.primary_key()]))


def judged(frame: pl.LazyFrame, table: str, holds: pl.Expr) -> pl.LazyFrame:
    """The identity of each row of a staged table with `holds`; what cannot be decided does not hold."""
    return frame.select(*identity(STAGED[table]), holds.fill_null(False).alias("holds"))


def together(table: str, candidates: Tables, known: Tables) -> pl.LazyFrame:
    """Rows of a staged table as they will be: known ones, replaced by candidates of the same primary key."""
    contract = STAGED[table]
    empty = contract.create_empty().lazy()
    columns, key = list(contract.columns()), contract.primary_key()
    new, old = (tables.get(table, empty).select(columns) for tables in (candidates, known))
    return pl.concat([old.join(new, on=key, how="anti", nulls_equal=True), new])
