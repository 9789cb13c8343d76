"""Every command is documented, answers at once, and refuses what it does not understand."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from cyclopts import App

from flows.cli import app, run

COMMANDS = {
    "run",
    "backfill",
    "serve",
    "demo",
    "init",
    "doctor",
    "status",
    "validate",
    "reconcile",
    "query",
    "export",
    "report",
    "sources check",
    "kpis list",
    "kpis show",
    "runs list",
    "runs show",
    "quarantine list",
    "quarantine show",
    "quarantine retry",
    "warehouse upgrade",
    "warehouse grants",
}


def commands(group: App = app, path: tuple[str, ...] = ()) -> Iterator[tuple[str, App]]:
    for name in group:
        if name.startswith("-"):
            continue
        below = group[name]
        if below.default_command is None:
            yield from commands(below, (*path, name))
        else:
            yield " ".join((*path, name)), below


def test_every_promised_command_is_there() -> None:
    assert {name for name, _ in commands()} >= COMMANDS


@pytest.mark.parametrize(("name", "command"), [pytest.param(*each, id=each[0]) for each in commands()])
def test_every_command_and_parameter_has_a_help_text(name: str, command: App) -> None:
    undocumented = [
        argument.name
        for argument in command.assemble_argument_collection(parse_docstring=True)
        if argument.parse and not argument.parameter.help
    ]

    assert command.help.strip(), name
    assert undocumented == []


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_help_of_a_command_is_shown(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*name.split(), "--help"]) == 0

    shown = capsys.readouterr()
    assert f"Usage: culture-kpis {name}" in shown.out
    assert shown.err == ""


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["frobnicate"], 'Unknown command "frobnicate"'),
        (["kpis", "lst"], "lst"),
        (["run", "--date", "banana"], 'Invalid value for --date: unable to convert "banana"'),
        (["run", "--date", "2026-02-30"], "Invalid value for --date"),
        (["run", "--dat", "2026-02-03"], "--dat"),
        (["backfill", "--start", "2026-02-03"], "--end"),
        (
            ["backfill", "--start", "2026-02-03", "--end", "2026-02-02"],
            "--end 2026-02-02 lies before --start 2026-02-03",
        ),
        (["query"], "requires an argument"),
        (["query", "SELECT 1", "--csv", "--json"], "--csv and --json exclude each other"),
        (["export", "fct_kpi_value"], "--out"),
        (["export", "fct_kpi_value", "--out", "values.xlsx"], "--out values.xlsx must end in .parquet or .csv"),
        (["report", "--out", "card.pdf"], "--out card.pdf must end in"),
        (["demo", "--scale", "0"], "--scale 0 must be above 0"),
        (["kpis", "show", "raingap"], "there is no KPI raingap. Did you mean rain_gap?"),
        (["kpis", "show", "happiness"], "there is no KPI happiness. `culture-kpis kpis list` shows them."),
    ],
)
def test_what_is_not_understood_is_one_line_on_standard_error(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert run(arguments) == 2

    shown = capsys.readouterr()
    assert shown.out == ""
    assert shown.err.startswith("culture-kpis: ")
    assert shown.err.count("\n") == 1
    assert says in shown.err


@pytest.mark.parametrize(
    ("arguments", "exit_code"),
    [("--help", 0), ("--version", 0), ("kpis list", 0), ("kpis show nps", 0), ("status", 14)],
)
def test_quick_commands_load_no_orchestrator_and_no_judge(arguments: str, exit_code: int, tmp_path: object) -> None:
    script = (
        "import json, sys\n"
        "from flows.cli import run\n"
        f"code = run({arguments.split()!r})\n"
        "heavy = {'prefect', 'great_expectations', 'dlt', 'pandas', 'altair', 'fastapi', 'duckdb'}\n"
        "print(json.dumps([code, sorted(heavy & set(sys.modules))]))\n"
    )
    found = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        check=True,
        cwd=str(tmp_path),
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )

    assert json.loads(found.stdout.splitlines()[-1]) == [exit_code, []]


def test_kpis_list_in_a_pipe_is_one_uncut_line_per_kpi(capsys: pytest.CaptureFixture[str]) -> None:
    run(["kpis", "list", "--json"])
    declared = json.loads(capsys.readouterr().out)

    assert run(["kpis", "list"]) == 0
    _, *lines = capsys.readouterr().out.splitlines()

    assert len(lines) == len(declared) >= 16
    for kpi, line in zip(declared, lines, strict=True):
        assert line.startswith(kpi["principle"])
        assert f" {kpi['id']} " in line
        assert kpi["title"] in line
        assert "\x1b" not in line


def test_kpis_show_says_what_is_measured_and_what_it_does_not_say(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["kpis", "show", "rain_gap"]) == 0

    shown = capsys.readouterr().out
    assert "rain_gap, definition" in shown
    assert "people           at least 5 agents" in shown
    assert "pitfalls\n  - " in shown
    assert run(["kpis", "show", "rain_gap", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["id"] == "rain_gap"
