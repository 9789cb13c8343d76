"""Writes the lake's tables. Frames in; every call is one atomic commit, or none where nothing changes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import dataframely as dy
import polars as pl
from deltalake import DeltaTable, write_deltalake
from deltalake.table import TableMerger

from flows.errors import DataQualityError
from flows.lake.catalogue import PARTITIONS, partition_columns, with_partition
from flows.lake.reading import LakeReader, contract_of, in_shape_of
from flows.lake.trouble import lake_trouble
from flows.lake.upsert import Merged, changed_rows, latest_rows, says_the_same
from transforms.rows import is_among, is_in_range_of

Frame = pl.DataFrame | pl.LazyFrame
# An update rewrites the files of the rows it changes, and rows that came together change together.
FILE_BYTES = 4 * 2**20
# So few keys are looked up one by one, more by their range.
_FEW_KEYS = 50_000


class LakeTables(LakeReader):
    """The tables of one lake, for reading and writing. Every method raises StorageError.

    Writing methods raise DataQualityError for a frame that lacks a column of the contract, or a row its key.
    """

    def merge(self, table: str, frame: Frame, newest_by: str | None = None) -> Merged:
        """Insert rows with a new key and update those whose content differs.

        With `newest_by` a stored row with a greater value stays. See `upsert` for ties and provenance.
        """
        contract = contract_of(table)
        key = contract.primary_key()
        with lake_trouble(self.location.table(table), "write"):
            latest = latest_rows(_shaped(table, frame, contract), key, newest_by)
            delta = None if latest.is_empty() else self.open(table)
            if delta is None:
                changed, merged, stored = latest, Merged(latest.height, 0, 0, 0), latest.clear()
            else:
                stored = self._sharing_keys(delta, table, latest).collect()
                changed, merged = changed_rows(latest, stored.lazy(), key, newest_by)
            self._write_changed(table, changed, merged, stored)
        return merged

    def append(self, table: str, frame: Frame) -> int:
        """Add the rows whose key is not stored yet; how many. Stored rows stay, so a repeat adds nothing."""
        contract = contract_of(table)
        key = contract.primary_key()
        with lake_trouble(self.location.table(table), "write"):
            incoming = _shaped(table, frame, contract).unique(key, keep="first", maintain_order=True)
            delta = None if incoming.is_empty() else self.open(table)
            if delta is not None:
                known = self._sharing_keys(delta, table, incoming).select(key)
                incoming = incoming.lazy().join(known, on=key, how="anti", maintain_order="left").collect()
            if incoming.height:
                self._append(table, incoming)
        return incoming.height

    def replace(self, table: str, frame: Frame) -> bool:
        """Make `frame` the whole table; False where it says what is stored already (provenance aside)."""
        contract = contract_of(table)
        with lake_trouble(self.location.table(table), "write"):
            incoming = _shaped(table, frame, contract)
            if says_the_same(incoming, self.scan(table).collect()):
                return False
            self._overwrite(table, incoming)
        return True

    def replace_where(self, table: str, frame: Frame, **equal: str) -> bool:
        """Make `frame` the rows whose columns equal `equal`, all other rows stay; False where nothing changes.

        Every row of `frame` must equal them too.
        """
        contract = contract_of(table)
        rows = [pl.col(name) == value for name, value in equal.items()]
        with lake_trouble(self.location.table(table), "write"):
            incoming = _shaped(table, frame, contract)
            if incoming.filter(*rows).height != incoming.height:
                raise DataQualityError(f"lake table {table}: rows lie outside {equal}; nothing was written")
            if says_the_same(incoming, self.scan(table).filter(*rows).collect()):
                return False
            predicate = " AND ".join(f"{name} = {quoted(value)}" for name, value in equal.items())
            self._overwrite(table, incoming, predicate if self.open(table) else None)
        return True

    def replace_rows(self, table: str, named: pl.DataFrame, frame: Frame) -> None:
        """Make `frame` all the rows that `named` (values of one column) names; the others stay.

        Of the named rows, keys that `frame` lacks go, the others are merged.
        """
        contract = contract_of(table)
        key = contract.primary_key()
        with lake_trouble(self.location.table(table), "write"):
            latest = latest_rows(_shaped(table, frame, contract), key, None)
            delta = self.open(table)
            if delta is None:
                self.merge(table, latest)
                return
            (name,) = named.columns
            is_named = is_among(named[name])
            told = _most_telling(latest, key)
            # One reading for both questions: which rows are named, and which have a key that comes in.
            shares = is_among(latest[told]) if told else pl.lit(not latest.is_empty())
            stored = in_shape_of(contract, self.scan_opened(delta).filter(is_named | shares)).collect()
            gone = stored.filter(is_named).join(latest, on=key, how="anti")
            self._delete(table, with_partition(table, gone))
            self._write_changed(table, *changed_rows(latest, stored.lazy(), key, None), stored)

    def delete_pages(self, table: str, source: str, pages: Iterable[str], keep: pl.DataFrame | None = None) -> int:
        """Delete the rows that came from `pages` of `source`, except those whose key `keep` has; how many.

        With the page's new rows as `keep`, deleting and then merging them changes only what a page no longer says.
        """
        key = contract_of(table).primary_key()
        named = sorted(set(pages))
        from_pages = (pl.col("source") == source) & pl.col("source_page").is_in(named)
        with lake_trouble(self.location.table(table), "write"):
            delta = self.open(table) if named else None
            if delta is None:
                return 0
            doomed = self.scan_opened(delta).filter(from_pages).select(_matching(table)).collect()
            if keep is not None:
                doomed = doomed.join(keep, on=key, how="anti")
            self._delete(table, doomed)
        return doomed.height

    def delete_missing(self, table: str, source: str, within: pl.Expr, keep: pl.DataFrame) -> int:
        """Delete the rows of `source` that lie `within` and whose key `keep` does not have; how many."""
        key = contract_of(table).primary_key()
        with lake_trouble(self.location.table(table), "write"):
            delta = self.open(table)
            if delta is None:
                return 0
            of_source = self.scan_opened(delta).filter((pl.col("source") == source) & within)
            doomed = of_source.select(_matching(table)).join(keep.lazy(), on=key, how="anti").collect()
            self._delete(table, doomed)
        return doomed.height

    def _write_changed(self, table: str, changed: pl.DataFrame, merged: Merged, stored: pl.DataFrame) -> None:
        """Commit the rows that are new or differ, if there are any; `stored` has all stored rows of their keys."""
        key = contract_of(table).primary_key()
        if merged.updated:
            rows, delta = with_partition(table, changed), self._open_written(table)
            merger = _merger(delta, rows, _matching(table), held=rows.join(stored, on=key, how="semi"))
            merger.when_matched_update_all().when_not_matched_insert_all().execute()
            self.keep_opened(table, delta)
        elif merged.inserted:
            self._append(table, changed)

    def _sharing_keys(self, delta: DeltaTable, table: str, incoming: pl.DataFrame) -> pl.LazyFrame:
        """Stored rows with a key of `incoming`, read from the partitions it falls in only."""
        contract = contract_of(table)
        key = contract.primary_key()
        frame = self.scan_opened(delta)
        if table in PARTITIONS:
            name, expression = PARTITIONS[table]
            frame = frame.filter(pl.col(name).is_in(incoming.select(expression.unique()).to_series().to_list()))
        told = _most_telling(incoming, key)
        if told:
            # A join reads every column of every row; a filter first looks at the statistics, then at the key.
            is_told = is_among if incoming[told].n_unique() <= _FEW_KEYS else is_in_range_of
            frame = frame.filter(is_told(incoming[told]))
        return in_shape_of(contract, frame).join(incoming.lazy().select(key), on=key, how="semi")

    def _delete(self, table: str, doomed: pl.DataFrame) -> None:
        """Commit that stored rows go, if there are any; `doomed` has their keys and partition."""
        if doomed.height:
            rows, delta = doomed.select(_matching(table)), self._open_written(table)
            _merger(delta, rows, rows.columns, held=rows).when_matched_delete().execute()
            self.keep_opened(table, delta)

    def _open_written(self, table: str) -> DeltaTable:
        """A table that was written before, to be changed."""
        delta = self.open_anew(table)
        assert delta is not None, table
        return delta

    def _append(self, table: str, frame: pl.DataFrame) -> None:
        # A contract may gain a column; the stored table follows.
        self._write(table, frame, mode="append", schema_mode="merge")

    def _overwrite(self, table: str, frame: pl.DataFrame, predicate: str | None = None) -> None:
        self._write(
            table, frame, mode="overwrite", predicate=predicate, schema_mode="merge" if predicate else "overwrite"
        )

    def _write(self, table: str, frame: pl.DataFrame, **how: Any) -> None:
        delta = self.open_anew(table)
        write_deltalake(
            delta or self.location.table(table),
            with_partition(table, frame),
            partition_by=partition_columns(table) or None,
            target_file_size=FILE_BYTES,
            storage_options=self.location.options,
            **how,
        )
        if delta:
            self.keep_opened(table, delta)


def _matching(table: str) -> list[str]:
    """The columns by which stored rows are found again: the key, and the partition it falls in."""
    return [*contract_of(table).primary_key(), *partition_columns(table)]


def _merger(delta: DeltaTable, rows: pl.DataFrame, matching: list[str], held: pl.DataFrame) -> TableMerger:
    """A merge of `rows` into a table; `held` are those of them that are stored.

    Their range is part of the predicate: by it Delta Lake leaves out files that hold none of them, where keys grow
    with time. Rows that are not stored match nothing anyhow.
    """
    predicate = [f"stored.{name} = incoming.{name}" for name in matching]
    told = _most_telling(held, matching)
    if told:
        first, last = held.select(pl.col(told).min().alias("first"), pl.col(told).max().alias("last")).row(0)
        predicate += [f"stored.{told} >= {quoted(first)}", f"stored.{told} <= {quoted(last)}"]
    return delta.merge(
        rows,
        predicate=" AND ".join(predicate),
        source_alias="incoming",
        target_alias="stored",
        merge_schema=True,
    )


def _most_telling(rows: pl.DataFrame, key: Sequence[str]) -> str | None:
    """The text column of a key with the most values among rows; None where there are no rows or no texts."""
    texts = [name for name in key if rows.schema[name] == pl.String] if rows.height else []
    return max(texts, key=lambda name: rows[name].n_unique(), default=None)


def quoted(value: str) -> str:
    """A string as a literal of a Delta Lake predicate."""
    return "'" + value.replace("'", "''") + "'"


def _shaped(table: str, frame: Frame, contract: type[dy.Schema]) -> pl.DataFrame:
    """The contract's columns in its types. Messages count rows and quote no value."""
    lazy = frame.lazy()
    present = lazy.collect_schema().names()
    missing = [name for name in contract.column_names() if name not in present]
    if missing:
        raise DataQualityError(f"lake table {table}: columns {', '.join(missing)} are missing; nothing was written")
    shaped = lazy.select(pl.col(name).cast(column.dtype) for name, column in contract.columns().items()).collect()
    keyless = shaped.select(pl.any_horizontal(pl.col(contract.primary_key()).is_null()).sum()).item()
    if keyless:
        key = ", ".join(contract.primary_key())
        raise DataQualityError(
            f"lake table {table}: {keyless} rows lack a part of their key ({key}); nothing was written"
        )
    return shaped
