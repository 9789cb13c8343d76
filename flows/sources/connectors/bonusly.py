"""Bonusly: recognition with points, and the people who give it.

Shapes and traps: the public API reference (`GET /api/v1/bonuses`, `GET /api/v1/users`). Bonuses are paged by `limit`
and `skip`, newest first, so they are read in closed windows of their creation; a window is read again while it is
young, which shows edits and deletions. A bonus to several people is a row for each, with the amount each of them got:
its cost is amount x recipients. Add-ons to a bonus are bonuses themselves and come with `include_children`.
"""

from __future__ import annotations

from flows.sources.rest.auth import BEARER
from flows.sources.rest.declaration import Budget, Connector, Endpoint, Feed, Option
from flows.sources.rest.increments import Snapshot, Windows
from flows.sources.rest.paging import Offset
from flows.sources.rest.shape import TEXT

_PERSON = {"id": TEXT, "email": TEXT}

BONUSES = Endpoint(
    name="bonuses",
    path="/bonuses",
    params={"include_children": "true", "show_private_bonuses": "{private}"},
    records="result",
    shape={
        "id": TEXT,
        "created_at": TEXT,
        "amount": TEXT,
        "reason": TEXT,
        "giver": _PERSON,
        "receivers": [_PERSON],
        "private": TEXT,
    },
    feeds=(
        Feed(
            kind="recognition",
            grain="snapshot",
            explode="receivers",
            columns={
                "recognition_id": "id",
                "at": "created_at",
                "giver": "giver.email",
                "receiver": "receivers.email",
                "message": "reason",
                "points": "amount",
                "is_private": "private",
            },
        ),
    ),
    paging=Offset(size=100),
    increment=Windows("start_time", "end_time", days=7),
    needs="a token that may read bonuses (with private = true: an administrator's)",
)

USERS = Endpoint(
    name="users",
    path="/users",
    params={"show_archived": "false", "include_archived": "false"},
    records="result",
    shape={
        "id": TEXT,
        "email": TEXT,
        "created_at": TEXT,
        "custom_properties": {"department": TEXT},
        "manager_email": TEXT,
        "user_mode": TEXT,
    },
    feeds=(
        Feed(
            kind="organisation",
            grain="memberships",
            columns={
                "person": "email",
                "team": "custom_properties.department",
                "valid_from_on": "created_at",
                "manager": "manager_email",
            },
        ),
    ),
    paging=Offset(size=100),
    increment=Snapshot(),
    needs="a token that may read users",
)

CONNECTOR = Connector(
    title="Bonusly",
    url="https://bonus.ly/api/v1",
    auth=BEARER,
    budget=Budget(per_minute=100, at_once=2),
    probe="/users/me",
    endpoints=(USERS, BONUSES),
    options=(Option("private", "whether private bonuses are asked for; they need an administrator's token", False),),
)
