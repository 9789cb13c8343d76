"""Numbers of the parts a night computed stand in the place of the remembered ones, and all others stay."""

import datetime as dt

import polars as pl

from transforms.contracts.state import TargetValue
from transforms.kpis.selection import Selection
from transforms.kpis.target_values import beside_remembered

WINTER, SPRING = dt.date(2026, 1, 1), dt.date(2026, 4, 1)


def values(*rows: tuple[dt.date, float], kpi_id: str = "promise_kept_rate") -> pl.DataFrame:
    return TargetValue.cast(
        pl.DataFrame(
            [(kpi_id, "shop", "month", start, value) for start, value in rows],
            schema=list(TargetValue.columns()),
            orient="row",
        )
    )


def test_a_computed_part_replaces_all_that_was_remembered_of_it() -> None:
    remembered = values((WINTER, 0.5), (dt.date(2026, 2, 1), 0.6), (SPRING, 0.7))
    computed = values((WINTER, 0.4))

    known = beside_remembered(computed, remembered, Selection.of_starts([("promise_kept_rate", WINTER)]))

    # February had a number and has none any more.
    assert known.select("period_start", "value").rows() == [(WINTER, 0.4), (SPRING, 0.7)]


def test_other_kpis_of_the_same_quarter_stay() -> None:
    remembered = pl.concat([values((WINTER, 0.5)), values((WINTER, 0.1), kpi_id="reopen_rate")])

    known = beside_remembered(values(), remembered, Selection.of_starts([("promise_kept_rate", WINTER)]))

    assert known.select("kpi_id", "value").rows() == [("reopen_rate", 0.1)]


def test_a_kpi_that_is_not_declared_any_more_is_forgotten() -> None:
    known = beside_remembered(values(), values((WINTER, 0.5), kpi_id="gone"), Selection.of_starts([]))

    assert known.is_empty()
