from __future__ import annotations

import json
from typing import Any

import pytest

from flows.sources.rest.shape import TEXT, flat, records_in

SHAPE = {"id": TEXT, "note": TEXT, "giver": {"email": TEXT}, "receivers": [{"email": TEXT}], "tags": [TEXT]}
NOTHING: dict[str, Any] = {"id": None, "note": None, "giver": None, "receivers": None, "tags": None}


def read(*records: Any) -> list[dict[str, Any]]:
    return records_in(json.dumps({"page": {"list": records}}).encode(), "page.list", SHAPE).to_dicts()


@pytest.mark.parametrize("number", [7, 2**63 - 1, 2**63, 2**64 - 1, 2**64, 10**30])
def test_ids_keep_every_digit(number: int) -> None:
    assert read({"id": number})[0]["id"] == str(number)


def test_values_are_text_and_missing_fields_null() -> None:
    record = {"id": 1, "note": True, "giver": {"email": "a@example.test", "more": 1}, "tags": ["x", 2], "unknown": {}}

    assert read(record) == [
        NOTHING | {"id": "1", "note": "true", "giver": {"email": "a@example.test"}, "tags": ["x", "2"]}
    ]


@pytest.mark.parametrize(
    ("field", "changed", "found"),
    [
        ("note", {"html": "<b>"}, '{"html": "<b>"}'),
        ("note", ["a"], '["a"]'),
        ("giver", "a@example.test", {"email": None}),
        ("giver", [1], {"email": None}),
        ("receivers", {"email": "a"}, [{"email": "a"}]),
        ("receivers", "a", [{"email": None}]),
        ("tags", "x", ["x"]),
        ("tags", [{"name": "x"}], ['{"name": "x"}']),
    ],
)
def test_a_field_that_changed_its_type_does_not_break_the_others(field: str, changed: Any, found: Any) -> None:
    good = {"id": 2**63 + 1, "note": "kept"}

    rows = read(good, {"id": 2, field: changed})

    assert (rows[0]["id"], rows[0]["note"]) == (str(2**63 + 1), "kept")
    assert (rows[1]["id"], rows[1][field]) == ("2", found)


@pytest.mark.parametrize("document", [{"page": {"list": []}}, {"page": {"list": None}}, {"page": {}}, {}, {"page": 1}])
def test_a_page_without_records_has_the_columns_all_the_same(document: Any) -> None:
    found = records_in(json.dumps(document).encode(), "page.list", SHAPE)

    assert found.is_empty()
    assert found.columns == list(SHAPE)


def test_a_list_may_be_the_whole_document() -> None:
    assert records_in(b'[{"id": 1}, {"id": 2}]', "", SHAPE)["id"].to_list() == ["1", "2"]


def test_what_is_not_json_is_refused() -> None:
    with pytest.raises(ValueError, match="Expecting"):
        records_in(b'{"page": {"list": [{"id": 1', "page.list", SHAPE)


def test_structs_become_columns_and_lists_text() -> None:
    record = {"id": 1, "giver": {"email": "g"}, "receivers": [{"email": "a"}], "tags": ["x", "y"]}
    frame = records_in(json.dumps([record]).encode(), "", SHAPE)

    row = flat(frame).to_dicts()[0]

    assert row == {
        "id": "1",
        "note": None,
        "giver.email": "g",
        "receivers": '{"values":[{"email":"a"}]}',
        "tags": "x,y",
    }
