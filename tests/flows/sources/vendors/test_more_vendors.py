"""Another vendor is one module of data: some that page, ask, log in and nest otherwise, by configuration alone."""

from __future__ import annotations

import base64
import datetime as dt
import io
import json
import random
import re
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

import polars as pl
import pytest

from flows.lake import Lake
from flows.sources import connectors
from flows.sources.live_check import check_live
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
    for secret in ("TOKEN", "USER", "PASSWORD", "EMAIL", "CLIENT", "SECRET"):
        monkeypatch.setenv(f"CULTURE_KPIS_LIVE_{secret}", secret.lower())
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
            assert parse_qs(asked.body.decode()) == {"token": ["token"]}
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
        return Told.json({"result": shown}, **({"Link": link} if begin + size < len(rows) else {}))

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
        query = re.fullmatch(
            r'project = HELP AND updated >= "(\d{4}-\d\d-\d\d \d\d:\d\d)" ORDER BY updated', asked.params["jql"]
        )
        assert query is not None
        since, begin = query[1].replace(" ", "T"), int(asked.params.get("nextPageToken", 0))
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


class Glint:
    """Answers as a zip of CSV files with the customer's own columns; another host gives the tokens."""

    def __init__(self, n_answers: int, now: dt.datetime) -> None:
        chance = random.Random(4)
        self.rows = [
            (f"e{number}", f"{now - dt.timedelta(hours=number):%d-%m-%Y %H:%M}", chance.randint(1, 7))
            for number in range(n_answers)
        ]
        self.given: list[bytes] = []
        self.server = VendorServer(self._answer, refuses=lambda headers: headers.get("authorization") != "Bearer b-1")
        self.login = VendorServer(self._gives)

    def _gives(self, asked: Asked) -> Told:
        assert asked.path == "/home/oauth2/v2.0/token"
        self.given.append(asked.body)
        return Told.json({"access_token": "b-1", "expires_in": 3599})

    def _answer(self, asked: Asked) -> Told:
        if asked.method == "POST":
            window = json.loads(asked.body)
            return Told.json({"jobId": f"{window['startDate']}_{window['endDate']}".replace(":", "")})
        if not asked.path.endswith("/file"):
            return Told.json({"status": "succeeded", "jobId": asked.path.rsplit("/", 1)[1]})
        first, last = asked.path.split("/")[-2].split("_")
        lines = ["EMP ID,Manager ID,Survey Cycle Completion Date,source,source_COMMENT"]
        for employee, at, score in self.rows:
            moment = dt.datetime.strptime(at, "%d-%m-%Y %H:%M")  # noqa: DTZ007 - as the export writes it
            if first <= f"{moment:%Y-%m-%dT%H%M%SZ}" < last:
                lines.append(f'{employee},M1,{at},{score},"a, comment"')
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("survey_export.csv", "\n".join(lines))
        return Told(packed.getvalue())


def test_csv_with_columns_of_the_customers_own_and_a_token_from_elsewhere(
    desk: Callable[..., Desk], midnight: dt.datetime
) -> None:
    vendor = Glint(300, midnight)
    with vendor.server as server, vendor.login as login:
        options = f'{{ experience = "pulse", tenant = "home", login = "{login.url}" }}'
        item = '[[source.item]]\ncolumn = "source"\nconstruct = "heard"\nscale = "1-7"\n'
        began = midnight - dt.timedelta(days=40)
        at = desk(block("vivaglint", server.url, began, f'audience = "employee"\noptions = {options}\n{item}'))
        at.night()
        told = {one.what: one.told for one in check_live(at.settings.sources[0]).tried}  # type: ignore[arg-type]

    assert told["credentials"] == f"accepted by {server.url}"
    assert server.paths()[-1] == "/beta/employeeExperience/sentiment/experiences/pulse"
    written_there = pl.col("answered_at").dt.strftime("%d-%m-%Y %H:%M")
    rows = at.lake.read("survey_response").select("respondent_key", written_there, "value").rows()
    assert set(rows) == {(key(f"live:{employee}"), when, float(score)) for employee, when, score in vendor.rows}
    assert len(rows) == 300
    assert b"client_id=client&client_secret=secret" in vendor.given[0]
