"""From observations to cells: every node from its own rows, nobody dropped, unripe numbers silent."""

import datetime as dt

import polars as pl
import pytest

from transforms.contracts import STAGED
from transforms.facts import Context, Facts
from transforms.kpis.compute import compute
from transforms.kpis.declaration import DeclarationError, Kpi
from transforms.kpis.estimators import proportion
from transforms.kpis.registry import RegisteredKpi

MARCH, APRIL = dt.date(2026, 3, 1), dt.date(2026, 4, 1)


def declared(**changes: object) -> Kpi:
    fields = {
        "id": "smiles",
        "version": 1,
        "title": "Smiles",
        "sources": ("tickets",),
        "needs": ("ticket",),
        "formula": "smiles / tickets",
        "unit": "share",
        "direction": "up",
        "grains": ("month",),
        "unit_of_analysis": "ticket",
        "person_based": False,
        "people": ("agents",),
        "bounds": (0.0, 1.0),
        "anchors": (0.0, 1.0),
        "pitfalls": ("smiles can be false",),
        "estimate": proportion,
    }
    return Kpi(**(fields | changes))  # type: ignore[arg-type]


def observed(rows: list[tuple[str | None, dt.date, float, str]]) -> pl.LazyFrame:
    schema = {"org_unit_id": pl.String, "on": pl.Date, "numerator": pl.Float64, "agent_key": pl.String}
    return pl.LazyFrame(rows, schema=schema, orient="row")


def registered(rows: list[tuple[str | None, dt.date, float, str]], **changes: object) -> RegisteredKpi:
    return RegisteredKpi(declared(**changes), "commitment", "Smiles.", lambda _facts: observed(rows))


def facts(run_on: dt.date = dt.date(2026, 5, 15)) -> Facts:
    lineage = {"source": "hr", "source_page": "0", "source_row": 1, "valid_from_on": dt.date(1990, 1, 1)}
    units = [("acme", None), ("care", "acme"), ("shop", "acme")]
    org_unit = pl.DataFrame(
        [lineage | {"org_unit_id": unit, "parent_org_unit_id": parent} for unit, parent in units],
        schema=STAGED["org_unit"].create_empty().schema,
    )
    return Facts({"org_unit": org_unit, "ticket": STAGED["ticket"].create_empty()}, Context(run_on=run_on))


P = [f"p_{number:032x}" for number in range(10)]
ROWS: list[tuple[str | None, dt.date, float, str]] = [
    ("care", dt.date(2026, 3, 2), 1.0, P[0]),
    ("care", dt.date(2026, 3, 3), 1.0, P[1]),
    ("care", dt.date(2026, 3, 4), 0.0, P[1]),
    ("shop", dt.date(2026, 3, 31), 0.0, P[2]),
    ("nobody knows", dt.date(2026, 3, 9), 1.0, P[3]),
    (None, dt.date(2026, 3, 9), 1.0, P[3]),
]


def cell(cells: pl.DataFrame, unit: str, start: dt.date = MARCH) -> dict[str, object]:
    return cells.filter((pl.col("org_unit_id") == unit) & (pl.col("period_start") == start)).row(0, named=True)


def test_every_node_is_computed_from_its_own_observations() -> None:
    cells = compute(registered(ROWS), facts()).cells
    assert {unit: cell(cells, unit)["value"] for unit in ("care", "shop", "unassigned", "acme")} == {
        "care": pytest.approx(2 / 3),
        "shop": 0.0,
        "unassigned": 1.0,
        "acme": pytest.approx(4 / 6),
    }


def test_people_are_counted_where_they_worked() -> None:
    people = compute(registered(ROWS), facts()).people
    at_care = people.filter(pl.col("org_unit_id") == "care")["person_key"].sort().to_list()
    assert at_care == P[:2]


def test_people_are_known_by_the_piece_that_weeks_and_months_cut_out() -> None:
    # The week of Monday 27 April has four days in April; the one of 11 May ended before 17 May, May did not.
    days = [dt.date(2026, 4, 27), dt.date(2026, 4, 30), dt.date(2026, 5, 1), dt.date(2026, 5, 13)]
    rows: list[tuple[str | None, dt.date, float, str]] = [("care", day, 1.0, P[0]) for day in days]
    result = compute(registered(rows, grains=("week", "month")), facts(dt.date(2026, 5, 17)))
    pieces = result.people.filter(period_grain="piece")["period_start"].sort().to_list()
    assert pieces == [dt.date(2026, 4, 27), dt.date(2026, 5, 1), dt.date(2026, 5, 11)]
    assert "piece" not in result.cells["period_grain"]


def test_a_month_that_ended_within_a_week_has_its_last_piece() -> None:
    rows: list[tuple[str | None, dt.date, float, str]] = [("care", dt.date(2026, 4, 30), 1.0, P[0])]
    people = compute(registered(rows, grains=("week", "month")), facts(dt.date(2026, 5, 1))).people
    assert set(people.select("period_grain", "period_start").rows()) == {
        ("month", APRIL),
        ("piece", dt.date(2026, 4, 27)),
    }


def test_the_order_of_rows_changes_nothing() -> None:
    forward, backward = compute(registered(ROWS), facts()), compute(registered(ROWS[::-1]), facts())
    assert forward.cells.equals(backward.cells)
    key = ["org_unit_id", "person_key"]
    assert forward.people.sort(key).equals(backward.people.sort(key))


def test_many_observations_are_estimated_in_parts_of_whole_periods(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [*ROWS, ("care", dt.date(2026, 4, 2), 1.0, P[0])]
    at_once = compute(registered(rows), facts()).cells
    sizes = []

    def estimate(rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
        sizes.append(rows.select("period_grain", "period_start").unique().collect().height)
        return proportion(rows, facts)

    monkeypatch.setattr("transforms.kpis.compute.MOST_ROWS", 1)
    in_parts = compute(registered(rows, estimate=estimate), facts()).cells

    assert in_parts.equals(at_once)
    assert sizes == [1, 1]


def test_a_changed_answer_changes_the_contribution() -> None:
    changed = [*ROWS[:2], ("care", dt.date(2026, 3, 4), 1.0, P[1]), *ROWS[3:]]
    before, after = (
        compute(registered(rows), facts()).people.filter(pl.col("person_key") == P[1])["contribution"].item()
        for rows in (ROWS, changed)
    )
    assert before != after


def test_a_period_that_has_not_ended_has_no_cell() -> None:
    rows = [*ROWS, ("care", dt.date(2026, 5, 2), 1.0, P[0])]
    assert compute(registered(rows), facts()).cells["period_start"].unique().to_list() == [MARCH]


def test_an_unripe_period_says_so_and_shows_nothing() -> None:
    rows = [*ROWS, ("care", dt.date(2026, 4, 20), 1.0, P[0])]
    cells = compute(registered(rows, maturity_days=28), facts()).cells
    unripe = cell(cells, "care", APRIL)
    assert (unripe["state"], unripe["value"], unripe["numerator"]) == ("not_matured", None, None)
    assert cell(cells, "care")["state"] == "published"


def test_a_table_no_source_feeds_is_named() -> None:
    cells = compute(registered(ROWS, needs=("ticket", "promise")), facts()).cells
    row = cells.row(0, named=True)
    assert (row["org_unit_id"], row["state"], row["flags"], row["value"]) == (
        "acme",
        "source_missing",
        "missing:promise",
        None,
    )


def test_no_observation_is_no_cell() -> None:
    assert compute(registered([]), facts()).cells.is_empty()


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("id", "Smiles!", "id must be lower case"),
        ("version", 0, "version starts at 1"),
        ("minimum_group", 4, "minimum_group may not be under 5"),
        ("needs", ("tickets",), "needs must be among"),
        ("people", ("managers",), "people must be among"),
        ("bounds", (1.0, 0.0), "bounds must be"),
        ("pitfalls", (), "pitfalls must say"),
        ("sources", (), "sources must be among"),
        ("grains", ("week", "quarter"), "grains must nest"),
        ("grains", ("month", "window_13w"), "grains must nest"),
    ],
)
def test_an_incomplete_declaration_is_refused(field: str, value: object, message: str) -> None:
    with pytest.raises(DeclarationError, match=message):
        declared(**{field: value})


def test_a_person_based_kpi_may_not_overlap_itself_in_time() -> None:
    with pytest.raises(DeclarationError, match="exactly one"):
        declared(person_based=True, grains=("month", "quarter"))
