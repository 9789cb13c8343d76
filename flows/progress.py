"""Progress of a run as a person sees it: live in a terminal, plain lines in a pipe, nothing with `--quiet`."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from rich.console import Console
from rich.markup import escape
from rich.status import Status


@dataclass
class Step:
    """One step of a run; `summary` is what it says of itself when it is done."""

    title: str
    summary: str = ""
    notes: list[str] = field(default_factory=list)

    def note(self, line: str) -> None:
        """A line worth reading beside the step, such as a data quality warning."""
        self.notes.append(line)


class Progress:
    """Shows steps on standard error, so that standard output carries results alone."""

    def __init__(self, *, quiet: bool = False, console: Console | None = None) -> None:
        self._console = console or Console(stderr=True, quiet=quiet, highlight=False)
        self.seconds: dict[str, float] = {}
        self.at = "start"  # title of the step that began last
        self._waiting: Status | None = None

    @contextmanager
    def waiting(self, title: str) -> Iterator[None]:
        """A spinner in a terminal until the first step begins or the block ends; it leaves no line."""
        if self._console.is_terminal:
            self._waiting = self._console.status(f"{title} ...")
            self._waiting.start()
        try:
            yield
        finally:
            self._end_waiting()

    def say(self, line: str) -> None:
        """One line about the run as a whole."""
        self._console.print(line, soft_wrap=True, markup=False)

    def _end_waiting(self) -> None:
        if self._waiting:
            self._waiting.stop()
            self._waiting = None

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """Run a step: a spinner while it lasts where there is a terminal, one line when it is done."""
        self._end_waiting()
        step, began = Step(title), time.perf_counter()
        self.at = title
        if self._console.is_terminal:
            with self._console.status(f"{title} ..."):
                yield step
        else:
            yield step
        seconds = time.perf_counter() - began
        self.seconds[title] = self.seconds.get(title, 0.0) + seconds
        self._console.print(f"[green]✓[/] {title:<28} {step.summary} [dim]{seconds:.1f} s[/]", soft_wrap=True)
        for line in step.notes:
            self._console.print(f"  [yellow]![/] {escape(line)}", soft_wrap=True)


current: ContextVar[Progress | None] = ContextVar("progress", default=None)


def progress() -> Progress:
    """The progress display of this run; a plain one on standard error where none was set up."""
    return current.get() or Progress(quiet=not sys.stderr.isatty())
