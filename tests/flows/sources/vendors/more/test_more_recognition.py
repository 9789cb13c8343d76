"""Another system of recognition is one module of data: people have other names, and feeds go on from moments."""

from __future__ import annotations

import datetime as dt
import random
import re
from collections.abc import Callable
from typing import Any

import polars as pl

from tests.flows.sources.vendors.conftest import Desk, key
from tests.flows.sources.vendors.more.configured import block
from tests.flows.sources.vendors.simulated import Asked, Told, VendorServer
from tests.flows.sources.vendors.zendesk_schedule import iso
from transforms.facts.identities import one_person


class FifteenFive:
    """High fives of reports, which mention people by their names; lists by addresses of pages."""

    def __init__(self, n_high_fives: int, now: dt.datetime) -> None:
        chance = random.Random(3)
        self.now = now
        self.users = [{"id": one, "email": f"p{one}@example.test", "name": f"Person {one}"} for one in range(40)]
        self.reports = [{"id": 900 + one, "user": one % 40} for one in range(120)]
        self.high_fives: list[dict[str, Any]] = []
        for number in range(n_high_fives):
            mentioned = chance.sample(range(40), chance.randint(0, 3))
            text = " ".join(["Thanks to", *(f"@[Person {one}]" for one in mentioned), "#team"])
            at = now - dt.timedelta(hours=number)
            report = 900 + chance.randrange(120)
            self.high_fives.append({"id": number, "report": report, "create_ts": iso(at), "text": text})
        self.server = VendorServer(self._answer)

    def _answer(self, asked: Asked) -> Told:
        page = int(asked.params.get("page", 1))
        if asked.path == "/api/public/high-five/":
            begin, end = asked.params["created_on_start"], asked.params["created_on_end"]
            rows = [one for one in self.high_fives if begin <= str(one["create_ts"])[:10] <= end]
            bounds = f"&created_on_start={begin}&created_on_end={end}"
        elif asked.path == "/api/public/report/":
            # All of them are due in the last days.
            in_window = asked.params["due_date_end"] >= f"{self.now:%Y-%m-%d}"
            rows, bounds = (
                self.reports if in_window else [],
                f"&due_date_start=&due_date_end={asked.params['due_date_end']}",
            )
        else:
            rows, bounds = self.users, ""
        more = f"{self.server.url}{asked.path}?page={page + 1}{bounds}" if page * 50 < len(rows) else None
        return Told.json(
            {"count": len(rows), "next": more, "previous": None, "results": rows[(page - 1) * 50 : page * 50]}
        )

    def truth(self) -> set[tuple[str, str, str]]:
        """Recognition, giver and receiver."""
        giver = {one["id"]: f"p{one['user']}@example.test" for one in self.reports}
        return {
            (str(one["id"]), key(giver[one["report"]]), key(f"p{name}@example.test"))
            for one in self.high_fives
            for name in re.findall(r"@\[Person (\d+)\]", str(one["text"]))
        }


def test_people_known_by_reports_and_mentions(desk: Callable[..., Desk], midnight: dt.datetime) -> None:
    vendor = FifteenFive(800, midnight)
    with vendor.server as server:
        at = desk(block("fifteenfive", server.url, midnight - dt.timedelta(days=60)))
        at.night()

    tables = {name: at.lake.read(name).lazy() for name in ("recognition", "person_alias")}
    rows = one_person(tables)["recognition"].select("recognition_id", "giver_key", "receiver_key").collect().rows()
    assert len(rows) == len(set(rows))
    assert set(rows) == vendor.truth()


class Nectar:
    """A feed that goes on from a moment."""

    def __init__(self, n_thanks: int, now: dt.datetime) -> None:
        self.thanks: list[dict[str, Any]] = [
            {
                "id": f"n{one}",
                "created_at": iso(now - dt.timedelta(minutes=90 * one)),
                "message": f"well done {one}",
                "points": 10,
                "sender": {"email": f"p{one % 30}@example.test"},
                "recipients": [{"email": f"p{(one + step) % 30}@example.test"} for step in range(1, 2 + one % 4)],
                "core_values": ["Care", "Craft"][: one % 3],
            }
            for one in range(n_thanks)
        ]
        self.server = VendorServer(self._answer)

    def _answer(self, asked: Asked) -> Told:
        begin, end = (dt.datetime.fromtimestamp(int(asked.params[name]), dt.UTC) for name in ("start-date", "end-date"))
        found = [one for one in self.thanks if iso(begin) <= str(one["created_at"]) < iso(end)]
        cursor = asked.params.get("cursor")
        until = iso(dt.datetime.fromtimestamp(int(cursor), dt.UTC)) if cursor else "9999"
        left = [one for one in found if str(one["created_at"]) < until]
        last = dt.datetime.strptime(str(left[49]["created_at"]), "%Y-%m-%dT%H:%M:%S%z") if len(left) > 50 else None
        return Told.json({"data": left[:50]} | ({"next_cursor": int(last.timestamp())} if last else {}))


def test_a_feed_that_forgets_what_was_deleted(desk: Callable[..., Desk], midnight: dt.datetime) -> None:
    vendor = Nectar(400, midnight)
    with vendor.server as server:
        at = desk(block("nectar", server.url, midnight - dt.timedelta(days=60)))

        def staged() -> list[tuple[str, str, str, str]]:
            rows = at.lake.read("recognition").with_columns(pl.col("tags").list.join(","))
            return rows.select("recognition_id", "giver_key", "receiver_key", "tags").rows()

        def truth() -> set[tuple[str, str, str, str]]:
            return {
                (one["id"], key(one["sender"]["email"]), key(each["email"]), ",".join(one["core_values"]).lower())
                for one in vendor.thanks
                for each in one["recipients"]
            }

        at.night()
        assert len(staged()) == len(set(staged()))
        assert set(staged()) == truth()
        del vendor.thanks[20:25]
        at.night()
        assert set(staged()) == truth()
