from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from transforms.staging.pseudonyms import pseudonym
from transforms.staging.stage import MappingError, StagedPage

Stage = Callable[..., StagedPage]
Fates = Callable[[StagedPage], list[tuple[Any, ...]]]

KEY = b"a key for tests"
SNAPSHOT: dict[str, Any] = {"kind": "tickets", "grain": "snapshot"}
COLUMNS = {"ticket_id": "id", "created_at": "opened", "status": "state"}


def test_a_snapshot_row_becomes_a_ticket(stage: Stage) -> None:
    page = stage(
        """
        id | opened           | state   | group | holder | asked by | company | reopened
        7  | 2026-01-05 09:00 | On hold | Night | U1    | U2      | C9     | 2
        """,
        **SNAPSHOT,
        columns={
            **COLUMNS,
            "team": "group",
            "agent": "holder",
            "requester": "asked by",
            "customer_organisation": "company",
            "reopen_count": "reopened",
        },
    )

    assert page.tables["ticket"].row(0, named=True) == {
        "source": "desk",
        "source_page": "0123456789abcdef",
        "source_row": 1,
        "ticket_id": "7",
        "created_at": dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC),
        "updated_at": dt.datetime(2026, 1, 5, 9, tzinfo=dt.UTC),
        "solved_at": None,
        "closed_at": None,
        "status": "on_hold",
        "priority": None,
        "channel": None,
        "category": None,
        "org_unit_id": "Night",
        "requester_key": pseudonym("u2", KEY),
        "customer_organisation_id": "C9",
        "agent_key": pseudonym("u1", KEY),
        "reopen_count": 2,
        "reassignment_count": None,
        "is_deleted": False,
    }
    assert "promise" not in page.tables


def test_each_row_that_does_not_stage_says_why(stage: Stage, fates: Fates) -> None:
    page = stage(
        """
        id | opened     | state | changed
        1  | 2026-01-05 | open  | 2026-01-05
           | 2026-01-05 | open  | 2026-01-05
        3  | soon       | open  | 2026-01-05
        4  | 2026-01-05 | lost  | 2026-01-05
        5  | 0001-01-01 | open  | 2026-01-05
        1  | 2026-01-05 | open  | 2026-01-05
        1  | 2026-01-05 | new   | 2026-01-04
        """,
        **SNAPSHOT,
        columns={**COLUMNS, "updated_at": "changed"},
    )

    assert fates(page) == [
        (2, "quarantined", "missing_value", "id"),
        (3, "quarantined", "not_a_date", "opened"),
        (4, "quarantined", "unknown_value", "state"),
        (5, "quarantined", "out_of_range", "opened"),
        (6, "superseded", "exact_duplicate", None),
        (7, "superseded", "older_version", None),
    ]
    assert page.tables["ticket"].select("ticket_id", "status").rows() == [("1", "open")]


def test_a_bad_optional_field_is_not_dropped_in_silence(stage: Stage, fates: Fates) -> None:
    page = stage(
        "id | opened     | moved\n1  | 2026-01-05 | " + "9" * 40,
        **SNAPSHOT,
        columns={"ticket_id": "id", "created_at": "opened", "reassignment_count": "moved"},
    )

    assert fates(page) == [(1, "quarantined", "out_of_range", "moved")]


def test_a_promise_with_a_target_is_fulfilled_when_the_ticket_is_solved(stage: Stage) -> None:
    page = stage(
        """
        id | opened     | solved     | due        | spam
        1  | 2026-01-05 | 2026-01-07 | 2026-01-06 | no
        2  | 2026-01-05 |            | 2026-01-06 | yes
        3  | 2026-01-05 | 2026-01-07 |            | no
        """,
        **SNAPSHOT,
        columns={
            "ticket_id": "id",
            "created_at": "opened",
            "solved_at": "solved",
            "promise_target_at": "due",
            "is_deleted": "spam",
        },
        constants={"promise_clock": "business"},
    )

    promise = page.tables["promise"]
    assert promise.select("promise_id", "metric", "clock", "is_cancelled").rows() == [
        ("1", "resolution", "business", False),
        ("2", "resolution", "business", True),
    ]
    assert promise["fulfilled_at"].dt.day().to_list() == [7, None]
    assert promise["began_at"].dt.day().to_list() == [5, 5]


def test_a_reply_promise_must_say_when_it_was_fulfilled(stage: Stage) -> None:
    with pytest.raises(MappingError, match="promise_target_at without promise_fulfilled_at"):
        stage(
            "id | opened | due",
            **SNAPSHOT,
            columns={"ticket_id": "id", "created_at": "opened", "promise_target_at": "due"},
            constants={"promise_metric": "first_reply"},
        )


EVENTS: dict[str, Any] = {
    "kind": "tickets",
    "grain": "events",
    "columns": {
        "ticket_id": "id",
        "at": "when",
        "event_type": "what",
        "value": "to",
        "actor": "by",
        "actor_role": "as",
        "body": "text",
    },
}


def test_events_keep_no_text_and_no_name(stage: Stage) -> None:
    page = stage(
        """
        id | when       | what         | to     | by  | as    | text
        1  | 2026-01-05 | public_reply |        | U1 | agent | Thank you, U2
        1  | 2026-01-05 | assignee     | U1    | U1 |       |
        1  | 2026-01-05 | status       | Solved |     |       |
        1  | 2026-01-06 | merge        | 99     |     |       |
        1  | 2026-01-07 | redaction    | 7      | U1 |       |
        """,
        **EVENTS,
    )

    events = page.tables["ticket_event"]
    assert events.select("sequence", "event_type", "value", "actor_role").rows() == [
        (0, "public_reply", None, "agent"),
        (1, "assignee", None, "unknown"),
        (2, "status", "solved", "unknown"),
        (0, "merge", "99", "unknown"),
        (0, "redaction", "7", "unknown"),
    ]
    assert events["fingerprint"].is_not_null().to_list() == [True, False, False, False, False]
    assert "U1" not in events.write_csv()
    assert "Thank" not in events.write_csv()


def test_values_of_events_are_translated_by_the_type_of_the_event(stage: Stage, fates: Fates) -> None:
    page = stage(
        """
        id | when       | what     | to       | by | as | text
        1  | 2026-01-05 | status   | 4        |    |    |
        1  | 2026-01-05 | rating   | thumbs   |    |    |
        1  | 2026-01-05 | status   | unheard  |    |    |
        1  | 2026-01-05 | priority | critical |    |    |
        """,
        **EVENTS,
        values={"status": {"solved": ["4"]}, "rating": {"good": ["thumbs"]}},
    )

    assert page.tables["ticket_event"]["value"].to_list() == ["solved", "good"]
    assert fates(page) == [(3, "quarantined", "unknown_value", "to"), (4, "quarantined", "unknown_value", "to")]


def test_the_last_row_of_a_promise_wins(stage: Stage, fates: Fates) -> None:
    page = stage(
        """
        sla | id | what       | clock    | from       | due        | met        | cancelled
        a   | 1  | resolution | calendar | 2026-01-05 | 2026-01-06 |            | no
        a   | 1  | resolution | calendar | 2026-01-05 | 2026-01-06 | 2026-01-06 | no
        """,
        kind="tickets",
        grain="promises",
        columns={
            "promise_id": "sla",
            "ticket_id": "id",
            "metric": "what",
            "clock": "clock",
            "began_at": "from",
            "target_at": "due",
            "fulfilled_at": "met",
            "is_cancelled": "cancelled",
        },
    )

    assert page.tables["promise"]["fulfilled_at"].dt.day().to_list() == [6]
    assert fates(page) == [(1, "superseded", "older_version", None)]
