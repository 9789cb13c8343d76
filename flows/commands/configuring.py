"""Commands that lead from an export to a configuration: `init`, `sources check`."""

from __future__ import annotations

import json as jsonlib
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter
from rich.console import Console

from flows.errors import ConfigurationError, UsageError
from flows.invocation import Injected


def register(app: App) -> None:
    """Add these commands to the application."""
    app.command(init)
    group = App(name="sources", help="Where the rows come from: check what each source maps to.")
    group.command(check, name="check")
    app.command(group)


def init(
    files: tuple[Path, ...] = (),
    /,
    *,
    name: str | None = None,
    timezone: str | None = None,
    holidays: str | None = None,
    kind: str | None = None,
    out: Path = Path("culture-kpis.toml"),
    force: Annotated[bool, Parameter(negative="")] = False,
) -> int:
    """Write a commented configuration; pointed at export files, propose a mapping for each.

    Parameters
    ----------
    files
        Exports to propose a mapping for: CSV, TSV, JSONL, Parquet, XLSX, also in .gz and .zip.
    name
        Organisation's name; asked for in a terminal.
    timezone
        Organisation's time zone, such as Europe/Berlin.
    holidays
        Country and subdivision of its holidays, such as DE-BE.
    kind
        What the files hold, where it cannot be told from them: tickets, recognition, survey, organisation.
    out
        Configuration to write.
    force
        Replace a configuration that is there.
    """
    from flows.configuration.init import Answers, new_configuration
    from flows.configuration.propose import propose

    if out.exists() and not force:
        raise UsageError(f"{out} is there already; give --out another file, or --force to replace it")
    ask = sys.stdin.isatty() and sys.stdout.isatty()
    answers = Answers(
        name=name or _asked(ask, "Name of the organisation", "Example"),
        timezone=timezone or _asked(ask, "Time zone", "UTC"),
        holidays=holidays or _asked(ask, "Holidays (country or country-subdivision, empty for none)", "") or None,
    )
    blocks = [propose(file, kind, relative_to=out.parent) for file in files]
    try:
        out.write_text("\n".join([new_configuration(answers), *blocks]), encoding="utf-8")
    except OSError as error:
        raise ConfigurationError(f"{out}: cannot be written ({error.strerror})") from error
    sys.stdout.write(f"{out} written. Next: `culture-kpis --config {out} sources check`\n")
    return 0


def check(*, json: Annotated[bool, Parameter(negative="")] = False, invocation: Injected) -> int:
    """Show for each source what it maps to, its first problems by file, row and column, and what is missing.

    Parameters
    ----------
    json
        As JSON.
    """
    from flows.sources.check import check_source, render

    settings = invocation.settings()
    reports = [check_source(source, settings) for source in settings.sources]
    if json:
        sys.stdout.write(jsonlib.dumps([report.as_json() for report in reports], indent=2) + "\n")
    else:
        console = Console(highlight=False)
        for report in reports:
            console.print(render(report))
    if not reports:
        raise ConfigurationError("no [[source]] is configured; `culture-kpis init FILE` proposes one")
    return max(report.exit_code for report in reports)


def _asked(ask: bool, question: str, default: str) -> str:
    if not ask:
        return default
    answer = input(f"{question} [{default}]: ").strip()
    return answer or default
