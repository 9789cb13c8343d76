"""`make bench`: wall time, CPU time and peak memory of the nightly, stage by stage.

Each case runs in a process of its own, without Prefect; what importing Prefect and Great Expectations costs is
measured apart. Prints a table per case and writes all numbers to `.benchmarks/`. Not a test: nothing fails for being
slow, and times depend on the machine and on what else it does.

Usage: nightly.py [CASE ...]   with CASE `demo`, `servicenow`, or a scale of the demo such as `0.1`
"""

from __future__ import annotations

import datetime as dt
import json
import os
import platform
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / ".benchmarks"
_CHILD = "--child"
_STARTS = {
    "Python alone": ["-c", "pass"],
    "import Great Expectations": ["-c", "import expectations.gate"],
    "import Prefect and the flows": ["-c", "import flows.nightly"],
    "culture-kpis --help": ["-m", "flows.cli", "--help"],
    "culture-kpis kpis list": ["-m", "flows.cli", "kpis", "list"],
}


def main(arguments: list[str]) -> int:
    """Measure the given cases, or both."""
    if arguments[:1] == [_CHILD]:
        sys.path.insert(0, str(ROOT))
        from measured_night import measured_night

        sys.stdout.write(json.dumps(measured_night(arguments[1])))
        return 0
    report: dict[str, Any] = {"machine": _machine(), "starts": _starts(), "cases": []}
    sys.stdout.write(_starts_table(report["starts"]))
    for case in arguments or ["demo", "servicenow"]:
        if case == "servicenow" and not (ROOT / "../shared/data/tickets_servicenow").exists():
            sys.stdout.write("\nservicenow: skipped, its export is not in ../shared/data\n")
            continue
        measured = json.loads(_child(case))
        report["cases"].append(measured)
        sys.stdout.write(_case_table(measured))
    RESULTS.mkdir(exist_ok=True)
    written = RESULTS / f"nightly-{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%SZ}.json"
    written.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(f"\nWritten to {written.relative_to(ROOT)}\n")
    return 0


def _child(case: str) -> str:
    command = [sys.executable, str(Path(__file__).resolve()), _CHILD, case]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT).stdout


def _starts() -> dict[str, dict[str, float]]:
    """What a process costs that does nothing but import or answer at once."""
    measured = {}
    for name, arguments in _STARTS.items():
        wall, cpu = time.perf_counter(), _cpu_of_children()
        subprocess.run([sys.executable, *arguments], check=True, stdout=subprocess.DEVNULL, cwd=ROOT)
        measured[name] = {"wall": time.perf_counter() - wall, "cpu": _cpu_of_children() - cpu}
    return measured


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _machine() -> dict[str, Any]:
    return {"cores": os.cpu_count(), "python": platform.python_version(), "system": platform.platform()}


def _starts_table(starts: dict[str, dict[str, float]]) -> str:
    lines = [f"{name:<40} {cost['wall']:>8.2f} {cost['cpu']:>8.2f}" for name, cost in starts.items()]
    return "\n".join([f"{'start of a process':<40} {'wall s':>8} {'CPU s':>8}", *lines, ""])


def _case_table(measured: dict[str, Any]) -> str:
    title = f"{measured['case']}: peak memory {measured['peak_mb']:,.0f} MB"
    lines = [
        f"{'  ' * row['depth'] + row['stage']:<40} {row['wall']:>8.2f} {row['cpu']:>8.2f} {row['times']:>5}"
        for row in measured["stages"]
    ]
    changed = ", ".join(measured["changed_again"]) or "none"
    return "\n".join(
        [
            "",
            title,
            f"{'stage':<40} {'wall s':>8} {'CPU s':>8} {'times':>5}",
            *lines,
            f"{sum(measured['rows'].values()):,} rows published; tables the second night changed: {changed}",
            "",
        ]
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
