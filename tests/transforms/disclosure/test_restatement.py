"""Ticket KPIs restate freely: what says the same keeps its run, what changed is told."""

import polars as pl

from transforms.disclosure.restatement import CORRECTED, GONE, NOT_SHOWN, RESTATED

PARENTS = {"acme": None, "a": "acme", "b": "acme"}


def tickets(world, *teams):
    return world.kpi(world.rows([row for one in teams for row in one]), person_based=False)


def restated(disclosed):
    return {
        row["org_unit_id"]: (row["old_value"], row["new_value"], row["new_state"], row["reason"])
        for row in disclosed.restatements.iter_rows(named=True)
    }


def test_unchanged_rows_keep_run_and_date_and_changed_ones_are_told(world):
    acme = world(PARENTS)
    acme.night(tickets(world, world.team("a", range(8), 4), world.team("b", range(20, 28), 2)), run_id="one")
    second = acme.night(
        tickets(world, world.team("a", range(8), 5), world.team("b", range(20, 28), 2)), run_id="two", later=1
    )
    assert {row["org_unit_id"]: row["run_id"] for row in second.rows.iter_rows(named=True)} == {
        "acme": "two",
        "a": "two",
        "b": "one",
    }
    assert restated(second) == {
        "a": (0.5, 0.625, "published", RESTATED),
        "acme": (0.375, 0.4375, "published", RESTATED),
    }
    assert second.ledger_additions.is_empty()


def test_a_number_that_goes_is_told(world):
    acme = world(PARENTS)
    acme.night(tickets(world, world.team("a", range(8), 4), world.team("b", range(20, 28), 2)), run_id="one")
    second = acme.night(tickets(world, world.team("a", range(4), 2), world.team("a", range(90, 94))), later=1)
    assert restated(second)["b"] == (0.25, None, "not_enough_data", GONE)
    third = acme.night(tickets(world, world.team("a", range(4), 2)), later=2)
    assert restated(third)["a"] == (0.25, None, "suppressed_primary", NOT_SHOWN)


def test_the_last_binary_digit_is_no_change(world):
    acme = world(PARENTS)
    kpi = tickets(world, world.team("a", range(9), 4))
    first = acme.night(kpi, run_id="one")
    acme.mart = first.rows.with_columns(pl.col("value") * (1 + 1e-13))
    second = acme.night(kpi, run_id="two", later=1)
    assert second.rows.equals(acme.mart)
    assert second.restatements.is_empty()


def test_a_person_based_cell_is_told_from_the_ledger_even_without_a_mart(world):
    acme = world({"acme": None})
    acme.night(world.kpi(world.rows(world.team("acme", range(20), 4))), run_id="one")
    acme.mart = None
    second = acme.night(world.kpi(world.rows(world.team("acme", range(20), 12))), run_id="two", later=1)
    assert restated(second) == {"acme": (0.2, 0.6, "published", CORRECTED)}
