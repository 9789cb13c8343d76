"""Commit boundaries: the named moments at which something has become durable.

Between two boundaries a run may die at any instruction; running it again must give the same tables. Observers see
each boundary as it is passed: the crash tests kill the process there.
"""

from __future__ import annotations

from collections.abc import Callable

observers: list[Callable[[str], None]] = []


def passed(boundary: str) -> None:
    """Say that everything up to `boundary` is durable."""
    for observer in observers:
        observer(boundary)
