"""Commands that compute: `run`, `backfill`, `demo`."""

from __future__ import annotations

import datetime as dt
import os
import sys
from pathlib import Path

from cyclopts import App

from flows.errors import UsageError
from flows.invocation import Injected
from flows.progress import Progress, current

# A person's terminal shows the run, not the orchestrator: no telemetry, no server log, no tracebacks at shutdown.
_QUIET_PREFECT = {
    "DO_NOT_TRACK": "1",
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
    "PREFECT_CLI_PROMPT": "false",
}


def register(app: App) -> None:
    """Add these commands to the application."""
    app.command(run)
    app.command(backfill)
    app.command(demo)


def run(*, date: dt.date | None = None, full: bool = False, invocation: Injected) -> int:
    """Run one night: pull the sources, judge, compute and publish.

    Parameters
    ----------
    date
        Everything that happened before the organisation's midnight after this day. Default: yesterday.
    full
        Stage every landed page again.
    """
    invocation.settings().pseudonym_key()
    prepare(quiet=invocation.quiet)
    from flows.nightly import kpi_nightly

    kpi_nightly(
        date=date.isoformat() if date else "yesterday",
        full=full,
        config=invocation.config_path,
        warehouse=invocation.warehouse,
        lake=invocation.lake,
    )
    return 0


def backfill(*, start: dt.date, end: dt.date, invocation: Injected) -> int:
    """Compute again, from the lake, every period that touches the days from start to end.

    Parameters
    ----------
    start
        First day.
    end
        Last day, inclusive.
    """
    if end < start:
        raise UsageError(f"--end {end} lies before --start {start}")
    invocation.settings()
    prepare(quiet=invocation.quiet)
    from flows.nightly import kpi_backfill

    kpi_backfill(
        start=start, end=end, config=invocation.config_path, warehouse=invocation.warehouse, lake=invocation.lake
    )
    return 0


def demo(*, folder: Path = Path("var/demo"), seed: int = 7, scale: float = 1.0, invocation: Injected) -> int:
    """Make a believable company, run the whole pipeline on it and show its principles' scorecard.

    Parameters
    ----------
    folder
        Where its exports, lake and warehouse go.
    seed
        Another seed, another company; the same seed, the same bytes.
    scale
        1 is 60,000 tickets of about 400 people over 18 months.
    """
    if scale <= 0:
        raise UsageError(f"--scale {scale:g} must be above 0")
    prepare(quiet=invocation.quiet)
    from flows.demo.show import show_demo

    sys.stdout.write(show_demo(folder, seed=seed, scale=scale))
    return 0


def prepare(*, quiet: bool) -> None:
    """Set up progress and the orchestrator's silence, before Prefect is imported for the first time."""
    for name, value in _QUIET_PREFECT.items():
        os.environ.setdefault(name, value)
    current.set(Progress(quiet=quiet))
