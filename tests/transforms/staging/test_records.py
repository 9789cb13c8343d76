"""A record that gives several rows has one fate, and the fates add up to the records."""

from __future__ import annotations

import polars as pl
import pytest

from transforms.staging.mapping import SourceMapping
from transforms.staging.records import StagedPages, gathered, of_records, outdated
from transforms.staging.stage import PageReference, stage_page

KEY = b"k" * 32
KUDOS = SourceMapping(
    name="kudos",
    kind="recognition",
    grain="snapshot",
    columns={"recognition_id": "id", "receiver": "to", "at": "at", "points": "points"},
)
RECORDS = pl.DataFrame(
    {
        "source_page": ["one", "one", "one", "one", "two"],
        "source_row": [1, 2, 3, 4, 1],
        "page_name": ["bonuses/1"] * 4 + ["bonuses/2"],
        "row": [{"id": name} for name in ("a", "b", "c", "d", "a")],
    }
)


@pytest.fixture
def staged() -> StagedPages:
    """Record a went to two people and came twice, b has one good and one bad row, c is bad, d has no receiver."""
    rows = pl.DataFrame(
        [
            (1, "a", "ann", "2025-03-01", "5"),
            (1, "a", "ben", "2025-03-01", "5"),
            (2, "b", "ann", "2025-03-01", "5"),
            (2, "b", "ben", "2025-03-01", "many"),
            (3, "c", "ann", "no day", "5"),
            (5, "a", "ann", "2025-03-01", "5"),
            (5, "a", "ben", "2025-03-01", "5"),
        ],
        schema=["record", "id", "to", "at", "points"],
        orient="row",
    )
    told = stage_page(rows.drop("record"), PageReference("", "bonuses"), KUDOS, KEY)
    return of_records([(told, rows["record"])], RECORDS, "kudos")


def fates(staged: StagedPages) -> list[tuple[str, int, str, str]]:
    return staged.fates.select("source_page", "source_row", "fate", "reason").rows()


def test_rows_lead_back_to_their_record(staged: StagedPages) -> None:
    found = staged.tables["recognition"].select("recognition_id", "source_page", "source_row").rows()

    assert found == [("a", "one", 1), ("a", "one", 1), ("b", "one", 2)]


def test_every_record_that_is_not_staged_has_one_fate(staged: StagedPages) -> None:
    assert fates(staged) == [
        ("one", 3, "quarantined", "not_a_date"),
        ("one", 4, "out_of_window", "out_of_scope"),
        ("two", 1, "superseded", "exact_duplicate"),
    ]
    assert staged.n_rows() == {"one": 4, "two": 1}


def test_a_refused_row_of_a_staged_record_is_partial(staged: StagedPages) -> None:
    assert staged.partial.select("source_row", "fate", "reason", "column_name").rows() == [
        (2, "staged", "not_a_number", "points")
    ]


def test_outdated_pages_are_superseded_as_a_whole(staged: StagedPages) -> None:
    told = outdated(staged, "kudos")

    assert told.tables == {}
    assert {fate for _, _, fate, _ in fates(told)} == {"superseded"}
    assert sorted((page, row) for page, row, _, _ in fates(told)) == sorted(
        RECORDS.select("source_page", "source_row").rows()
    )


def test_nothing_gathered_is_nothing() -> None:
    assert gathered([]).fates.is_empty()
    assert gathered([]).n_rows() == {}
