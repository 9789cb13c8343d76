from __future__ import annotations

import numpy as np

from transforms.stats.shifts import DRAWS, shuffled, sustained_shifts

FLAT = [5.0, 4.0, 6.0] * 4  # the first 12 points: median 5


def shifts(*values: list[float]) -> tuple[list[int], list[int]]:
    up, down = sustained_shifts(np.array(values, dtype=float))
    return up.tolist(), down.tolist()


def test_eight_in_line_are_a_shift_and_seven_are_not() -> None:
    assert shifts([*FLAT, *[7.0] * 8], [*FLAT, *[7.0] * 7, 3.0]) == ([1, 0], [0, 0])
    assert shifts([*FLAT, *[3.0] * 8]) == ([0], [1])


def test_the_new_level_is_the_centre_of_what_follows() -> None:
    # After the shift to 7 another eight at 7 lie on the centre; eight at 9 are a second shift, eight at 5 one down.
    assert shifts([*FLAT, *[7.0] * 16], [*FLAT, *[7.0] * 8, *[9.0] * 8], [*FLAT, *[7.0] * 8, *[5.0] * 8]) == (
        [1, 2, 1],
        [0, 0, 1],
    )


def test_a_point_on_the_centre_neither_breaks_nor_adds_and_a_missing_one_is_passed_over() -> None:
    nan = float("nan")
    line = [7.0] * 4 + [5.0] + [7.0] * 4
    gaps = [7.0, nan, 7.0, 7.0, nan, 7.0, 7.0, 7.0, 7.0]
    assert shifts([*FLAT, *line], [*FLAT, *gaps], [nan, *FLAT, *[7.0] * 8]) == ([1, 0, 1], [0, 0, 0])


def test_a_short_series_has_none() -> None:
    assert shifts([9.0] * 12, [float("nan")] * 12) == ([0, 0], [0, 0])


def test_shuffles_keep_the_weeks_of_all_series_together_and_depend_on_the_seed_alone() -> None:
    series = np.array([[3.0, np.nan, 1.0, 2.0, 9.0], [30.0, 7.0, 10.0, 20.0, 90.0]])
    first = shuffled(series, (1, 2))
    assert first.shape == (DRAWS, 2, 5)
    assert (np.sort(first[:, 1], axis=1) == [7.0, 10.0, 20.0, 30.0, 90.0]).all()
    seen = np.isfinite(first[:, 0])
    np.testing.assert_array_equal(first[:, 0][seen] * 10, first[:, 1][seen])
    np.testing.assert_array_equal(first, shuffled(series, (1, 2)))
    assert not np.array_equal(first[:, 1], shuffled(series, (1, 3))[:, 1])


def test_shuffling_expects_as_many_shifts_as_a_series_without_any_shows() -> None:
    rng = np.random.default_rng(9)
    series = rng.normal(size=(300, 52))
    up, down = sustained_shifts(series)
    null_up, null_down = sustained_shifts(
        np.stack([shuffled(one[None, :], (5, n)) for n, one in enumerate(series[:40])])
    )

    # About one series in six shows a false shift; 300 of them tell the mean to within 0.05.
    assert abs(up.mean() - null_up.mean()) < 0.06
    assert abs(down.mean() - null_down.mean()) < 0.06
    assert null_up.mean() > 0.02
