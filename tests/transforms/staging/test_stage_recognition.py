from __future__ import annotations

from collections.abc import Callable
from typing import Any

from transforms.staging.pseudonyms import pseudonym
from transforms.staging.stage import StagedPage

Stage = Callable[..., StagedPage]

COLUMNS: dict[str, Any] = {"recognition_id": "id", "receiver": "to", "giver": "from", "at": "on"}
RECOGNITION: dict[str, Any] = {"kind": "recognition", "grain": "snapshot"}


def test_a_message_to_several_people_is_a_row_for_each(stage: Stage) -> None:
    page = stage(
        """
        id | from | to  | on         | text                      | points
        1  | U1  | U2 | 2026-01-05 | Stayed late #CareMore     | 10
        1  | U1  | U3  | 2026-01-05 | Stayed late #CareMore     | 10
        2  | U1  | u1 | 2026-01-06 |                           | 2.5
        """,
        **RECOGNITION,
        columns={**COLUMNS, "message": "text", "points": "points"},
    )

    rows = page.tables["recognition"]
    assert rows.select("recognition_id", "group_size", "points", "message_length").rows() == [
        ("1", 2, 10.0, 11),
        ("1", 2, 10.0, 11),
        ("2", 1, 2.5, None),
    ]
    assert rows["tags"].to_list() == [["caremore"], ["caremore"], None]
    assert rows["message_fingerprint"].is_not_null().to_list() == [True, True, False]
    assert "Stayed" not in rows.drop("tags").write_csv()


def test_recognition_to_oneself_is_staged(stage: Stage) -> None:
    page = stage("id | from | to | on\n1 | U1 | u1 | 2026-01-05", **RECOGNITION, columns=COLUMNS)

    row = page.tables["recognition"].row(0, named=True)
    assert row["giver_key"] == row["receiver_key"] == pseudonym("u1", b"a key for tests")
    assert page.fates.is_empty()


def test_tags_come_from_one_column_split_or_from_several(stage: Stage) -> None:
    text = """
        id | from | to  | on         | value               | release
        1  | U1  | U2 | 2026-01-05 | #Care; Own it,care  | v1
        2  | U1  | U2 | 2026-01-05 |                     |
        """
    split = stage(text, **RECOGNITION, columns={**COLUMNS, "tags": "value"})
    several = stage(text, **RECOGNITION, columns={**COLUMNS, "tags": ["value", "release"]})

    assert split.tables["recognition"]["tags"].to_list() == [["care", "own it"], []]
    assert several.tables["recognition"]["tags"].to_list() == [["care; own it,care", "v1"], []]


def test_negative_points_are_refused(stage: Stage, fates: Callable[[StagedPage], object]) -> None:
    page = stage(
        "id | from | to | on | points\n1 | U1 | U2 | 2026-01-05 | -1",
        **RECOGNITION,
        columns={**COLUMNS, "points": "points"},
    )

    assert fates(page) == [(1, "quarantined", "out_of_range", "points")]


def test_a_list_in_a_json_export_is_a_list_of_tags(stage: Stage) -> None:
    page = stage(
        'id | from | to | on | value\n1 | U1 | U2 | 2026-01-05 | ["Care", "own it"]\n2 | U1 | U2 | 2026-01-05 | []',
        **RECOGNITION,
        columns={**COLUMNS, "tags": "value"},
    )

    assert page.tables["recognition"]["tags"].to_list() == [["care", "own it"], []]
