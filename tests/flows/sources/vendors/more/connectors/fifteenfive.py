"""15Five: high fives.

Shapes and traps: a high five names the report it was written in, and the report its author; who receives it stands in
the text alone, as mentions. Both are other names of people, so reports and users are read as such, and whose they
are is settled later. Pages are addresses.
"""

from __future__ import annotations

import polars as pl

from flows.sources.rest.auth import BEARER
from flows.sources.rest.declaration import Budget, Connector, Endpoint, Feed
from flows.sources.rest.increments import Snapshot, Windows
from flows.sources.rest.paging import BodyLink
from flows.sources.rest.shape import TEXT

_MENTION = r"@\[[^\]]+\]"


def _mentioned(high_fives: pl.DataFrame) -> pl.DataFrame:
    """A row for each person mentioned."""
    mentioned = pl.col("text").str.extract_all(_MENTION).list.unique(maintain_order=True)
    rows = high_fives.with_columns(mentioned.alias("receiver"))
    return rows.explode("receiver", empty_as_null=False, keep_nulls=False)


USERS = Endpoint(
    name="users",
    path="/api/public/user/",
    records="results",
    shape=dict.fromkeys(("id", "email", "name"), TEXT),
    feeds=(
        Feed("organisation", "person_aliases", {"alias": "{page.source}:{id}", "person": "email"}),
        Feed("organisation", "person_aliases", {"alias": "{page.source}:@[{name}]", "person": "email"}),
    ),
    paging=BodyLink("next"),
    increment=Snapshot(),
    needs="an administrator's token",
)
REPORTS = Endpoint(
    name="reports",
    path="/api/public/report/",
    records="results",
    shape=dict.fromkeys(("id", "user"), TEXT),
    feeds=(
        Feed(
            "organisation",
            "person_aliases",
            {"alias": "{page.source}:report:{id}", "person": "{page.source}:{user}"},
        ),
    ),
    paging=BodyLink("next"),
    increment=Windows("due_date_start", "due_date_end", days=30, time_format="date"),
    needs="an administrator's token",
)
HIGH_FIVES = Endpoint(
    name="high_fives",
    path="/api/public/high-five/",
    records="results",
    shape=dict.fromkeys(("id", "report", "create_ts", "text"), TEXT),
    feeds=(
        Feed(
            "recognition",
            "snapshot",
            columns={
                "recognition_id": "id",
                "at": "create_ts",
                "giver": "{page.source}:report:{report}",
                "receiver": "{page.source}:{receiver}",
                "message": "text",
            },
            reshape=_mentioned,
        ),
    ),
    paging=BodyLink("next"),
    increment=Windows("created_on_start", "created_on_end", days=30, time_format="date"),
    needs="an administrator's token",
)
CONNECTOR = Connector(
    title="15Five",
    url="https://my.15five.com",
    auth=BEARER,
    budget=Budget(per_minute=300),
    probe="/api/public/user/?page_size=1",
    endpoints=(USERS, REPORTS, HIGH_FIVES),
)
