"""A lake may lie in any folder a person has."""

import datetime as dt
from pathlib import Path

import pytest

from flows.errors import ConfigurationError
from flows.lake import Lake
from tests.flows.lake.conftest import rows_of


@pytest.mark.parametrize(
    "name", ["plain", "with space", "Müller", "a#b", "what?", "a+b", "it's", "100%", "a*b", "a{b}"]
)
def test_rows_written_to_a_folder_are_read_from_it(tmp_path: Path, name: str) -> None:
    lake = Lake(str(tmp_path / name / "lake"))
    at = dt.datetime(2025, 5, 12, tzinfo=dt.UTC)

    for sequence in (1, 2):
        lake.merge("ticket_event", rows_of("ticket_event", {"ticket_id": "T1", "at": at, "sequence": sequence}))

    assert lake.read("ticket_event")["sequence"].sort().to_list() == [1, 2]
    assert lake.read("ticket_event", version=0)["sequence"].to_list() == [1]
    assert [folder.name for folder in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["a[b]", "a%20b", "a|b", "a\\b", "month=5", "a^b", "tab\tbed"])
def test_a_folder_whose_name_tables_cannot_have_is_refused_in_one_line(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigurationError, match=r"lake url: .* holds '.+', which its tables cannot have") as caught:
        Lake(str(tmp_path / name / "lake"))

    assert caught.value.exit_code == 14
    assert "\n" not in str(caught.value)
