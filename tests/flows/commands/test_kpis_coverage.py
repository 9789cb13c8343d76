"""`culture-kpis kpis coverage` on configurations as people write them."""

import json
from pathlib import Path

import pytest

from flows import cli
from flows.demo import customer_survey, employee_survey
from flows.demo.configuration import configuration
from transforms.kpis.registry import all_kpis

TICKETS_ONLY = """
[[source]]
name = "desk"
kind = "tickets"
connector = "files"
path = "tickets.csv"
grain = "snapshot"
[source.columns]
ticket_id = "number"
created_at = "opened"
promise_is_kept = "made_sla"
"""


@pytest.fixture
def asked(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    def run(toml: str, *flags: str) -> str:
        file = tmp_path / "culture-kpis.toml"
        file.write_text(toml, encoding="utf-8")
        assert cli.run(["--config", str(file), "kpis", "coverage", *flags]) == 0
        return capsys.readouterr().out

    return run


def test_a_desk_alone_feeds_promises_and_is_told_what_the_rest_needs(asked) -> None:
    found = {each["kpi_id"]: each for each in json.loads(asked(TICKETS_ONLY, "--json"))}

    assert set(found) == {one.kpi.id for one in all_kpis()}
    assert found["promise_kept_rate"] == {
        "kpi_id": "promise_kept_rate",
        "principle": "commitment",
        "title": "Promises kept",
        "is_fed": True,
        "fed_by": ["desk"],
        "unlocked_by": [],
    }
    assert found["manager_reach"]["is_fed"] is False
    assert found["manager_reach"]["unlocked_by"] == [
        "a source recognition/snapshot",
        "a source organisation/memberships",
        "map manager in a source organisation/memberships",
    ]
    assert found["heard"]["unlocked_by"][-1] == "an item with construct heard in a survey with audience customer"
    assert found["welcome_time"]["unlocked_by"][-1] == "ticket events of type public_reply in a source tickets/events"


def test_the_table_counts_and_names(asked) -> None:
    shown = asked(TICKETS_ONLY)

    lines = shown.splitlines()
    row = next(line for line in lines if " manager_reach " in line)
    assert " no " in row
    assert "map manager in a source organisation/memberships" in row
    assert lines[-1].endswith(f"of {len(all_kpis())} KPIs can be computed from the configured sources")


def test_the_demo_feeds_every_kpi(asked) -> None:
    demo = configuration(employee_survey.ITEMS, customer_survey.ITEMS)
    found = {each["kpi_id"]: each["is_fed"] for each in json.loads(asked(demo, "--json"))}

    assert [kpi_id for kpi_id, is_fed in found.items() if not is_fed] == []
