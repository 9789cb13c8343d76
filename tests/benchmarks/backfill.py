"""A backfill of 24 months with one chunk at a time and with as many as the product computes at once.

Each runs in a process of its own over a copy of the same lake. Prints wall and CPU seconds, peak memory, and whether
both publish the same tables.

Usage: backfill.py [TICKETS]   of a company of two years; 24000 unless given
"""

from __future__ import annotations

import datetime as dt
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_PREPARE, _FILL = "--prepare", "--fill"
_TICKETS, _TICKETS_OF_SCALE_1 = 24_000, 60_000


def main(arguments: list[str]) -> int:
    """One lake, filled again serially and concurrently."""
    if arguments[:1] == [_PREPARE]:
        return _prepare(Path(arguments[1]), int(arguments[2]))
    if arguments[:1] == [_FILL]:
        return _fill(Path(arguments[1]), int(arguments[2]))
    tickets = arguments[0] if arguments else str(_TICKETS)
    measured = {}
    with tempfile.TemporaryDirectory(prefix="culture-kpis-backfill-") as name:
        lake = Path(name) / "lake"
        _child(_PREPARE, str(lake), tickets)
        for workers in ("1", "0"):
            copy = Path(name) / f"workers-{workers}"
            shutil.copytree(lake, copy)
            measured[workers] = json.loads(_child(_FILL, str(copy), workers))
    for one in measured.values():
        print(
            f"{one['workers']} at a time: {one['wall']:.1f} s wall, {one['cpu']:.1f} CPU s, {one['peak_mb']:,.0f} MB "
            f"at most, {one['parts']:,} KPI periods"
        )
    serial, together = measured["1"], measured["0"]
    same = "the same tables" if serial["hashes"] == together["hashes"] else "OTHER TABLES"
    print(
        f"concurrent / serial: {together['wall'] / serial['wall']:.2f} of the time, "
        f"{together['peak_mb'] / serial['peak_mb']:.2f} of the memory, {same}"
    )
    return 0 if serial["hashes"] == together["hashes"] else 1


def _child(*arguments: str) -> str:
    command = [sys.executable, str(Path(__file__).resolve()), *arguments]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT).stdout


def _quietly() -> None:
    sys.path.insert(0, str(ROOT))
    from flows.demo.show import DEMO_KEY
    from flows.progress import Progress, current

    os.environ["CULTURE_KPIS_PSEUDONYM_KEY"] = DEMO_KEY
    current.set(Progress(quiet=True))


def _prepare(folder: Path, tickets: int) -> int:
    _quietly()
    from flows.demo.company import FIRST_ON
    from flows.demo.generate import generate
    from flows.lake import Lake
    from flows.pipeline.night import Night
    from flows.pipeline.run import run_night
    from flows.settings import load_settings

    made = generate(folder, scale=tickets / _TICKETS_OF_SCALE_1, end_on=dt.date(FIRST_ON.year + 1, 12, 31))
    settings = load_settings(made.configuration)
    run_night(settings, Lake(settings.lake.url), Night.begin(settings, made.end_on, "demo"))
    return 0


def _fill(folder: Path, workers: int) -> int:
    """Compute everything again, `workers` chunks at a time; 0: as many as the product does."""
    _quietly()
    import expectations.gate  # noqa: F401 - its start is no part of the work
    from flows.demo.company import FIRST_ON
    from flows.lake import Lake
    from flows.pipeline.backfill import chunks
    from flows.pipeline.backfill.plan import Request
    from flows.pipeline.night import Night
    from flows.pipeline.run import run_backfill
    from flows.settings import load_settings
    from flows.warehouses import open_warehouse

    chunks.WORKERS = workers or chunks.WORKERS
    settings = load_settings(next(folder.glob("*.toml")))
    last_on = dt.date(FIRST_ON.year + 1, 12, 31)
    night = Night.begin(settings, last_on, "demo")
    wall, cpu = time.perf_counter(), time.process_time()
    filled = run_backfill(settings, Lake(settings.lake.url), night, Request(FIRST_ON, last_on, "a benchmark"))
    measured = {
        "workers": chunks.WORKERS,
        "wall": time.perf_counter() - wall,
        "cpu": time.process_time() - cpu,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10),
        "parts": int(filled.computed.marts["meta_backfill"]["n_parts"][-1]),
        "hashes": open_warehouse(settings).hashes(),
    }
    print(json.dumps(measured))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
