"""Commands that compute: `run`, `backfill`, `demo`."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter

from flows.errors import ConfigurationError, UsageError
from flows.invocation import Injected
from flows.orchestrator import orchestrated


def register(app: App) -> None:
    """Add these commands to the application."""
    app.command(run)
    app.command(backfill)
    app.command(demo)


def run(
    *, date: dt.date | None = None, full: Annotated[bool, Parameter(negative="")] = False, invocation: Injected
) -> int:
    """Run one night: pull the sources, judge, compute and publish.

    Parameters
    ----------
    date
        Everything that happened before the organisation's midnight after this day. Default: yesterday.
    full
        Stage every landed page again.
    """
    from flows.pipeline.night import Night

    settings = invocation.settings()
    settings.pseudonym_key()
    if not settings.sources:
        raise ConfigurationError("no [[source]] is configured; `culture-kpis init EXPORT-FILE` proposes one")
    # Said before the orchestrator starts, which takes seconds.
    Night.begin(settings, date, "nightly")
    with orchestrated(quiet=invocation.quiet) as show:
        from flows.nightly import kpi_nightly

        kpi_nightly(
            date=date.isoformat() if date else "yesterday",
            full=full,
            config=invocation.config_path,
            warehouse=invocation.warehouse,
            lake=invocation.lake,
        )
    show.say(f"Published in {settings.warehouse.url}; `culture-kpis status`, `query` and `report` show it")
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
    settings = invocation.settings()
    with orchestrated(quiet=invocation.quiet) as show:
        from flows.nightly import kpi_backfill

        kpi_backfill(
            start=start, end=end, config=invocation.config_path, warehouse=invocation.warehouse, lake=invocation.lake
        )
    show.say(f"Published in {settings.warehouse.url}; `culture-kpis status`, `query` and `report` show it")
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
    with orchestrated(quiet=invocation.quiet):
        from flows.demo.show import show_demo

        page = show_demo(folder, seed=seed, scale=scale)
    sys.stdout.write(page)
    return 0
