import datetime as dt
import gzip
import tomllib
import zipfile
from collections.abc import Callable
from pathlib import Path

import holidays
import polars as pl
import pytest

from flows.demo.generate import DemoFiles, generate
from flows.settings import load_settings

STATED_ROWS = {"tickets": 60_000, "recognition": 15_000}


def contents(files: DemoFiles) -> dict[str, bytes]:
    return {
        str(file.relative_to(files.folder)): file.read_bytes()
        for file in (files.configuration, files.truths, *files.exports)
    }


def test_same_seed_gives_the_same_bytes_and_another_seed_does_not(small_demo: Callable[..., DemoFiles]) -> None:
    first, again, other = small_demo(seed=3), small_demo(seed=3), small_demo(seed=4)

    assert contents(first) == contents(again)
    assert contents(first)["exports/tickets/promises.csv.gz"] != contents(other)["exports/tickets/promises.csv.gz"]


def test_generating_over_an_older_demo_leaves_none_of_its_parts(tmp_path: Path) -> None:
    longer = generate(tmp_path, scale=0.01)

    shorter = generate(tmp_path, scale=0.01, end_on=dt.date(2025, 11, 30))

    left = {file for file in (tmp_path / "exports").rglob("*") if file.is_file()}
    assert left == set(shorter.exports)
    assert len(shorter.exports) < len(longer.exports)


@pytest.mark.parametrize("arguments", [{"scale": 0.0}, {"scale": -1.0}, {"end_on": dt.date(2025, 3, 1)}])
def test_impossible_arguments_are_refused(tmp_path: Path, arguments: dict[str, float | dt.date]) -> None:
    with pytest.raises(ValueError, match="must be"):
        generate(tmp_path, **arguments)  # type: ignore[arg-type]


def test_sizes_are_those_stated(demo) -> None:
    clean = demo.truths["clean_rows"]
    people_on = demo.memberships.filter(
        pl.col("valid_from") <= dt.date(2025, 9, 1),
        pl.col("valid_to").is_null() | (pl.col("valid_to") >= dt.date(2025, 9, 1)),
    )

    for name, rows in STATED_ROWS.items():
        assert clean[name] == pytest.approx(rows, rel=0.02)
    assert people_on.height == pytest.approx(400, rel=0.06)
    tree = demo.departments
    departments = tree.filter(pl.col("department") == "company")["team"]
    assert tree.filter(pl.col("department").is_null())["team"].to_list() == ["company"]
    assert len(departments) == 6
    assert tree.filter(pl.col("department").is_in(departments.implode())).height == 21


def test_every_file_parses_and_holds_the_rows_that_are_stated(demo) -> None:
    rows = demo.truths["rows"]
    counted = {
        "org-units": demo.read("organisation/units.csv").height,
        "memberships": demo.read("organisation/memberships.csv").height,
        "ticket-events": demo.read("tickets/events_*.csv.gz").height,
        "promises": demo.read("tickets/promises.csv.gz").height,
        "macros": demo.read("tickets/macros.csv").height,
        "eligible-categories": demo.read("tickets/eligible_categories.csv").height,
        "targets": demo.read("organisation/targets.csv").height,
        "improvements": demo.read("organisation/improvements.csv").height,
        "recognition": demo.read("recognition/recognitions.jsonl").height,
        "initiatives": demo.read("organisation/initiatives.csv").height,
        "employee-survey": demo.read("surveys/employee_2*.csv", ";").height,
        "employee-invitations": demo.read("surveys/employee_invitations.csv", ";").height,
        "customer-survey": demo.read("surveys/customer_answers.csv.gz").height,
        "customer-invitations": demo.read("surveys/customer_invitations.csv.gz").height,
    }
    with zipfile.ZipFile(demo.files.folder / "exports/tickets/tickets.zip") as archive:
        counted["tickets"] = pl.read_csv(archive.read("tickets.csv"), infer_schema=False).height

    assert counted == rows


def test_dirty_rows_are_few_and_counted(demo) -> None:
    dirty, rows, clean = demo.truths["dirty_rows"], demo.truths["rows"], demo.truths["clean_rows"]
    added = {
        name: sum(row["rows"] for row in dirty if row["source"] == name and row["rule"] != "to_oneself")
        for name in rows
    }
    tickets = pl.read_csv(_unzipped(demo), infer_schema=False)
    recognitions = demo.read("recognition/recognitions.jsonl")

    assert {name: rows[name] - clean[name] for name in rows} == added
    assert max(added.values()) <= 11
    assert tickets.filter(pl.col("state") == "Parked").height == 3
    assert tickets.height - tickets.unique().height == 4
    assert recognitions.filter(pl.col("giver") == pl.col("receiver")).height == 25


def test_configuration_loads_and_maps_columns_that_exist(demo) -> None:
    raw = tomllib.loads(demo.files.configuration.read_text(encoding="utf-8"))

    settings = load_settings(demo.files.configuration)

    assert settings.organisation.timezone == "Europe/Berlin"
    assert settings.organisation.holidays == "DE-BE"
    assert {source["connector"] for source in raw["source"]} == {"files"}
    assert {source["name"] for source in raw["source"]} == set(demo.truths["rows"])
    for source in raw["source"]:
        named = {*source["columns"].values(), *(item["column"] for item in source.get("item", []))}
        assert named <= _header(demo.files.folder, source["path"], source.get("delimiter", ","))


def test_promise_targets_lie_in_opening_hours_of_business_days(demo) -> None:
    free = pl.Series(list(holidays.country_holidays("DE", subdiv="BE", years=range(2025, 2028))), dtype=pl.Date)
    target = demo.promises["target"]
    minute = target.dt.hour().cast(pl.Int32) * 60 + target.dt.minute()

    assert minute.min() >= 9 * 60
    assert minute.max() <= 17 * 60
    assert target.dt.weekday().max() <= 5
    assert not target.dt.date().is_in(free.implode()).any()


def test_agents_belong_to_the_team_that_holds_the_ticket(demo) -> None:
    acts = demo.events.filter(pl.col("agent").is_not_null()).select("agent", "team", "day").unique()

    placed = acts.join(demo.memberships, left_on=["agent", "team"], right_on=["person", "team"], how="left")
    covered = placed.filter(
        pl.col("valid_from") <= pl.col("day"), pl.col("valid_to").is_null() | (pl.col("valid_to") >= pl.col("day"))
    )

    assert covered.select("agent", "team", "day").unique().height == acts.height


def test_events_of_a_ticket_are_in_a_possible_order(demo) -> None:
    first = demo.events.group_by("ticket").agg(
        pl.col("event").sort_by("at", "step", descending=False).first().alias("first"),
        pl.col("at").filter(pl.col("event") == "created").min().alias("created"),
        pl.col("at").min().alias("earliest"),
        pl.col("at").filter(pl.col("value") == "solved").min().alias("solved"),
        pl.col("at").filter(pl.col("event") == "reopen").min().alias("reopened"),
        pl.col("at").filter(pl.col("value") == "closed").min().alias("closed"),
    )

    assert (first["created"] == first["earliest"]).all()
    assert (first["solved"] < first["reopened"]).drop_nulls().all()
    assert (first["solved"] < first["closed"]).drop_nulls().all()


def _unzipped(demo) -> bytes:
    with zipfile.ZipFile(demo.files.folder / "exports/tickets/tickets.zip") as archive:
        return archive.read("tickets.csv")


def _header(folder: Path, pattern: str, separator: str) -> set[str]:
    file = sorted(folder.glob(pattern))[0]
    if file.suffix == ".jsonl":
        return set(pl.read_ndjson(file).columns)
    if file.suffix == ".zip":
        with zipfile.ZipFile(file) as archive:
            line = archive.read("tickets.csv").split(b"\n", 1)[0]
    else:
        content = file.read_bytes()
        line = (gzip.decompress(content) if file.suffix == ".gz" else content).split(b"\n", 1)[0]
    return set(line.decode().strip().split(separator))
