"""`make bench`: CPU seconds of every KPI on the demo company and on ten of it under one root; the five slowest.

Without Prefect, lake, gates and warehouse: from staged tables in memory to published rows. Each case runs in a process
of its own. Prints a table and writes all numbers to `.benchmarks/`. Times depend on the machine; nothing fails.

Usage: catalogue.py [TIMES ...]   how often the demo company is repeated, 1 and 10 if not said
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
RESULTS = ROOT / ".benchmarks"
_CHILD = "--child"
_SLOWEST = 5


def main(arguments: list[str]) -> int:
    """Measure the given sizes, or both."""
    if arguments[:1] == [_CHILD]:
        sys.path.insert(0, str(ROOT))
        from measured_catalogue import measured_catalogue

        sys.stdout.write(json.dumps(measured_catalogue(int(arguments[1]))))
        return 0
    cases = []
    for times in arguments or ["1", "10"]:
        command = [sys.executable, str(Path(__file__).resolve()), _CHILD, times]
        measured = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        cases.append(json.loads(measured.stdout))
        sys.stdout.write(_table(cases[-1]))
        sys.stdout.flush()
    RESULTS.mkdir(exist_ok=True)
    written = RESULTS / f"catalogue-{dt.datetime.now(dt.UTC):%Y%m%dT%H%M%SZ}.json"
    written.write_text(json.dumps({"cores": os.cpu_count(), "cases": cases}, indent=1) + "\n", encoding="utf-8")
    sys.stdout.write(f"\nWritten to {written.relative_to(ROOT)}\n")
    return 0


def _table(case: dict[str, Any]) -> str:
    stages = case["stages"]
    first = next(place for place, row in enumerate(stages) if row["stage"] == "KPIs") + 1
    kpis = []
    for row in stages[first:]:
        if row["depth"] < 2:
            break
        kpis.append(row)
    slowest = sorted(kpis, key=lambda row: row["cpu"], reverse=True)[:_SLOWEST]
    lines = [f"{'  ' * row['depth'] + row['stage']:<40} {row['wall']:>8.2f} {row['cpu']:>8.2f}" for row in stages]
    return "\n".join(
        [
            "",
            f"demo company x {case['times']}: {case['staged_rows']:,} staged rows, {case['cells']:,} cells, "
            f"peak memory {case['peak_mb']:,.0f} MB",
            f"{'stage':<40} {'wall s':>8} {'CPU s':>8}",
            *lines,
            "slowest: " + ", ".join(f"{row['stage']} {row['cpu']:.2f}" for row in slowest),
            "",
        ]
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
