"""The definition lock: golden values of every KPI on a small fixed demo, in `definition_lock.json` beside this file.

`python tests/acceptance/definition_lock.py` computes them anew, says what moved and writes the file. The numbers are
those before disclosure, from rows that no gate has judged: the lock is about definitions alone.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl

from tests.acceptance.staged_demo import staged_demo
from transforms.contracts import STAGED
from transforms.facts import Facts
from transforms.kpis.compute import compute
from transforms.kpis.registry import all_kpis

LOCK = Path(__file__).with_suffix(".json")
REWRITE = "python tests/acceptance/definition_lock.py"
SEED, SCALE, END_ON = 7, 0.1, dt.date(2026, 6, 28)
UNITS = ("company", "customer-care", "operations", "care-line", "order-desk", "warehouse")
NUMBERS = ("value", "ci_low", "ci_high")
_SERIES = ["kpi_id", "component", "variant", "org_unit_id", "period_grain"]

Entry = dict[str, Any]
Lock = dict[str, dict[str, Any]]


def facts_of_the_demo(folder: Path) -> tuple[Facts, dict[str, str]]:
    """Facts of the small demo, staged in memory, and the hash of every staged table."""
    tables, context = staged_demo(folder, seed=SEED, scale=SCALE, end_on=END_ON)
    return Facts(tables, context), {name: _content(name, tables[name]) for name in sorted(tables)}


def _content(name: str, table: pl.DataFrame) -> str:
    # Where a row stood in its file, and what the file was called, move no number.
    rows = table.sort(STAGED[name].primary_key()).drop("source_page", "source_row", strict=False)
    return hashlib.sha256(rows.write_ndjson().encode()).hexdigest()[:16]


def golden(folder: Path) -> Lock:
    """The lock as the code of today makes it: `inputs` (hash per table) and `cells` (entry per series)."""
    facts, inputs = facts_of_the_demo(folder)
    cells = pl.concat([compute(registered, facts).cells for registered in all_kpis()])
    newest = (
        cells.filter(pl.col("org_unit_id").is_in(UNITS))
        .sort(pl.col("state") == "published", "period_start")
        .group_by(_SERIES, maintain_order=True)
        .last()
        .sort(_SERIES)
    )
    return {"inputs": inputs, "cells": {_name(row): _entry(row) for row in newest.iter_rows(named=True)}}


def _name(row: Entry) -> str:
    return " ".join(row[part] for part in _SERIES)


def _entry(row: Entry) -> Entry:
    numbers = {name: None if row[name] is None else round(row[name], 6) for name in NUMBERS}
    return {
        "definition_version": row["definition_version"],
        "period_start": row["period_start"].isoformat(),
        "state": row["state"],
        **numbers,
    }


def read() -> Lock:
    """The committed lock."""
    lock: Lock = json.loads(LOCK.read_text(encoding="utf-8"))
    return lock


def write(lock: Lock) -> None:
    """Commit a lock to its file, one entry a line so that a change shows as a line."""
    cells = ",\n".join(f"    {json.dumps(name)}: {json.dumps(entry)}" for name, entry in lock["cells"].items())
    inputs = json.dumps(lock["inputs"], indent=2).replace("\n", "\n  ")
    LOCK.write_text(f'{{\n  "inputs": {inputs},\n  "cells": {{\n{cells}\n  }}\n}}\n', encoding="utf-8")


def moved(old: Lock, new: Lock) -> Iterator[str]:
    """One line for each entry that is not what is locked: which KPI and component, old, new, and what to do."""
    for name in sorted(old["cells"].keys() | new["cells"].keys()):
        before, now = old["cells"].get(name), new["cells"].get(name)
        kpi_id, component, variant, unit, grain = name.split(" ")
        what = f"KPI {kpi_id}, component {component}, variant {variant}, {unit}, {grain}"
        if before is None:
            yield f"{what}: not locked yet; run `{REWRITE}`"
        elif now is None:
            yield f"{what}: locked, but computed no more; raise its version or run `{REWRITE}`"
        elif differences := _differences(before, now):
            yield f"{what} {now['period_start']}: {differences}; {_advice(before, now)}"


def _differences(before: Entry, now: Entry) -> str:
    return ", ".join(f"{part} {before[part]} -> {now[part]}" for part in now if not _same(before[part], now[part]))


def _same(old: Any, new: Any) -> bool:
    if isinstance(old, float) and isinstance(new, float):
        return math.isclose(old, new, rel_tol=1e-8, abs_tol=1.5e-6)
    return bool(old == new)


def _advice(before: Entry, now: Entry) -> str:
    if before["definition_version"] == now["definition_version"]:
        return (
            f"the definition is still version {now['definition_version']}: if the change is meant, raise `version` in "
            f"the KPI's file, write object, change, old and new to CHANGELOG.md, then run `{REWRITE}`"
        )
    return f"the new version is not locked; run `{REWRITE}`"


def main() -> None:
    """Compute the lock anew, say on standard error what moved, and write it."""
    with tempfile.TemporaryDirectory() as folder:
        lock = golden(Path(folder))
    if LOCK.exists():
        for line in moved(read(), lock):
            print(line, file=sys.stderr)
    write(lock)


if __name__ == "__main__":
    main()
