"""Prefect flow `kpi-freshness`: numbers older than they should be are told, also when no run is left to fail."""

from __future__ import annotations

from pathlib import Path

from prefect import flow

from flows.errors import StaleError
from flows.lake import Lake
from flows.notifications import notify
from flows.pipeline.night import Night
from flows.settings import load_settings
from flows.status import state_of


@flow(name="kpi-freshness")
def kpi_freshness(config: str | None = None, warehouse: str | None = None, lake: str | None = None) -> None:
    """Notify and fail with StaleError when the newest night is too old or a source is overdue."""
    settings = load_settings(Path(config) if config else None, warehouse=warehouse, lake=lake)
    names = [source.name for source in settings.sources]
    reason = state_of(Lake(settings.lake.url), Night.now(), names).stale_because
    if reason:
        notify(settings, "stale", "kpi-freshness", [reason])
        raise StaleError(reason)
