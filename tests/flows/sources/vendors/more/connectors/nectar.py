"""Nectar: recognition.

Shapes and traps: `GET /v1/recognition/feed` goes on from a cursor that is a moment, within the bounds asked for.
Deleted recognitions are not in it, so windows that are read again show what was deleted.
"""

from __future__ import annotations

from flows.sources.rest.auth import BEARER
from flows.sources.rest.declaration import Budget, Connector, Endpoint, Feed
from flows.sources.rest.increments import Windows
from flows.sources.rest.paging import Cursor
from flows.sources.rest.shape import TEXT

FEED = Endpoint(
    name="feed",
    path="/v1/recognition/feed",
    params={"expand": "user", "deleted": "false"},
    records="data",
    shape={
        **dict.fromkeys(("id", "created_at", "message", "points"), TEXT),
        "sender": {"email": TEXT},
        "recipients": [{"email": TEXT}],
        "core_values": [TEXT],
    },
    feeds=(
        Feed(
            "recognition",
            "snapshot",
            columns={
                "recognition_id": "id",
                "at": "created_at",
                "giver": "sender.email",
                "receiver": "recipients.email",
                "tags": "core_values",
                "message": "message",
                "points": "points",
            },
            explode="recipients",
        ),
    ),
    paging=Cursor("cursor", "next_cursor"),
    increment=Windows("start-date", "end-date", days=7, time_format="unix"),
    needs="an administrator's token",
)
CONNECTOR = Connector(
    title="Nectar",
    url="https://api.nectarhr.com",
    auth=BEARER,
    budget=Budget(per_minute=60),
    probe="/v1/me",
    endpoints=(FEED,),
)
