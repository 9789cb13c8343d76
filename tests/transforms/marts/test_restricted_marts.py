"""Event tables for data stewards hold the contract's columns and nothing of a survey."""

import datetime as dt

import polars as pl

from transforms.contracts import STAGED
from transforms.contracts.restricted import FctPromise, FctRecognition, FctTicket
from transforms.facts import Context, Facts
from transforms.marts.restricted import fct_promise, fct_recognition, fct_ticket

NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
LINEAGE = {"source": "desk", "source_page": "0", "source_row": 1}
ANNA, BERT = f"p_{1:032x}", f"p_{2:032x}"


def staged(name: str, **values: object) -> pl.DataFrame:
    return pl.DataFrame([LINEAGE | values], schema=STAGED[name].create_empty().schema)


def facts() -> Facts:
    ticket = {"ticket_id": "t1", "created_at": NOON, "updated_at": NOON, "status": "open", "is_deleted": False}
    promise = {
        "promise_id": "s1",
        "ticket_id": "t1",
        "metric": "resolution",
        "clock": "calendar",
        "began_at": NOON,
        "target_at": NOON + dt.timedelta(hours=1),
        "fulfilled_at": NOON + dt.timedelta(minutes=30),
        "is_cancelled": False,
    }
    thanks = {
        "recognition_id": "r1",
        "receiver_key": ANNA,
        "giver_key": BERT,
        "at": NOON,
        "group_size": 1,
        "is_private": False,
    }
    answer = {
        "survey_id": "csat",
        "response_id": "1",
        "item_id": "q1",
        "ticket_id": "t1",
        "answered_at": NOON,
        "value": 4,
    }
    return Facts(
        {
            "ticket": staged("ticket", **ticket),
            "promise": staged("promise", **promise),
            "recognition": staged("recognition", **thanks),
            "survey_response": staged("survey_response", **answer, is_not_applicable=False),
        },
        Context(run_on=dt.date(2026, 3, 31)),
    )


def test_a_ticket_says_that_it_was_rated_but_not_how():
    table = fct_ticket(facts())
    assert table.columns == list(FctTicket.columns())
    row = table.row(0, named=True)
    assert (row["ticket_id"], row["is_csat_answered"], row["org_unit_id"]) == ("t1", True, "unassigned")
    assert 4 not in row.values()


def test_a_promise_carries_its_verdict():
    table = fct_promise(facts())
    assert table.columns == list(FctPromise.columns())
    assert table.row(0, named=True)["is_kept"] is True


def test_a_recognition_carries_both_teams():
    table = fct_recognition(facts())
    assert table.columns == list(FctRecognition.columns())
    row = table.row(0, named=True)
    assert (row["giver_org_unit_id"], row["receiver_org_unit_id"], row["is_self"]) == (
        "unassigned",
        "unassigned",
        False,
    )


def test_without_events_the_tables_are_empty():
    nothing = Facts({}, Context(run_on=dt.date(2026, 3, 31)))
    assert [fct_ticket(nothing).height, fct_promise(nothing).height, fct_recognition(nothing).height] == [0, 0, 0]
