"""What the lake must hold of the simulated Zendesk, and what landed pages give when they are read newest last."""

from __future__ import annotations

import polars as pl

from flows.lake.upsert import latest_rows
from flows.sources.live import Reader
from tests.flows.sources.vendors.conftest import KEY, Desk
from tests.flows.sources.vendors.zendesk_routes import Routes
from transforms.contracts import STAGED
from transforms.staging.outcome import PageReference

# What identifies a row and what it says, as text: enough to see one lost, doubled or out of date.
SAYS = {
    "ticket": ("ticket_id", "status", "is_deleted", "reopen_count", "customer_organisation_id"),
    "ticket_event": ("ticket_id", "sequence", "event_type"),
    "promise_event": ("event_id", "event_type", "is_deleted"),
    "ticket_metric": ("ticket_id", "public_agent_reply_count", "first_reply_calendar_minutes"),
    "survey_response": ("response_id", "value"),
    "invitation": ("invitation_id",),
}
_STATUSES = {"hold": "on_hold", "deleted": "cancelled"}
_TYPES = {"apply_sla": "apply", "fulfill": "fulfil", "update_status": "elapsed"}
_CHANGES = {"status": "status", "priority": "priority", "group_id": "group", "assignee_id": "assignee"}
_NEWEST_BY = {"ticket": "updated_at", "ticket_metric": "updated_at"}

Rows = dict[str, list[tuple[str, ...]]]


def expected(routes: Routes) -> Rows:
    """The rows of every table that the account would export now."""
    told: dict[str, list[tuple[object, ...]]] = {name: [] for name in SAYS}
    for ticket in routes.exported("tickets"):
        metric, merged = ticket["metric_set"], "closed_by_merge" in ticket["tags"]
        status = _STATUSES.get(ticket["status"], ticket["status"])
        is_gone = merged or status == "cancelled"
        told["ticket"].append((ticket["id"], status, is_gone, metric["reopens"], ticket["organization_id"]))
        reply = metric["reply_time_in_minutes"]["calendar"]
        told["ticket_metric"].append((ticket["id"], metric["replies"], None if reply is None else float(reply)))
    for audit in routes.exported("ticket_events"):
        opens = any(child["event_type"] == "Create" for child in audit["child_events"])
        for child in audit["child_events"]:
            kinds = [kind for field, kind in _CHANGES.items() if field in child]
            kinds += ["calendar"] if child["event_type"] == "ScheduleAssignment" else []
            kinds += ["merge"] if "closed_by_merge" in child.get("added_tags", ()) else []
            kinds += ["redaction"] if child["event_type"] == "CommentRedactionEvent" else []
            if child["event_type"] == "Comment":
                kinds.append("created" if opens else "public_reply" if child["public"] else "private_note")
            told["ticket_event"] += [(audit["ticket_id"], child["id"], kind) for kind in kinds]
    for event in routes.exported("ticket_metric_events"):
        kind = _TYPES.get(event["type"], event["type"])
        told["promise_event"].append((event["id"], kind, event.get("deleted", False)))
    for rating in routes.exported("satisfaction_ratings"):
        told["invitation"].append((rating["id"],))
        if rating["score"] != "offered":
            good = rating["score"].startswith("good")
            told["survey_response"].append((rating["id"], float(good)))
            told["ticket_event"].append((rating["ticket_id"], rating["id"], "rating"))
    for response in routes.exported("survey_responses"):
        told["survey_response"].append((response["id"], float(response["answers"][0]["rating"])))
    return {name: sorted(tuple(map(_text, row)) for row in rows) for name, rows in told.items()}


def staged(desk: Desk) -> Rows:
    """The rows in the lake's tables."""
    return {name: _rows(desk.lake.read(name), name) for name in SAYS}


def tables(desk: Desk) -> dict[str, pl.DataFrame]:
    """What all landed pages give, the newest row of each key: what is staged, without judging it."""
    source = desk.settings.sources[0]
    pages = [
        (PageReference(page, name), desk.lake.payload(source.name, page))
        for page, name in desk.lake.landed(source.name).select("source_page", "page_name").iter_rows()
    ]
    told = Reader(source).stage(pages, KEY.encode())  # type: ignore[arg-type]
    return {
        name: latest_rows(frame, STAGED[name].primary_key(), _NEWEST_BY.get(name))
        for name, frame in told.tables.items()
    }


def read(desk: Desk) -> Rows:
    """The rows of these tables."""
    found = tables(desk)
    return {name: _rows(found.get(name, STAGED[name].create_empty()), name) for name in SAYS}


def _rows(frame: pl.DataFrame, name: str) -> list[tuple[str, ...]]:
    return sorted(tuple(map(_text, row)) for row in frame.select(SAYS[name]).iter_rows())


def _text(value: object) -> str:
    return str(value)
