"""Jira Service Management: requests, and every cycle of every promise on them.

Shapes and traps: `GET /rest/api/3/search/jql` hands out pages by `nextPageToken`, and takes a bound of time only
inside its query; written as a date it is one of the asking user's time zone, as milliseconds of none. Promises are
asked for request by request; one that is reopened begins another cycle, so a promise is a cycle, done or under way.
"""

from __future__ import annotations

import polars as pl

from flows.sources.rest.auth import Basic
from flows.sources.rest.declaration import Budget, Connector, Endpoint, Feed, Option, SubEndpoint
from flows.sources.rest.increments import Since
from flows.sources.rest.paging import Cursor, OnePage
from flows.sources.rest.shape import TEXT

_AT = {"iso8601": TEXT}
_CYCLE = {"startTime": _AT, "stopTime": _AT, "breachTime": _AT, "breached": TEXT}


def _cycles(promises: pl.DataFrame) -> pl.DataFrame:
    """A row for each cycle: `cycle`, its number, and its times."""
    done, running = pl.col("completedCycles"), pl.col("ongoingCycle")
    cycles = pl.concat_list(
        done.fill_null([]), pl.when(running.is_not_null()).then(pl.concat_list(running)).otherwise([])
    )
    numbered = promises.with_columns(cycles.alias("of"), pl.int_ranges(cycles.list.len()).alias("cycle"))
    return (
        numbered.explode("of", "cycle", empty_as_null=False).with_columns(pl.col("cycle").cast(pl.String)).unnest("of")
    )


PROMISES = SubEndpoint(
    name="promises",
    path="/rest/servicedeskapi/request/{id}/sla",
    records="values",
    shape={"id": TEXT, "name": TEXT, "completedCycles": [_CYCLE], "ongoingCycle": _CYCLE},
    feeds=(
        Feed(
            "tickets",
            "promises",
            columns={
                "promise_id": "{page.id}/{id}/{cycle}",
                "ticket_id": "page.id",
                "metric": "name",
                "began_at": "startTime.iso8601",
                "target_at": "breachTime.iso8601",
                "fulfilled_at": "stopTime.iso8601",
            },
            constants={"clock": "business"},
            values={"metric": {"first_reply": ["Time to first response"], "resolution": ["Time to resolution"]}},
            reshape=_cycles,
        ),
    ),
    paging=OnePage(),
    needs="an agent of the desk",
)
REQUESTS = Endpoint(
    name="requests",
    path="/rest/api/3/search/jql",
    params={
        "jql": "project = {project} AND updated >= {since} ORDER BY updated",
        "fields": "*all",
        "maxResults": "100",
    },
    records="issues",
    shape={
        "id": TEXT,
        "fields": {
            **dict.fromkeys(("created", "updated", "resolutiondate"), TEXT),
            "status": {"statusCategory": {"key": TEXT}},
            "priority": {"name": TEXT},
            "assignee": {"accountId": TEXT},
            "reporter": {"accountId": TEXT},
        },
    },
    feeds=(
        Feed(
            "tickets",
            "snapshot",
            columns={
                "ticket_id": "id",
                "created_at": "fields.created",
                "updated_at": "fields.updated",
                "solved_at": "fields.resolutiondate",
                "status": "fields.status.statusCategory.key",
                "priority": "fields.priority.name",
                "agent": "{page.source}:{fields.assignee.accountId}",
                "requester": "{page.source}:{fields.reporter.accountId}",
            },
            values={
                "status": {"new": ["new"], "open": ["indeterminate"], "solved": ["done"]},
                "priority": {"urgent": ["Highest"], "high": ["High"], "normal": ["Medium"], "low": ["Low", "Lowest"]},
            },
        ),
    ),
    paging=Cursor("nextPageToken", "nextPageToken"),
    increment=Since("since", time_format="unix_ms"),
    needs="browse the project",
    of_each=(PROMISES,),
)
CONNECTOR = Connector(
    title="Jira Service Management",
    url="https://{account}.atlassian.net",
    auth=Basic("{email}", "{token}"),
    budget=Budget(per_minute=600, at_once=4),
    probe="/rest/api/3/myself",
    endpoints=(REQUESTS,),
    options=(Option("project", "The key of the service project."),),
)
