from __future__ import annotations

import pytest

from transforms.scales import CURRENT_VERSION, SCALE_MAPS, Scale, scale_frame, scale_of


@pytest.mark.parametrize(
    ("scale_id", "unfavourable", "neutral", "favourable"),
    [
        ("1-4", [1, 2], [], [3, 4]),
        ("1-5", [1, 2], [3], [4, 5]),
        ("1-7", [1, 2], [3, 4, 5], [6, 7]),
        ("1-10", [1, 2, 3], [4, 5, 6, 7], [8, 9, 10]),
        ("0-10", [0, 1, 2, 3, 4, 5, 6], [7, 8], [9, 10]),
        ("0-1", [0], [], [1]),
    ],
)
def test_version_1_says_what_is_favourable(
    scale_id: str, unfavourable: list[int], neutral: list[int], favourable: list[int]
) -> None:
    scale = SCALE_MAPS[1][scale_id]

    assert list(range(scale.lowest, scale.lowest_neutral)) == unfavourable
    assert list(range(scale.lowest_neutral, scale.lowest_favourable)) == neutral
    assert list(range(scale.lowest_favourable, scale.highest + 1)) == favourable


def test_the_frame_holds_every_scale_of_every_version() -> None:
    frame = scale_frame()

    assert frame.height == sum(len(scales) for scales in SCALE_MAPS.values())
    five = frame.filter(scale_id="1-5", scale_map_version=CURRENT_VERSION).drop("scale_map_version").row(0)
    assert Scale("1-5", 1, 5, 4, 3) == Scale(five[0], *(int(point) for point in five[1:]))


@pytest.mark.parametrize(
    ("points", "scale_id"),
    [
        (["1", "2", "3", "4", "5"], "1-5"),
        (["5", "3", "1", "2", "4"], "1-5"),
        ([str(point) for point in range(11)], "0-10"),
        (["1", "2", "3", "4", "5", "99"], None),
        (["1", "2", "3", "4", "4"], None),
        ([], None),
    ],
)
def test_points_that_are_exactly_those_of_a_scale_name_it(points: list[str], scale_id: str | None) -> None:
    assert scale_of(points) == scale_id
