"""The demo's team of four and the county's department of four are seen nowhere with a number."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from flows import cli
from flows.summary import night_markdown, quality_rows
from tests.acceptance.full_road import ACCEPTANCE_KEY, REAL, FullRoad
from tests.acceptance.leaks import people_in, people_in_cells, readable, said_of
from transforms.contracts.results import CELL_KEY

DEMO_TEAM = ("legal", "Legal")
COUNTY_DEPARTMENT = "Family Justice Center"


@pytest.fixture(params=["demo", pytest.param("pierce", marks=pytest.mark.acceptance)])
def small(request: pytest.FixtureRequest) -> tuple[FullRoad, str, str]:
    """A road with a unit of four people: road, id and name of the unit."""
    road: FullRoad = request.getfixturevalue(request.param)
    return (road, *(DEMO_TEAM if request.param == "demo" else (COUNTY_DEPARTMENT, COUNTY_DEPARTMENT)))


@pytest.fixture
def command(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Runs `culture-kpis` on a road's warehouse and returns what it says."""

    def run(road: FullRoad, *words: str) -> str:
        monkeypatch.setenv("CULTURE_KPIS_PSEUDONYM_KEY", ACCEPTANCE_KEY)
        monkeypatch.chdir(tmp_path)
        places = ["--config", str(road.settings.config_file), "--warehouse", road.settings.warehouse.url]
        assert cli.run([*places, "--lake", road.settings.lake.url, *words]) == 0
        return capsys.readouterr().out

    return run


def test_the_units_are_of_four_people(demo: FullRoad) -> None:
    members = demo.lake.read("membership").filter(org_unit_id=DEMO_TEAM[0])

    assert members["person_key"].n_unique() == 4


@pytest.mark.acceptance
@pytest.mark.skipif(not REAL.exists(), reason="real data sets are not beside the repository")
def test_the_department_is_of_four_people(pierce: FullRoad) -> None:
    answers = pierce.lake.read("survey_response").filter(org_unit_id=COUNTY_DEPARTMENT)

    assert answers.group_by("item_id").len()["len"].max() == 4


def test_no_table_or_view_says_a_number_of_them(small: tuple[FullRoad, str, str]) -> None:
    road, unit, _ = small
    tables = readable(road)
    about = tables["marts.fct_kpi_value"].filter(pl.col("org_unit_id") == unit)

    told = {name: said_of(unit, frame).height for name, frame in tables.items()}

    assert {name for name, rows in told.items() if rows} == set()
    assert {"marts.kpi_value", "marts.kpi_trend", "marts.kpi_scorecard"} <= set(told)
    # They are there, and hidden: not left out, and not hidden by an accident.
    assert about.height > 20
    assert set(about["state"]) <= {"suppressed_primary", "not_enough_data", "not_matured"}
    assert "suppressed_primary" in set(about["state"])
    assert set(about["trust_grade"]) == {None}


def test_they_can_be_reckoned_from_nobody_else(small: tuple[FullRoad, str, str]) -> None:
    """Wherever a unit above is published, at least one sibling is hidden with the small unit, five people together."""
    road, unit, _ = small
    tree = road.warehouse.read("dim_org_unit")
    (parent,) = tree.filter(org_unit_id=unit)["parent_org_unit_id"].unique()
    siblings = tree.filter(parent_org_unit_id=parent)["org_unit_id"].unique().to_list()
    family = ["kpi_id", "component", "variant", "period_grain", "period_start"]
    shown = pl.col("state").str.starts_with("published")
    with_parent = road.values.filter(shown, org_unit_id=parent).select(family)
    # Units that have a cell of the family at all.
    cells = road.values.filter(pl.col("org_unit_id").is_in(siblings)).join(with_parent, on=family, how="semi")
    exact = pl.concat([result.cells for result in road.results.values()]).filter(pl.col("state") == "published")
    of_small = exact.filter(org_unit_id=unit).select(family)

    hidden = cells.join(of_small, on=family, how="semi").filter(~shown).group_by(family).len()

    assert hidden.height > 10
    assert hidden["len"].min() >= 2


def test_no_log_line_names_them_with_a_number(small: tuple[FullRoad, str, str]) -> None:
    road, unit, name = small

    lines = [line for line in road.said.splitlines() if re.search(rf"\b({unit}|{name})\b", line)]

    assert lines == []
    assert "compute KPIs" in road.said  # it was listened to


def test_no_artifact_names_them(small: tuple[FullRoad, str, str]) -> None:
    road, unit, name = small
    markdown = night_markdown(road.published.computed.marts, road.night)
    checks = json.dumps(quality_rows(road.lake), default=str)

    for artifact in (markdown, checks):
        assert len(artifact) > 500
        assert re.search(rf"\b({unit}|{name})\b", artifact) is None
        assert people_in(artifact) == []


@pytest.mark.parametrize("table", ["fct_kpi_value", "kpi_value", "kpi_scorecard", "kpi_trend"])
def test_no_export_says_a_number_of_them(
    small: tuple[FullRoad, str, str], command: Callable[..., str], tmp_path: Path, table: str
) -> None:
    road, unit, _ = small
    out = tmp_path / f"{table}.csv"

    said = command(road, "export", table, "--out", str(out))

    exported = pl.read_csv(out, infer_schema=False)
    assert f"{exported.height:,} rows" in said
    assert exported.filter(org_unit_id=unit).height > 5
    assert said_of(unit, exported).is_empty()
    assert people_in_cells(exported) == []


def test_no_report_names_them(small: tuple[FullRoad, str, str], command: Callable[..., str], tmp_path: Path) -> None:
    road, unit, name = small
    out = tmp_path / "report.svg"

    said = command(road, "report", "--out", str(out))

    picture = out.read_text(encoding="utf-8")
    assert "of the company" in picture
    assert re.search(rf"\b({unit}|{name})\b", picture + said) is None
    assert people_in(picture) == []


@pytest.mark.parametrize(("grain", "at_least"), [("quarter", 0.85), ("month", 0.85), ("week", 0.80)])
def test_publishing_stays_useful(demo: FullRoad, grain: str, at_least: float) -> None:
    """Of the teams' numbers with five people or more in every role, nearly all are published."""
    everybody = pl.concat([result.people for result in demo.results.values()]).filter(period_grain=grain)
    above = demo.warehouse.read("dim_org_unit")["parent_org_unit_id"].unique()
    teams = everybody.filter(~pl.col("org_unit_id").is_in(above.implode())).group_by(*CELL_KEY, "role").len()
    enough = teams.group_by(CELL_KEY).agg(pl.col("len").min()).filter(pl.col("len") >= 5)
    numbers = pl.concat([result.cells for result in demo.results.values()]).filter(state="published")

    cells = demo.values.join(enough, on=CELL_KEY, how="semi").join(numbers, on=CELL_KEY, how="semi")

    assert cells.height > 1000
    assert cells["state"].str.starts_with("published").mean() >= at_least
