"""One night whose exports hold every kind of bad row: each row has one fate, none is lost, the rest is published."""

import json
from io import StringIO

import polars as pl
import pytest
from rich.console import Console

from flows.pipeline.run import Published
from flows.progress import Progress, current
from tests.flows.bad_input.desk import EVENTS, KEY, SURVEY, THANKS, TICKETS, Desk

DIGITS = "1234567890" * 4
# Data rows 5 to 11; the rows before are those of a desk in good order.
BAD_TICKETS = f"""\
5,2026-03-06 09:00,,Active,South,cora,,{DIGITS}
6,0001-01-01 00:00,,Active,South,cora,,0
7,9999-12-31 00:00,,Active,South,cora,,0
8,2026-03-06 10:00,,Frozen,South,cora,,0
1,2026-03-02 09:00,2026-03-02 12:00,Solved,North,anna,yes,0
4,2026-03-05 15:30,2026-03-07 09:00,Solved,South,dora,no,0
,2026-03-06 11:00,,Active,South,cora,,0
"""
SOURCES = ("desk", "desk-events", "thanks", "pulse")


class Bad:
    """The desk after its bad night, and what a person saw of the night."""

    def __init__(self, desk: Desk, published: Published, seen: str) -> None:
        self.desk, self.published, self.seen = desk, published, seen


@pytest.fixture(scope="module")
def bad(tmp_path_factory: pytest.TempPathFactory) -> Bad:
    desk = Desk.opened_in(tmp_path_factory.mktemp("desk"))
    head, *rows = TICKETS.splitlines()
    good = "".join(f"{row},0\n" for row in rows)
    desk.export("tickets.csv", f"\ufeff{head},reopened\n{good}{BAD_TICKETS}")
    desk.configure('promise_is_kept = "kept"', 'promise_is_kept = "kept"\nreopen_count = "reopened"')
    desk.export("events.csv", EVENTS + "3,2026-02-01 08:00,reply,cora\n")
    desk.export("thanks.csv", THANKS + "t4,anna,Anna ,2026-03-12 10:00\n")
    desk.export("survey.csv", SURVEY + "dora,2026-03-12,South,9,4\neli,2026-03-12,South,,\n")
    screen = StringIO()
    token = current.set(Progress(console=Console(file=screen)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CULTURE_KPIS_PSEUDONYM_KEY", KEY)
        published = desk.run()
    current.reset(token)
    return Bad(desk, published, screen.getvalue())


def test_the_rows_of_every_source_add_up(bad: Bad) -> None:
    assert {source: bad.desk.fates(source) for source in SOURCES} == {
        "desk": {"staged": 4, "quarantined": 5, "superseded": 2},
        "desk-events": {"staged": 3, "quarantined": 1},
        "thanks": {"staged": 4},
        "pulse": {"staged": 4, "unanswered": 1},
    }


def test_the_accounting_is_published(bad: Bad) -> None:
    published = bad.published.computed.marts["meta_row_accounting"]

    assert published["n_rows"].sum() == 11 + 4 + 4 + 5


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        pytest.param(5, "reopened", "out_of_range", id="a 40-digit number"),
        pytest.param(6, "opened", "out_of_range", id="year 0001"),
        pytest.param(7, "opened", "out_of_range", id="year 9999"),
        pytest.param(8, "state", "unknown_value", id="an unknown status"),
        pytest.param(11, "number", "missing_value", id="no key"),
    ],
)
def test_a_bad_ticket_is_quarantined_with_its_reason(bad: Bad, row: int, column: str, reason: str) -> None:
    assert [found for found in bad.desk.quarantined("desk") if found[0] == row] == [(row, column, reason)]


def test_a_quarantined_row_is_kept_as_it_was_received(bad: Bad) -> None:
    kept = json.loads(bad.desk.kept_row("desk", 5))

    assert kept["number"] == "5"
    assert kept["reopened"] == DIGITS


def test_a_byte_order_mark_does_no_harm(bad: Bad) -> None:
    assert "1" in bad.desk.lake.read("ticket")["ticket_id"]


def test_of_two_rows_with_one_key_the_later_one_stays_and_copies_count_once(bad: Bad) -> None:
    tickets = bad.desk.lake.read("ticket")
    reasons = bad.desk.lake.read("meta_row_accounting").filter(pl.col("source") == "desk")

    assert sorted(tickets["ticket_id"]) == ["1", "2", "3", "4"]
    assert tickets.filter(pl.col("ticket_id") == "4")["solved_at"].dt.day().to_list() == [7]
    superseded = reasons.filter(pl.col("fate") == "superseded").select("reason", "n_rows")
    assert dict(superseded.iter_rows()) == {"exact_duplicate": 1, "older_version": 1}


def test_an_answer_off_its_scale_is_quarantined_and_the_other_answers_of_the_row_are_staged(bad: Bad) -> None:
    answers = bad.desk.lake.read("survey_response").filter(pl.col("source_row") == 4)

    assert bad.desk.quarantined("pulse") == [(4, "purpose", "not_on_scale")]
    assert answers["value"].to_list() == [4.0]


def test_a_recognition_to_oneself_is_kept_and_reported(bad: Bad) -> None:
    checks = bad.desk.lake.read("meta_validation").filter(pl.col("rule") == "receiver_equals_giver")

    assert bad.desk.lake.read("recognition").height == 4
    assert checks.select("severity", "n_checked", "n_failed").rows() == [("warning", 4, 1)]


def test_an_event_before_its_ticket_was_created_is_quarantined(bad: Bad) -> None:
    assert [(row, reason) for row, _, reason in bad.desk.quarantined("desk-events")] == [(4, "event_before_creation")]
    assert bad.desk.lake.read("ticket_event").height == 3


def test_a_person_sees_counts_and_the_warning(bad: Bad) -> None:
    assert "11 rows: 5 quarantined, 4 staged, 2 superseded" in bad.seen
    assert "receiver_equals_giver: 1 of 4 rows failed" in bad.seen


def test_nothing_of_a_person_stands_in_what_is_published(bad: Bad) -> None:
    text = "".join(frame.write_ndjson() for frame in bad.published.computed.marts.values()).lower() + bad.seen.lower()

    assert [name for name in ("anna", "cora", "dora", 'eli"') if name in text] == []


def test_a_second_night_over_the_same_exports_changes_no_fate(bad: Bad) -> None:
    before = {source: (bad.desk.fates(source), bad.desk.quarantined(source)) for source in SOURCES}

    bad.desk.run()

    assert {source: (bad.desk.fates(source), bad.desk.quarantined(source)) for source in SOURCES} == before
