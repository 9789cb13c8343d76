"""Nights in processes of their own, which die where they are told to: at a boundary, at a moment, or not at all."""

from __future__ import annotations

import datetime as dt
import multiprocessing
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Literal

from tests.flows.pipeline.hardship import limit_files, obey_modes
from tests.flows.pipeline.sketched import sketch
from tests.flows.pipeline.small_company import KEY

PATIENCE_SECONDS = 240
_ERROR = "error "
BEGUN = "begun"  # passed before the first boundary
ASKED = "asked what differs"
_NUMBERS = count()
PROCESSES = multiprocessing.get_context("forkserver")
# Only what starts no thread pool: a child forked beside Polars' threads would hang. Polars starts them with the first
# contract, so nothing of ours is among these.
PROCESSES.set_forkserver_preload(
    [
        "pytest",
        "great_expectations",
        "great_expectations.expectations",
        "scipy.stats",
        "dataframely",
        "deltalake",
        "duckdb_sqlalchemy",
        "alembic.command",
        "psycopg",
        "sqlalchemy.dialects.postgresql.psycopg",
        "pydantic_settings",
        "rich.status",
        "holidays",
        "httpx",
    ]
)


@dataclass(frozen=True)
class Plan:
    """What a night does, and where it dies or waits. With `window` it is a backfill of those days.

    A sketched night is the same with few KPIs and no judge; see `sketched.py`.
    """

    run_on: dt.date
    full: bool = False
    window: tuple[dt.date, dt.date] | None = None
    reason: str = "a test asks for it"
    dies_at: str | None = None
    waits_at: str | None = None
    is_sketched: bool = False
    asks: bool = False  # what differs, also where that costs more than it spares
    compares: bool = False  # computes everything again and compares; no source is looked at
    obeys_modes: bool = False  # of files, also where root runs the tests
    largest_file: int | None = None  # bytes, as on a disk that is full


@dataclass(frozen=True)
class Outcome:
    """How a night ended: exit code, the boundaries it passed (the first is `BEGUN`), and the error's one line."""

    exit_code: int | None
    boundaries: list[str]
    error: str = ""


class NightProcess:
    """A night that runs in another process on the company in `folder`."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        self._journal = folder / f"journal-{next(_NUMBERS)}.txt"
        self._journal.touch()
        self._process = PROCESSES.Process(target=_work, args=(folder, plan, self._journal), daemon=True)
        self._process.start()

    @property
    def pid(self) -> int | None:
        return self._process.pid

    def wait_for(self, *boundaries: str) -> None:
        """Return when the night has passed one of these boundaries; it must not have ended before."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not set(boundaries).intersection(self._lines()):
            assert self._process.is_alive(), f"the night ended before {boundaries}: {self._lines()}"
            assert time.monotonic() < deadline, f"the night never came to {boundaries}"
            time.sleep(0.002)

    def go_on(self) -> None:
        """Let a waiting night go on."""
        _permission(self._journal).touch()

    def kill_after(self, seconds: float, boundaries: Sequence[str]) -> Outcome:
        """Kill the night that long after it passed the first of these boundaries, wherever it is by then."""
        self.wait_for(*boundaries)
        time.sleep(seconds)
        self._process.kill()
        return self.outcome()

    def outcome(self) -> Outcome:
        """Wait for the end."""
        self._process.join(PATIENCE_SECONDS)
        lines = self._lines()
        assert self._process.exitcode is not None, f"the night never ended: {lines}"
        errors = [line.removeprefix(_ERROR) for line in lines if line.startswith(_ERROR)]
        boundaries = [line for line in lines if not line.startswith(_ERROR)]
        return Outcome(self._process.exitcode, boundaries, "".join(errors))

    def _lines(self) -> list[str]:
        return self._journal.read_text(encoding="utf-8").splitlines()


def run(folder: Path, plan: Plan) -> Outcome:
    """Run a night to its end, whatever that is."""
    return NightProcess(folder, plan).outcome()


def run_well(folder: Path, plan: Plan) -> Outcome:
    """Run a night that must succeed."""
    outcome = run(folder, plan)
    assert outcome.exit_code == 0, outcome
    return outcome


def _kind(plan: Plan) -> Literal["backfill", "full_check", "nightly"]:
    if plan.window:
        return "backfill"
    return "full_check" if plan.compares else "nightly"


def _permission(journal: Path) -> Path:
    return journal.with_suffix(".go-on")


def _always_ask(tell: Callable[[str], None]) -> None:
    """Compare observations of changed tickets wherever any are at stake, and tell of it (`ASKED`)."""
    from flows.pipeline import computing, differing

    ask = computing.differing_since

    def asked(*told: Any) -> Any:
        found = ask(*told)
        if found:
            tell(ASKED)
        return found

    differing._PAYS_FROM = 0
    computing.differing_since = asked


def _work(folder: Path, plan: Plan, journal: Path) -> None:
    """The child: a bare run of the pipeline, without an orchestrator."""
    os.environ["CULTURE_KPIS_PSEUDONYM_KEY"] = KEY
    from tqdm import tqdm

    if plan.obeys_modes:
        obey_modes()
    if plan.largest_file:
        limit_files(plan.largest_file)
    if plan.is_sketched:
        sketch()
    import expectations.gate  # noqa: F401 - imported before anybody waits for a moment to kill
    from flows.boundaries import observers
    from flows.drift import Comparison
    from flows.errors import CultureKpisError
    from flows.lake import Lake
    from flows.pipeline.backfill.plan import Request
    from flows.pipeline.night import Night
    from flows.pipeline.run import Stops, run_backfill, run_night
    from flows.progress import Progress, current
    from flows.settings import load_settings

    def tell(line: str) -> None:
        with journal.open("a", encoding="utf-8") as lines:
            lines.write(f"{line}\n")

    def observe(boundary: str) -> None:
        tell(boundary)
        if boundary == plan.dies_at:
            os.kill(os.getpid(), signal.SIGKILL)
        while boundary == plan.waits_at and not _permission(journal).exists():
            time.sleep(0.01)

    if plan.asks:
        _always_ask(tell)
    # Great Expectations' progress bars would leave a named semaphore behind with every kill.
    tqdm.set_lock(threading.RLock())
    observers.append(observe)
    current.set(Progress(quiet=True))
    settings = load_settings(folder / "culture-kpis.toml")
    lake = Lake(settings.lake.url)
    night = Night.begin(settings, plan.run_on, _kind(plan))
    tell(BEGUN)
    try:
        if plan.window:
            run_backfill(settings, lake, night, Request(*plan.window, plan.reason))
        elif plan.compares:
            comparing = Comparison(Stops().publish).compare_and_publish
            run_night(settings, lake, night, full=True, stops=Stops(publish=comparing, is_landing=False))
        else:
            run_night(settings, lake, night, full=plan.full)
    except CultureKpisError as error:
        tell(f"{_ERROR}{error}")
        sys.exit(error.exit_code)
