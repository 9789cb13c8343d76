import datetime as dt
from typing import Any

import polars as pl
import pytest

from expectations.gate import Verdict, judge_marts
from transforms.contracts import MARTS
from transforms.contracts.marts import MetaValidation

MIDNIGHT = dt.datetime(2026, 4, 1, tzinfo=dt.UTC)
CELL = {
    "kpi_id": "nps",
    "definition_version": 1,
    "component": "main",
    "variant": "main",
    "org_unit_id": "company",
    "period_grain": "month",
    "period_start": dt.date(2026, 3, 1),
    "period_end": dt.date(2026, 3, 31),
    "principle": "outcomes",
    "org_level": 0,
    "value": 0.4,
    "ci_low": 0.3,
    "ci_high": 0.5,
    "n_people_band": "50+",
    "state": "published",
    "trust_grade": "A",
    "as_of": MIDNIGHT,
    "run_id": "run-1",
}
KPI = {
    "kpi_id": "nps",
    "definition_version": 1,
    "is_current": True,
    "principle": "outcomes",
    "kpi_name": "Net promoter score",
    "description": "Promoters less detractors.",
    "formula": "promoters - detractors",
    "sources": "customer_survey",
    "needs": "survey_response",
    "unit": "score",
    "direction": "up",
    "period_grains": "month",
    "components": "main",
    "variants": "main",
    "unit_of_analysis": "respondent",
    "is_person_based": True,
    "minimum_group": 5,
    "people_roles": "respondents",
    "maturity_days": 0,
    "lower_bound": -1.0,
    "upper_bound": 1.0,
    "anchor_scale": "linear",
    "roll_up_weight": 1.0,
    "roll_up_components": "main",
    "pitfalls": "Says nothing about why.",
}
UNIT = {
    "org_unit_id": "company",
    "valid_from_on": dt.date(1990, 1, 1),
    "is_current": True,
    "org_unit_name": "Company",
    "org_level": 0,
    "path_name": "Company",
}


def table(name: str, *rows: dict[str, Any]) -> pl.DataFrame:
    return pl.DataFrame(list(rows), schema=MARTS[name].create_empty().schema)


def marts(*cells: dict[str, Any]) -> dict[str, pl.DataFrame]:
    return {
        "fct_kpi_value": table("fct_kpi_value", *cells),
        "dim_kpi": table("dim_kpi", KPI),
        "dim_org_unit": table("dim_org_unit", UNIT),
    }


def failed(verdict: Verdict) -> list[tuple[str, str, str]]:
    chosen = verdict.results.filter(~pl.col("is_passed"))
    return chosen.select("table_name", "rule", "column_name").rows()


def test_sound_marts_pass() -> None:
    verdict = judge_marts(marts(CELL), "run-1")

    assert not verdict.blocked
    assert verdict.reasons == ()
    assert failed(verdict) == []
    assert MetaValidation.is_valid(verdict.results)
    assert set(verdict.results["severity"]) == {"critical"}
    assert set(verdict.results["gate"]) == {"mart"}


def test_every_mart_may_be_empty() -> None:
    verdict = judge_marts({name: contract.create_empty() for name, contract in MARTS.items()}, "run-1")

    assert not verdict.blocked
    assert set(verdict.results["table_name"]) == set(MARTS)


@pytest.mark.parametrize(
    ("change", "rule", "column"),
    [
        ({"value": float("nan"), "ci_low": None}, "finite", "value"),
        ({"state": "hidden"}, "allowed", "state"),
        ({"n_people_band": "4"}, "allowed", "n_people_band"),
        ({"n_people_band": "500000"}, "allowed", "n_people_band"),
        ({"org_unit_id": "attic"}, "unknown_unit", ""),
        ({"definition_version": 2}, "undeclared_kpi", ""),
        ({"period_start": None}, "not_null", "period_start"),
        ({"response_rate": 1.2}, "bounds", "response_rate"),
        ({"state": "suppressed_primary"}, "hidden_number", ""),
        ({"value": None}, "missing_number", ""),
        ({"trust_grade": None}, "ungraded_number", ""),
        ({"ci_low": 0.45}, "outside_interval", ""),
        ({"value": 1.2, "ci_high": 1.3}, "implausible_value", ""),
    ],
)
def test_each_fault_blocks(change: dict[str, Any], rule: str, column: str) -> None:
    verdict = judge_marts(marts(CELL | change), "run-1")

    assert verdict.blocked
    assert ("fct_kpi_value", rule, column) in failed(verdict)


def test_a_key_that_comes_twice_blocks() -> None:
    verdict = judge_marts(marts(CELL, CELL), "run-1")

    assert verdict.reasons == ("fct_kpi_value: unique_key: 2 of 2 rows failed",)


def test_an_implausible_number_is_named_by_kpi_unit_and_period_but_not_told() -> None:
    verdict = judge_marts(marts(CELL | {"value": 3.75, "ci_low": None}), "run-1")

    assert verdict.reasons == (
        "fct_kpi_value: implausible_value: 1 of 1 rows failed. A number lies outside the plausible bounds of its KPI. "
        "nps (main) of company in the month from 2026-03-01, plausible -1.0 to 1.0 score",
    )
    assert "3.75" not in repr(verdict.results)


def test_a_number_below_the_only_bound_of_its_kpi_is_named() -> None:
    tables = marts(CELL | {"value": -3.0, "ci_low": None})
    tables["dim_kpi"] = table("dim_kpi", KPI | {"upper_bound": None})

    (reason,) = judge_marts(tables, "run-1").reasons

    assert reason.endswith("plausible -1.0 to any score")


def test_a_column_the_contract_does_not_know_blocks() -> None:
    tables = marts(CELL)
    tables["fct_kpi_value"] = tables["fct_kpi_value"].with_columns(pl.lit("p_1").alias("agent_key"))

    verdict = judge_marts(tables, "run-1")

    assert verdict.reasons == (
        "fct_kpi_value: columns: 1 of 28 columns failed. agent_key is String, declared not declared",
    )


def accounting(n_staged: int, n_quarantined: int) -> pl.DataFrame:
    page = {"source": "desk", "source_page": "page-1", "page_name": "a.csv", "as_of": MIDNIGHT, "run_id": "run-1"}
    return table(
        "meta_row_accounting",
        page | {"fate": "staged", "reason": "", "n_rows": n_staged},
        page | {"fate": "quarantined", "reason": "allowed", "n_rows": n_quarantined},
    )


def test_row_accounting_closes_against_the_rows_of_each_page() -> None:
    page_rows = pl.DataFrame({"source": ["desk"], "source_page": ["page-1"], "n_rows": [10]})

    closed = judge_marts({"meta_row_accounting": accounting(8, 2)}, "run-1", page_rows)
    open_ = judge_marts({"meta_row_accounting": accounting(8, 1)}, "run-1", page_rows)

    assert not closed.blocked
    assert open_.reasons == (
        "meta_row_accounting: unaccounted_rows: 1 of 1 rows failed. The fates of a page's rows do not add up to its "
        "rows. desk, page page-1",
    )


def test_a_negative_count_of_rows_blocks_without_the_rows_of_the_pages_too() -> None:
    verdict = judge_marts({"meta_row_accounting": accounting(-1, 2)}, "run-1")

    assert failed(verdict) == [("meta_row_accounting", "bounds", "n_rows")]


@pytest.mark.parametrize("name", MARTS)
def test_no_mart_declares_a_column_that_could_identify_a_person(name: str) -> None:
    for column_name, column in MARTS[name].columns().items():
        assert column.metadata["pii"] is False, column_name
        assert not column_name.endswith("_key"), column_name
