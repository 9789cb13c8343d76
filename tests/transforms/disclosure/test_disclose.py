"""The road as a whole: what a row may carry, what is logged, what is refused."""

import datetime as dt

import polars as pl
import pytest

from transforms.contracts.marts import FctKpiValue, MetaPrivacyLog, MetaRestatement
from transforms.contracts.results import CellCrowd, CellPerson, KpiCell, Publication
from transforms.disclosure import DisclosureError, disclose, privacy_log
from transforms.facts import Context
from transforms.kpis.compute import KpiResult

ONLY_WITH_A_NUMBER = [
    "value", "ci_low", "ci_high", "interval_method", "shrunk_value", "numerator", "denominator", "n_events",
    "n_people_band", "response_rate", "coverage", "verdict",
]  # fmt: skip
PARENTS = {"acme": None, "a": "acme", "b": "acme", "c": "acme"}


def mixed(world):
    return world.kpi(
        world.rows(world.team("a", range(4), 1) + world.team("b", range(10, 16), 3) + world.team("c", range(20, 30), 4))
    )


def nothing():
    return KpiResult(KpiCell.create_empty(), CellPerson.create_empty(), CellCrowd.create_empty())


def told(results, kpis, ancestors=None):
    empty = pl.DataFrame(
        schema={
            "period_grain": pl.String,
            "period_start": pl.Date,
            "org_unit_id": pl.String,
            "ancestor_id": pl.String,
            "org_level": pl.Int64,
        }
    )
    return disclose(
        results,
        kpis,
        ancestors=empty if ancestors is None else ancestors,
        ledger=Publication.create_empty(),
        previous=None,
        context=Context(run_on=dt.date(2026, 7, 15)),
        run_id="run-1",
    )


def test_a_hidden_cell_carries_no_number_and_no_flag(world):
    rows = world(PARENTS).night(mixed(world)).rows
    hidden = rows.filter(~pl.col("state").str.starts_with("published"))
    assert hidden.height == 2
    assert all(hidden[name].null_count() == 2 for name in [*ONLY_WITH_A_NUMBER, "flags"])


def test_every_hiding_is_counted(world):
    log = privacy_log(world(PARENTS).night(mixed(world)).hidden, "run-1")
    assert log.select("kpi_id", "period_grain", "rule", "n_cells").rows() == [
        ("kind_words", "month", "complementary", 1),
        ("kind_words", "month", "numbers", 2),
        ("kind_words", "month", "primary", 1),
    ]


def test_a_cell_not_matured_waits_outside_the_ledger(world):
    happened = world.rows(world.team("acme", range(9), 4), dt.date(2026, 6, 30))
    waiting = world({"acme": None}).night(world.kpi(happened, maturity_days=30))
    assert world.states(waiting) == {"acme": "not_matured"}
    assert waiting.ledger_additions.is_empty()
    assert world.row(waiting, "acme")["value"] is None


def test_a_missing_source_is_said_with_its_flag(world):
    kpi = world.kpi(world.rows([]), needs=("promise",))
    row = world.row(world({"acme": None}).night(kpi), "acme")
    assert (row["state"], row["flags"], row["value"]) == ("source_missing", "missing:promise", None)


def test_a_night_without_cells_is_a_night(world):
    disclosed = told([nothing()], [mixed(world)])
    assert [frame.height for frame in (disclosed.rows, disclosed.ledger_additions, disclosed.hidden)] == [0, 0, 0]
    FctKpiValue.validate(disclosed.rows)
    MetaPrivacyLog.validate(privacy_log(disclosed.hidden, "run-1"))
    MetaRestatement.validate(disclosed.restatements)


def test_the_ledger_takes_only_published_cells_and_only_of_person_based_kpis(world):
    people = mixed(world)
    tickets = world.kpi(people.observe(None).collect(), id="tickets", person_based=False)
    additions = world(PARENTS).night(people, tickets).ledger_additions
    assert additions.select("kpi_id", "org_unit_id").rows() == [("kind_words", "acme"), ("kind_words", "c")]
    company = additions.filter(org_unit_id="acme").row(0, named=True)
    assert len(company["people"]) == len(company["contributions"]) == 20
    assert company["people"][0] == "respondents:p_" + "0" * 32


def test_rows_come_back_from_the_ledger_bit_for_bit(world):
    acme = world({"acme": None})
    first = acme.night(world.kpi(world.rows(world.team("acme", range(77), 31))))
    acme.mart = None
    assert acme.night(world.kpi(world.rows(world.team("acme", range(77), 31))), run_id="two").rows.equals(first.rows)


def test_a_cell_of_an_undeclared_version_is_refused(world):
    acme, kpi = world({"acme": None}), world.kpi(world.rows(world.team("acme", range(9), 4)))
    acme.night(kpi)
    cells = acme.mart.select(list(KpiCell.columns())).with_columns(definition_version=pl.lit(2, dtype=pl.Int64))
    result = KpiResult(KpiCell.validate(cells, cast=True), CellPerson.create_empty(), CellCrowd.create_empty())
    with pytest.raises(DisclosureError, match="kind_words: cells of a version that is not declared"):
        told([result], [kpi])


def test_a_published_cell_without_a_place_in_the_tree_is_refused(world):
    acme, kpi = world({"acme": None}), world.kpi(world.rows(world.team("acme", range(9), 4)))
    acme.night(kpi)
    cells = KpiCell.validate(acme.mart.select(list(KpiCell.columns())), cast=True)
    result = KpiResult(cells, CellPerson.create_empty(), CellCrowd.create_empty())
    with pytest.raises(DisclosureError, match="no place in the tree of the period from 2026-03-01"):
        told([result], [kpi])
