"""Commands that watch over the pipeline: `status`, `doctor`, `validate`, `reconcile`."""

from __future__ import annotations

import os

from cyclopts import App
from rich.markup import escape

from flows.errors import DataQualityError, StaleError, UsageError
from flows.invocation import Injected, Switch
from flows.terminal import show, show_json


def register(app: App) -> None:
    """Add these commands to the application."""
    app.command(status)
    app.command(doctor)
    app.command(validate)
    app.command(reconcile)


def status(*, json: Switch = False, invocation: Injected) -> int:
    """Show the last and next runs, how fresh each source is, what became of every row; exit code 16 when stale.

    Parameters
    ----------
    json
        As JSON, for monitoring.
    """
    from flows.lake import Lake
    from flows.next_runs import next_runs
    from flows.pipeline.night import Night
    from flows.status import render, state_of

    settings = invocation.settings()
    names = [source.name for source in settings.sources]
    found = state_of(Lake(settings.lake.url), Night.now(), names, next_runs(os.environ))
    if json:
        show_json(found.as_json())
    else:
        show(*render(found))
    if found.stale_because:
        raise StaleError(found.stale_because)
    return 0


def doctor(*, invocation: Injected) -> int:
    """Check this machine, the configuration, the sources, the lake and the warehouse, one line each."""
    from flows.doctor import examine

    worst = 0
    for finding in examine(invocation.settings):
        mark = "[green]✓[/]" if finding.exit_code == 0 else "[red]✗[/]"
        show(f"{mark} {finding.subject:<14} {escape(finding.text)}")
        worst = worst or finding.exit_code
    return worst


def validate(*, invocation: Injected) -> int:
    """Judge the staged rows and the published tables again, without changing anything."""
    from flows.lake import Lake
    from flows.validation import validate_all

    settings = invocation.settings()
    page, reasons = validate_all(settings, Lake(settings.lake.url))
    show(*page)
    if reasons:
        raise DataQualityError("; ".join(reasons))
    return 0


def reconcile(*, limit: int = 20, json: Switch = False, invocation: Injected) -> int:
    """Compare our measures of tickets with those of the ticket system, and say why they differ.

    Parameters
    ----------
    limit
        Differences to list one by one.
    json
        As JSON.
    """
    from flows.lake import Lake
    from flows.pipeline.computing import newest_night
    from flows.pipeline.night import Night
    from flows.reconciliation import as_json, reconciled, render

    if limit < 0:
        raise UsageError(f"--limit {limit} must be 0 or more")
    settings = invocation.settings()
    lake = Lake(settings.lake.url)
    night = newest_night(lake) or Night.begin(settings, None, "nightly").run_on
    comparisons = reconciled(settings, lake, night)
    if json:
        show_json(as_json(comparisons, limit))
    else:
        show(*render(comparisons, limit))
    return 0
