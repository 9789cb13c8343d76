"""Zendesk's lists: groups and their members, customers' organisations, schedules, and both kinds of satisfaction."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from flows.sources.connectors.zendesk import records
from flows.sources.rest.declaration import Endpoint, Feed, SubEndpoint
from flows.sources.rest.increments import Since, Snapshot
from flows.sources.rest.paging import Cursor, OnePage
from flows.sources.rest.shape import TEXT

_LIST = Cursor(param="page[after]", token="meta.after_cursor", more="meta.has_more", constant={"page[size]": "100"})
# Survey responses come at most 50 a page; most other lists take 100.
_SHORT_LIST = replace(_LIST, constant={"page[size]": "50"})
# A rating may be changed for as long, and the lists know only when it was first given.
_EDITABLE = dt.timedelta(days=40)

GROUPS = Endpoint(
    name="groups",
    path="/api/v2/groups.json",
    records="groups",
    shape=dict.fromkeys(("id", "name", "created_at"), TEXT),
    feeds=(
        Feed(
            "organisation",
            "org_units",
            columns={"org_unit_id": "id", "org_unit_name": "name", "valid_from_on": "created_at"},
            reshape=records.named_groups,
        ),
    ),
    paging=_LIST,
    increment=Snapshot(),
    params={"exclude_deleted": "false"},
    needs="role agent",
)
GROUP_MEMBERSHIPS = Endpoint(
    name="group_memberships",
    path="/api/v2/group_memberships.json",
    records="group_memberships",
    shape=dict.fromkeys(("id", "user_id", "group_id", "default", "created_at"), TEXT),
    feeds=(
        Feed(
            "organisation",
            "memberships",
            columns={"person": "{page.source}:{user_id}", "team": "group_id", "valid_from_on": "created_at"},
            reshape=records.default_groups,
        ),
    ),
    paging=_LIST,
    increment=Snapshot(),
    needs="role agent",
)
# The list and not the incremental export: only the list says by what it holds which ones were deleted.
ORGANIZATIONS = Endpoint(
    name="organizations",
    path="/api/v2/organizations.json",
    records="organizations",
    shape=dict.fromkeys(("id", "name"), TEXT),
    feeds=(
        Feed(
            "tickets",
            "customer_organisations",
            columns={"customer_organisation": "id", "customer_organisation_name": "name"},
        ),
    ),
    paging=_LIST,
    increment=Snapshot(),
    needs="role agent with access to all organizations",
)
SCHEDULES = Endpoint(
    name="schedules",
    path="/api/v2/business_hours/schedules.json",
    records="schedules",
    shape={
        **dict.fromkeys(("id", "time_zone", "created_at", "updated_at"), TEXT),
        "intervals": [{"start_time": TEXT, "end_time": TEXT}],
    },
    feeds=(
        Feed(
            "tickets",
            "calendars",
            columns={
                "calendar_id": "id",
                "valid_from_at": "updated_at",
                "created_at": "created_at",
                "timezone": "time_zone",
                "weekday": "weekday",
                "opens_minute": "opens_minute",
                "closes_minute": "closes_minute",
            },
            explode="intervals",
            reshape=records.calendar_slots,
        ),
    ),
    paging=OnePage(),
    increment=Snapshot(),
    needs="role agent",
    of_each=(
        SubEndpoint(
            name="holidays",
            path="/api/v2/business_hours/schedules/{id}/holidays.json",
            records="holidays",
            shape=dict.fromkeys(("start_date", "end_date"), TEXT),
            feeds=(
                Feed(
                    "tickets",
                    "closures",
                    columns={
                        "calendar_id": "page.id",
                        "closure_id": "{start_date}/{end_date}",
                        "closed_from": "closed_from",
                        "closed_until": "closed_until",
                    },
                    reshape=records.closures,
                ),
            ),
            paging=OnePage(),
            needs="role agent",
        ),
    ),
)
SATISFACTION_RATINGS = Endpoint(
    name="satisfaction_ratings",
    path="/api/v2/satisfaction_ratings.json",
    records="satisfaction_ratings",
    shape=dict.fromkeys(
        ("id", "ticket_id", "requester_id", "group_id", "assignee_id", "score", "created_at", "updated_at"), TEXT
    ),
    feeds=(
        Feed(
            "survey",
            "long_answers",
            columns={
                "answer": "answer",
                "answered_at": "updated_at",
                "response_id": "id",
                "respondent": "{page.source}:{requester_id}",
                "team": "group_id",
                "ticket_id": "ticket_id",
            },
            constants={"question": "satisfaction"},
            reshape=records.rated,
        ),
        Feed(
            "survey",
            "invitations",
            columns={
                "sent_at": "created_at",
                "invitation_id": "id",
                "respondent": "{page.source}:{requester_id}",
                "team": "group_id",
                "ticket_id": "ticket_id",
            },
            reshape=records.offered,
        ),
        Feed(
            "tickets",
            "events",
            columns={
                "ticket_id": "ticket_id",
                "at": "created_at",
                "sequence": "id",
                "value": "value",
                "team": "group_id",
                "agent": "{page.source}:{assignee_id}",
                "actor": "{page.source}:{requester_id}",
            },
            constants={"event_type": "rating", "actor_role": "requester"},
            reshape=records.rated,
        ),
    ),
    paging=_LIST,
    increment=Since("start_time", overlap=_EDITABLE, time_format="unix"),
    needs="role admin, and the older satisfaction surveys",
)
SURVEY_RESPONSES = Endpoint(
    name="survey_responses",
    path="/api/v2/guide/survey_responses",
    records="survey_responses",
    shape={
        "id": TEXT,
        "responder_id": TEXT,
        "subjects": [{"zrn": TEXT}],
        "answers": [
            {
                **dict.fromkeys(("rating", "created_at", "updated_at"), TEXT),
                "question": {"id": TEXT, "alias": TEXT},
            }
        ],
    },
    feeds=(
        Feed(
            "survey",
            "long_answers",
            columns={
                "question": "question",
                "answer": "answer",
                "answered_at": "answered_at",
                "response_id": "id",
                "respondent": "{page.source}:{responder_id}",
                "ticket_id": "ticket_id",
            },
            reshape=records.survey_answers,
        ),
    ),
    paging=_SHORT_LIST,
    increment=Since("filter[created_at_start]", overlap=_EDITABLE, time_format="unix_ms"),
    needs="role admin, and satisfaction surveys",
)
