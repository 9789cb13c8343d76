"""Where a number stands between its anchors."""

import polars as pl
import pytest

from tests.transforms.marts.published import number, registered, rows_of
from transforms.kpis.declaration import DeclarationError
from transforms.marts.kpi_scores import scored_parts, scores


def score(value: float | None, **declared: object) -> list[float]:
    parts = scored_parts([registered("k", **declared)])
    return scores(rows_of(number("k", value)), parts)["score"].to_list()


@pytest.mark.parametrize(("value", "expected"), [(0.5, 0.0), (0.74, 50.0), (0.98, 100.0), (0.3, 0.0), (1.0, 100.0)])
def test_the_position_between_the_anchors_is_clipped(value: float, expected: float) -> None:
    assert score(value, anchors=(0.5, 0.98)) == pytest.approx([expected])


def test_less_is_better_by_the_order_of_the_anchors() -> None:
    assert score(1.0, anchors=(4.0, 0.0), direction="down") == pytest.approx([75.0])


def test_a_gap_is_scored_by_its_size_on_either_side() -> None:
    assert score(-0.1, anchors=(0.4, 0.0), direction="zero") == pytest.approx([75.0])
    assert score(0.1, anchors=(0.4, 0.0), direction="zero") == pytest.approx([75.0])


def test_an_upward_gap_keeps_its_sign() -> None:
    assert score(-0.03, anchors=(-0.15, 0.0)) == pytest.approx([80.0])


@pytest.mark.parametrize(("value", "expected"), [(960.0, 0.0), (120.0, 50.0), (15.0, 100.0), (0.0, 100.0)])
def test_a_log_scale_counts_doublings(value: float, expected: float) -> None:
    # 960 = 2^6 * 15 and 120 = 2^3 * 15
    assert score(value, anchors=(960.0, 15.0), direction="down", anchor_scale="log") == pytest.approx([expected])


def test_a_log_scale_without_positive_anchors_is_refused() -> None:
    with pytest.raises(DeclarationError, match="anchors must be above 0"):
        registered("k", anchors=(0.0, 1.0), anchor_scale="log")


def test_a_bounded_number_is_scored_by_the_middle_of_what_was_published() -> None:
    bounded = number("k", None, state="published_bounded", ci_low=0.8, ci_high=1.0)

    found = scores(rows_of(bounded), scored_parts([registered("k")]))

    assert found.select("score", "is_bounded").rows() == [(pytest.approx(90.0), True)]


def test_a_hidden_number_has_no_score_even_if_a_row_carried_one() -> None:
    leaking = number("k", 0.7, state="suppressed_primary", ci_low=0.6, ci_high=0.8)

    assert scores(rows_of(leaking), scored_parts([registered("k")])).is_empty()


def test_components_share_the_weight_of_their_kpi() -> None:
    both = registered("k", components=("a", "b", "c"), roll_up_components=("a", "b"), weight=3.0)
    first = registered("f", components=("median", "p90"))

    parts = scored_parts([both, first, registered("none", weight=0.0)])

    assert parts.select("kpi_id", "component", "weight").rows() == [
        ("k", "a", 1.5),
        ("k", "b", 1.5),
        ("f", "median", 1.0),
    ]


def test_components_named_by_the_data_share_the_weight_of_those_published() -> None:
    kpi = registered("k", components=("<initiative>",), weight=3.0)
    rows = rows_of(
        number("k", 0.2, component="smile"),
        number("k", 0.6, component="listen"),
        number("k", None, component="secret"),
        number("k", 0.9, component="smile", org_unit_id="other"),
    )

    found = scores(rows, scored_parts([kpi])).sort("org_unit_id", "component")

    assert found.select("org_unit_id", "component", "weight").rows() == [
        ("acme", "listen", 1.5),
        ("acme", "smile", 1.5),
        ("other", "smile", 3.0),
    ]


def test_the_quarter_is_preferred_to_months_and_organisation_is_no_witness() -> None:
    parts = scored_parts(
        [
            registered("k", grains=("month", "quarter"), sources=("tickets", "organisation")),
            registered("w", grains=("window_26w",)),
        ]
    )

    assert parts["period_grain"].to_list() == ["quarter", "window_26w"]
    assert parts["sources"].to_list() == [["tickets"], ["tickets"]]


def test_another_version_of_the_definition_is_not_scored() -> None:
    old = number("k", 0.7, definition_version=2)

    assert scores(rows_of(old), scored_parts([registered("k")])).is_empty()
    assert isinstance(scored_parts([]), pl.DataFrame)
