from __future__ import annotations

import polars as pl
import pytest
from scipy.stats import binomtest

from transforms.stats.run_rules import RUN_POINTS, last_runs


def sided_points(signs: str, team: str = "a") -> pl.DataFrame:
    """`+` above, `-` below, `0` on the centre of 5, `.` no value."""
    values = [{"+": 6.0, "-": 4.0, "0": 5.0, ".": None}[sign] for sign in signs]
    return pl.DataFrame({"team": team, "week": range(len(signs)), "value": values, "centre": 5.0})


def runs_so_far(signs: str) -> pl.DataFrame:
    """The run that ends in each point, in their order."""
    so_far = [sided_points(signs[:n]).with_columns(pl.lit(n).alias("until")) for n in range(1, len(signs) + 1)]
    return last_runs(pl.concat(so_far).lazy(), ["team", "until"], "week").sort("until").collect()


def test_lengths_by_hand() -> None:
    found = runs_so_far("++-0--.-+")

    assert found["run_length"].to_list() == [1, 2, 1, 0, 2, 3, 0, 4, 1]
    assert found["side"].to_list() == [1, 1, -1, 0, -1, -1, None, -1, 1]


def test_p_value_is_the_two_sided_binomial_test() -> None:
    found = runs_so_far("+" * 9)

    expected = [binomtest(length, length).pvalue for length in range(1, 10)]
    assert found["run_p_value"].to_list() == pytest.approx(expected)
    assert found["run_p_value"][RUN_POINTS - 1] == pytest.approx(0.0078125)


def test_a_point_on_the_centre_ends_no_run() -> None:
    assert runs_so_far("++0")["run_p_value"].to_list() == [1.0, 0.5, None]


def test_series_do_not_continue_one_another() -> None:
    points = pl.concat([sided_points("+++"), sided_points("++", "b")])

    found = last_runs(points.lazy(), ["team"], "week").collect()

    assert dict(found.select("team", "run_length").iter_rows()) == {"a": 3, "b": 2}
