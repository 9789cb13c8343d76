"""What the Prefect server will start next; asked over HTTP, because Prefect itself takes seconds to import."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.error import URLError
from urllib.request import Request, urlopen

from flows.schedule import TAG

_PATIENCE_SECONDS = 3
_QUESTION = {
    "flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}, "tags": {"all_": [TAG]}},
    "sort": "EXPECTED_START_TIME_ASC",
    "limit": 5,
}


@dataclass(frozen=True)
class NextRuns:
    """The next runs (name, expected start), or why they are not known."""

    runs: tuple[tuple[str, dt.datetime], ...] = ()
    unknown_because: str | None = None


def next_runs(environment: Mapping[str, str]) -> NextRuns:
    """The next five scheduled runs of this product, by the server at PREFECT_API_URL."""
    url = environment.get("PREFECT_API_URL")
    if not url:
        return NextRuns(unknown_because="PREFECT_API_URL names no server; `culture-kpis serve` or cron may start runs")
    headers = {"Content-Type": "application/json"}
    if key := environment.get("PREFECT_API_KEY"):
        headers["Authorization"] = f"Bearer {key}"
    question = Request(f"{url.rstrip('/')}/flow_runs/filter", json.dumps(_QUESTION).encode(), headers)
    try:
        with urlopen(question, timeout=_PATIENCE_SECONDS) as answer:
            found: list[dict[str, Any]] = json.load(answer)
    except (URLError, OSError, ValueError):
        return NextRuns(unknown_because="the Prefect server at PREFECT_API_URL does not answer")
    return NextRuns(tuple((run["name"], dt.datetime.fromisoformat(run["expected_start_time"])) for run in found))
