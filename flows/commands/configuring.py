"""Commands that lead from an export to a configuration: `init`, `sources check`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

from cyclopts import App

from flows.errors import ConfigurationError, UsageError
from flows.invocation import Injected, Switch
from flows.terminal import show, show_json

DEFAULT_CONFIGURATION = Path("culture-kpis.toml")


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
    out: Path = DEFAULT_CONFIGURATION,
    force: Switch = False,
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
    import tomlkit

    from flows.configuration.init import Answers, new_configuration
    from flows.configuration.propose import propose
    from flows.settings.calendar import check_holidays, check_time_zone

    if out.exists() and not force:
        rule = "give --out another file (its [[source]] blocks can be copied over), or --force to replace it"
        raise UsageError(f"{out} is there already; {rule}")
    ask = sys.stdin.isatty() and sys.stdout.isatty()
    answers = Answers(
        name=name or _asked(ask, "Name of the organisation", "Example"),
        timezone=_checked("--timezone", timezone or _asked(ask, "Time zone", "UTC"), check_time_zone),
        holidays=_checked(
            "--holidays",
            holidays or _asked(ask, "Holidays (country or country-subdivision, empty for none)", ""),
            check_holidays,
        )
        or None,
    )
    blocks: dict[str, str] = {}
    for file in files:
        block = propose(file, kind, relative_to=out.parent, taken=blocks)
        blocks[str(tomlkit.parse(block)["source"][0]["name"])] = block
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text("\n".join([new_configuration(answers), *blocks.values()]), encoding="utf-8")
    except OSError as error:
        raise UsageError(f"--out {out}: cannot be written ({error.strerror}); choose another file") from error
    sys.stdout.write(_next_steps(out, blocks))
    return 0


def _next_steps(out: Path, blocks: dict[str, str]) -> str:
    command = "culture-kpis" if out == DEFAULT_CONFIGURATION else f"culture-kpis --config {out}"
    lines = [f"{out} written" + (f" with {len(blocks)} proposed source{'s' * (len(blocks) != 1)}" if blocks else "")]
    for name, block in blocks.items():
        unsure = block.count("# unsure")
        lines.append(f"  {name}: {unsure} line{'s' * (unsure != 1)} marked unsure" if unsure else f"  {name}")
    if not blocks:
        lines.append("It has no source yet: `culture-kpis init EXPORT-FILE --out proposal.toml` proposes one to copy.")
    lines.append(f"Next: read it, then `{command} sources check`, `{command} doctor`, `{command} run`")
    return "\n".join(lines) + "\n"


def check(*, json: Switch = False, invocation: Injected) -> int:
    """Show for each source what it maps to, its first problems and what is missing; try whether live ones answer.

    Parameters
    ----------
    json
        As JSON.
    """
    from flows.settings import LiveSource
    from flows.sources.check import check_source, render
    from flows.sources.live_check import LiveReport, check_live

    settings = invocation.settings()
    reports = [
        check_live(source) if isinstance(source, LiveSource) else check_source(source, settings)
        for source in settings.sources
    ]
    if json:
        show_json([report.as_json() for report in reports])
    else:
        for position, report in enumerate(reports):
            show(*([""] if position else []), report.rendered() if isinstance(report, LiveReport) else render(report))
    if not reports:
        raise ConfigurationError("no [[source]] is configured; `culture-kpis init FILE` proposes one")
    return max(report.exit_code for report in reports)


def _asked(ask: bool, question: str, default: str) -> str:
    if not ask:
        return default
    try:
        return input(f"{question} [{default}]: ").strip() or default
    except EOFError:
        return default


def _checked(option: str, answer: str, check: Callable[[str], str]) -> str:
    """The answer when it makes sense; said at once, and not when the configuration is read."""
    try:
        return check(answer) if answer else answer
    except ValueError as error:
        raise UsageError(f"{option}: {error}") from error
