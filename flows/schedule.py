"""What runs when, in the organisation's time zone. `deployments/prefect.yaml` says the same to a work pool."""

from __future__ import annotations

from dataclasses import dataclass, field

TAG = "culture-kpis"


@dataclass(frozen=True)
class Deployment:
    """A scheduled or manual flow: its name, entrypoint, cron expression (None: by hand) and parameters."""

    name: str
    description: str
    entrypoint: str
    cron: str | None = None
    parameters: dict[str, object] = field(default_factory=dict)


DEPLOYMENTS = (
    Deployment(
        "nightly",
        "Every night, everything that happened before midnight.",
        "flows.nightly.kpi_nightly",
        "30 2 * * *",
        {"date": "yesterday"},
    ),
    Deployment(
        "weekly-full",
        "Every Sunday the night, then everything from the landed pages again; tells where the two differ.",
        "flows.nightly.kpi_full_check",
        "30 4 * * 0",
        {"date": "yesterday"},
    ),
    Deployment(
        "freshness",
        "Every morning: fails and notifies when the numbers are older than they should be.",
        "flows.freshness.kpi_freshness",
        "0 8 * * *",
    ),
    Deployment(
        "backfill",
        "By hand: compute again every period that touches the days from start to end.",
        "flows.nightly.kpi_backfill",
    ),
)
