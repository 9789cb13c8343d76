"""Landing: every page as received, before anything is understood. Replays start here, not at the source."""

from __future__ import annotations

import datetime as dt

from flows.boundaries import passed
from flows.lake import Lake
from flows.settings import Settings, SourceSettings
from flows.sources import files


def land(source: SourceSettings, lake: Lake, landed_at: dt.datetime) -> int:
    """Land the pages of one source; a page that has landed before changes nothing. Returns how many there are."""
    pages = lake.land(source.name, ((page.name, page.payload) for page in files.fetch(source)), landed_at)
    passed(f"landed:{source.name}")
    return pages.height


def retire(settings: Settings, lake: Lake, now: dt.datetime) -> None:
    """Drop the bytes of pages older than the retention; their rows stay staged."""
    lake.purge_landing(now - dt.timedelta(days=settings.lake.landing_retention_days))
    passed("landing purged")
