"""A table once opened serves until its log has a newer version: to open one is to read its log, for milliseconds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Self

from deltalake import DeltaTable


@dataclass(frozen=True)
class OpenedTable:
    """A table in a local folder, open at what was its newest version, and the stamp of that version's file then."""

    table: DeltaTable
    log: Path
    version: int
    stamp: tuple[int, int, int] | None

    @classmethod
    def of(cls, table: DeltaTable, folder: Path) -> Self:
        """A table that was just opened from `folder`."""
        log, version = folder / "_delta_log", table.version()
        return cls(table, log, version, _stamp(log, version))

    def is_newest(self) -> bool:
        """Whether opening it again would read the same: its version's file is untouched and no later one is there."""
        return self.is_untouched() and _stamp(self.log, self.version + 1) is None

    def is_untouched(self) -> bool:
        """Whether opening this version again would read the same."""
        return (
            self.stamp is not None
            and self.table.version() == self.version
            and _stamp(self.log, self.version) == self.stamp
        )


def _stamp(log: Path, version: int) -> tuple[int, int, int] | None:
    """Which file holds a version, how long it is and when it was written; None where there is none."""
    try:
        found = (log / f"{version:020}.json").stat()
    except OSError:
        return None
    return found.st_ino, found.st_size, found.st_mtime_ns
