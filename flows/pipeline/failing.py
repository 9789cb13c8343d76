"""A run that fails leaves a row that says so: when, in which step and with which exit code; never a value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Literal

import polars as pl

from flows.errors import CultureKpisError, DataQualityError, StorageError
from flows.lake import Lake
from flows.pipeline.night import Night
from flows.progress import Progress

Failure = Literal["blocked", "failed"]
_BUG, _INTERRUPTED = 1, 130


@contextmanager
def failures_recorded(
    lake: Lake, night: Night, show: Progress, entry: Callable[[Failure], pl.DataFrame] | None = None
) -> Iterator[None]:
    """Write an exception of the block to `meta_run`, with `entry` also to the backfill log, and let it pass on.

    `blocked` is a night whose data failed a critical rule. A lake that cannot be written keeps no record.
    """
    try:
        yield
    except BaseException as error:
        outcome: Failure = "blocked" if isinstance(error, DataQualityError) else "failed"
        with suppress(StorageError):
            lake.merge("meta_run", night.row(outcome, f"exit code {_exit_code(error)} in step: {show.at}"))
            if entry:
                lake.merge("meta_backfill", entry(outcome))
        raise


def _exit_code(error: BaseException) -> int:
    if isinstance(error, CultureKpisError):
        return error.exit_code
    return _BUG if isinstance(error, Exception) else _INTERRUPTED
