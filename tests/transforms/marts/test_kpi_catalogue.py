"""The catalogue says what the declarations say, and nothing else."""

import polars as pl
import pytest

from transforms.contracts.marts import PRINCIPLES
from transforms.kpis.declaration import Kpi
from transforms.kpis.registry import RegisteredKpi, all_kpis, principle_documentation
from transforms.marts.kpi_catalogue import dim_kpi, dim_principle


def registered(**changes: object) -> RegisteredKpi:
    fields = {
        "id": "smiles",
        "version": 3,
        "title": "Smiles per visit",
        "sources": ("tickets", "recognition"),
        "needs": ("ticket",),
        "formula": "smiles / visits",
        "unit": "rate",
        "direction": "up",
        "grains": ("month", "quarter"),
        "components": ("main", "p90"),
        "unit_of_analysis": "visit",
        "person_based": False,
        "minimum_group": 8,
        "people": ("agents", "requesters"),
        "maturity_days": 14,
        "bounds": (0.0, 5.0),
        "anchors": (1.0, 4.0),
        "weight": 2.0,
        "pitfalls": ("Smiles can be false.", "Masks hide them."),
        "estimate": lambda rows, _facts: rows,
    }
    declared = Kpi(**(fields | changes))  # type: ignore[arg-type]
    return RegisteredKpi(declared, "hospitality", "Smiles: what a guest sees first.", lambda _facts: pl.LazyFrame())


def test_every_field_of_a_declaration_stands_in_the_table():
    assert dim_kpi([registered()]).row(0, named=True) == {
        "kpi_id": "smiles",
        "definition_version": 3,
        "is_current": True,
        "principle": "hospitality",
        "kpi_name": "Smiles per visit",
        "description": "Smiles: what a guest sees first.",
        "formula": "smiles / visits",
        "sources": "tickets, recognition",
        "needs": "ticket",
        "unit": "rate",
        "direction": "up",
        "period_grains": "month, quarter",
        "components": "main, p90",
        "variants": "main",
        "unit_of_analysis": "visit",
        "is_person_based": False,
        "minimum_group": 8,
        "people_roles": "agents, requesters",
        "maturity_days": 14,
        "lower_bound": 0.0,
        "upper_bound": 5.0,
        "anchor_worst": 1.0,
        "anchor_best": 4.0,
        "anchor_scale": "linear",
        "roll_up_weight": 2.0,
        "roll_up_components": "main",
        "field_needs": None,
        "pitfalls": "Smiles can be false. Masks hide them.",
    }


def test_the_table_is_in_order_and_may_be_empty():
    assert dim_kpi([registered(id="b"), registered(id="a")])["kpi_id"].to_list() == ["a", "b"]
    assert dim_kpi([]).is_empty()


def test_every_kpi_of_the_code_is_in_the_catalogue():
    assert set(dim_kpi(all_kpis())["kpi_id"]) == {one.kpi.id for one in all_kpis()}


def test_principles_stand_in_catalogue_order_with_their_documentation():
    table = dim_principle({slug: f"What {slug} means." for slug in PRINCIPLES})
    assert table["principle"].to_list() == list(PRINCIPLES)
    assert table.row(5, named=True) == {
        "principle": "lead_and_inspire",
        "principle_name": "Lead and inspire",
        "description": "What lead_and_inspire means.",
        "sort_order": 6,
    }


def test_every_principle_is_documented():
    assert all(
        dim_principle({slug: principle_documentation(slug) for slug in PRINCIPLES})["description"].str.len_chars() > 80
    )


def test_an_undocumented_principle_is_an_error():
    with pytest.raises(KeyError):
        dim_principle({})
