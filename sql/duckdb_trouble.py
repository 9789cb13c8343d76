"""Says in one line what DuckDB or the file system met, and what to do about it."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from sql.errors import WarehouseError

# What DuckDB's own message contains, and what it means for the person reading it. The first match counts.
_MEANINGS = (
    ("could not set lock", "it is open for writing in another program; close that program or open it read-only there"),
    ("conflicting lock", "it is open for writing in another program; close that program or open it read-only there"),
    ("no space left", "the disk is full; free some space and run again"),
    ("file too large", "the disk or a quota is full; free some space and run again"),
    ("permission denied", "permission is denied; check who owns the folder"),
    ("read-only file system", "the file system is read-only; choose another warehouse URL"),
    ("not a valid duckdb database", "it is not a DuckDB file; move it away, the next run builds it anew"),
    ("corrupt", "it is damaged; move it away, the next run builds it anew"),
    ("checksum", "it is damaged; move it away, the next run builds it anew"),
    ("newer duckdb version", "it was written by a newer DuckDB; upgrade duckdb, or move it away"),
    ("does not exist", "a file or table is missing; the next run builds it anew"),
)
_SYSTEM_MEANINGS = {
    errno.ENOSPC: "the disk is full; free some space and run again",
    errno.EDQUOT: "the disk quota is used up; free some space and run again",
    errno.EFBIG: "the disk or a quota is full; free some space and run again",
    errno.EROFS: "the file system is read-only; choose another warehouse URL",
    errno.EACCES: "permission is denied; check who owns the folder",
    errno.EPERM: "permission is denied; check who owns the folder",
    errno.ENOTDIR: "a part of the path is a file, not a folder; choose another warehouse URL",
    errno.EISDIR: "it is a folder, not a file; choose another warehouse URL",
}


@contextmanager
def storage_trouble(path: Path, doing: str) -> Iterator[None]:
    """Turns errors of DuckDB and of the file system into WarehouseError. `doing` is read, write, publish, clear."""
    try:
        yield
    except duckdb.Error as error:
        raise WarehouseError(f"warehouse {path}: cannot {doing}: {_meaning(error)}") from error
    except OSError as error:
        meaning = _SYSTEM_MEANINGS.get(error.errno or 0, error.strerror or type(error).__name__)
        raise WarehouseError(f"warehouse {path}: cannot {doing}: {meaning}") from error


def _meaning(error: duckdb.Error) -> str:
    said = first_line(error)
    return next((meaning for sign, meaning in _MEANINGS if sign in str(error).lower()), said)


def first_line(error: duckdb.Error) -> str:
    """DuckDB's message without its hints and candidate lists."""
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
