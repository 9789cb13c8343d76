"""Landing: every page as received, before anything is understood. Replays start here, not at the source."""

from __future__ import annotations

import datetime as dt

from flows.boundaries import passed
from flows.lake import Lake
from flows.pipeline.pulling import pull
from flows.settings import LiveSource, Settings, Source
from flows.sources import files


def land(source: Source, lake: Lake, landed_at: dt.datetime) -> int:
    """Land the pages of one source; a page that has landed before changes nothing. Returns how many there are."""
    if isinstance(source, LiveSource):
        n_pages = pull(source, lake, landed_at)
    else:
        n_pages = lake.land(source.name, ((page.name, page.payload) for page in files.fetch(source)), landed_at).height
    passed(f"landed:{source.name}")
    return n_pages


def retire(settings: Settings, lake: Lake, now: dt.datetime) -> None:
    """Drop the bytes of pages older than the retention; their rows stay staged."""
    lake.purge_landing(now - dt.timedelta(days=settings.lake.landing_retention_days))
    passed("landing purged")
