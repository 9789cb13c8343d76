import datetime as dt

import polars as pl
import pytest

from transforms.contracts import STAGED
from transforms.rules import STAGED_RULES

RULES = {rule.id: rule for rule in STAGED_RULES}
NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
ANNA, BELA = "p_" + "a" * 32, "p_" + "b" * 32


def rows(table: str, *given: dict[str, object]) -> pl.LazyFrame:
    return pl.DataFrame(list(given), schema=STAGED[table].create_empty().schema).lazy()


@pytest.mark.parametrize(("giver", "expected"), [(ANNA, False), (BELA, True), (None, True)])
def test_recognising_oneself_does_not_hold(giver: str | None, expected: bool) -> None:
    thanks = rows("recognition", {"recognition_id": "R1", "receiver_key": ANNA, "giver_key": giver, "at": NOON})

    found = RULES["receiver_equals_giver"].check({"recognition": thanks}, {}).collect()

    assert found["holds"].to_list() == [expected]


def test_recognising_oneself_is_a_warning_and_keeps_the_row() -> None:
    assert RULES["receiver_equals_giver"].severity == "warning"


@pytest.mark.parametrize(
    ("scale", "value", "expected"),
    [
        ("1-5", 1.0, True),
        ("1-5", 5.0, True),
        ("1-5", 0.0, False),
        ("1-5", 6.0, False),
        ("0-10", 0.0, True),
        ("0-10", 11.0, False),
        ("1-5", None, True),  # not applicable
        ("no such scale", 3.0, False),
    ],
)
def test_an_answer_is_a_point_of_its_items_scale(scale: str, value: float | None, expected: bool) -> None:
    item = rows("survey_item", {"survey_id": "S", "item_id": "Q1", "scale_id": scale, "scale_map_version": 1})
    answer = rows("survey_response", {"survey_id": "S", "response_id": "1", "item_id": "Q1", "value": value})

    found = RULES["answer_off_scale"].check({"survey_response": answer}, {"survey_item": item}).collect()

    assert found["holds"].to_list() == [expected]


def test_an_answer_to_an_item_nobody_declared_does_not_hold() -> None:
    answer = rows("survey_response", {"survey_id": "S", "response_id": "1", "item_id": "Q9", "value": 3.0})

    assert RULES["answer_off_scale"].check({"survey_response": answer}, {}).collect()["holds"].to_list() == [False]
