"""Freshdesk: tickets with their statistics, groups, agents.

Shapes and traps: `GET /api/v2/tickets?updated_since=` gives bare lists of up to 100, 300 pages at most; without the
parameter it tells of the last 30 days only. A ticket that changes while pages are turned goes to the end. Status,
priority and source are numbers, people and groups too.
"""

from __future__ import annotations

from flows.sources.rest.auth import Basic
from flows.sources.rest.declaration import Budget, Connector, Endpoint, Feed
from flows.sources.rest.increments import Since, Snapshot
from flows.sources.rest.paging import PageNumber
from flows.sources.rest.shape import TEXT

GROUPS = Endpoint(
    name="groups",
    path="/api/v2/groups",
    records="",
    shape=dict.fromkeys(("id", "name"), TEXT),
    feeds=(Feed("organisation", "org_units", columns={"org_unit_id": "id", "org_unit_name": "name"}),),
    paging=PageNumber(100),
    increment=Snapshot(),
    needs="an agent's API key",
)
AGENTS = Endpoint(
    name="agents",
    path="/api/v2/agents",
    records="",
    shape={"id": TEXT, "contact": {"email": TEXT}},
    feeds=(Feed("organisation", "person_aliases", columns={"alias": "{page.source}:{id}", "person": "contact.email"}),),
    paging=PageNumber(100),
    increment=Snapshot(),
    needs="an administrator's API key",
)
TICKETS = Endpoint(
    name="tickets",
    path="/api/v2/tickets",
    params={"include": "stats", "order_by": "updated_at", "order_type": "asc"},
    records="",
    shape={
        **dict.fromkeys(("id", "created_at", "updated_at", "status", "priority", "source", "type", "due_by"), TEXT),
        **dict.fromkeys(("group_id", "responder_id", "requester_id"), TEXT),
        "stats": dict.fromkeys(("resolved_at", "closed_at"), TEXT),
    },
    feeds=(
        Feed(
            "tickets",
            "snapshot",
            columns={
                "ticket_id": "id",
                "created_at": "created_at",
                "updated_at": "updated_at",
                "solved_at": "stats.resolved_at",
                "closed_at": "stats.closed_at",
                "status": "status",
                "priority": "priority",
                "channel": "source",
                "category": "type",
                "team": "group_id",
                "agent": "{page.source}:{responder_id}",
                "requester": "{page.source}:{requester_id}",
                "promise_target_at": "due_by",
            },
            values={
                "status": {"open": ["2"], "pending": ["3"], "solved": ["4"], "closed": ["5"]},
                "priority": {"low": ["1"], "normal": ["2"], "high": ["3"], "urgent": ["4"]},
                "channel": {"email": ["1"], "portal": ["2"], "phone": ["3"], "chat": ["7"]},
            },
        ),
    ),
    paging=PageNumber(100, moving_param="updated_since", moving_field="updated_at"),
    increment=Since("updated_since"),
    needs="an agent's API key with global scope",
)
CONNECTOR = Connector(
    title="Freshdesk",
    url="https://{account}.freshdesk.com",
    auth=Basic("{token}", "X"),
    budget=Budget(per_minute=200, at_once=2),
    probe="/api/v2/agents/me",
    endpoints=(GROUPS, AGENTS, TICKETS),
)
