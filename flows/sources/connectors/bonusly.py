"""Bonusly: recognition with points, and the people who give it.

Shapes and traps: the public API reference (`GET /api/v1/bonuses`, `GET /api/v1/users`). Bonuses are paged by `limit`
and `skip`, newest first, so they are read in closed windows of their creation; a window is read again while it is
young, which shows edits and deletions. A bonus to several people is a row for each, with the amount each of them got:
its cost is amount x recipients. Add-ons to a bonus are bonuses themselves and come with `include_children`. Bots and
benefactors are no people: what they give has no giver, and they belong to no team.
"""

from __future__ import annotations

import polars as pl

from flows.sources.rest.auth import BEARER
from flows.sources.rest.declaration import Budget, Connector, Endpoint, Feed, Option
from flows.sources.rest.increments import Snapshot, Windows
from flows.sources.rest.paging import Offset
from flows.sources.rest.shape import TEXT
from transforms.contracts.organisation import UNASSIGNED_UNIT

_NO_PEOPLE = ["bot", "benefactor"]
_PERSON = {"email": TEXT, "user_mode": TEXT}


def _is_no_person(mode: pl.Expr) -> pl.Expr:
    return mode.is_in(_NO_PEOPLE).fill_null(False)


def _received(bonuses: pl.DataFrame) -> pl.DataFrame:
    """A row for each receiver; a bonus to one person may name it as `receiver` only."""
    several = pl.col("receivers").list.len().fill_null(0) > 0
    receivers = pl.when(several).then("receivers").otherwise(pl.concat_list("receiver"))
    giver = pl.col("giver").struct
    email = pl.when(~_is_no_person(giver.field("user_mode"))).then(giver.field("email"))
    return bonuses.with_columns(receivers.alias("receivers"), email.alias("giver_email")).explode("receivers")


def _in_teams(users: pl.DataFrame) -> pl.DataFrame:
    """People with their team; who has none is unassigned."""
    people = users.filter(~_is_no_person(pl.col("user_mode")))
    team = pl.col("custom_properties").struct.field("department")
    return people.with_columns(team.fill_null(UNASSIGNED_UNIT).alias("team"))


USERS = Endpoint(
    name="users",
    path="/users",
    records="result",
    shape={
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
            columns={"person": "email", "team": "team", "valid_from_on": "created_at", "manager": "manager_email"},
            reshape=_in_teams,
        ),
    ),
    paging=Offset(size=100),
    increment=Snapshot(),
    needs="a token that may read users",
)

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
        "receiver": _PERSON,
        "receivers": [_PERSON],
        "private": TEXT,
    },
    feeds=(
        Feed(
            kind="recognition",
            grain="snapshot",
            columns={
                "recognition_id": "id",
                "at": "created_at",
                "giver": "giver_email",
                "receiver": "receivers.email",
                "message": "reason",
                "points": "amount",
                "is_private": "private",
            },
            reshape=_received,
        ),
    ),
    paging=Offset(size=100),
    increment=Windows("start_time", "end_time", days=7),
    needs="a token that may read bonuses; with private = true an administrator's",
)

CONNECTOR = Connector(
    title="Bonusly",
    url="https://bonus.ly/api/v1",
    auth=BEARER,
    budget=Budget(per_minute=100, at_once=2),
    probe="/users/me",
    endpoints=(USERS, BONUSES),
    options=(Option("private", "Whether private bonuses are asked for; they need an administrator's token.", False),),
)
