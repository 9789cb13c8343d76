"""What a lake and a warehouse say, in a form that two runs of the same nights can be compared by."""

from __future__ import annotations

import hashlib
from pathlib import Path

import polars as pl

from flows.lake import LAKE_TABLES, Lake
from flows.lake.catalogue import OF_RUNS
from flows.settings import load_settings
from flows.warehouses import open_warehouse

# When and by which run something was written, which an interrupted night may say differently.
_OF_THE_RUN = ("run_id", "as_of", "landed_at", "quarantined_at", "row_json")
_PAYLOAD = "landing_payload"
_PAGE = ["source", "source_page"]


def lake_of(folder: Path) -> Lake:
    return Lake(str(folder / "lake"))


def published(folder: Path) -> dict[str, str]:
    """The hashes of the published tables."""
    return open_warehouse(load_settings(folder / "culture-kpis.toml")).hashes()


def versions(folder: Path) -> dict[str, int | None]:
    """The Delta version of every table of the lake."""
    return {name: lake_of(folder).version(name) for name in (*LAKE_TABLES, _PAYLOAD)}


def contents(folder: Path) -> dict[str, str]:
    """A hash of the rows of every table of the lake, in any order, without what belongs to the run that wrote them."""
    lake = lake_of(folder)
    return {name: _fingerprint(lake.read(name)) for name in LAKE_TABLES if name not in OF_RUNS}


def staged_rows(folder: Path, table: str) -> str:
    """A hash of the rows of a staged table, wherever they came from."""
    return _fingerprint(lake_of(folder).read(table).drop("source_page", "source_row", strict=False))


def repeated_keys(folder: Path) -> list[str]:
    """Tables of the lake that hold a key twice."""
    lake = lake_of(folder)
    keys = {name: contract.primary_key() for name, contract in LAKE_TABLES.items()}
    repeated = [name for name, key in keys.items() if lake.read(name).select(key).is_duplicated().any()]
    payload = lake.open(_PAYLOAD)
    assert payload is not None
    parts = lake.scan_opened(payload).select(*_PAGE, "part").collect()
    return [*repeated, *([_PAYLOAD] if parts.is_duplicated().any() else [])]


def unaccounted_pages(folder: Path) -> list[str]:
    """Pages whose fates do not add up to the lines of the file; also those of which a fate is not on record."""
    lake = lake_of(folder)
    accounting = lake.read("meta_row_accounting")
    # A questionnaire with an answer off its scale is staged without it, and on record too.
    fates = lake.read("row_fate").filter(pl.col("fate") != "staged").group_by(*_PAGE, "fate").len("n_on_record")
    told = accounting.filter(pl.col("fate") != "staged").group_by(*_PAGE, "fate").agg(pl.col("n_rows").sum())
    compared = told.join(fates, on=[*_PAGE, "fate"], how="full", coalesce=True)
    wrong = compared.filter(pl.col("n_rows").ne_missing(pl.col("n_on_record")))["source_page"].to_list()
    sums = dict(accounting.group_by("source_page").agg(pl.col("n_rows").sum()).iter_rows())
    for source, page, name, n_rows in lake.read("landed_page").select(*_PAGE, "page_name", "n_rows").iter_rows():
        lines = lake.payload(source, page).count(b"\n") - 1
        if not lines == n_rows == sums.get(page):
            wrong.append(f"{name}: {lines} lines, {n_rows} read, {sums.get(page)} accounted for")
    return wrong


def _fingerprint(frame: pl.DataFrame) -> str:
    rows = sorted(frame.drop(_OF_THE_RUN, strict=False).write_ndjson().splitlines())
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()
