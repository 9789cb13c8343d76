"""After a night: files that no readable version of the lake needs go, such as those of runs that were killed."""

from __future__ import annotations

from flows.boundaries import passed
from flows.lake import Lake


def tidy(lake: Lake) -> None:
    """Remove them. Call it after publishing, for it keeps nobody's numbers waiting, and while the lake is locked."""
    lake.tidy()
    passed("lake tidied")
