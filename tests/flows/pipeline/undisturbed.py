"""A night nobody disturbed: the measure of all others."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.flows.pipeline.night_process import Outcome


@dataclass(frozen=True)
class Undisturbed:
    """A folder in which a night ran to its end, and what it came to."""

    folder: Path
    outcome: Outcome
    published: dict[str, str]
    contents: dict[str, str]
