"""What every connector must be, whoever writes it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from flows.settings import LiveSource, load_settings
from flows.settings.mapping import check_source
from flows.sources.connectors import connector, connector_names
from flows.sources.rest.increments import replaces
from flows.sources.rest.mappings import endpoints_of, mapping_problems
from transforms.staging.feeds import tables_of

EXAMPLES = Path(__file__).parents[3] / "deployments" / "examples"
_IDS = {"long_answers": "response_id", "wide_answers": "response_id", "invitations": "invitation_id"}


@pytest.fixture(params=connector_names())
def source(request: pytest.FixtureRequest) -> LiveSource:
    """A source of each connector with every option set."""
    declared = connector(request.param)
    options = {option.name: option.default if option.default is not None else "x" for option in declared.options}
    return LiveSource(name="live", connector=request.param, account="x", start_on=dt.date(2025, 1, 1), options=options)


def test_its_columns_are_fields_that_records_have(source: LiveSource) -> None:
    told = [rule for _, rule in (*mapping_problems(source), *check_source(source)) if "[[source.item]]" not in rule]

    assert told == []


def test_it_says_what_permission_each_endpoint_takes(source: LiveSource) -> None:
    assert all(part.needs for part in connector(source.connector).parts().values())


def test_answers_and_invitations_keep_their_own_ids(source: LiveSource) -> None:
    """A batch has no page and row to make an id of."""
    for mapping in source.mappings:
        if mapping.kind == "survey":
            assert _IDS[mapping.grain] in mapping.columns


def test_no_two_readings_of_a_table_delete_each_others_rows(source: LiveSource) -> None:
    fed: list[str] = []
    for endpoint in endpoints_of(source):
        if replaces(endpoint.increment):
            names = {endpoint.name, *(sub.name for sub in endpoint.of_each)}
            fed += {
                table
                for name, mapping in source.mappings_by_endpoint()
                if name in names
                for table in tables_of(mapping)
            }

    assert sorted(fed) == sorted(set(fed))


def test_it_has_an_example_that_loads(source: LiveSource) -> None:
    settings = load_settings(EXAMPLES / f"{source.connector}.toml")

    assert source.connector in {each.connector for each in settings.sources}
