"""Rules of the marts, judged before publishing: numbers agree with their state, their interval and their declaration.

`candidates` are the marts about to be published; nothing else is looked at. A rule returns the primary key of each
judged row with `holds`.
"""

from __future__ import annotations

import polars as pl

from transforms.contracts import MARTS
from transforms.contracts.results import PUBLISHED_STATES
from transforms.rules.declaration import Check, Rule, Tables

_VALUES = "fct_kpi_value"
_NUMBERS = ("value", "ci_low", "ci_high", "shrunk_value", "numerator", "denominator", "n_events", "n_people_band")
_ROUNDING = 1e-9  # an interval of one point is not left by the last bit of a float
_DEFINITION = ("kpi_id", "definition_version")


def _keyed(frame: pl.LazyFrame, holds: pl.Expr, *more: str) -> pl.LazyFrame:
    return frame.select(*MARTS[_VALUES].primary_key(), *more, holds.fill_null(False).alias("holds"))


def _hidden_number(marts: Tables, known: Tables) -> pl.LazyFrame:
    silent = pl.all_horizontal(pl.col(name).is_null() for name in _NUMBERS)
    return _keyed(marts[_VALUES], pl.col("state").is_in(PUBLISHED_STATES) | silent)


def _missing_number(marts: Tables, known: Tables) -> pl.LazyFrame:
    return _keyed(marts[_VALUES], (pl.col("state") != "published") | pl.col("value").is_not_null())


def _outside_interval(marts: Tables, known: Tables) -> pl.LazyFrame:
    value, low, high = pl.col("value"), pl.col("ci_low"), pl.col("ci_high")
    is_partial = value.is_null() | low.is_null() | high.is_null()
    inside = (low <= value + _ROUNDING) & (value <= high + _ROUNDING)
    return _keyed(marts[_VALUES], is_partial | inside)


def _with_definition(marts: Tables) -> pl.LazyFrame:
    definitions = marts["dim_kpi"].select(*_DEFINITION, "unit", "lower_bound", "upper_bound")
    return marts[_VALUES].join(definitions.with_columns(pl.lit(True).alias("is_declared")), on=_DEFINITION, how="left")


def _implausible_value(marts: Tables, known: Tables) -> pl.LazyFrame:
    value, low, high = pl.col("value"), pl.col("lower_bound"), pl.col("upper_bound")
    holds = (low.is_null() | (value >= low - _ROUNDING)) & (high.is_null() | (value <= high + _ROUNDING))
    more = ("unit", "lower_bound", "upper_bound")
    return _keyed(_with_definition(marts), value.is_null() | holds, *more)


def _undeclared_kpi(marts: Tables, known: Tables) -> pl.LazyFrame:
    return _keyed(_with_definition(marts), pl.col("is_declared"))


def _ungraded_number(marts: Tables, known: Tables) -> pl.LazyFrame:
    is_shown = pl.col("state").is_in(PUBLISHED_STATES)
    return _keyed(marts[_VALUES], is_shown == pl.col("trust_grade").is_not_null())


def _unknown_unit(marts: Tables, known: Tables) -> pl.LazyFrame:
    units = marts["dim_org_unit"].select("org_unit_id", pl.lit(True).alias("is_known")).unique()
    return _keyed(marts[_VALUES].join(units, on="org_unit_id", how="left"), pl.col("is_known"))


def _unaccounted_rows(marts: Tables, known: Tables) -> pl.LazyFrame:
    """Fates of each page against the input rows it has; `page_rows` is source, source_page, n_rows."""
    page = ["source", "source_page"]
    accounted = marts["meta_row_accounting"].group_by(page).agg(pl.col("n_rows").sum().alias("n_accounted"))
    pages = known["page_rows"].select(*page, pl.col("n_rows").alias("n_input"))
    holds = (pl.col("n_accounted") == pl.col("n_input")).fill_null(False).alias("holds")
    return pages.join(accounted, on=page, how="full", coalesce=True).select(*page, "n_input", "n_accounted", holds)


def _critical(rule: str, description: str, check: Check, table: str = _VALUES) -> Rule:
    return Rule(id=rule, table=table, severity="critical", description=description, check=check)


RULES = (
    _critical("hidden_number", "A cell that is not published shows a number.", _hidden_number),
    _critical("missing_number", "A published cell has no number.", _missing_number),
    _critical("outside_interval", "A number lies outside its own interval.", _outside_interval),
    _critical("implausible_value", "A number lies outside the plausible bounds of its KPI.", _implausible_value),
    _critical(
        "undeclared_kpi", "A number belongs to a KPI or version that `dim_kpi` does not declare.", _undeclared_kpi
    ),
    _critical(
        "ungraded_number", "A published number has no trust grade, or a hidden one has a grade.", _ungraded_number
    ),
    _critical("unknown_unit", "A number belongs to a unit that `dim_org_unit` does not hold.", _unknown_unit),
    _critical(
        "unaccounted_rows",
        "The fates of a page's rows do not add up to its rows.",
        _unaccounted_rows,
        "meta_row_accounting",
    ),
)
