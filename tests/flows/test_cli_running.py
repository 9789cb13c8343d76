"""`culture-kpis run`, `backfill` and `demo` as a person starts them: real processes, an empty home, no server.

The temporary server of the orchestrator takes seconds to start, so there are few of these.
"""

import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from flows.cli import run
from sql.warehouse import open_warehouse
from tests.flows.bad_input.desk import KEY, Desk

COMMAND = Path(sys.executable).parent / "culture-kpis"
STEP = re.compile(r"✓ .{28} .*\d+\.\d s")


@dataclass
class Home:
    """A desk, and an account on which nothing of the orchestrator was ever set up."""

    desk: Desk
    environment: dict[str, str]

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [COMMAND, *arguments],
            cwd=self.desk.folder,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def call(self, *arguments: str) -> tuple[int, str, str]:
        """Exit code, standard output, standard error."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=200)
        return process.returncode, out, err

    def hashes(self) -> dict[str, str]:
        return open_warehouse(self.desk.settings().warehouse.url).hashes()


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    """A desk whose first night was run by the command."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT", "CULTURE_KPIS"))}
    own = {"HOME": str(tmp_path_factory.mktemp("home")), "CULTURE_KPIS_PSEUDONYM_KEY": KEY}
    return Home(Desk.opened_in(tmp_path_factory.mktemp("desk")), kept | own)


@pytest.fixture(scope="module")
def first(home: Home) -> tuple[int, str, str]:
    """What the first night said."""
    return home.call("run", "--date", "2026-03-31")


def test_a_run_in_a_pipe_says_a_plain_line_per_step_and_nothing_else(first: tuple[int, str, str]) -> None:
    exit_code, out, err = first

    assert (exit_code, out) == (0, "")
    *steps, last = err.splitlines()
    assert [line for line in steps if not STEP.fullmatch(line)] == []
    assert [line.split()[1] for line in steps] == ["land"] * 4 + ["stage"] * 4 + ["compute", "judge"]
    assert last.startswith("Published in duckdb:///")
    assert "\x1b" not in err


def test_a_quiet_second_run_says_nothing_and_changes_nothing(home: Home, first: tuple[int, str, str]) -> None:
    assert first[0] == 0
    before = home.hashes()

    assert home.call("--quiet", "run", "--date", "2026-03-31") == (0, "", "")

    assert home.hashes() == before


def test_a_backfill_computes_from_the_lake_alone_and_changes_nothing(home: Home, first: tuple[int, str, str]) -> None:
    assert first[0] == 0
    before = home.hashes()
    (home.desk.folder / "tickets.csv").rename(home.desk.folder / "tickets.away")

    exit_code, out, err = home.call("backfill", "--start", "2026-03-02", "--end", "2026-03-04", "--reason", "a look")

    (home.desk.folder / "tickets.away").rename(home.desk.folder / "tickets.csv")
    assert (exit_code, out) == (0, "")
    plan, steps = err.splitlines()[:5], err.splitlines()[5:-1]
    assert [line.split()[0] for line in plan] == ["Periods", "KPIs", "Rows", "Time", "Known"]
    assert [line.split()[1] for line in steps] == ["compute", "judge"]
    assert home.hashes() == before


def test_a_failing_run_is_one_line(home: Home, first: tuple[int, str, str]) -> None:
    assert first[0] == 0
    (home.desk.folder / "tickets.csv").rename(home.desk.folder / "tickets.away")

    exit_code, out, err = home.call("run", "--date", "2026-03-31")

    (home.desk.folder / "tickets.away").rename(home.desk.folder / "tickets.csv")
    assert (exit_code, out) == (11, "")
    assert err == f'culture-kpis: source "desk": no file {home.desk.folder}/tickets.csv; correct path, or export it\n'


def test_an_interrupted_run_ends_with_one_line_and_leaves_no_process(home: Home, first: tuple[int, str, str]) -> None:
    assert first[0] == 0
    process = home.start("run", "--date", "2026-03-31")
    assert process.stderr is not None
    assert process.stderr.readline().startswith("✓ land desk")

    # As a terminal does it: to the run and to everything it has started.
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)

    assert (process.returncode, out) == (130, ""), err
    assert err.splitlines()[-1] == (
        "culture-kpis: interrupted; running the same command again goes on where this one stopped"
    )
    assert "Traceback" not in err
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)


def test_what_is_wrong_is_said_before_the_orchestrator_starts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = Desk.opened_in(tmp_path)
    monkeypatch.setenv("CULTURE_KPIS_CONFIG", str(desk.configuration))
    monkeypatch.setattr("flows.commands.running.orchestrated", lambda **_: pytest.fail("it started"))
    monkeypatch.delenv("CULTURE_KPIS_PSEUDONYM_KEY", raising=False)

    assert run(["run"]) == 14
    monkeypatch.setenv("CULTURE_KPIS_PSEUDONYM_KEY", KEY)
    assert run(["run", "--date", "9999-12-31"]) == 2
    desk.only("none")
    assert run(["run"]) == 14

    key, date, source = capsys.readouterr().err.splitlines()
    assert "CULTURE_KPIS_PSEUDONYM_KEY is not set; make one with" in key
    assert "9999-12-31 is no night to run" in date
    assert "no [[source]] is configured" in source


def test_a_prefect_server_that_does_not_answer_is_named(home: Home) -> None:
    environment = home.environment | {"PREFECT_API_URL": "http://127.0.0.1:9/api"}

    exit_code, out, err = Home(home.desk, environment).call("run", "--date", "2026-03-31")

    assert (exit_code, out, err.count("\n")) == (14, "", 1)
    assert "unset PREFECT_API_URL to run without a server" in err


def test_the_demo_prints_its_scorecard_on_standard_output(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    asked: list[object] = []

    def show_demo(folder: Path, *, seed: int, scale: float) -> str:
        asked.extend((folder, seed, scale))
        return "the scorecard\n"

    monkeypatch.setattr("flows.demo.show.show_demo", show_demo)
    monkeypatch.setattr("flows.orchestrator._start_temporary_server", lambda: None)

    assert run(["demo", "--folder", str(tmp_path), "--seed", "3", "--scale", "0.5"]) == 0

    assert asked == [tmp_path, 3, 0.5]
    assert capsys.readouterr().out == "the scorecard\n"
