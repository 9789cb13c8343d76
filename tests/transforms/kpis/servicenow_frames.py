"""The public ServiceNow incident log, staged as its acceptance configuration says, for the known answers of KPIs."""

from __future__ import annotations

import tomllib
import zipfile
from pathlib import Path

import polars as pl

from transforms.staging.mapping import SourceMapping
from transforms.staging.stage import PageReference, stage_page

_TESTS = Path(__file__).resolve().parents[2]
REAL = _TESTS.parent / "../shared/data/tickets_servicenow/incident_event_log.zip"
_CONFIGURATION = _TESTS / "acceptance/configurations/servicenow.toml"
_NOT_MAPPING = ("connector", "path")


def tables() -> dict[str, pl.DataFrame]:
    """Staged tables `ticket`, `ticket_event` and `promise`."""
    (source,) = tomllib.loads(_CONFIGURATION.read_text(encoding="utf-8"))["source"]
    mapping = SourceMapping.model_validate({key: value for key, value in source.items() if key not in _NOT_MAPPING})
    with zipfile.ZipFile(REAL) as archive:
        raw = pl.read_csv(archive.read("incident_event_log.csv"), infer_schema=False)
    return stage_page(raw, PageReference("0" * 16, "incident_event_log.csv"), mapping, b"a key for tests").tables
