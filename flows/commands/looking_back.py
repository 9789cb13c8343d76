"""Commands on what runs left behind: `runs list|show`, `quarantine list|show|retry`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cyclopts import App

from flows.invocation import Injected, Switch
from flows.terminal import plain, section, show, show_json

if TYPE_CHECKING:
    import polars as pl

    from flows.invocation import Invocation, Switch
    from flows.lake import Lake


def register(app: App) -> None:
    """Add these commands to the application."""
    runs = App(name="runs", help="What runs did: list the newest, show one.")
    runs.command(list_runs, name="list")
    runs.command(show_run, name="show")
    app.command(runs)
    quarantine = App(name="quarantine", help="Rows that were rejected: list the reasons, show rows, try them again.")
    quarantine.command(list_reasons, name="list")
    quarantine.command(show_rows, name="show")
    quarantine.command(retry_rows, name="retry")
    app.command(quarantine)


def list_runs(*, limit: int = 20, json: Switch = False, invocation: Injected) -> int:
    """List the newest runs, those that failed too.

    Parameters
    ----------
    limit
        How many.
    json
        As JSON.
    """
    from flows.runs import recent

    return _say(recent(_lake(invocation), limit), "no run yet", json)


def show_run(run_id: str = "newest", *, json: Switch = False, invocation: Injected) -> int:
    """Show one run: how it ended, the rows it judged, checks that failed, numbers it changed.

    Parameters
    ----------
    run_id
        Its id, or the beginning of it.
    json
        As JSON.
    """
    from flows.runs import report

    found = report(_lake(invocation), run_id)
    if json:
        show_json(plain(found))
        return 0
    for title, row in (("Run", found.run), ("Backfill", found.backfill)):
        if row:
            show(f"[bold]{title}[/]", *(f"  {name.replace('_', ' '):<20} {value}" for name, value in row.items()), "")
    show(
        *section("Rows judged, by fate", found.rows, "no new page"),
        *section("Checks that failed", found.failed_checks, "none"),
        *section("Published numbers it changed", found.restatements, "none"),
    )
    return 0


def list_reasons(*, source: str | None = None, json: Switch = False, invocation: Injected) -> int:
    """List why rows are in quarantine: source, reason, column, how many.

    Parameters
    ----------
    source
        Of this source only.
    json
        As JSON.
    """
    from flows.quarantine import reasons

    return _say(reasons(_lake(invocation), source), "nothing is in quarantine", json)


def show_rows(
    source: str,
    *,
    reason: str | None = None,
    limit: int = 20,
    raw: Switch = False,
    json: Switch = False,
    invocation: Injected,
) -> int:
    """Show the place of each row in quarantine: file, row, column, reason.

    Parameters
    ----------
    source
        The source.
    reason
        For this reason only.
    limit
        How many rows.
    raw
        The row as received as well. It may name people: look, and do not send it on.
    json
        As JSON.
    """
    from flows.quarantine import rows

    found = rows(_lake(invocation), source, reason, limit)
    return _say(found if raw else found.drop("raw_json"), "no such row is in quarantine", json)


def retry_rows(*, source: str | None = None, reason: str | None = None, invocation: Injected) -> int:
    """Let the next run judge rows in quarantine again, after a fix elsewhere: a table that came late, an upgrade.

    A mended export or mapping needs no retry: the next run sees that it changed.

    Parameters
    ----------
    source
        Of this source only.
    reason
        For this reason only.
    """
    from flows.lock import run_lock
    from flows.quarantine import retry

    with run_lock(invocation.settings().lake.url, "quarantine-retry"):
        outcomes = retry(_lake(invocation), source, reason)
    for name, n_rows, n_pages, n_erased in outcomes.iter_rows():
        show(f"{name}: {n_rows:,} rows of {n_pages:,} pages will be staged again by the next `culture-kpis run`")
        if n_erased:
            show(f"{name}: {n_erased:,} pages were erased after their retention; deliver them again")
    return 0


def _lake(invocation: Invocation) -> Lake:
    from flows.lake import Lake

    return Lake(invocation.settings().lake.url)


def _say(frame: pl.DataFrame, empty: str, json: bool) -> int:
    if json:
        show_json(plain(frame))
    else:
        show(*section("", frame, empty))
    return 0
