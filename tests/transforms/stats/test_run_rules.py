from __future__ import annotations

import polars as pl
import pytest
from scipy.stats import binomtest

from transforms.stats.run_rules import RUN_POINTS, runs


def sided_points(signs: str, team: str = "a") -> pl.DataFrame:
    """`+` above, `-` below, `0` on the centre of 5, `.` no value."""
    values = [{"+": 6.0, "-": 4.0, "0": 5.0, ".": None}[sign] for sign in signs]
    return pl.DataFrame({"team": team, "week": range(len(signs)), "value": values, "centre": 5.0})


def test_lengths_by_hand() -> None:
    points = sided_points("++-0--.-+").lazy()

    found = runs(points, ["team"], "week").collect()

    assert found["run_length"].to_list() == [1, 2, 1, 0, 2, 3, 0, 4, 1]


def test_p_value_is_the_two_sided_binomial_test() -> None:
    found = runs(sided_points("+" * 9).lazy(), ["team"], "week").collect()

    expected = [binomtest(length, length).pvalue for length in range(1, 10)]
    assert found["run_p_value"].to_list() == pytest.approx(expected)
    assert found["run_p_value"][RUN_POINTS - 1] == pytest.approx(0.0078125)


def test_series_do_not_continue_one_another_and_rows_keep_their_order() -> None:
    points = pl.concat([sided_points("+++"), sided_points("++", "b")]).sort("week", "team", descending=True)

    found = runs(points.lazy(), ["team"], "week").collect()

    assert found.select("team", "week").equals(points.select("team", "week"))
    assert found.sort("team", "week")["run_length"].to_list() == [1, 2, 3, 1, 2]
