"""The bytes of landed pages: a Delta table of compressed parts, kept apart from the register of pages."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl
from deltalake import ColumnProperties, WriterProperties, write_deltalake

from flows.lake.catalogue import LANDING_PAYLOAD
from flows.lake.reading import LakeReader
from flows.lake.tables import quoted

PART_BYTES = 64 * 2**20
_KEY = ("source", "source_page", "part")
_SCHEMA = {"source": pl.String, "source_page": pl.String, "part": pl.Int64, "n_parts": pl.Int64, "data": pl.Binary}
# Statistics and a dictionary would store every part again, twice.
_WRITER = WriterProperties(
    compression="ZSTD",
    column_properties={"data": ColumnProperties(dictionary_enabled=False, statistics_enabled="NONE")},
)

Page = tuple[str, bytes]  # page id and bytes


def write_pages(lake: LakeReader, source: str, pages: Sequence[Page]) -> None:
    """Store the parts of `pages` in one commit; none where there are no pages."""
    if not pages:
        return
    rows = [
        (source, page, part, _n_parts(content), content[part * PART_BYTES : (part + 1) * PART_BYTES])
        for page, content in pages
        for part in range(_n_parts(content))
    ]
    delta = lake.open_anew(LANDING_PAYLOAD)
    write_deltalake(
        delta or lake.location.table(LANDING_PAYLOAD),
        pl.DataFrame(rows, schema=_SCHEMA, orient="row"),
        mode="append",
        # Of a table that is there already it is kept as it is.
        configuration=None if delta else {"delta.dataSkippingStatsColumns": ",".join(_KEY)},
        writer_properties=_WRITER,
        storage_options=lake.location.options,
    )
    if delta:
        lake.keep_opened(LANDING_PAYLOAD, delta)


def stored_pages(lake: LakeReader) -> pl.LazyFrame:
    """Pages whose bytes are complete: source, source_page."""
    delta = lake.open(LANDING_PAYLOAD)
    if delta is None:
        return pl.LazyFrame(schema={"source": pl.String, "source_page": pl.String})
    return (
        lake.scan_opened(delta)
        .group_by("source", "source_page")
        .agg(pl.col("part").n_unique().alias("n_stored"), pl.col("n_parts").first())
        .filter(pl.col("n_stored") == pl.col("n_parts"))
        .select("source", "source_page")
    )


def read_pages(lake: LakeReader, source: str, pages: Sequence[str]) -> dict[str, bytes]:
    """The bytes of pages by page; without those that are not (or no longer) stored in full."""
    delta = lake.open(LANDING_PAYLOAD)
    if delta is None:
        return {}
    is_asked = (pl.col("source") == source) & pl.col("source_page").is_in(list(pages))
    # Bytes are collected as they lie in the files: a plan that groups them copies them several times.
    stored = lake.scan_opened(delta).filter(is_asked).collect()
    parts = stored.unique(["source_page", "part"]).sort("source_page", "part")
    found: dict[str, list[bytes]] = {}
    for page, data in parts.filter(_is_complete()).select("source_page", "data").iter_rows():
        found.setdefault(page, []).append(data)
    return {page: b"".join(data) for page, data in found.items()}


def erase_pages(lake: LakeReader, pages: pl.DataFrame) -> None:
    """Delete the bytes of `pages` (source, source_page) and remove them from the disk at once.

    Landed pages hold personal data as received, so no older version of the table keeps them.
    """
    delta = None if pages.is_empty() else lake.open_anew(LANDING_PAYLOAD)
    if delta is None:
        return
    for (source,), of_source in pages.group_by("source", maintain_order=True):
        listed = ", ".join(map(quoted, of_source.get_column("source_page").sort()))
        delta.delete(f"source = {quoted(str(source))} AND source_page IN ({listed})")
    delta.vacuum(retention_hours=0, enforce_retention_duration=False, dry_run=False)


def _is_complete() -> pl.Expr:
    """Of distinct parts, those of pages that have all of theirs."""
    return pl.len().over("source_page") == pl.col("n_parts")


def _n_parts(content: bytes) -> int:
    return max(1, -(-len(content) // PART_BYTES))
