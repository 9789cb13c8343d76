"""Another vendor of tickets is one module of data: they page, ask and nest in other ways."""

from __future__ import annotations

import base64
import datetime as dt
import random
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import polars as pl

from flows.lake import Lake
from tests.flows.sources.vendors.conftest import Desk, key
from tests.flows.sources.vendors.more.configured import block
from tests.flows.sources.vendors.simulated import Asked, Told, VendorServer
from tests.flows.sources.vendors.zendesk_schedule import iso

_STATUS = {2: "open", 3: "pending", 4: "solved", 5: "closed"}
_PRIORITY = {1: "low", 2: "normal", 3: "high", 4: "urgent"}
_FURTHEST_PAGE = 10  # 300 at the vendor's


class Freshdesk:
    """Tickets in pages of at most 100, of which no more than 300 are handed out."""

    def __init__(self, n_tickets: int, now: dt.datetime) -> None:
        self.chance = random.Random(5)
        began = now - dt.timedelta(days=40)
        # Several change at the same moment, also where the last page ends.
        self.tickets = [self.ticket(number, began + dt.timedelta(minutes=number // 3)) for number in range(n_tickets)]
        self.changes = list(range(0, 60, 2))
        self.server = VendorServer(self._answer)

    def ticket(self, number: int, at: dt.datetime) -> dict[str, Any]:
        status = self.chance.choice(list(_STATUS))
        return {
            "id": 10**12 + number,
            "created_at": iso(at - dt.timedelta(hours=1)),
            "updated_at": iso(at),
            "status": status,
            "priority": self.chance.choice(list(_PRIORITY)),
            "source": 1,
            "type": None,
            "due_by": iso(at + dt.timedelta(days=2)),
            "group_id": self.chance.randrange(5),
            "responder_id": number % 9 or None,
            "requester_id": 500 + number % 1_000,
            "stats": {"resolved_at": iso(at) if status > 3 else None, "closed_at": None},
        }

    def _answer(self, asked: Asked) -> Told:
        size, page = int(asked.params.get("per_page", 30)), int(asked.params.get("page", 1))
        if asked.path == "/api/v2/tickets":
            rows = self._changed(asked.params["updated_since"])
        elif asked.path == "/api/v2/groups":
            rows = [{"id": number, "name": f"Team {number}"} for number in range(5)]
        else:
            rows = [{"id": number, "contact": {"email": f"agent{number}@example.test"}} for number in range(1, 9)]
        if size > 100 or page > _FURTHEST_PAGE:
            return Told.json({"message": "not handed out"}, 400)
        return Told.json(rows[(page - 1) * size : page * size])

    def _changed(self, since: str) -> list[dict[str, Any]]:
        """In the order of changes. One of the first tickets changes whenever somebody has asked."""
        found = (one for one in self.tickets if one["updated_at"] >= since)
        rows = sorted(found, key=lambda one: one["updated_at"])
        if self.changes:
            self.tickets[self.changes.pop()]["updated_at"] = iso(dt.datetime.now(dt.UTC))
        return [dict(row) for row in rows]

    def truth(self) -> set[tuple[object, ...]]:
        return {
            (
                str(one["id"]),
                "email",
                _STATUS[one["status"]],
                _PRIORITY[one["priority"]],
                str(one["group_id"]),
                key(f"live:{one['responder_id']}") if one["responder_id"] else None,
                key(f"live:{one['requester_id']}"),
                one["updated_at"],
                one["stats"]["resolved_at"],
            )
            for one in self.tickets
        }


def staged_tickets(lake: Lake) -> list[tuple[object, ...]]:
    as_written = pl.col("updated_at", "solved_at").dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    rows = lake.read("ticket").with_columns(as_written)
    columns = (
        "ticket_id",
        "channel",
        "status",
        "priority",
        "org_unit_id",
        "agent_key",
        "requester_key",
        "updated_at",
        "solved_at",
    )
    return rows.select(columns).rows()


def test_numbered_pages_that_end_before_the_list_does(desk: Callable[..., Desk], midnight: dt.datetime) -> None:
    vendor = Freshdesk(3_500, midnight)
    with vendor.server as server:
        at = desk(block("freshdesk", server.url, midnight - dt.timedelta(days=60)))
        at.night()
        first = staged_tickets(at.lake)
        assert len(first) == len(set(first))
        assert set(first) == vendor.truth()
        assert at.lake.read("person_alias").select("alias_key", "person_key").row(0) in {
            (key(f"live:{number}"), key(f"agent{number}@example.test")) for number in range(1, 9)
        }

        asked = len(server.log)
        now = dt.datetime.now(dt.UTC)
        for number in range(0, 2_000, 40):
            vendor.tickets[number] |= {"status": 4, "updated_at": iso(now), "stats": {"resolved_at": iso(now)}}
        vendor.tickets += [vendor.ticket(40_000 + number, now) for number in range(20)]
        at.night()
        second = staged_tickets(at.lake)

    assert len(second) == len(set(second)) == 3_520
    assert set(second) == vendor.truth()
    # What was read before is not asked for again.
    assert len(server.log) - asked < 10


class ServiceNow:
    """Tables of texts, asked for by one query; some rows of a page are not shown to everybody."""

    def __init__(self, n_incidents: int, now: dt.datetime) -> None:
        self.now, self.chance = now, random.Random(9)
        began = now - dt.timedelta(days=9)
        self.incidents = [self.incident(one, began + dt.timedelta(minutes=one // 4)) for one in range(n_incidents)]
        self.server = VendorServer(self._answer, refuses=lambda headers: headers.get("authorization") != self.basic)

    basic = f"Basic {base64.b64encode(b'user:password').decode()}"

    def incident(self, number: int, at: dt.datetime) -> dict[str, str]:
        return {
            "sys_id": f"{number:032x}",
            "number": f"INC{number:07}",
            "opened_at": f"{at - dt.timedelta(hours=3):%Y-%m-%d %H:%M:%S}",
            "sys_updated_on": f"{at:%Y-%m-%d %H:%M:%S}",
            "resolved_at": "",
            "closed_at": "",
            "state": self.chance.choice("123"),
            "priority": self.chance.choice("12345"),
            "reopen_count": "0",
            "assignment_group": f"group-{number % 4}",
            "assigned_to": f"agent-{number % 9}",
            "caller_id": f"caller-{number % 70}",
        }

    def promises(self) -> list[dict[str, str]]:
        return [
            {
                "sys_id": f"{one['sys_id']}-{metric}",
                "sys_updated_on": one["sys_updated_on"],
                "task.number": one["number"],
                "sla.target": metric,
                "start_time": one["opened_at"],
                "planned_end_time": one["sys_updated_on"],
                "end_time": "",
                "has_breached": "false",
            }
            for one in self.incidents
            for metric in ("response", "resolution")
        ]

    def _answer(self, asked: Asked) -> Told:
        query = re.fullmatch(r"sys_updated_on>=(.*)\^ORDERBYsys_updated_on,sys_id", asked.params["sysparm_query"])
        assert query is not None
        table = self.incidents if asked.path.endswith("/incident") else self.promises()
        rows = sorted(
            (row for row in table if row["sys_updated_on"] >= query[1]), key=lambda row: row["sys_updated_on"]
        )
        size, begin = int(asked.params["sysparm_limit"]), int(asked.params.get("sysparm_offset", 0))
        there = dict(asked.params) | {"sysparm_offset": str(begin + size)}
        link = f'<{self.server.url}{asked.path}?{urlencode(there)}>; rel="next"'
        shown = [row for row in rows[begin : begin + size] if row["sys_id"][31:32] != "7"]
        return Told.json({"result": shown}, 200, **({"Link": link} if begin + size < len(rows) else {}))

    def truth(self) -> set[tuple[str, str, str]]:
        states = {"1": "new", "2": "open", "3": "pending", "6": "solved"}
        seen = (one for one in self.incidents if one["sys_id"][31:32] != "7")
        return {(one["number"], states[one["state"]], one["sys_updated_on"]) for one in seen}


def test_a_query_that_holds_the_bound_and_pages_that_are_short(
    desk: Callable[..., Desk], midnight: dt.datetime
) -> None:
    vendor = ServiceNow(2_600, midnight)
    with vendor.server as server:
        at = desk(block("servicenow", server.url, midnight - dt.timedelta(days=60)))

        def staged() -> list[tuple[str, str, str]]:
            rows = at.lake.read("ticket").with_columns(pl.col("updated_at").dt.strftime("%Y-%m-%d %H:%M:%S"))
            return rows.select("ticket_id", "status", "updated_at").rows()

        at.night()
        assert len(staged()) == len(set(staged()))
        assert set(staged()) == vendor.truth()
        promises = at.lake.read("promise")
        assert promises.height == 2 * len(vendor.truth())
        assert promises.group_by("metric").len().sort("metric").rows() == [
            ("first_reply", promises.height // 2),
            ("resolution", promises.height // 2),
        ]

        asked = len(server.log)
        now = f"{dt.datetime.now(dt.UTC):%Y-%m-%d %H:%M:%S}"
        for one in vendor.incidents[:30]:
            one |= {"state": "6", "sys_updated_on": now, "resolved_at": now}
        at.night()
        assert set(staged()) == vendor.truth()
        assert len(server.log) - asked == 2


class Jira:
    """Requests by the token of the next page, and the promises on each of them by themselves."""

    def __init__(self, n_requests: int, now: dt.datetime) -> None:
        began = now - dt.timedelta(days=6)
        self.requests = [self.request(10_000 + one, began + dt.timedelta(minutes=one)) for one in range(n_requests)]
        self.server = VendorServer(self._answer)

    def request(self, number: int, at: dt.datetime) -> dict[str, Any]:
        cycles = [self.cycle(at + dt.timedelta(hours=one)) for one in range(number % 3)]
        running = {
            "startTime": self.moment(at),
            "breachTime": self.moment(at + dt.timedelta(hours=9)),
            "breached": False,
        }
        return {
            "id": str(number),
            "fields": {
                "created": f"{at:%Y-%m-%dT%H:%M:%S.000+0000}",
                "updated": f"{at:%Y-%m-%dT%H:%M:%S.000+0000}",
                "resolutiondate": None,
                "status": {"statusCategory": {"key": "indeterminate" if number % 2 else "new"}},
                "priority": {"name": "Medium"},
                "assignee": {"accountId": f"a{number % 8}"} if number % 5 else None,
                "reporter": {"accountId": f"c{number % 90}"},
            },
            "sla": [
                {"id": "1", "name": "Time to first response", "completedCycles": cycles},
                {"id": "2", "name": "Time to resolution", "completedCycles": [], "ongoingCycle": running},
            ],
        }

    def cycle(self, at: dt.datetime) -> dict[str, Any]:
        later = {"startTime": 0, "stopTime": 40, "breachTime": 60}
        times = {name: self.moment(at + dt.timedelta(minutes=minutes)) for name, minutes in later.items()}
        return {**times, "breached": False}

    def moment(self, at: dt.datetime) -> dict[str, Any]:
        return {"iso8601": f"{at:%Y-%m-%dT%H:%M:%S+0000}", "epochMillis": int(at.timestamp() * 1_000), "friendly": "-"}

    def _answer(self, asked: Asked) -> Told:
        if "/request/" in asked.path:
            number = asked.path.split("/")[-2]
            return Told.json({"values": next(one["sla"] for one in self.requests if one["id"] == number)})
        query = re.fullmatch(r"project = HELP AND updated >= (\d{13}) ORDER BY updated", asked.params["jql"])
        assert query is not None
        since = f"{dt.datetime.fromtimestamp(int(query[1]) / 1_000, dt.UTC):%Y-%m-%dT%H:%M:%S}"
        begin = int(asked.params.get("nextPageToken", 0))
        found = sorted((one for one in self.requests if one["fields"]["updated"] >= since), key=_updated)
        end = begin + int(asked.params["maxResults"])
        shown = [{name: one[name] for name in ("id", "fields")} for one in found[begin:end]]
        return Told.json({"issues": shown} | ({"nextPageToken": str(end)} if end < len(found) else {}))

    def promises(self) -> set[tuple[str, str, str, bool]]:
        """The ticket, the metric, its begin, and whether it is fulfilled."""
        first, last = "first_reply", "resolution"
        done = {
            (one["id"], first, cycle["startTime"]["iso8601"], True)
            for one in self.requests
            for cycle in one["sla"][0]["completedCycles"]
        }
        return done | {
            (one["id"], last, one["sla"][1]["ongoingCycle"]["startTime"]["iso8601"], False) for one in self.requests
        }


def _updated(request: dict[str, Any]) -> str:
    return str(request["fields"]["updated"])


def test_promises_asked_for_ticket_by_ticket_each_with_its_cycles(
    desk: Callable[..., Desk], midnight: dt.datetime
) -> None:
    vendor = Jira(230, midnight)
    with vendor.server as server:
        at = desk(block("jira", server.url, midnight - dt.timedelta(days=60), 'options = { project = "HELP" }'))

        def staged() -> list[tuple[str, str, str, bool]]:
            began = pl.col("began_at").dt.strftime("%Y-%m-%dT%H:%M:%S+0000")
            rows = at.lake.read("promise")
            return rows.select("ticket_id", "metric", began, pl.col("fulfilled_at").is_not_null()).rows()

        at.night()
        assert at.lake.read("ticket").height == 230
        assert len(staged()) == len(set(staged()))
        assert set(staged()) == vendor.promises()

        asked = len(server.log)
        now = dt.datetime.now(dt.UTC).replace(microsecond=0)
        vendor.requests[7]["fields"]["updated"] = f"{now:%Y-%m-%dT%H:%M:%S.000+0000}"
        vendor.requests[7]["sla"][0]["completedCycles"].append(vendor.cycle(now - dt.timedelta(hours=2)))
        at.night()
        assert set(staged()) == vendor.promises()
        assert len(server.log) - asked == 2
