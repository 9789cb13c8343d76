"""Another survey tool is one module of data: they nest, log in, export and go on in other ways."""

from __future__ import annotations

import datetime as dt
import io
import json
import random
import zipfile
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, unquote

import polars as pl
import pytest

from flows.errors import SourcePermanentError
from flows.lake import Lake
from flows.settings import LiveSource
from flows.sources.live_check import check_live
from tests.flows.sources.vendors.conftest import Desk, key
from tests.flows.sources.vendors.more.configured import block
from tests.flows.sources.vendors.simulated import Asked, Told, VendorServer
from tests.flows.sources.vendors.zendesk_schedule import iso


def tried(at: Desk, *, failed: bool = False) -> dict[str, str]:
    """What `sources check` tries, with what it tells."""
    source = at.settings.sources[0]
    assert isinstance(source, LiveSource)
    return {one.what: one.told for one in check_live(source).tried if one.exit_code or not failed}


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
            "date_modified": iso(at),
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
        return Told.json({"data": here, "links": more if page * 100 < len(rows) else {}}, 200, **left)

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
                "responseAnsweredAt": iso(now - dt.timedelta(hours=number)),
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


class Glint:
    """Answers as a zip of CSV files with the customer's own columns; another host gives the tokens."""

    def __init__(self, n_answers: int, now: dt.datetime) -> None:
        chance = random.Random(4)
        self.rows = [
            (f"e{number}", f"{now - dt.timedelta(hours=number):%d-%m-%Y %H:%M}", chance.randint(1, 7))
            for number in range(n_answers)
        ]
        self.header = "EMP ID,Manager ID,Survey Cycle Completion Date,source,source_COMMENT"
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
            return Told.json({"jobId": f"{{{window['startDate']}_{window['endDate']}}}".replace(":", "")})
        if not asked.path.endswith("/file"):
            return Told.json({"status": "succeeded", "jobId": unquote(asked.path).rsplit("/", 1)[1]})
        first, last = unquote(asked.path).split("/")[-2].strip("{}").split("_")
        lines = [self.header]
        for employee, at, score in self.rows:
            moment = dt.datetime.strptime(at, "%d-%m-%Y %H:%M")  # noqa: DTZ007 - as the export writes it
            if first <= f"{moment:%Y-%m-%dT%H%M%SZ}" < last:
                lines.append(f'{employee},M1,{at},{score},"a, comment"')
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr("pulse=1/source=other.csv", "\n".join(lines))
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
        told = tried(at)

    assert told["credentials"] == f"accepted by {server.url}"
    assert server.paths()[-1] == "/beta/employeeExperience/sentiment/experiences/pulse"
    written_there = pl.col("answered_at").dt.strftime("%d-%m-%Y %H:%M")
    rows = at.lake.read("survey_response").select("respondent_key", written_there, "value").rows()
    assert set(rows) == {(key(f"live:{employee}"), when, float(score)) for employee, when, score in vendor.rows}
    assert len(rows) == 300
    assert b"client_id=client&client_secret=secret" in vendor.given[0]


def glint(vendor: Glint, login: str, began: dt.datetime) -> str:
    """A source without items."""
    options = f'{{ experience = "pulse", tenant = "home", login = "{login}" }}'
    return block("vivaglint", vendor.server.url, began, f'audience = "employee"\noptions = {options}\n')


def test_a_table_without_the_columns_that_are_read_is_refused(desk: Callable[..., Desk], midnight: dt.datetime) -> None:
    vendor = Glint(10, midnight)
    vendor.header = "code,message"
    with vendor.server, vendor.login as login:
        item = '[[source.item]]\ncolumn = "source"\nconstruct = "heard"\nscale = "1-7"\n'
        at = desk(glint(vendor, login.url, midnight - dt.timedelta(days=5)) + item)
        with pytest.raises(SourcePermanentError, match="is not CSV with the columns that are read"):
            at.night()


def test_a_login_that_is_no_address_is_one_clear_line(desk: Callable[..., Desk], midnight: dt.datetime) -> None:
    vendor = Glint(10, midnight)
    with vendor.server, vendor.login:
        at = desk(glint(vendor, "https://host:port", midnight - dt.timedelta(days=5)))
        with pytest.raises(SourcePermanentError, match="login: is no address"):
            at.night()


class Typeform:
    """Responses, the newest first; both bounds are inclusive."""

    def __init__(self, n_responses: int, now: dt.datetime) -> None:
        chance = random.Random(2)
        # Every tenth is sent on a midnight, where two windows meet.
        hours = [(30 - one % 60) * 24 if one % 10 == 0 else one for one in range(n_responses)]
        sent = sorted((now - dt.timedelta(hours=abs(hour)) for hour in hours), reverse=True)
        self.items: list[dict[str, Any]] = [
            {
                "response_id": f"r{one}",
                "token": f"r{one}",
                "submitted_at": iso(at),
                "hidden": {"desk": f"d{one % 3}"},
                "answers": [
                    {
                        "field": {"ref": "likely", "type": "opinion_scale"},
                        "type": "number",
                        "number": chance.randrange(11),
                    },
                    {
                        "field": {"ref": "served", "type": "choice"},
                        "type": "choice",
                        "choice": {"label": str(one % 5 + 1)},
                    },
                    {"field": {"ref": "why", "type": "long_text"}, "type": "text", "text": "who knows"},
                ],
            }
            for one, at in enumerate(sent)
        ]
        self.server = VendorServer(self._answer)

    def _answer(self, asked: Asked) -> Told:
        if asked.path == "/me":
            return Told.json({"alias": "somebody"})
        since, until = asked.params["since"], asked.params["until"]
        found = [one for one in self.items if since <= str(one["submitted_at"]) <= until]
        tokens = [one["token"] for one in found]
        begin = tokens.index(asked.params["before"]) + 1 if "before" in asked.params else 0
        return Told.json({"total_items": len(found), "items": found[begin : begin + 100]})


def test_tokens_of_the_last_record_and_windows_that_meet(desk: Callable[..., Desk], midnight: dt.datetime) -> None:
    vendor = Typeform(640, midnight)
    items = ""
    for ref, construct, scale in (("likely", "recommend", "0-10"), ("served", "satisfied", "1-5")):
        items += (
            f'[[source.item]]\nquestion = "{ref}"\nitem_id = "{ref}"\nconstruct = "{construct}"\nscale = "{scale}"\n'
        )
    more = 'audience = "customer"\noptions = { form = "f" }\n'
    columns = f'[source.feeds.responses.columns]\nteam = "desk"\n{items}'
    with vendor.server as server:
        began = midnight - dt.timedelta(days=90)
        # Nobody filled anything in on the page tried, and no item is asked for.
        assert not tried(desk(block("typeform", server.url, began, more)), failed=True)
        nobody = desk(block("typeform", server.url, began, more + columns))
        told = tried(nobody, failed=True)
        assert list(told) == ["mapping of responses"]
        assert told["mapping of responses"].startswith('source "live", responses: respondent is not mapped')
        at = desk(block("typeform", server.url, began, f"{more}one_answer_per_person_and_item = true\n{columns}"))
        assert not tried(at, failed=True)
        at.night()
        at.night()

    rows = at.lake.read("survey_response").select("response_id", "item_id", "value", "org_unit_id").rows()
    assert len(rows) == len(set(rows))
    assert set(rows) == {
        (one["response_id"], item, float(value), one["hidden"]["desk"])
        for one in vendor.items
        for item, value in (
            ("likely", one["answers"][0]["number"]),
            ("served", one["answers"][1]["choice"]["label"]),
        )
    }
