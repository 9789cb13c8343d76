"""No person, and no pseudonym of one, in anything an analyst or an operator reads."""

import polars as pl
import pytest

from flows.summary import quality_rows
from tests.acceptance.full_road import FullRoad
from tests.acceptance.leaks import people_in, people_in_cells, readable
from transforms.contracts import MARTS

real = pytest.mark.acceptance
ROADS = ["demo", *(pytest.param(name, marks=real) for name in ("servicenow", "pierce", "sfo", "uboot"))]


@pytest.fixture(params=ROADS)
def road(request: pytest.FixtureRequest) -> FullRoad:
    found: FullRoad = request.getfixturevalue(request.param)
    return found


def test_no_column_of_a_mart_is_a_person_key(road: FullRoad) -> None:
    columns = {column for name, frame in readable(road).items() if "restricted" not in name for column in frame.columns}
    declared = [column for contract in MARTS.values() for column in contract.columns().values()]

    keys = [name for name in columns if name.endswith("_key") or name.startswith(("person", "agent", "respondent"))]

    assert keys == []
    assert [column.name for column in declared if (column.metadata or {}).get("pii")] == []


def test_no_table_view_or_validation_result_holds_a_person(road: FullRoad) -> None:
    tables = readable(road)

    found = {name: people_in_cells(frame)[:3] for name, frame in tables.items()}

    assert {name: people for name, people in found.items() if people} == {}
    assert len(tables) >= len(MARTS) + 3
    # The restricted tables of the stewards lie in another file.
    assert not any(name.startswith("restricted.") for name in tables)


def test_no_log_line_and_no_check_holds_a_person(road: FullRoad) -> None:
    checks = quality_rows(road.lake)

    assert people_in(road.said) == []
    assert people_in(str(checks)) == []
    assert {type(value) for check in checks for value in check.values()} <= {str, int, type(None)}


def test_the_identifiers_of_the_demo_are_in_no_mart(demo: FullRoad) -> None:
    """The search above would miss an identifier that looks like nothing; so the pseudonyms themselves are looked up."""
    people = demo.lake.read("membership")["person_key"].unique().implode()

    for name, frame in readable(demo).items():
        for column in frame.select(pl.col(pl.String)).columns:
            assert not frame[column].is_in(people).any(), (name, column)
    assert demo.warehouse.read("fct_recognition")["giver_key"].is_in(people).any()


def test_the_search_finds_whom_it_should_find() -> None:
    frame = pl.DataFrame({"flags": ["low_response_rate", "p_1aafd68c5e95f98e73745abdb0980000", None], "n": [1, 2, 3]})

    assert people_in_cells(frame) == ["p_1aafd68c5e95f98e73745abdb0980000"]
    assert people_in("mail agent-0001@demo.example, p_value 0.4, p_1aafd68c5e95f98e") == [
        "agent-0001@demo.example",
        "p_1aafd68c5e95f98e",
    ]
