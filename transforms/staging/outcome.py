"""What a grain makes of the rows it was given, and how it becomes frames of the contracts."""

from __future__ import annotations

from dataclasses import dataclass, field

import dataframely as dy
import polars as pl

from transforms.contracts.state import RowFate
from transforms.staging.reading import FATES, ROW
from transforms.staging.reasons import REASONS, fate_of


@dataclass(frozen=True)
class PageReference:
    """A landed page: its content hash and the file it came from."""

    source_page: str
    page_name: str


@dataclass(frozen=True)
class Outcome:
    """Contract rows by contract name, with source_row but without the rest of the lineage; and fates.

    `fates` and `partial` have the shape of `reading.FATES`: input rows not staged, and refused parts of staged rows.
    """

    tables: dict[str, pl.DataFrame]
    fates: pl.DataFrame = field(default_factory=FATES.to_frame)
    partial: pl.DataFrame = field(default_factory=FATES.to_frame)


def contract_frame(contract: type[dy.Schema], rows: pl.DataFrame, source: str, page: PageReference) -> pl.DataFrame:
    """`rows` as exactly the contract's columns and types with their lineage; columns they lack are null."""
    schema = contract.create_empty().schema
    known = rows.with_columns(pl.lit(source).alias("source"), pl.lit(page.source_page).alias("source_page"))
    return known.select(
        (pl.col(name) if name in known.columns else pl.lit(None)).cast(dtype).alias(name)
        for name, dtype in schema.items()
    )


def fate_frame(fates: pl.DataFrame, source: str, page: PageReference) -> pl.DataFrame:
    """Fates (source_row, reason, column_name) as contract RowFate, in the order of the page."""
    by_reason = {reason: fate_of(reason) for reason in REASONS}
    named = fates.with_columns(pl.col("reason").replace_strict(by_reason, return_dtype=pl.String).alias("fate"))
    return contract_frame(RowFate, named.sort(ROW), source, page)
