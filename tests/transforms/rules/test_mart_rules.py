import datetime as dt

import polars as pl
import pytest

from transforms.contracts import MARTS
from transforms.rules import MART_RULES

RULES = {rule.id: rule for rule in MART_RULES}
CELL = {
    "kpi_id": "nps",
    "definition_version": 1,
    "component": "main",
    "variant": "main",
    "org_unit_id": "desk",
    "period_grain": "month",
    "period_start": dt.date(2026, 3, 1),
    "state": "published",
    "value": 0.4,
    "ci_low": 0.3,
    "ci_high": 0.5,
}
HIDDEN = {"state": "suppressed_primary", "value": None, "ci_low": None, "ci_high": None}
NPS = {"kpi_id": "nps", "definition_version": 1, "unit": "score", "lower_bound": -1.0, "upper_bound": 1.0}


def table(name: str, *rows: dict[str, object]) -> pl.LazyFrame:
    return pl.DataFrame(list(rows), schema=MARTS[name].create_empty().schema).lazy()


def holds(rule: str, cell: dict[str, object]) -> bool:
    marts = {
        "fct_kpi_value": table("fct_kpi_value", CELL | cell),
        "dim_kpi": table("dim_kpi", NPS),
        "dim_org_unit": table("dim_org_unit", {"org_unit_id": "desk"}, {"org_unit_id": "desk"}),
    }
    return bool(RULES[rule].check(marts, {}).collect()["holds"].item())


@pytest.mark.parametrize("number", ["value", "ci_low", "shrunk_value", "numerator", "denominator", "n_events"])
def test_a_hidden_cell_shows_no_number_at_all(number: str) -> None:
    assert holds("hidden_number", HIDDEN)
    assert not holds("hidden_number", HIDDEN | {number: 1})


@pytest.mark.parametrize("state", ["published", "published_bounded"])
def test_a_published_cell_may_show_its_numbers(state: str) -> None:
    assert holds("hidden_number", {"state": state, "n_people_band": "10-19"})


def test_a_hidden_cell_does_not_say_how_many_people_it_has() -> None:
    assert not holds("hidden_number", HIDDEN | {"n_people_band": "5-9"})


def test_a_published_cell_has_a_number() -> None:
    assert holds("missing_number", {})
    assert holds("missing_number", HIDDEN)
    assert not holds("missing_number", {"value": None})


@pytest.mark.parametrize(
    ("interval", "expected"),
    [
        ((0.3, 0.5), True),
        ((0.4, 0.4), True),
        ((0.41, 0.5), False),
        ((0.3, 0.39), False),
        ((None, None), True),
        ((None, 0.1), True),
    ],
)
def test_a_number_lies_in_its_interval(interval: tuple[float | None, float | None], expected: bool) -> None:
    assert holds("outside_interval", {"ci_low": interval[0], "ci_high": interval[1]}) is expected


@pytest.mark.parametrize(("value", "expected"), [(-1.0, True), (1.0, True), (1.01, False), (-1.5, False), (None, True)])
def test_a_number_lies_in_the_plausible_bounds_of_its_kpi(value: float | None, expected: bool) -> None:
    assert holds("implausible_value", {"value": value}) is expected


def test_a_number_belongs_to_a_declared_definition_and_a_known_unit() -> None:
    assert holds("undeclared_kpi", {})
    assert not holds("undeclared_kpi", {"definition_version": 2})
    assert not holds("undeclared_kpi", {"kpi_id": "nsp"})
    assert holds("unknown_unit", {})
    assert not holds("unknown_unit", {"org_unit_id": "attic"})


def accounting(**rows_by_page: tuple[int, ...]) -> pl.LazyFrame:
    fates = ("staged", "quarantined", "superseded")
    rows = [
        {"source": "desk", "source_page": page, "fate": fate, "n_rows": n_rows}
        for page, counts in rows_by_page.items()
        for fate, n_rows in zip(fates, counts, strict=False)
    ]
    return table("meta_row_accounting", *rows)


def test_the_fates_of_a_page_add_up_to_its_rows() -> None:
    pages = pl.LazyFrame(
        {"source": ["desk"] * 3, "source_page": ["whole", "short", "silent"], "n_rows": [10, 10, 10]},
        schema_overrides={"n_rows": pl.Int64},
    )
    marts = {"meta_row_accounting": accounting(whole=(7, 2, 1), short=(7, 2), unknown=(1,))}

    found = RULES["unaccounted_rows"].check(marts, {"page_rows": pages}).collect()

    assert dict(found.select("source_page", "holds").iter_rows()) == {
        "whole": True,
        "short": False,
        "silent": False,
        "unknown": False,
    }
