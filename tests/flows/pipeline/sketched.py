"""Sketches of nights: two sources, three KPIs and no judge, but every commit of a whole night at a fifth of its cost.

What a kill leaves behind depends on the commits. Whole nights are killed at random moments (`test_killed_nights.py`)
and in the long campaigns.
"""

from __future__ import annotations

import pkgutil
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType, SimpleNamespace

import polars as pl

KPIS = ("reopen_rate", "recognition_rate", "silo_excess")
SOURCES = ("tickets", "thanks")


def sketch() -> None:
    """From now on this process knows `KPIS` only and accepts every row; before the first night of the process."""
    from expectations.verdict import Verdict
    from transforms.contracts.marts import MetaValidation
    from transforms.contracts.state import RowFate
    from transforms.kpis import registry

    def accept(frames: Mapping[str, pl.DataFrame], run_id: str, gate: str, source: str) -> Verdict:
        told = {
            "run_id": run_id,
            "gate": gate,
            "source": source,
            "table_name": "all",
            "rule": "accepted",
            "column_name": "",
            "severity": "warning",
            "n_checked": len(frames),
            "n_failed": 0,
            "is_passed": True,
        }
        results = pl.DataFrame([told], schema=MetaValidation.create_empty().schema)
        rejected = RowFate.create_empty().with_columns(pl.lit(None, dtype=pl.String).alias("table_name"))
        return Verdict(results, dict(frames), rejected, blocked=False)

    gate = ModuleType("expectations.gate")
    gate.judge_staged = lambda frames, _known, _history, run_id, source, **_: accept(frames, run_id, "staged", source)
    gate.judge_marts = lambda frames, run_id, _pages: accept(frames, run_id, "mart", "")
    sys.modules[gate.__name__] = gate
    registry.pkgutil = SimpleNamespace(iter_modules=_few)


def of_few_sources(folder: Path) -> Path:
    """Leave only `SOURCES` in the configuration: without units and members, a later night is one of changes."""
    configuration = folder / "culture-kpis.toml"
    head, *blocks = configuration.read_text(encoding="utf-8").split("[[source]]\n")
    kept = [block for block in blocks if any(f'name = "{name}"' in block for name in SOURCES)]
    configuration.write_text("[[source]]\n".join([head, *kept]), encoding="utf-8")
    return folder


def _few(path: Iterable[str]) -> list[pkgutil.ModuleInfo]:
    return [info for info in pkgutil.iter_modules(path) if info.name in KPIS]
