"""What is judged by the same numbers as before is taken over, and nothing else."""

from __future__ import annotations

import datetime as dt

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from tests.transforms.marts.published import number, registered, rows_of
from transforms.contracts.state import KnownSignal
from transforms.marts.kpi_signal import FEWEST_POINTS, MOST_POINTS, signals_beside

WEEKS = [dt.date(2023, 1, 2) + dt.timedelta(weeks=week) for week in range(40)]
MONTHS = [dt.date(2022 + month // 12, month % 12 + 1, 1) for month in range(20)]
KPIS = [
    registered("score", unit="score", grains=("week",)),
    registered("wait", unit="minutes", direction="down", grains=("month", "quarter")),
    registered("kept", grains=("week",)),
]
NOTHING = KnownSignal.create_empty()


def history(seed: int) -> pl.DataFrame:
    """Two units' weekly scores and large weekly shares, and monthly minutes, which shift now and then."""
    rows = []
    for place, unit in enumerate(("a", "b")):
        for week, start in enumerate(WEEKS):
            value = float((week * 7 + place * 3 + seed) % 5 + (6 if (week + seed) % 17 > 12 else 0))
            share = {"numerator": 100 + 5 * value, "denominator": 200.0}
            rows += [
                number("score", value, start, period_grain="week", org_unit_id=unit),
                number("kept", (100 + 5 * value) / 200, start, period_grain="week", org_unit_id=unit, **share),
            ]
        for month, start in enumerate(MONTHS):
            value = float((month * 11 + seed) % 7 + place)
            rows.append(number("wait", value, start, period_grain="month", org_unit_id=unit))
    return rows_of(*rows)


def anew(rows: pl.DataFrame) -> pl.DataFrame:
    return signals_beside(rows, KPIS, NOTHING)


EDITS = st.tuples(
    st.integers(0, 2 * (2 * len(WEEKS) + len(MONTHS)) - 1),
    st.sampled_from(["value", "ci_high", "gone", "hidden", "again", "denominator"]),
)


def edited(rows: pl.DataFrame, edits: list[tuple[int, str]]) -> pl.DataFrame:
    """Some rows with another number, interval, count or run, hidden or not there."""
    rows = rows.with_row_index("row")
    for place, what in edits:
        it = pl.col("row") == place
        changes = {
            "value": pl.col("value") + 9,
            "ci_high": pl.col("value") + 100.0,
            "hidden": None,
            "again": pl.lit("night-2"),
            "denominator": pl.lit(40.0),
        }
        column = {"hidden": "value", "again": "run_id"}.get(what, what)
        if what == "gone":
            rows = rows.filter(~it)
        else:
            rows = rows.with_columns(pl.when(it).then(changes[what]).otherwise(column).alias(column))
    return rows.drop("row")


@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 30), edits=st.lists(EDITS, max_size=3), shown=st.integers(60, 200))
def test_taken_over_or_judged_anew_the_signals_are_the_same(
    seed: int, edits: list[tuple[int, str]], shown: int
) -> None:
    before = history(seed).head(shown)
    after = edited(history(seed), edits)

    assert_frame_equal(signals_beside(after, KPIS, anew(before)), anew(after))


def test_only_what_a_changed_number_can_move_is_judged_anew() -> None:
    rows = history(3).filter(pl.col("period_grain") == "week")
    marked = anew(rows).with_columns(pl.lit(0.123).alias("q_value"))
    changed = 10
    is_changed = (pl.col("kpi_id") == "score") & (pl.col("org_unit_id") == "a")
    other = rows.with_columns(
        pl.when(is_changed & (pl.col("period_start") == WEEKS[changed]))
        .then(pl.col("value") + 1)
        .otherwise("value")
        .alias("value")
    )

    found = signals_beside(other, KPIS, marked)

    ends = [week + dt.timedelta(days=6) for week in WEEKS]
    # The number itself, those in whose past it is, and one more, for what repeats.
    moved = set(ends[changed : changed + MOST_POINTS + 2])
    judged = set(found.filter(pl.col("q_value") != 0.123)["period_end"])
    assert judged == moved
    assert set(found["period_end"]) - moved >= set(ends[FEWEST_POINTS:changed])


def test_without_numbers_nothing_is_known() -> None:
    assert signals_beside(history(1).clear(), KPIS, anew(history(1))).is_empty()
