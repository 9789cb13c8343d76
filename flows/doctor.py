"""Examines what a run needs, before the night does."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

from flows.errors import ConfigurationError, CultureKpisError
from flows.lake import Lake
from flows.settings import Settings, Source, SourceSettings
from flows.sources import files
from flows.sources.live_check import check_live
from flows.warehouses import address, open_warehouse, storage_errors

ENOUGH_FREE_BYTES = 2 * 1024**3
_PACKAGES = ("polars", "deltalake", "great-expectations", "prefect", "sqlalchemy", "duckdb")


@dataclass(frozen=True)
class Finding:
    """One thing examined: 0 when it is well, else the exit code a run would leave with."""

    subject: str
    text: str
    exit_code: int = 0


def examine(load: Callable[[], Settings]) -> Iterator[Finding]:
    """Examine the machine, then the configuration, then everything it names; one finding each, none skipped."""
    yield Finding("python", f"{platform.python_version()} on {sys.platform}, {os.cpu_count()} cores")
    yield Finding("packages", ", ".join(f"{name} {version(name)}" for name in _PACKAGES))
    try:
        settings = load()
    except CultureKpisError as error:
        yield Finding("configuration", str(error), error.exit_code)
        return
    configured = _counted(len(settings.sources), "source")
    yield Finding("configuration", f"{settings.organisation.name}: {configured} in {settings.config_file}")
    yield _tried("key", lambda: f"pseudonym key set, {len(settings.pseudonym_key())} bytes")
    if not settings.sources:
        hint = "none is configured; `culture-kpis init EXPORT-FILE --out proposal.toml` proposes one to copy"
        yield Finding("source", hint, ConfigurationError.exit_code)
    for source in settings.sources:
        yield _source(source)
    yield _tried("lake", lambda: _lake(settings))
    yield _tried("warehouse", lambda: _warehouse(settings))
    yield _disk(settings)


def _source(source: Source) -> Finding:
    if isinstance(source, SourceSettings):
        pages = _tried("source", lambda: _counted(sum(1 for _ in files.fetch(source)), "page"))
        return pages if pages.exit_code else replace(pages, text=f"{source.name}: {pages.text}")
    report = check_live(source)
    failed = next((one.told for one in report.tried if one.exit_code), None)
    return Finding("source", failed or f"{source.name}: {source.connector} answers", report.exit_code)


def _counted(number: int, name: str) -> str:
    return f"{number:,} {name}{'s' * (number != 1)}"


def _tried(subject: str, probe: Callable[[], str]) -> Finding:
    try:
        return Finding(subject, probe())
    except CultureKpisError as error:
        return Finding(subject, str(error), error.exit_code)


def _lake(settings: Settings) -> str:
    runs = Lake(settings.lake.url).read("meta_run").height
    return f"{settings.lake.url}: {_counted(runs, 'published run')}"


def _warehouse(settings: Settings) -> str:
    warehouse = open_warehouse(settings)
    with storage_errors():
        warehouse.check()
        if not warehouse.exists():
            return f"{address(settings)}: not there yet; the first run makes it"
        rows = warehouse.query("SELECT count(*) FROM fct_kpi_value").item()
    return f"{address(settings)}: {rows:,} numbers"


def _disk(settings: Settings) -> Finding:
    if "://" in settings.lake.url:
        return Finding("disk", "the lake is not on this machine")
    folder = next(
        parent
        for parent in (Path(settings.lake.url).resolve(), *Path(settings.lake.url).resolve().parents)
        if parent.exists()
    )
    free = shutil.disk_usage(folder).free
    text = f"{free / 1024**3:.1f} GiB free at {folder}"
    return Finding("disk", text) if free >= ENOUGH_FREE_BYTES else Finding("disk", f"only {text}; free some", 13)
