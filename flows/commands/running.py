"""Commands that compute: `run`, `backfill`, `serve`, `demo`."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import App, Parameter

from flows.errors import ConfigurationError, UsageError
from flows.invocation import Injected, Invocation, Switch
from flows.orchestrator import orchestrated
from flows.progress import Progress

if TYPE_CHECKING:
    from flows.lake import Lake
    from flows.pipeline.backfill.plan import Request
    from flows.settings import Settings

_PUBLISHED = "Published in {}; `culture-kpis status`, `query` and `report` show it"


def register(app: App) -> None:
    """Add these commands to the application."""
    app.command(run)
    app.command(backfill)
    app.command(serve)
    app.command(demo)


def run(
    *,
    date: dt.date | None = None,
    full: Switch = False,
    check: Switch = False,
    wait: float = 0,
    invocation: Injected,
) -> int:
    """Run one night: pull the sources, judge, compute and publish. It covers every night that was missed before it.

    Parameters
    ----------
    date
        Everything that happened before the organisation's midnight after this day. Default: yesterday.
    full
        Stage every landed page again.
    check
        The night, then everything from the landed pages again; says where the two differ.
    wait
        Seconds to wait for another run to end.
    """
    from flows.pipeline.night import Night

    if full and check:
        raise UsageError("--full and --check exclude each other: --check does both, one after the other")
    settings = invocation.settings()
    settings.pseudonym_key()
    if not settings.sources:
        raise ConfigurationError("no [[source]] is configured; `culture-kpis init EXPORT-FILE` proposes one")
    # Said before the orchestrator starts, which takes seconds.
    Night.begin(settings, date, "nightly")
    with orchestrated(quiet=invocation.quiet) as show:
        from flows.nightly import kpi_full_check, kpi_nightly

        night, places = date.isoformat() if date else "yesterday", invocation.flow_parameters()
        if check:
            kpi_full_check(date=night, wait_seconds=wait, **places)
        else:
            kpi_nightly(date=night, full=full, wait_seconds=wait, **places)
    show.say(_PUBLISHED.format(_address(settings)))
    return 0


def backfill(
    *,
    start: dt.date,
    end: dt.date,
    reason: str | None = None,
    source: str | None = None,
    kpi: Annotated[list[str] | None, Parameter(negative="")] = None,
    only_missing: Switch = False,
    dry_run: Switch = False,
    as_of: dt.date | None = None,
    wait: float = 0,
    invocation: Injected,
) -> int:
    """Compute again, from the lake, every period that touches the days from start to end; the plan is shown first.

    Parameters
    ----------
    start
        First day.
    end
        Last day, inclusive.
    reason
        Why; it stands in the backfill log and beside every published number that changes.
    source
        Only KPIs that need a table of this source.
    kpi
        Only this KPI; may be repeated.
    only_missing
        Only periods without a remembered number.
    dry_run
        Show the plan and stop.
    as_of
        Write the tables as this past night knew them to the warehouse named before the command, and change nothing.
    wait
        Seconds to wait for another run to end.
    """
    if end < start:
        raise UsageError(f"--end {end} lies before --start {start}")
    if not (reason or dry_run or as_of):
        raise UsageError('backfill: say why, as in --reason "tickets of March came late"')
    from flows.lake import Lake
    from flows.pipeline.backfill.plan import Request, planned

    settings, wished = invocation.settings(), tuple(kpi or ())
    request = Request(start, end, reason or "", source, wished, only_missing)
    store = Lake(settings.lake.url)
    if as_of:
        return _show_again(request, as_of, store, invocation)
    plan = planned(settings, store, request)
    if dry_run:
        sys.stdout.write("\n".join([*plan.lines(), ""]))
        return 0
    with orchestrated(quiet=invocation.quiet) as show:
        for line in plan.lines():
            show.say(line)
        from flows.nightly import kpi_backfill

        kpi_backfill(
            start=start,
            end=end,
            reason=request.reason,
            source=source,
            kpis=list(wished),
            only_missing=only_missing,
            wait_seconds=wait,
            **invocation.flow_parameters(),
        )
    show.say(_PUBLISHED.format(_address(settings)))
    return 0


def _show_again(request: Request, night_on: dt.date, store: Lake, invocation: Invocation) -> int:
    """Write what a past night knew to a warehouse aside. No orchestrator: nothing is scheduled, retried or changed."""
    from flows.pipeline.backfill.as_of import reproduce
    from flows.warehouses import open_aside

    settings = invocation.settings()
    published = Invocation(invocation.config, None, invocation.lake).settings()
    reproduce(settings, store, request, night_on, open_aside(settings, published))
    sys.stdout.write(f"What the night of {night_on} knew is in {_address(settings)}\n")
    return 0


def serve(*, port: int = 4200, invocation: Injected) -> int:
    """Keep the schedule on this machine: nightly, weekly in full, freshness, and backfills from the Prefect page.

    Parameters
    ----------
    port
        Of the Prefect server that is started where PREFECT_API_URL names none.
    """
    from flows.schedule import DEPLOYMENTS
    from flows.serving import prefect_server
    from flows.serving import serve as keep_schedule

    settings = invocation.settings()
    settings.pseudonym_key()
    places = {name: str(value) for name, value in invocation.flow_parameters().items() if value}
    with prefect_server(port) as url:
        show = Progress(quiet=invocation.quiet)
        for one in DEPLOYMENTS:
            when = f"{one.cron} {settings.organisation.timezone}" if one.cron else "by hand"
            show.say(f"{one.name:<12} {when:<28} {one.description}")
        show.say(f"Serving; runs and their forms are at {url.removesuffix('/api')}. Ctrl-C ends it.")
        keep_schedule(settings, places)
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


def _address(settings: Settings) -> str:
    from flows.warehouses import address

    return address(settings)
