"""Zendesk's incremental exports: what was generated since the last one, which may have been updated long before.

They leave out the last minute. https://developer.zendesk.com/api-reference/ticketing/ticket-management/incremental_exports
"""

from __future__ import annotations

from flows.sources.connectors.zendesk import records
from flows.sources.rest.declaration import Budget, Endpoint, Feed
from flows.sources.rest.increments import Stream
from flows.sources.rest.paging import Cursor
from flows.sources.rest.shape import TEXT

_EXPORT = Budget(per_minute=10)
_BY_CURSOR = Cursor(param="cursor", token="after_cursor", until="end_of_stream")
_BY_TIME = Cursor(param="start_time", token="end_time", until="end_of_stream")
_CLOCKS = {"calendar": TEXT, "business": TEXT}
_POLICY = {"target": TEXT, "business_hours": TEXT, "policy": {"id": TEXT}}
_STATUSES = {
    **{name: [name] for name in ("new", "open", "pending", "solved", "closed")},
    "on_hold": ["hold"],
    "cancelled": ["deleted"],
}
_DURATIONS = {
    "first_reply": "reply_time_in_minutes",
    "first_resolution": "first_resolution_time_in_minutes",
    "full_resolution": "full_resolution_time_in_minutes",
    "requester_wait": "requester_wait_time_in_minutes",
    "agent_wait": "agent_wait_time_in_minutes",
    "on_hold": "on_hold_time_in_minutes",
}
_COUNTS = {
    "reopen_count": "reopens",
    "public_agent_reply_count": "replies",
    "assignee_stations": "assignee_stations",
    "group_stations": "group_stations",
}

TICKETS = Endpoint(
    name="tickets",
    path="/api/v2/incremental/tickets/cursor.json",
    records="tickets",
    shape={
        **dict.fromkeys(("id", "created_at", "updated_at", "type", "priority", "status", "requester_id"), TEXT),
        **dict.fromkeys(("organization_id", "assignee_id", "group_id"), TEXT),
        "tags": [TEXT],
        "via": {"channel": TEXT},
        "metric_set": {
            **dict.fromkeys(("ticket_id", "updated_at", "solved_at", *_COUNTS.values()), TEXT),
            **dict.fromkeys(_DURATIONS.values(), _CLOCKS),
        },
    },
    feeds=(
        Feed(
            "tickets",
            "snapshot",
            columns={
                "ticket_id": "id",
                "created_at": "created_at",
                "updated_at": "updated_at",
                "solved_at": "metric_set.solved_at",
                "status": "status",
                "priority": "priority",
                "channel": "via.channel",
                "category": "type",
                "team": "group_id",
                "requester": "{page.source}:{requester_id}",
                "customer_organisation": "organization_id",
                "agent": "{page.source}:{assignee_id}",
                "reopen_count": "metric_set.reopens",
                "is_deleted": "is_deleted",
            },
            values={"status": _STATUSES},
            reshape=records.tickets,
        ),
        Feed(
            "tickets",
            "metrics",
            columns={
                "ticket_id": "id",
                "updated_at": "updated_at",
                "solved_at": "metric_set.solved_at",
                **{ours: f"metric_set.{theirs}" for ours, theirs in _COUNTS.items()},
                **{
                    f"{ours}_{clock}_minutes": f"metric_set.{theirs}.{clock}"
                    for ours, theirs in _DURATIONS.items()
                    for clock in _CLOCKS
                },
            },
            reshape=records.measured,
        ),
    ),
    paging=_BY_CURSOR,
    increment=Stream("start_time"),
    params={"include": "metric_sets"},
    budget=_EXPORT,
    needs="role admin",
)
TICKET_EVENTS = Endpoint(
    name="ticket_events",
    path="/api/v2/incremental/ticket_events.json",
    records="ticket_events",
    shape={
        **dict.fromkeys(("id", "ticket_id", "created_at", "timestamp", "updater_id"), TEXT),
        "child_events": [
            {
                **dict.fromkeys(("id", "event_type", "public", "author_id", "body"), TEXT),
                **dict.fromkeys(("status", "priority", "assignee_id", "group_id", "new_schedule_id"), TEXT),
                **dict.fromkeys(("field_name", "value", "comment_id"), TEXT),
                "added_tags": [TEXT],
            }
        ],
    },
    feeds=(
        Feed(
            "tickets",
            "events",
            columns={
                **{name: name for name in ("ticket_id", "at", "sequence", "event_type", "value", "team")},
                "agent": "{page.source}:{agent}",
                "actor": "{page.source}:{actor}",
                "actor_role": "actor_role",
                "body": "body",
            },
            values={"status": _STATUSES},
            reshape=records.ticket_events,
        ),
    ),
    paging=_BY_TIME,
    increment=Stream("start_time"),
    params={"include": "comment_events"},
    budget=_EXPORT,
    needs="role admin",
)
METRIC_EVENTS = Endpoint(
    name="metric_events",
    path="/api/v2/incremental/ticket_metric_events.json",
    records="ticket_metric_events",
    shape={
        **dict.fromkeys(("id", "ticket_id", "metric", "instance_id", "type", "time", "deleted"), TEXT),
        "sla": _POLICY,
        "group_sla": _POLICY,
        "status": _CLOCKS,
    },
    feeds=(
        Feed(
            "tickets",
            "promise_events",
            columns={
                "event_id": "id",
                "ticket_id": "ticket_id",
                "metric": "metric",
                "instance": "instance_id",
                "event_type": "type",
                "at": "time",
                "target_minutes": "target",
                "clock": "clock",
                "policy_id": "policy_id",
                "elapsed_calendar_minutes": "status.calendar",
                "elapsed_business_minutes": "status.business",
                "is_deleted": "deleted",
            },
            values={
                "metric": {
                    "reply": ["reply_time"],
                    "requester_wait": ["requester_wait_time"],
                    "agent_work": ["agent_work_time"],
                    "resolution": ["resolution_time"],
                    "periodic_update": ["periodic_update_time"],
                    "pausable_update": ["pausable_update_time"],
                    "ownership": ["group_ownership_time"],
                },
                "event_type": {
                    "activate": ["activate"],
                    "apply": ["apply_sla", "apply_group_sla"],
                    "pause": ["pause"],
                    "fulfil": ["fulfill"],
                    "breach": ["breach"],
                    "elapsed": ["update_status"],
                },
            },
            reshape=records.promise_events,
        ),
    ),
    paging=_BY_TIME,
    increment=Stream("start_time"),
    params={"include_changes": "true"},
    budget=_EXPORT,
    needs="role admin",
)
USERS = Endpoint(
    name="users",
    path="/api/v2/incremental/users/cursor.json",
    records="users",
    shape=dict.fromkeys(("id", "email", "role", "created_at", "updated_at"), TEXT),
    feeds=(
        Feed(
            "organisation",
            "roles",
            columns={"person": "{page.source}:{id}", "valid_from_at": "updated_at", "role": "role"},
            values={"role": {"agent": ["agent", "admin"], "requester": ["end-user"]}},
        ),
        Feed(
            "organisation",
            "person_aliases",
            columns={"alias": "{page.source}:{id}", "person": "email"},
            reshape=records.with_an_address,
        ),
    ),
    paging=_BY_CURSOR,
    increment=Stream("start_time"),
    budget=_EXPORT,
    needs="role admin",
)
