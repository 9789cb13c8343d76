"""The life of one simulated ticket: what happened, and the measures Zendesk documents, counted by hand."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from tests.flows.sources.vendors.zendesk_schedule import Schedule, iso

Record = dict[str, Any]
SYSTEM = -1


@dataclass
class Audit:
    """One update of a ticket. `changes` are fields and their new values; a comment is (author, public, text).

    `redacts` is the id of the comment that the update redacts.
    """

    id: int
    at: dt.datetime
    updater_id: int
    changes: dict[str, Any]
    comment: tuple[int, bool, str] | None = None
    is_creation: bool = False
    comment_id: int = 0
    redacts: int | None = None

    def record(self, ticket_id: int, before: dict[str, Any]) -> Record:
        """As the incremental export of ticket events shows it, comments side-loaded."""
        kind = "Create" if self.is_creation else "Change"
        children: list[Record] = []
        if self.comment:
            author, public, text = self.comment
            told = {"type": "Comment", "event_type": "Comment", "author_id": author, "public": public, "body": text}
            children.append({"id": self.comment_id, **told})
        for place, (name, value) in enumerate(self.changes.items(), start=1):
            child: Record = {"id": self.comment_id + place, "via": "Web form", "via_reference_id": None}
            if name == "schedule_id":
                told_type = "ScheduleAssignment"
                child |= {"event_type": told_type, "type": told_type, "new_schedule_id": value}
            elif name == "tags":
                child |= {"event_type": kind, "tags": value, "added_tags": value, "removed_tags": []}
            else:
                child |= {"event_type": kind, name: "" if value is None else str(value)}
                child |= {"previous_value": str(before[name])} if before.get(name) else {}
            children.append(child)
        if self.redacts is not None:
            told_type = "CommentRedactionEvent"
            children.append(
                {"id": self.comment_id, "type": told_type, "event_type": told_type, "comment_id": self.redacts}
            )
        return {
            "id": self.id,
            "ticket_id": ticket_id,
            "timestamp": int(self.at.timestamp()),
            "created_at": iso(self.at),
            "updater_id": self.updater_id,
            "via": "Web form",
            "event_type": "Audit",
            "system": {"client": "simulated"},
            "child_events": children,
        }


@dataclass
class Ticket:
    """A ticket with everything that happened to it, oldest first."""

    id: int
    requester_id: int | None
    submitter_id: int
    channel: str
    kind: str
    audits: list[Audit] = field(default_factory=list)
    generated_at: dt.datetime | None = None
    organization_id: int | None = None

    @property
    def created_at(self) -> dt.datetime:
        return self.audits[0].at

    @property
    def updated_at(self) -> dt.datetime:
        return self.audits[-1].at

    def state(self, until: dt.datetime | None = None) -> dict[str, Any]:
        """Every field as last set, up to and including a moment."""
        told: dict[str, Any] = {"status": "new", "tags": []}
        for audit in self.audits:
            if until is None or audit.at <= until:
                told |= audit.changes
        return told

    def event_records(self) -> list[Record]:
        records, before = [], dict[str, Any]()
        for audit in self.audits:
            records.append(audit.record(self.id, before))
            before |= audit.changes
        return records

    def statuses(self) -> list[tuple[dt.datetime, str]]:
        return [(audit.at, audit.changes["status"]) for audit in self.audits if "status" in audit.changes]

    def record(self, schedules: dict[int, Schedule], default: Schedule, agents: set[int]) -> Record:
        """As the incremental export of tickets shows it, metric set side-loaded."""
        state = self.state()
        return {
            "id": self.id,
            "created_at": iso(self.created_at),
            "updated_at": iso(self.updated_at),
            "generated_timestamp": int((self.generated_at or self.updated_at).timestamp()),
            "type": self.kind,
            "subject": f"About order {self.id}",
            "description": self.audits[0].comment[2] if self.audits[0].comment else None,
            "priority": state.get("priority"),
            "status": state["status"],
            "requester_id": self.requester_id,
            "organization_id": self.organization_id,
            "submitter_id": self.submitter_id,
            "assignee_id": state.get("assignee_id"),
            "group_id": state.get("group_id"),
            "tags": state["tags"],
            "via": {"channel": self.channel, "source": {"from": {}, "to": {}, "rel": None}},
            "metric_set": self.measures(schedules, default, agents),
        }

    def measures(self, schedules: dict[int, Schedule], default: Schedule, agents: set[int]) -> Record:
        """Zendesk's native measures. A duration one event ends runs on the schedule at that event, every stretch of
        a wait on the schedule at its end.
        """

        def span(start: dt.datetime, end: dt.datetime | None) -> dict[str, int | None]:
            if end is None:
                return {"calendar": None, "business": None}
            named = self.state(end).get("schedule_id")
            schedule = schedules.get(named, default) if named else default
            calendar = (end - start).total_seconds() / 60
            return {"calendar": round(calendar), "business": round(schedule.minutes(start, end))}

        told = self.statuses()
        stretches = [(told[i][1], told[i][0], told[i + 1][0]) for i in range(len(told) - 1)]
        if told and told[0][0] > self.created_at:
            stretches.insert(0, ("new", self.created_at, told[0][0]))

        def waited(*statuses: str) -> dict[str, int | None]:
            parts = [span(start, end) for status, start, end in stretches if status in statuses]
            return {clock: sum(part[clock] or 0 for part in parts) for clock in ("calendar", "business")}

        replies = [
            audit.at
            for audit in self.audits
            if audit.comment and not audit.is_creation and audit.comment[1] and audit.comment[0] in agents
        ]
        before = [None, *(status for _, status in told[:-1])]
        solves = [at for at, status in told if status == "solved"]
        ended = [at for at, status in told if status in ("solved", "closed")]
        reopened = [
            1
            for was, (_, status) in zip(before, told, strict=True)
            if was == "solved" and status not in ("solved", "closed", "deleted")
        ]
        return {
            "id": self.id + 9_000_000,
            "ticket_id": self.id,
            "updated_at": iso(self.updated_at),
            "reopens": len(reopened),
            "replies": len(replies),
            "assignee_stations": _stations(self.audits, "assignee_id"),
            "group_stations": _stations(self.audits, "group_id"),
            "solved_at": iso(solves[-1]) if solves else None,
            "reply_time_in_minutes": span(self.created_at, replies[0] if replies else None),
            "first_resolution_time_in_minutes": span(self.created_at, ended[0] if ended else None),
            "full_resolution_time_in_minutes": span(self.created_at, solves[-1] if solves else None),
            "requester_wait_time_in_minutes": waited("new", "open", "hold"),
            "agent_wait_time_in_minutes": waited("pending"),
            "on_hold_time_in_minutes": waited("hold"),
        }


def _stations(audits: list[Audit], name: str) -> int:
    held = [audit.changes[name] for audit in audits if audit.changes.get(name)]
    return sum(1 for i, holder in enumerate(held) if i == 0 or held[i - 1] != holder)
