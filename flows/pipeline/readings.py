"""What a complete reading says beyond its rows: what it does not hold is gone at the source.

A window replaces the rows of its time; a snapshot of people or units closes the versions it does not show. A reading
that lost most of what was there is not believed.
"""

from __future__ import annotations

from collections.abc import Iterator
from zoneinfo import ZoneInfo

import polars as pl

from flows.errors import DataQualityError
from flows.lake import Lake
from flows.pipeline.batches import Batch, Reading
from flows.pipeline.pulling import TABLE
from flows.settings import Source, SourceSettings
from flows.sources.rest.mappings import endpoints_of
from transforms.contracts import STAGED
from transforms.staging.feeds import tables_of
from transforms.staging.records import StagedPages
from transforms.staging.versions import VERSIONED, versions_after

# The time by which a row belongs to a window.
_TIMES = {"recognition": "at", "survey_response": "answered_at", "invitation": "sent_at", "improvement_event": "at"}
# Who a person was once known as, and when a calendar was open, stays true after it is gone.
_REMEMBERED = ("person_alias", "calendar_slot")
_USUAL_ROWS = 20
_LARGEST_LOSS = 0.5


def with_versions(
    batch: Batch,
    source: Source,
    staged: StagedPages,
    lake: Lake,
    timezone: str,
) -> dict[str, pl.DataFrame]:
    """Staged rows by table, with every version of the source's people and units in place of what a snapshot shows.

    Where a row of the snapshot was refused nobody is taken to have left. Raises DataQualityError for one that shows
    less than half of those who were there.
    """
    told = dict(staged.tables)
    is_whole = not (staged.fates["fate"] == "quarantined").any()
    for reading, table in _read_tables(batch, source):
        if reading.begins_at is None and table in VERSIONED:
            known = lake.ask(table, lambda rows: rows.filter(pl.col("source") == source.name))
            shown = told.get(table, STAGED[table].create_empty())
            _believe(source, reading, known.filter(pl.col("valid_to_on").is_null()).height, shown.height)
            on = reading.read_at.astimezone(ZoneInfo(timezone)).date()
            told[table] = versions_after(STAGED[table], known, shown, VERSIONED[table], on, is_whole=is_whole)
    return told


def delete_gone(batch: Batch, source: Source, told: dict[str, pl.DataFrame], lake: Lake) -> None:
    """Delete from the lake what the batch's readings should hold and do not; `told` is what they hold.

    Raises DataQualityError for a reading that holds less than half of what was there, where that is 20 rows or more.
    """
    for reading, table in _read_tables(batch, source):
        rows = told.get(table, STAGED[table].create_empty())
        within = _within(reading, table)
        if within is not None:
            known = lake.scan(table).filter((pl.col("source") == source.name) & within)
            _believe(source, reading, known.select(pl.len()).collect().item(), rows.filter(within).height)
            lake.delete_missing(table, source.name, within, keep=rows)


def mark_readings(batch: Batch, source: str, lake: Lake) -> None:
    """Remember that the batch's readings are staged; call it after their rows are."""
    if not batch.readings:
        return
    keys = pl.DataFrame(
        [(reading.endpoint, reading.scope) for reading in batch.readings], schema=["endpoint", "scope"], orient="row"
    )
    rows = lake.read(TABLE).filter(pl.col("source") == source).join(keys, on=["endpoint", "scope"], how="semi")
    lake.merge(TABLE, rows.with_columns(pl.col("pages").alias("staged_pages")))


def _read_tables(batch: Batch, source: Source) -> Iterator[tuple[Reading, str]]:
    """Each reading of a batch with each table that its endpoint and the calls of its records feed."""
    if isinstance(source, SourceSettings):
        return
    for reading in batch.readings:
        endpoint = next(one for one in endpoints_of(source) if one.name == reading.endpoint)
        names = {endpoint.name, *(sub.name for sub in endpoint.of_each)}
        fed = {
            table for name, mapping in source.mappings_by_endpoint() if name in names for table in tables_of(mapping)
        }
        yield from ((reading, table) for table in STAGED if table in fed and table != "survey_item")


def _within(reading: Reading, table: str) -> pl.Expr | None:
    """The rows that the reading says everything about; None where it says nothing about any."""
    if reading.begins_at is None:
        return None if table in _REMEMBERED else pl.lit(True)
    if table not in _TIMES:
        return None
    # A row of the very first or last moment may have come with the neighbouring window.
    at = pl.col(_TIMES[table])
    return (at > reading.begins_at) & (at < reading.ends_at)


def _believe(source: Source, reading: Reading, n_known: int, n_told: int) -> None:
    if source.allow_empty or n_known < _USUAL_ROWS or n_told >= _LARGEST_LOSS * n_known:
        return
    where = f"{reading.endpoint} from {reading.scope}" if reading.scope else reading.endpoint
    raise DataQualityError(
        f'source "{source.name}", {where}: {n_told:,} rows where {n_known:,} were; '
        "look at permissions at the vendor's, or set allow_empty = true for one run if they are gone"
    )
