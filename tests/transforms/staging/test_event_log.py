from __future__ import annotations

from collections.abc import Callable
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from transforms.staging.mapping import SourceMapping
from transforms.staging.stage import PageReference, StagedPage, stage_page

Stage = Callable[..., StagedPage]

LOG: dict[str, Any] = {
    "kind": "tickets",
    "grain": "event_log",
    "columns": {
        "ticket_id": "id",
        "at": "at",
        "sequence": "n",
        "status": "state",
        "team": "group",
        "agent": "holder",
        "closed_at": "closed",
        "promise_is_kept": "in time",
    },
}
PAGE = """
id | at               | n | state   | group | holder | closed           | in time
1  | 2026-01-05 09:00 | 0 | new     | Day   |        | 2026-01-07 09:00 | true
2  | 2026-01-05 09:30 | 0 | new     | Day   | U1    |                  | true
1  | 2026-01-05 10:00 | 2 | open    | Night | U2    | 2026-01-07 09:00 | true
1  | 2026-01-05 10:00 | 1 | open    | Day   | U2    | 2026-01-07 09:00 | true
1  | 2026-01-06 11:00 | 3 | open    | Night | U2    | 2026-01-07 09:00 | false
1  | 2026-01-07 09:00 | 4 | closed  | Night |        | 2026-01-07 09:00 | false
"""


def test_events_are_what_changed_and_the_whole_first_row(stage: Stage) -> None:
    events = stage(PAGE, **LOG).tables["ticket_event"]

    assert events.select("source_row", "ticket_id", "event_type", "value", "org_unit_id").rows() == [
        (1, "1", "status", "new", "Day"),
        (1, "1", "group", None, "Day"),
        (1, "1", "assignee", None, "Day"),  # held by nobody
        (2, "2", "status", "new", "Day"),
        (2, "2", "group", None, "Day"),
        (2, "2", "assignee", None, "Day"),
        (3, "1", "group", None, "Night"),  # sequence 2, after row 4
        (4, "1", "status", "open", "Day"),
        (4, "1", "assignee", None, "Day"),
        (6, "1", "status", "closed", "Night"),
        (6, "1", "assignee", None, "Night"),
    ]


def test_the_ticket_and_its_promise_come_from_the_last_row(stage: Stage) -> None:
    page = stage(PAGE, **LOG)

    ticket, promise = page.tables["ticket"], page.tables["promise"]
    assert ticket.select("ticket_id", "source_row", "status", "org_unit_id").rows() == [
        ("2", 2, "new", "Day"),
        ("1", 6, "closed", "Night"),
    ]
    assert ticket["created_at"].dt.strftime("%d %H:%M").to_list() == ["05 09:30", "05 09:00"]
    assert ticket["updated_at"].dt.strftime("%d %H:%M").to_list() == ["05 09:30", "07 09:00"]
    assert promise.select("promise_id", "is_kept", "target_at").rows() == [("2", True, None), ("1", False, None)]
    assert promise["closed_at"].is_null().to_list() == [True, False]
    assert page.fates.is_empty()


def test_a_row_without_a_status_changes_no_status(stage: Stage) -> None:
    page = stage(
        """
        id | at         | state
        1  | 2026-01-05 |
        1  | 2026-01-06 | open
        1  | 2026-01-07 |
        1  | 2026-01-08 | open
        """,
        kind="tickets",
        grain="event_log",
        columns={"ticket_id": "id", "at": "at", "status": "state"},
    )

    assert page.tables["ticket_event"].select("source_row", "value").rows() == [(2, "open")]


def test_the_same_update_twice_is_an_older_version(stage: Stage, fates: Callable[[StagedPage], object]) -> None:
    page = stage(
        """
        id | at         | n | state
        1  | 2026-01-05 | 1 | new
        1  | 2026-01-05 | 1 | open
        """,
        kind="tickets",
        grain="event_log",
        columns={"ticket_id": "id", "at": "at", "sequence": "n", "status": "state"},
    )

    assert fates(page) == [(1, "superseded", "older_version", None)]
    assert page.tables["ticket"]["status"].to_list() == ["open"]


@given(order=st.permutations(range(6)))
@settings(max_examples=15, deadline=None)
def test_the_order_of_rows_in_the_file_does_not_matter(order: list[int]) -> None:
    lines = [[cell.strip() or None for cell in line.split("|")] for line in PAGE.strip().splitlines()]
    schema = {str(name): pl.String for name in lines[0]}
    mapping = SourceMapping.model_validate({"name": "desk", **LOG})

    def events(rows: list[list[str | None]]) -> list[tuple[Any, ...]]:
        raw = pl.DataFrame(rows, schema=schema, orient="row")
        staged = stage_page(raw, PageReference("0123456789abcdef", "log.csv"), mapping, b"key")
        columns = ["ticket_id", "at", "sequence", "event_type", "value", "org_unit_id", "agent_key"]
        return sorted(staged.tables["ticket_event"].select(columns).rows(), key=repr)

    assert events([lines[1 + place] for place in order]) == events(lines[1:])
