from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any

import pytest
from pydantic import SecretStr

from flows.errors import SourcePermanentError, SourceTransientError
from flows.sources.rest import client as http
from flows.sources.rest import export
from flows.sources.rest.auth import BEARER
from flows.sources.rest.client import Client, Patience
from flows.sources.rest.declaration import Budget, Endpoint, SubEndpoint
from flows.sources.rest.increments import Increment, Since, Snapshot, Stream, Windows
from flows.sources.rest.pace import Pace
from flows.sources.rest.paging import BodyLink, ExportJob, HeaderLink, Offset, PageNumber, Paging
from flows.sources.rest.paging import Cursor as Tokens
from flows.sources.rest.pull import Cursor, Pull
from flows.sources.rest.shape import TEXT
from flows.sources.rest.walk import Walker
from tests.flows.sources.vendors.simulated import Asked, Told, VendorServer, status

SIZE = 3
START = dt.date(2025, 3, 1)
JOB = ExportJob(
    start_path="/job",
    poll_path="/job/{job}",
    file_path="/job/{job}/file",
    job="result.job",
    file="result.file",
    status="result.status",
    done=("complete",),
    failed=("failed",),
    poll_seconds=600,
)


class Shop:
    """A vendor of numbered things that hands its list out in every way vendors do."""

    def __init__(self, n_things: int) -> None:
        self.things = [{"id": number, "at": f"2025-03-01T00:{number:02d}:00Z"} for number in range(n_things)]
        self.jobs: list[str] = ["busy", "complete"]
        self.before_answer: Callable[[Asked], None] = lambda _: None
        self.server = VendorServer(self._answer)

    def _answer(self, asked: Asked) -> Told:
        self.before_answer(asked)
        kind = asked.path.split("/")[1]
        rows = [each for each in self.things if asked.params.get("since", "") <= each["at"]]
        rows = [each for each in rows if each["at"] < asked.params.get("until", "9999")]
        if kind == "job":
            return self._job(asked)
        if kind == "detail":
            return Told.json({"list": [{"of": asked.path.split("/")[2]}]})
        begin = int(asked.params.get("after") or asked.params.get("skip") or 0)
        begin += SIZE * (int(asked.params.get("page", 1)) - 1)
        end = begin + SIZE
        here = rows[begin:end]
        link = f"/{kind}?after={end}" if end < len(rows) else None
        headers = {"Link": f'<{self.server.url}{link}>; rel="next"'} if link else {}
        document: dict[str, Any] = {"list": here, "next": link and self.server.url + link, "end": link is None}
        return Told.json(document | {"token": str(min(end, len(rows)))}, **headers)

    def _job(self, asked: Asked) -> Told:
        if asked.method == "POST":
            return Told.json({"result": {"job": "J1"}, "asked": json.loads(asked.body)})
        if asked.path.endswith("/file"):
            packed = io.BytesIO()
            with zipfile.ZipFile(packed, "w") as archive:
                archive.writestr("things.json", json.dumps({"list": self.things}))
            return Told(packed.getvalue())
        state = self.jobs.pop(0) if len(self.jobs) > 1 else self.jobs[0]
        return Told.json({"result": {"status": state, "file": "F1"}})


@pytest.fixture
def shop() -> Iterator[Shop]:
    made = Shop(8)
    with made.server:
        yield made


@pytest.fixture
def pull(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Pull]]:
    monkeypatch.setattr(http, "PATIENCE", Patience(attempts=2, first_wait=0))
    monkeypatch.setattr(export, "sleep", lambda _: None)
    with Client("desk", shop.server.url, BEARER, {"token": SecretStr("t")}, Pace(Budget(10_000, at_once=3))) as client:

        def make(
            paging: Paging,
            increment: Increment,
            cursors: Mapping[str, Cursor] | None = None,
            subs: tuple[SubEndpoint, ...] = (),
            reread_days: int = 1,
        ) -> Pull:
            shape = {"id": TEXT, "at": TEXT}
            things = Endpoint("things", "/things", "list", shape, (), paging, increment, of_each=subs)
            return Pull(Walker(client, {}), things, cursors or {}, START, reread_days)

        yield make


def ids(pull: Pull) -> list[int]:
    """Ids of the things that arrive, in order."""
    pages = [page for step in pull.steps() for page in step.pages]
    return [
        thing["id"] for page in pages if page.name.startswith("things/") for thing in json.loads(page.payload)["list"]
    ]


@pytest.mark.parametrize(
    "paging",
    [
        Tokens("after", "token", until="end"),
        BodyLink("next"),
        HeaderLink(),
        PageNumber(SIZE, size_param=None),
        JOB,
    ],
)
def test_each_kind_of_paging_brings_everything_once(shop: Shop, pull: Callable[..., Pull], paging: Paging) -> None:
    assert ids(pull(paging, Snapshot())) == list(range(8))


def test_an_offset_repeats_the_row_between_pages(pull: Callable[..., Pull]) -> None:
    assert ids(pull(Offset(SIZE), Snapshot())) == [0, 1, 2, 2, 3, 4, 4, 5, 6, 6, 7]


@pytest.mark.parametrize("change", ["gone", "new"])
def test_rows_that_move_while_an_offset_is_walked_start_the_walk_again(
    shop: Shop, pull: Callable[..., Pull], change: str
) -> None:
    def once(asked: Asked) -> None:
        if asked.params["skip"] == "4":
            shop.before_answer = lambda _: None
            if change == "gone":
                del shop.things[1]
            else:
                shop.things.insert(0, {"id": 99, "at": "2025-03-01T00:00:00Z"})

    shop.before_answer = once

    steps = list(pull(Offset(SIZE), Snapshot()).steps())

    assert [step.begins for step in steps].count(True) == 2
    second = max(number for number, step in enumerate(steps) if step.begins)
    told = [json.loads(page.payload)["list"] for step in steps[second:] for page in step.pages]
    assert {thing["id"] for page in told for thing in page} == {thing["id"] for thing in shop.things}


def test_a_list_that_never_stands_still_is_left_for_later(shop: Shop, pull: Callable[..., Pull]) -> None:
    shop.before_answer = lambda asked: (
        shop.things.insert(0, {"id": 99, "at": ""}) if asked.params["skip"] != "0" else None
    )

    with pytest.raises(SourceTransientError, match="rows came and went while its pages were read, 5 times"):
        ids(pull(Offset(SIZE), Snapshot()))


def test_a_cursor_that_repeats_itself_ends_the_pull(shop: Shop, pull: Callable[..., Pull]) -> None:
    shop.server._answer = lambda _: Told.json({"list": [{"id": 1}], "token": "same", "end": False})

    with pytest.raises(SourceTransientError, match="names the same next page again and again"):
        ids(pull(Tokens("after", "token", until="end"), Stream("since")))


def test_a_stream_goes_on_where_it_ended(shop: Shop, pull: Callable[..., Pull]) -> None:
    tokens = Tokens("after", "token", until="end")
    steps = list(pull(tokens, Stream("begin", "date")).steps())
    shop.things += [{"id": 100, "at": "2025-03-02T00:00:00Z"}]

    assert shop.server.log[0].params == {"begin": "2025-03-01"}
    assert ids(pull(tokens, Stream("begin", "date"), {"": steps[-1].cursor})) == [100]
    assert shop.server.log[-1].params == {"after": "8"}


@pytest.mark.parametrize("increment", [Stream("begin"), Since("since"), Snapshot()])
def test_a_failure_on_a_page_goes_on_there(shop: Shop, pull: Callable[..., Pull], increment: Increment) -> None:
    tokens = Tokens("after", "token", until="end")
    shop.server.faults = [None, status(500), status(500)]
    steps = pull(tokens, increment).steps()
    arrived = next(steps)
    with pytest.raises(SourceTransientError):
        next(steps)
    kept = arrived.cursor
    restored = Cursor.of("", kept.position(), kept.covered_until, kept.is_complete)

    rest = ids(pull(tokens, increment, {"": restored}))

    assert json.loads(arrived.pages[0].payload)["list"] == shop.things[:3]
    assert rest == list(range(3, 8))


def test_what_changed_since_overlaps_with_the_night_before(shop: Shop, pull: Callable[..., Pull]) -> None:
    increment = Since("since", overlap=dt.timedelta(hours=2))
    first = list(pull(BodyLink("next"), increment).steps())
    began = first[-1].cursor.began_at

    list(pull(BodyLink("next"), increment, {"": first[-1].cursor}).steps())

    assert shop.server.log[0].params == {"since": "2025-03-01T00:00:00Z"}
    asked = [asked.params["since"] for asked in shop.server.log if "since" in asked.params]
    assert asked[-1] == (began - dt.timedelta(hours=2)).strftime("%Y-%m-%dT%H:%M:%SZ")


def test_old_windows_are_read_once_and_young_ones_again(shop: Shop, pull: Callable[..., Pull]) -> None:
    windows, paging = Windows("since", "until", days=7), PageNumber(1_000, size_param=None)
    first = list(pull(paging, windows, reread_days=10).steps())
    weeks = -(-(dt.datetime.now(dt.UTC) - dt.datetime(2025, 3, 1, tzinfo=dt.UTC)) // dt.timedelta(days=7))

    again = list(pull(paging, windows, {step.cursor.scope: step.cursor for step in first}, reread_days=10).steps())

    assert len(first) == weeks
    assert 2 <= len(again) <= 3
    bounds = [(step.cursor.bounds["since"], step.cursor.bounds["until"]) for step in first]
    assert all(ends == begins for (_, ends), (begins, _) in pairwise(bounds))


def test_what_is_asked_for_each_record_comes_with_its_page(shop: Shop, pull: Callable[..., Pull]) -> None:
    paging = BodyLink("next")
    details = SubEndpoint("details", "/detail/{id}", "list", {"of": TEXT}, (), Tokens("c", "none"))

    steps = list(pull(paging, Snapshot(), subs=(details,)).steps())

    names = [page.name for page in steps[0].pages]
    assert names == ["things/000001", *(f"details/things/000001/id={number}/000001" for number in range(3))]
    assert json.loads(steps[0].pages[2].payload) == {"list": [{"of": "1"}]}


@pytest.mark.parametrize(
    ("states", "told"), [(["busy", "failed"], "the export failed"), (["busy"], "not ready after 3,600 s")]
)
def test_an_export_that_does_not_come_is_tried_another_night(
    shop: Shop, pull: Callable[..., Pull], states: list[str], told: str
) -> None:
    shop.jobs = states
    with pytest.raises(SourceTransientError, match=told):
        ids(pull(JOB, Snapshot()))


def test_an_answer_without_its_list_is_refused(shop: Shop, pull: Callable[..., Pull]) -> None:
    shop.server._answer = lambda _: Told.json({"items": []})

    with pytest.raises(SourcePermanentError, match='answers without a list at "list"; its form has changed'):
        ids(pull(BodyLink("next"), Snapshot()))


def test_an_empty_answer_brings_no_page(shop: Shop, pull: Callable[..., Pull]) -> None:
    shop.things.clear()

    steps = list(pull(BodyLink("next"), Snapshot()).steps())

    assert [step.pages for step in steps] == [()]
    assert steps[0].cursor.is_complete
