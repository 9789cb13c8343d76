"""ServiceNow: incidents and the promises on them, from the table API.

Shapes and traps: everything is a text, times are UTC without a zone. What is asked for is one query text, the bound of
time included; it is in the order of changes. Rows that the account may not see make a page short without ending the
list, so only the header `Link` tells where it ends. `made_sla` of an incident starts true, so promises are read from
`task_sla`. Pages are counted by rows: one may be missed when another changes while they are turned.
"""

from __future__ import annotations

from flows.sources.rest.auth import Basic
from flows.sources.rest.declaration import Budget, Connector, Endpoint, Feed
from flows.sources.rest.increments import Since
from flows.sources.rest.paging import HeaderLink
from flows.sources.rest.shape import TEXT

_FORMAT = "%Y-%m-%d %H:%M:%S"
_ASKED = {
    "sysparm_query": "sys_updated_on>={since}^ORDERBYsys_updated_on,sys_id",
    "sysparm_limit": "1000",
    "sysparm_exclude_reference_link": "true",
}
_INCIDENT = ("number", "opened_at", "sys_updated_on", "resolved_at", "closed_at", "state", "priority", "reopen_count")
INCIDENTS = Endpoint(
    name="incidents",
    path="/api/now/table/incident",
    params=_ASKED,
    records="result",
    shape=dict.fromkeys((*_INCIDENT, "assignment_group", "assigned_to", "caller_id"), TEXT),
    feeds=(
        Feed(
            "tickets",
            "snapshot",
            columns={
                "ticket_id": "number",
                "created_at": "opened_at",
                "updated_at": "sys_updated_on",
                "solved_at": "resolved_at",
                "closed_at": "closed_at",
                "status": "state",
                "priority": "priority",
                "reopen_count": "reopen_count",
                "team": "assignment_group",
                "agent": "{page.source}:{assigned_to}",
                "requester": "{page.source}:{caller_id}",
            },
            values={
                "status": {"new": ["1"], "open": ["2"], "pending": ["3"], "solved": ["6"], "closed": ["7", "8"]},
                "priority": {"urgent": ["1"], "high": ["2"], "normal": ["3"], "low": ["4", "5"]},
            },
            datetime_format=_FORMAT,
        ),
    ),
    paging=HeaderLink(),
    increment=Since("since", time_format=_FORMAT),
    needs="role itil",
)
PROMISES = Endpoint(
    name="promises",
    path="/api/now/table/task_sla",
    params={
        **_ASKED,
        "sysparm_fields": "sys_id,task.number,sla.target,start_time,planned_end_time,end_time,has_breached",
    },
    records="result",
    shape=dict.fromkeys(
        ("sys_id", "task.number", "sla.target", "start_time", "planned_end_time", "end_time", "has_breached"), TEXT
    ),
    feeds=(
        Feed(
            "tickets",
            "promises",
            columns={
                "promise_id": "sys_id",
                "ticket_id": "task.number",
                "metric": "sla.target",
                "began_at": "start_time",
                "target_at": "planned_end_time",
                "fulfilled_at": "end_time",
            },
            constants={"clock": "business"},
            values={"metric": {"first_reply": ["response"], "resolution": ["resolution"]}},
            datetime_format=_FORMAT,
        ),
    ),
    paging=HeaderLink(),
    increment=Since("since", time_format=_FORMAT),
    needs="role itil",
)
CONNECTOR = Connector(
    title="ServiceNow",
    url="https://{account}.service-now.com",
    auth=Basic("{user}", "{password}"),
    budget=Budget(per_minute=300),
    probe="/api/now/table/sys_user?sysparm_limit=1",
    endpoints=(INCIDENTS, PROMISES),
)
