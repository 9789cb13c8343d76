"""A seeded company on Zendesk: its people, groups, schedules and tickets, growing and changing night by night."""

from __future__ import annotations

import datetime as dt
import random
from dataclasses import dataclass, field
from typing import Any

from tests.flows.sources.vendors.zendesk_schedule import Schedule, iso, weekdays
from tests.flows.sources.vendors.zendesk_sla import Instance, SlaClock
from tests.flows.sources.vendors.zendesk_ticket import SYSTEM, Audit, Record, Ticket

START = dt.datetime(2026, 2, 2, 8, tzinfo=dt.UTC)
_AGENT_FROM, _USER_FROM, _TICKET_FROM = 900_719_925_474_099_30, 5_000_000, 1_000
_STEPS = ("reply", "note", "ask", "answer", "hold", "resume", "assign", "pass_on", "priority", "schedule", "solve")


@dataclass
class World:
    """Everything the simulated account holds. `now` is its clock; nothing of the last minute is exported.

    A world that `finishes` solves what it began; in any other two of three tickets stay open for good.
    """

    seed: int = 1
    finishes: bool = False
    now: dt.datetime = START
    users: dict[int, Record] = field(default_factory=dict)
    groups: dict[int, Record] = field(default_factory=dict)
    organizations: dict[int, Record] = field(default_factory=dict)
    schedules: dict[int, Schedule] = field(default_factory=dict)
    tickets: dict[int, Ticket] = field(default_factory=dict)
    ratings: dict[int, Record] = field(default_factory=dict)
    responses: dict[int, Record] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._random = random.Random(self.seed)
        self._ids = 10_000_000_000
        self._began = self.now
        long_ago = START - dt.timedelta(days=400)
        zones = [("Berlin", "Europe/Berlin"), ("Eastern Time (US & Canada)", "America/New_York")]
        for number, (name, zone) in enumerate(zones, start=1):
            since = long_ago + dt.timedelta(days=number)
            self.schedules[number] = Schedule(number, name, zone, weekdays(9, 17), since, long_ago)
            self.schedules[number].holidays[number * 10] = (dt.date(2026, 2, 16), dt.date(2026, 2, 16))
        for number in range(1, 5):
            self.groups[number] = {
                "id": number,
                "name": f"Group {number}",
                "deleted": False,
                "created_at": iso(long_ago),
            }
        for number in range(1, 6):
            told = {"id": number, "name": f"Customer {number}", "domain_names": [], "notes": "call x@y.example"}
            self.organizations[number] = told | {"created_at": iso(long_ago), "updated_at": iso(long_ago)}
        for number in range(12):
            self._user(_AGENT_FROM + number, "agent" if number else "admin", long_ago)

    @property
    def agents(self) -> set[int]:
        """Everybody who ever acted for the company, also who left."""
        return {number for number in self.users if number >= _AGENT_FROM}

    @property
    def _at_work(self) -> list[int]:
        """Agents who have not left."""
        return [number for number in sorted(self.agents) if self.users[number]["role"] != "end-user"]

    @property
    def default_schedule(self) -> Schedule:
        return self.schedules[1]

    def _user(self, number: int, role: str, at: dt.datetime) -> int:
        told = {"id": number, "email": f"person{number}@customer.example", "name": f"Person {number}", "role": role}
        self.users[number] = told | {"active": True, "suspended": False, "created_at": iso(at), "updated_at": iso(at)}
        return number

    def _next_id(self) -> int:
        self._ids += 10
        return self._ids

    def grow(self, tickets: int, days: int = 1) -> None:
        """Let `days` pass in which `tickets` are opened, and older ones go on."""
        until = self.now + dt.timedelta(days=days)
        open_ones = [
            ticket for ticket in self.tickets.values() if ticket.state()["status"] not in ("closed", "deleted")
        ]
        for ticket in self._random.sample(open_ones, k=len(open_ones) // 2):
            self._live(ticket, max(ticket.updated_at, self.now), until)
        for _ in range(tickets):
            opened_at = self.now + dt.timedelta(seconds=self._random.randrange(days * 86_400))
            self._live(self._open(opened_at), opened_at, until)
        self.now = until

    def _open(self, at: dt.datetime) -> Ticket:
        rng = self._random
        requester = self._user(_USER_FROM + rng.randrange(500), "end-user", self._began)
        by_agent = rng.random() < 0.15
        author = rng.choice(self._at_work) if by_agent else requester
        number = _TICKET_FROM + len(self.tickets)
        unknown = rng.random() < 0.02
        channel, kind = rng.choice(["email", "web", "chat"]), rng.choice(["question", "incident"])
        ticket = Ticket(number, None if unknown else requester, author, channel, kind)
        ticket.organization_id = None if unknown else requester % 7 or None
        changes: dict[str, Any] = {"status": rng.choice(["new", "open"]), "group_id": rng.randrange(1, 5)}
        if changes["status"] == "open":
            changes["assignee_id"] = rng.choice(self._at_work)
        if rng.random() < 0.7:
            changes["priority"] = rng.choice(["low", "normal", "high", "urgent"])
        if rng.random() < 0.5:
            changes["schedule_id"] = rng.choice([1, 2])
        public = not by_agent or rng.random() < 0.6
        self._audit(ticket, at, author, changes, (author, public, f"Order {number} is late"), is_creation=True)
        self.tickets[number] = ticket
        return ticket

    def _audit(
        self,
        ticket: Ticket,
        at: dt.datetime,
        updater: int,
        changes: dict[str, Any],
        comment: tuple[int, bool, str] | None = None,
        *,
        is_creation: bool = False,
        redacts: int | None = None,
    ) -> None:
        number = self._next_id()
        at = at.replace(microsecond=0)
        ticket.audits.append(Audit(number, at, updater, changes, comment, is_creation, number + 1, redacts))
        ticket.generated_at = None

    def _live(self, ticket: Ticket, at: dt.datetime, until: dt.datetime) -> None:
        rng = self._random
        for _ in range(rng.randrange(1, 9)):
            at += dt.timedelta(seconds=rng.randrange(60, 30_000))
            if at >= until or ticket.state()["status"] in ("closed", "deleted"):
                return
            self._step(ticket, at, rng.choice(_STEPS))
        at += dt.timedelta(hours=1)
        if self.finishes and at < until and ticket.state()["status"] not in ("solved", "closed", "deleted"):
            self._step(ticket, at, "solve")

    def _step(self, ticket: Ticket, at: dt.datetime, step: str) -> None:
        rng, state = self._random, ticket.state()
        agent = rng.choice(self._at_work)
        customer = ticket.requester_id or _USER_FROM
        if state["status"] == "solved":
            if rng.random() < 0.5:
                self._audit(ticket, at, SYSTEM, {"status": "closed"})
            else:
                self._audit(ticket, at, customer, {"status": "open"}, (customer, True, "It is back"))
            return
        if step == "reply":
            self._audit(
                ticket, at, agent, {"status": "open"} if state["status"] == "new" else {}, (agent, True, "We look")
            )
        elif step == "note":
            self._audit(ticket, at, agent, {}, (agent, False, "Internal"))
        elif step == "ask":
            told = (agent, True, "Which order?")
            self._audit(ticket, at, agent, {} if state["status"] == "pending" else {"status": "pending"}, told)
        elif step == "answer":
            changes = {"status": "open"} if state["status"] == "pending" else {}
            self._audit(ticket, at, customer, changes, (customer, True, "This one"))
        elif step in ("hold", "resume"):
            status = "hold" if step == "hold" else "open"
            self._audit(ticket, at, agent, {} if state["status"] == status else {"status": status})
        elif step == "assign":
            new = rng.choice([*self._at_work, None])
            self._audit(ticket, at, agent, {} if state.get("assignee_id") == new else {"assignee_id": new})
        elif step == "pass_on":
            group = rng.randrange(1, 5)
            self._audit(ticket, at, agent, {} if state["group_id"] == group else {"group_id": group})
        elif step == "priority":
            self._audit(ticket, at, agent, {"priority": rng.choice(["low", "normal", "high", "urgent"])})
        elif step == "schedule":
            self._audit(ticket, at, SYSTEM, {"schedule_id": rng.choice([1, 2])})
        elif rng.random() < 0.9:
            self._audit(ticket, at, agent, {"status": "solved"}, (agent, True, "Done"))
            self._rate(ticket, at)
        else:
            self._audit(ticket, at, agent, {"status": "closed"})  # closed without being solved

    def _rate(self, ticket: Ticket, at: dt.datetime) -> None:
        rng, state = self._random, ticket.state()
        if rng.random() < 0.4 and ticket.requester_id is not None:
            number = self._next_id()
            told = {
                "id": number,
                "ticket_id": ticket.id,
                "requester_id": ticket.requester_id,
                "comment": "mail me at x@y.example",
            }
            told |= {"assignee_id": state.get("assignee_id"), "group_id": state["group_id"]}
            told |= {"score": rng.choice(["offered", "good", "bad", "good_with_comment"])}
            self.ratings[number] = told | {"created_at": iso(at), "updated_at": iso(at)}
        elif rng.random() < 0.5 and ticket.requester_id is not None:
            number = self._next_id()
            told_type, when = rng.choice(["rating", "rating_scale"]), {"created_at": iso(at), "updated_at": iso(at)}
            answer = {"type": told_type, "rating": rng.randrange(1, 6), **when}
            answer |= {"question": {"id": "q1", "type": "rating_scale_emoji", "alias": "csat"}}
            words = {"type": "open_ended", "value": "mail me at x@y.example", **when}
            skipped = {"type": "skipped", **when, "question": {"id": "q2", "type": "closed_ended", "alias": "why"}}
            words |= {"question": {"id": "q3", "type": "open_ended", "alias": "comment"}}
            told = {"id": f"R{number}", "survey_id": "S1", "survey_version": 3, "answers": [answer, skipped, words]}
            told |= {
                "responder_id": ticket.requester_id,
                "subjects": [{"id": str(ticket.id), "zrn": f"zen:ticket:{ticket.id}"}],
            }
            self.responses[number] = told | {"expires_at": iso(at + dt.timedelta(days=28)), "created_at": iso(at)}

    # What people do to tickets that are there already.

    def delete(self, number: int) -> None:
        self._audit(self.tickets[number], self.now, self._admin, {"status": "deleted"})

    def merge(self, number: int, into: int) -> None:
        told = (self._admin, True, f"This request was closed and merged into request #{into}")
        changes = {"status": "closed", "tags": [*self.tickets[number].state()["tags"], "closed_by_merge"]}
        self._audit(self.tickets[number], self.now, self._admin, changes, told)

    def redact(self, number: int) -> None:
        """Every text of a ticket is blacked out, one update for each. The updates that wrote them keep their times and
        are not exported again.
        """
        ticket = self.tickets[number]
        for audit in [audit for audit in ticket.audits if audit.comment]:
            audit.comment = (*audit.comment[:2], "▇▇▇▇")
            self._audit(ticket, self.now, self._admin, {}, redacts=audit.comment_id)

    def touch(self, number: int) -> None:
        """The system changes a ticket without anybody's update: exported again, `updated_at` long past."""
        self.tickets[number].generated_at = self.now

    def look_at(self, number: int) -> None:
        """An agent notes something about a ticket, unless it is closed."""
        ticket = self.tickets[number]
        if ticket.state()["status"] not in ("closed", "deleted"):
            at = self.now - dt.timedelta(minutes=10)
            self._audit(ticket, at, self._at_work[number % len(self._at_work)], {}, (self._admin, False, "Internal"))

    def leave(self, agent: int) -> None:
        """An agent leaves, and is an end user from now on."""
        self.users[agent] |= {"role": "end-user", "suspended": True, "updated_at": iso(self.now)}

    def rename_organization(self, number: int, name: str) -> None:
        """No ticket is exported again because of it."""
        self.organizations[number] |= {"name": name, "updated_at": iso(self.now)}

    def delete_organization(self, number: int) -> None:
        del self.organizations[number]

    def edit_response(self, number: int, rating: int) -> None:
        self.responses[number]["answers"][0] |= {"rating": rating, "updated_at": iso(self.now)}

    @property
    def _admin(self) -> int:
        return _AGENT_FROM

    # What the account says when asked.

    def memberships(self) -> list[Record]:
        """Every agent who is still one, in one group by default and in another beside it."""
        return [
            {"id": number * 10 + group, "user_id": number, "group_id": group, "default": group == number % 4 + 1}
            | {"created_at": iso(START - dt.timedelta(days=300))}
            for number in self._at_work
            for group in (number % 4 + 1, (number + 1) % 4 + 1)
        ]

    def sla(self) -> tuple[list[Record], list[Instance]]:
        events, instances = [], []
        for ticket in self.tickets.values():
            clock = SlaClock(ticket, self.default_schedule, self.agents, self.now)
            events += clock.events
            instances += clock.instances
        return events, instances

    def ticket_records(self) -> list[Record]:
        return [ticket.record(self.schedules, self.default_schedule, self.agents) for ticket in self.tickets.values()]

    def event_records(self) -> list[Record]:
        return [record for ticket in self.tickets.values() for record in ticket.event_records()]
