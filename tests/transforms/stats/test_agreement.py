from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from transforms.stats.agreement import within_group_agreement


def agreement(answers: list[tuple[int, str, float]], points: int = 5) -> dict[str, object]:
    rows = pl.DataFrame(answers, schema=["unit", "item", "value"], orient="row").with_columns(
        pl.lit("team").alias("team"), pl.lit(float(points)).alias("points")
    )
    return within_group_agreement(rows.lazy(), ["team"], "unit", "item", "value", "points").collect().row(0, named=True)


def one_item(values: list[float], points: int = 5) -> dict[str, object]:
    return agreement([(unit, "mission", value) for unit, value in enumerate(values)], points)


def test_by_hand() -> None:
    # 4 4 4 5 5 3 of five points: mean 25/6, variance 17/30, by chance (25 - 1) / 12 = 2.
    got = one_item([4, 4, 4, 5, 5, 3])
    assert got["value"] == pytest.approx(1 - np.var([4, 4, 4, 5, 5, 3], ddof=1) / 2)
    assert got["value"] == pytest.approx(1 - (17 / 30) / 2)
    assert got["n_units"] == 6


@pytest.mark.parametrize(("points", "chance"), [(5, 2.0), (7, 4.0), (4, 1.25), (11, 10.0)])
def test_chance_by_the_length_of_the_scale(points: int, chance: float) -> None:
    assert one_item([2, 3], points)["value"] == pytest.approx(1 - 0.5 / chance)


def test_camps_do_not_agree() -> None:
    assert one_item([1, 1, 5, 5])["value"] == 0


def test_everybody_alike_agrees() -> None:
    assert one_item([4, 4, 4])["value"] == 1


def test_one_answer_agrees_with_nobody() -> None:
    assert one_item([4])["value"] is None


def test_random_answers_to_many_items_are_no_agreement() -> None:
    rng = np.random.default_rng(4)
    answers = [(unit, f"item {j}", float(rng.integers(1, 6))) for unit in range(400) for j in range(6)]
    assert agreement(answers)["value"] == pytest.approx(0, abs=0.06)


def test_the_interval_agrees_with_the_jackknife() -> None:
    values = np.random.default_rng(8).choice([2.0, 3.0, 4.0, 5.0], 60, p=[0.1, 0.2, 0.4, 0.3])
    without = [np.var(np.delete(values, i), ddof=1) / 2 for i in range(60)]
    error = np.sqrt(59 / 60 * np.sum((without - np.mean(without)) ** 2))

    got = one_item(values.tolist())

    half = (got["ci_high"] - got["ci_low"]) / 2
    assert half == pytest.approx(2.0010 * error, rel=0.05)
