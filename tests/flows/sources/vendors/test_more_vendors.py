"""Another vendor is one module of data: three that page, log in and nest otherwise, pulled by configuration alone."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import polars as pl
import pytest

from flows.lake import Lake
from flows.sources import connectors
from flows.sources.rest import pace
from tests.flows.sources.vendors.conftest import KEY, Desk
from tests.flows.sources.vendors.simulated import Asked, Told, VendorServer
from transforms.staging.pseudonyms import pseudonym

_STATUS = {2: "open", 3: "pending", 4: "solved", 5: "closed"}
_PRIORITY = {1: "low", 2: "normal", 3: "high", 4: "urgent"}
_FURTHEST_PAGE = 300


@pytest.fixture(autouse=True)
def _installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The modules lie where connectors lie. Nothing else is told of them."""
    more = str(Path(__file__).parent / "more_vendors")
    monkeypatch.setattr(connectors, "__path__", [*connectors.__path__, more])
    monkeypatch.setenv("CULTURE_KPIS_LIVE_TOKEN", "secret")
    monkeypatch.setattr(pace, "_MINUTE", 0.001)


def block(connector: str, url: str, began: dt.datetime, more: str = "") -> str:
    return f'[[source]]\nname = "live"\nconnector = "{connector}"\nurl = "{url}"\nstart_on = {began.date()}\n{more}\n'


def key(name: str) -> str:
    return pseudonym(name, KEY.encode())


def written(at: dt.datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


class Freshdesk:
    """Tickets in pages of at most 100, of which no more than 300 are handed out."""

    def __init__(self, n_tickets: int, now: dt.datetime) -> None:
        self.chance = random.Random(5)
        began = now - dt.timedelta(days=40)
        # Several change at the same moment, also where the last page ends.
        self.tickets = [self.ticket(number, began + dt.timedelta(minutes=number // 3)) for number in range(n_tickets)]
        self.found: list[dict[str, Any]] = []
        self.server = VendorServer(self._answer)

    def ticket(self, number: int, at: dt.datetime) -> dict[str, Any]:
        status = self.chance.choice(list(_STATUS))
        return {
            "id": 10**12 + number,
            "created_at": written(at - dt.timedelta(hours=1)),
            "updated_at": written(at),
            "status": status,
            "priority": self.chance.choice(list(_PRIORITY)),
            "source": 1,
            "type": None,
            "due_by": written(at + dt.timedelta(days=2)),
            "group_id": self.chance.randrange(5),
            "responder_id": number % 9 or None,
            "requester_id": 500 + number % 1_000,
            "stats": {"resolved_at": written(at) if status > 3 else None, "closed_at": None},
        }

    def _answer(self, asked: Asked) -> Told:
        size, page = int(asked.params.get("per_page", 30)), int(asked.params.get("page", 1))
        if asked.path == "/api/v2/tickets":
            rows = self._changed(asked.params["updated_since"], page)
        elif asked.path == "/api/v2/groups":
            rows = [{"id": number, "name": f"Team {number}"} for number in range(5)]
        else:
            rows = [{"id": number, "contact": {"email": f"agent{number}@example.test"}} for number in range(1, 9)]
        if size > 100 or page > _FURTHEST_PAGE:
            return Told.json({"message": "not handed out"}, 400)
        return Told.json(rows[(page - 1) * size : page * size])

    def _changed(self, since: str, page: int) -> list[dict[str, Any]]:
        """Looked up with the first page; nothing changes while pages are turned."""
        if page == 1:
            found = (one for one in self.tickets if one["updated_at"] >= since)
            self.found = sorted(found, key=lambda one: one["updated_at"])
        return self.found

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
    vendor = Freshdesk(30_500, midnight)
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
            vendor.tickets[number] |= {"status": 4, "updated_at": written(now), "stats": {"resolved_at": written(now)}}
        vendor.tickets += [vendor.ticket(40_000 + number, now) for number in range(20)]
        at.night()
        second = staged_tickets(at.lake)

    assert len(second) == len(set(second)) == 30_520
    assert set(second) == vendor.truth()
    # What was read before is not asked for again.
    assert len(server.log) - asked < 10


class SurveyMonkey:
    """Responses by the time of their last change, the bound included; the next page is an address."""

    def __init__(self, n_responses: int, now: dt.datetime) -> None:
        self.chance = random.Random(6)
        began = now - dt.timedelta(days=10)
        self.responses = [self.response(one, began + dt.timedelta(minutes=one)) for one in range(n_responses)]
        self.server = VendorServer(self._answer)

    def response(self, number: int, at: dt.datetime) -> dict[str, Any]:
        asked = ("How likely are you to recommend us?", "Were you satisfied?")
        given = (str(self.chance.randrange(11)), str(self.chance.randint(1, 5)))
        return {
            "id": str(7_000_000_000 + number),
            "recipient_id": str(number // 2),
            "response_status": "partial" if number % 10 == 3 else "completed",
            "date_modified": written(at),
            "custom_variables": {"ticket_id": str(number)},
            "pages": [
                {"questions": [{"heading": heading, "answers": [{"simple_text": answer}]}]}
                for heading, answer in zip(asked, given, strict=True)
            ],
        }

    def _answer(self, asked: Asked) -> Told:
        since, page = asked.params["start_modified_at"], int(asked.params.get("page", 1))
        rows = sorted((one for one in self.responses if one["date_modified"] >= since), key=lambda one: one["id"])
        here = rows[(page - 1) * 100 : page * 100]
        more = {"next": f"{self.server.url}{asked.path}?start_modified_at={since}&page={page + 1}"}
        left = {"X_Ratelimit_App_Global_Minute_Remaining": "100", "X_Ratelimit_App_Global_Minute_Reset": "30"}
        return Told.json({"data": here, "links": more if page * 100 < len(rows) else {}}, **left)

    def truth(self) -> set[tuple[object, ...]]:
        return {
            (
                one["id"],
                item,
                float(page["questions"][0]["answers"][0]["simple_text"]),
                one["custom_variables"]["ticket_id"],
            )
            for one in self.responses
            if one["response_status"] == "completed"
            for item, page in zip(("likely", "satisfied"), one["pages"], strict=True)
        }


_ASKED = """audience = "customer"
options = { survey = "17" }
[[source.item]]
question = "How likely are you to recommend us?"
item_id = "likely"
construct = "recommend"
scale = "0-10"
[[source.item]]
question = "Were you satisfied?"
item_id = "satisfied"
construct = "satisfied"
scale = "1-5"
"""


def test_answers_four_lists_deep(desk: Callable[..., Desk], midnight: dt.datetime) -> None:
    vendor = SurveyMonkey(1_250, midnight)

    def staged(lake: Lake) -> list[tuple[object, ...]]:
        return lake.read("survey_response").select("response_id", "item_id", "value", "ticket_id").rows()

    with vendor.server as server:
        at = desk(block("surveymonkey", server.url, midnight - dt.timedelta(days=60), _ASKED))
        outcome = at.night()
        first = staged(at.lake)
        assert len(first) == len(set(first))
        assert set(first) == vendor.truth()
        assert outcome.by_fate["out_of_window"] == 125

        now = dt.datetime.now(dt.UTC)
        edited = vendor.response(8, now)
        vendor.responses[8] = edited
        vendor.responses += [vendor.response(2_000 + number, now) for number in range(0, 30)]
        at.night()

        assert len(staged(at.lake)) == len(vendor.truth())
        assert set(staged(at.lake)) == vendor.truth()


class Peakon:
    """Answers as JSON:API, for whoever has bought a bearer that still holds."""

    def __init__(self, n_answers: int, now: dt.datetime) -> None:
        chance = random.Random(8)
        self.bearers = 0
        self.answers = [
            {
                "answerId": number,
                "answerScore": chance.randrange(11) if number % 12 else None,
                "employeeId": 900 + number // 3,
                "questionId": 31,
                "responseAnsweredAt": written(now - dt.timedelta(hours=number)),
                "responseId": number,
                "roundType": "test" if number % 7 == 0 else "automatic",
            }
            for number in range(n_answers)
        ]
        self.server = VendorServer(self._answer)

    def _answer(self, asked: Asked) -> Told:
        if asked.path == "/api/v1/auth/application":
            assert parse_qs(asked.body.decode()) == {"token": ["secret"]}
            self.bearers += 1
            return Told.json({"data": {"id": f"bearer-{self.bearers}"}})
        page = int(asked.params.get("continuation", 0))
        # The bearer of the first page does not hold for the second one.
        if asked.headers.get("authorization") != f"Bearer bearer-{min(page, 1) + 1}":
            return Told.json({"errors": []}, 401)
        here = [{"type": "answers", "attributes": one} for one in self.answers[page * 200 : (page + 1) * 200]]
        more = {"next": f"{self.server.url}{asked.path}?continuation={page + 1}"}
        return Told.json({"data": here, "links": more if (page + 1) * 200 < len(self.answers) else {}})


def test_a_bearer_that_expires_and_rounds_that_do_not_count(desk: Callable[..., Desk], midnight: dt.datetime) -> None:
    vendor = Peakon(700, midnight)
    question = 'audience = "employee"\n[[source.item]]\nquestion = "31"\nitem_id = "q31"\n'
    question += 'construct = "recommend_as_employer"\nscale = "0-10"\n'
    with vendor.server as server:
        at = desk(block("peakon", server.url, midnight - dt.timedelta(days=60), question))
        outcome = at.night()

    rows = at.lake.read("survey_response").filter(pl.col("value").is_not_null())
    assert set(rows.select("response_id", "respondent_key", "value").rows()) == {
        (str(one["responseId"]), key(f"live:{one['employeeId']}"), float(one["answerScore"]))
        for one in vendor.answers
        if one["roundType"] != "test" and one["answerScore"] is not None
    }
    assert outcome.by_fate["out_of_window"] == 100
    assert vendor.bearers == 2
