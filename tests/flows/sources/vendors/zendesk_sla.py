"""SLA metric events of a simulated ticket, and what became of each instance: the truth promises are compared with."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from tests.flows.sources.vendors.zendesk_schedule import Schedule, iso
from tests.flows.sources.vendors.zendesk_ticket import Audit, Record, Ticket

# Minutes by priority: reply in business time, requester wait by the calendar.
REPLY_TARGETS = {"urgent": 30, "high": 60, "normal": 240, "low": 480}
WAIT_TARGET = 3 * 24 * 60
_KINDS = ("activate", "apply_sla", "pause", "breach", "fulfill", "update_status")


@dataclass
class Instance:
    """One promise: `verdict` is kept, broken or running."""

    ticket_id: int
    metric: str
    number: int
    target: int
    verdict: str
    fulfilled_at: dt.datetime | None


class SlaClock:
    """Turns a ticket's audits into metric events and instances."""

    def __init__(self, ticket: Ticket, schedule: Schedule, agents: set[int], now: dt.datetime) -> None:
        self._ticket, self._schedule, self._agents, self._now = ticket, schedule, agents, now
        self.events: list[Record] = []
        self.instances: list[Instance] = []
        self._replies()
        self._wait()

    def _tell(self, metric: str, number: int, kind: str, at: dt.datetime, **more: Any) -> None:
        # The same event has the same id every night, and a later one a greater id.
        number_in_second = (_KINDS.index(kind) * 100_000 + self._ticket.id * 7 + len(metric)) % 1_000_000
        told = {"id": int(at.timestamp()) * 1_000_000 + number_in_second, "ticket_id": self._ticket.id}
        self.events.append(told | {"metric": metric, "instance_id": number, "type": kind, "time": iso(at)} | more)

    def _apply(self, metric: str, number: int, at: dt.datetime, target: int, *, business: bool) -> None:
        policy = {"id": 77, "title": "Standard", "description": None}
        sla = {"target": target, "business_hours": business, "policy": policy}
        self._tell(metric, number, "apply_sla", at, sla=sla)

    def _elapsed(self, metric: str, number: int, at: dt.datetime, calendar: float, business: float) -> None:
        status = {"calendar": round(calendar), "business": round(business)}
        self._tell(metric, number, "update_status", at, status=status)

    def _replies(self) -> None:
        began: dt.datetime | None = self._ticket.created_at
        number, applied = 0, list[tuple[dt.datetime, int]]()
        for audit in self._ticket.audits:
            spoke = audit.comment if audit.comment and audit.comment[1] and not audit.is_creation else None
            by_agent = spoke is not None and spoke[0] in self._agents
            begins = audit.is_creation or (spoke is not None and not by_agent and began is None)
            if begins:
                began, number, applied = audit.at, number + 1, []
                self._tell("reply_time", number, "activate", audit.at)
            if began is not None and (begins or "priority" in audit.changes):
                priority = self._ticket.state(audit.at).get("priority") or "normal"
                applied.append((audit.at, REPLY_TARGETS[priority]))
                self._apply("reply_time", number, audit.at, applied[-1][1], business=True)
            if by_agent and began is not None:
                self._end_of_reply(number, began, applied, audit)
                began = None
        if began is not None:
            self._end_of_reply(number, began, applied, None)

    def _end_of_reply(
        self, number: int, began: dt.datetime, applied: list[tuple[dt.datetime, int]], reply: Audit | None
    ) -> None:
        ended = reply.at if reply else self._now
        for place, (_, target) in enumerate(applied):
            due = self._schedule.after(began, target)
            changed_at = applied[place + 1][0] if place + 1 < len(applied) else None
            if changed_at is None and due < ended:
                self._tell("reply_time", number, "breach", due, deleted=False)
            elif changed_at is not None and due < changed_at and target != applied[-1][1]:
                self._tell("reply_time", number, "breach", due, deleted=True)  # the policy moved the target
        target = applied[-1][1]
        broken = self._schedule.after(began, target) < ended
        if reply:
            self._tell("reply_time", number, "fulfill", reply.at)
            minutes = (reply.at - began).total_seconds() / 60
            self._elapsed("reply_time", number, reply.at, minutes, self._schedule.minutes(began, reply.at))
        verdict = "broken" if broken else "kept" if reply else "running"
        told = reply.at if reply else None
        self.instances.append(Instance(self._ticket.id, "reply_time", number, target, verdict, told))

    def _wait(self) -> None:
        metric, runs_since = "requester_wait_time", self._ticket.created_at
        self._tell(metric, 1, "activate", runs_since)
        self._apply(metric, 1, runs_since, WAIT_TARGET, business=False)
        state, waited, breached, fulfilled = "runs", 0.0, False, None
        moves = [*self._ticket.statuses(), (self._now, "")]
        for at, status in moves:
            kind = {"pending": "pause", "solved": "fulfill", "closed": "fulfill", "deleted": "fulfill"}.get(
                status, "activate"
            )
            if state == "runs" and (status == "" or kind != "activate"):
                due = runs_since + dt.timedelta(minutes=WAIT_TARGET - waited)
                if due < at and not breached:
                    breached = True
                    self._tell(metric, 1, "breach", due, deleted=False)
                waited += (at - runs_since).total_seconds() / 60
            goes_on = {"runs": "activate", "paused": "pause", "fulfilled": "fulfill"}[state] == kind
            if status == "" or goes_on:
                continue
            self._tell(metric, 1, kind, at)
            if kind == "fulfill":
                fulfilled, state = at, "fulfilled"
                self._elapsed(metric, 1, at, waited, waited)
            elif kind == "pause":
                state = "paused"
            else:
                runs_since, state, fulfilled = at, "runs", None
        verdict = "broken" if breached else "kept" if state == "fulfilled" else "running"
        self.instances.append(Instance(self._ticket.id, metric, 1, WAIT_TARGET, verdict, fulfilled))
