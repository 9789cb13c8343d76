"""What the simulated Zendesk answers to each path: exports by cursor and by time, lists by cursor, schedules."""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Callable
from typing import Any

from tests.flows.sources.vendors.zendesk_ticket import Record
from tests.flows.sources.vendors.zendesk_world import World

Query = dict[str, str]
EXCLUDED_SECONDS = 60  # what happened in the last minute is not exported yet


# More than that a request is not given, whatever it asks for.
LONGEST_PAGE = {"survey_responses": 50}


class Routes:
    """The account as it stands; `refresh` takes in what the world has done since. `page_size` of every list."""

    def __init__(self, world: World, page_size: int = 100) -> None:
        self.world, self.page_size = world, page_size
        self._metric_events: dict[int, tuple[Record, int]] = {}
        self._lists: dict[str, list[Record]] = {}
        self._horizon = 0
        self.refresh()

    def refresh(self) -> None:
        world = self.world
        horizon = int(world.now.timestamp()) - EXCLUDED_SECONDS
        tickets = [record for record in world.ticket_records() if record["generated_timestamp"] < horizon]
        users = [{**user, "generated_timestamp": _seconds(user["updated_at"])} for user in world.users.values()]
        events = [record for record in world.event_records() if record["timestamp"] < horizon]
        self._take_in({event["id"]: event for event in world.sla()[0]})
        self._horizon = horizon
        told = sorted(self._metric_events.values(), key=lambda item: (item[1], item[0]["id"]))
        self._lists = {
            "tickets": sorted(tickets, key=lambda record: (record["generated_timestamp"], record["id"])),
            "users": sorted(users, key=lambda record: (record["generated_timestamp"], record["id"])),
            "ticket_events": sorted(events, key=lambda record: (record["timestamp"], record["id"])),
            "ticket_metric_events": [{**event, "_exported_at": at} for event, at in told if at < horizon],
            "groups": list(world.groups.values()),
            "organizations": list(world.organizations.values()),
            "group_memberships": world.memberships(),
            "satisfaction_ratings": list(world.ratings.values()),
            "survey_responses": list(world.responses.values()),
        }

    def _take_in(self, events: dict[int, Record]) -> None:
        """Metric events as they are now; what changed, and what is no longer true, is exported again."""
        just_now = int(self.world.now.timestamp()) - EXCLUDED_SECONDS - 1
        gone = {number: {**told, "deleted": True} for number, (told, _) in self._metric_events.items()}
        for number, event in {**gone, **events}.items():
            known = self._metric_events.get(number)
            if known is None or known[0] != event:
                happened = _seconds(event["time"])
                is_new = known is None and happened >= self._horizon
                self._metric_events[number] = (event, happened if is_new else just_now)

    def exported(self, name: str) -> list[Record]:
        """Everything that a pull from the beginning would bring of a list."""
        return self._lists[name]

    def answer(self, path: str, query: Query) -> Any:
        """The JSON of a path; None for one that does not exist."""
        name = path.removeprefix("/api/v2/").removesuffix(".json")
        routes: dict[str, Callable[[Query], Any]] = {
            "incremental/tickets/cursor": lambda q: self._by_cursor("tickets", q),
            "incremental/users/cursor": lambda q: self._by_cursor("users", q),
            "incremental/ticket_events": lambda q: self._by_time("ticket_events", "timestamp", q),
            "incremental/ticket_metric_events": lambda q: self._by_time("ticket_metric_events", "_exported_at", q),
            "groups": lambda q: self._listed("groups", q),
            "organizations": lambda q: self._listed("organizations", q),
            "group_memberships": lambda q: self._listed("group_memberships", q),
            "satisfaction_ratings": lambda q: self._listed("satisfaction_ratings", q),
            "guide/survey_responses": lambda q: self._listed("survey_responses", q),
            "business_hours/schedules": lambda q: {"schedules": [s.record() for s in self.world.schedules.values()]},
            "users/me": lambda q: {"user": self.world.users[min(self.world.agents)]},
        }
        if name.startswith("business_hours/schedules/") and name.endswith("/holidays"):
            schedule = self.world.schedules[int(name.split("/")[2])]
            return {"holidays": schedule.holiday_records()}
        return routes[name](query) if name in routes else None

    def _by_cursor(self, name: str, query: Query) -> Record:
        after = _decoded(query["cursor"]) if "cursor" in query else [int(query["start_time"]), 0]
        rows = [row for row in self._lists[name] if [row["generated_timestamp"], row["id"]] > after]
        page = rows[: self.page_size]
        last = [page[-1]["generated_timestamp"], page[-1]["id"]] if page else after
        token = _encoded(last)
        told = {
            "after_cursor": token,
            "after_url": f"https://elsewhere.example/{name}?cursor={token}",
            "before_cursor": None,
        }
        return {name: page, "end_of_stream": len(rows) <= self.page_size, **told}

    def _by_time(self, name: str, field: str, query: Query) -> Record:
        start = int(query["start_time"])
        rows = [row for row in self._lists[name] if row[field] >= start]
        page = rows[: self.page_size]
        if page and len(rows) > len(page):  # a page never ends within a second
            page = [row for row in rows if row[field] <= page[-1][field]]
        end = page[-1][field] if page else None
        shown = [{key: value for key, value in row.items() if key != "_exported_at"} for row in page]
        link = f"https://elsewhere.example/{name}?start_time={end}" if page else None
        return {
            name: shown,
            "count": len(page),
            "end_of_stream": len(rows) <= len(page),
            "end_time": end,
            "next_page": link,
        }

    def _listed(self, name: str, query: Query) -> Record:
        begins = int(query.get("page[after]", "0"))
        rows = [row for row in self._lists[name] if _within(row, query)]
        size = min(self.page_size, int(query["page[size]"]), LONGEST_PAGE.get(name, 100))
        page, has_more = rows[begins : begins + size], len(rows) > begins + size
        after = str(begins + size) if has_more else None
        return {name: page, "meta": {"has_more": has_more, "after_cursor": after}, "links": {"next": None}}


def _within(row: Record, query: Query) -> bool:
    """Lists that are asked so by seconds, or by a filter in milliseconds, show what was made in them."""
    since = max(int(query.get("start_time", "0")), int(query.get("filter[created_at_start]", "0")) // 1_000)
    return since <= _seconds(row["created_at"]) < int(query.get("end_time", "99999999999"))


def _seconds(moment: str) -> int:
    return int(dt.datetime.fromisoformat(moment).timestamp())


def _encoded(place: list[int]) -> str:
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode()


def _decoded(token: str) -> list[int]:
    return [int(number) for number in json.loads(base64.urlsafe_b64decode(token))]
