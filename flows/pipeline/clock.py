"""A machine whose clock has stepped back would land new pages before old ones; it is said before anything is done."""

from __future__ import annotations

import datetime as dt

from flows.errors import ConfigurationError
from flows.lake import Lake
from flows.pipeline.night import Night

# Less is how clocks are kept right.
TOLERANCE = dt.timedelta(minutes=5)


def require_clock_goes_forward(lake: Lake, night: Night) -> None:
    """Raises ConfigurationError when an earlier run began later than this one, by the clocks of their machines."""
    newest = lake.ask("meta_run", lambda runs: runs.select("run_id", "started_at").top_k(1, by="started_at"))
    for run_id, began_at in newest.iter_rows():
        if began_at - night.started_at > TOLERANCE:
            raise ConfigurationError(
                f"this machine's clock says {night.started_at:%Y-%m-%d %H:%M} UTC, but run {run_id} began at "
                f"{began_at:%Y-%m-%d %H:%M}: set the clock; if it was wrong then, restore a backup of the lake"
            )
