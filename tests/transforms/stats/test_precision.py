from __future__ import annotations

import polars as pl

from transforms.stats.precision import repeatable


def test_sums_in_another_order_come_out_the_same() -> None:
    parts = [0.1, 0.2, 0.3, 1e-3, 0.7]
    sums = pl.DataFrame({"sum": [sum(parts), sum(reversed(parts))]})

    assert sums["sum"][0] != sums["sum"][1]
    assert sums.select(repeatable("sum"))["sum"].n_unique() == 1


def test_a_negative_zero_is_zero_and_what_is_no_number_stays() -> None:
    numbers = pl.DataFrame({"x": [-1e-12, -0.0, None, float("nan"), -0.25]})

    rounded = numbers.select(repeatable("x"))["x"]

    assert [str(number) for number in rounded] == ["0.0", "0.0", "None", "nan", "-0.25"]


def test_large_sums_too() -> None:
    sums = pl.DataFrame({"sum": [1_234_567.123456, 1_234_567.123456 + 2e-9]})

    assert sums["sum"].round(9).n_unique() == 2
    assert sums.select(repeatable("sum"))["sum"].to_list() == [1_234_567.123, 1_234_567.123]
