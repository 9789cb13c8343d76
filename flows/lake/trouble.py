"""Maps what Delta Lake, Polars and the file system raise to one line that says what happened and what to do."""

from __future__ import annotations

import errno
import re
from collections.abc import Iterator
from contextlib import contextmanager

import polars as pl
from deltalake.exceptions import CommitFailedError, DeltaError, TableNotFoundError

from flows.errors import StorageError

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")
_FULL = "the disk or a quota is full; free some space and run again"
_READ_ONLY = "the file system is read-only; choose another lake url"
_DENIED = "permission is denied; check who owns the folder or bucket, and the credentials"
_NOT_A_FOLDER = "a part of the path is a file, not a folder; choose another lake url"
_DAMAGED = "the table is damaged; restore its folder from a backup, or move the lake away and run with --full"
# What a message contains, in lower case, and what it means for the person reading it. The first match counts.
_MEANINGS = (
    ("nosuchbucket", "the bucket does not exist; create it or correct the lake url"),
    ("no space left", _FULL),
    ("file too large", _FULL),
    ("quota", _FULL),
    ("read-only file system", _READ_ONLY),
    ("notadirectory", _NOT_A_FOLDER),
    ("not a directory", _NOT_A_FOLDER),
    ("permission denied", _DENIED),
    ("accessdenied", _DENIED),
    ("forbidden", _DENIED),
    ("invalidaccesskeyid", _DENIED),
    ("http error", "the object store does not answer; check AWS_ENDPOINT_URL and the network, then run again"),
    ("error sending request", "the object store does not answer; check AWS_ENDPOINT_URL and the network"),
    ("not the same as the specified end version", "there is no such version of the table"),
    ("json error", _DAMAGED),
    ("parquet", _DAMAGED),
    ("panic", _DAMAGED),
    ("no such file", _DAMAGED),
    ("not found", _DAMAGED),
)
_SYSTEM_MEANINGS = {
    errno.ENOSPC: _FULL,
    errno.EDQUOT: _FULL,
    errno.EFBIG: _FULL,
    errno.EROFS: _READ_ONLY,
    errno.EACCES: _DENIED,
    errno.EPERM: _DENIED,
    errno.ENOTDIR: _NOT_A_FOLDER,
    errno.EEXIST: _NOT_A_FOLDER,
}


@contextmanager
def lake_trouble(place: str, doing: str = "read") -> Iterator[None]:
    """Turns foreign exceptions into StorageError. `place` is a lake or table, `doing` is read, write, tidy.

    Wrap the `collect()` of a scanned frame in it: a lazy frame meets a damaged file only when it is read.
    """
    try:
        yield
    except CommitFailedError as error:
        meaning = "another process changed the table meanwhile; run again"
        raise StorageError(f"lake {place}: cannot {doing}: {meaning}") from error
    except (DeltaError, OSError, pl.exceptions.ComputeError, pl.exceptions.PanicException) as error:
        raise StorageError(f"lake {place}: cannot {doing}: {_meaning(error)}") from error


def is_absent(error: TableNotFoundError) -> bool:
    """The table was never written, as opposed to being out of reach."""
    said = str(error).lower()
    return "no files in log segment" in said or "no such file or directory" in said


def _meaning(error: BaseException) -> str:
    if isinstance(error, OSError) and error.errno in _SYSTEM_MEANINGS:
        return _SYSTEM_MEANINGS[error.errno]
    said = f"{type(error).__name__} {error}".lower()
    known = next((meaning for sign, meaning in _MEANINGS if sign in said), None)
    if known:
        return known
    lines = _COLOURS.sub("", str(error)).strip().splitlines()
    return lines[0] if lines else type(error).__name__
