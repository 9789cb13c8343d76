"""The views answer the questions in their headers, on numbers a person can check."""

import datetime as dt

from sql.view_files import views
from sql.warehouse import Warehouse


def test_kpi_value_shows_the_current_definition_only_with_names_as_they_were(published: Warehouse) -> None:
    shown = published.query(
        "SELECT kpi_name, org_unit_name, period_name, value, state FROM kpi_value "
        "WHERE org_unit_id = 'north' ORDER BY period_start"
    )

    assert shown.rows() == [
        ("Reopened, definition 2", "North", "2026-01", 0.20, "published"),
        ("Reopened, definition 2", "North", "2026-02", 0.08, "published"),
        ("Reopened, definition 2", "Polar", "2026-03", None, "not_matured"),
    ]


def test_a_unit_measured_before_its_first_version_still_has_its_name(published: Warehouse) -> None:
    shown = published.query("SELECT DISTINCT org_unit_name FROM kpi_value WHERE org_unit_id = 'south'")

    assert shown.rows() == [("South",)]


def test_kpi_value_has_one_row_per_stored_cell_of_the_current_definition(published: Warehouse) -> None:
    assert published.query("SELECT count(*) FROM kpi_value").item() == 5


def test_trend_says_how_far_which_way_and_whether_it_is_noise(published: Warehouse) -> None:
    trend = published.query(
        "SELECT period_name, round(change, 4), is_clear_change, is_better, previous_state FROM kpi_trend "
        "WHERE org_unit_id = 'north' ORDER BY period_start"
    )

    # 0.20 ± 0.05 to 0.08 ± 0.05: apart, and down is good.
    assert trend.rows() == [
        ("2026-01", None, None, None, None),
        ("2026-02", -0.12, True, True, "published"),
        ("2026-03", None, None, None, "published"),
    ]


def test_trend_has_no_change_where_a_number_is_hidden(published: Warehouse) -> None:
    trend = published.query(
        "SELECT value, previous_value, change, state FROM kpi_trend "
        "WHERE org_unit_id = 'south' AND period_name = '2026-02'"
    )

    assert trend.rows() == [(None, 0.10, None, "suppressed_primary")]


def test_scorecard_shows_the_last_published_period_for_every_unit(published: Warehouse) -> None:
    card = published.query(
        "SELECT org_unit_id, period_start, value, round(previous_value, 2), unit, direction, state "
        "FROM kpi_scorecard ORDER BY org_unit_id"
    )

    # March is still maturing everywhere, so February is the last period with a number; South is hidden in it.
    assert card.rows() == [
        ("north", dt.date(2026, 2, 1), 0.08, 0.20, "share", "down", "published"),
        ("south", dt.date(2026, 2, 1), None, 0.10, "share", "down", "suppressed_primary"),
    ]


def test_every_view_is_unique_by_its_stated_grain(published: Warehouse) -> None:
    for view in views():
        grain = ", ".join(view.grain)
        repeated = published.query(f"SELECT {grain} FROM {view.name} GROUP BY {grain} HAVING count(*) > 1")
        assert repeated.is_empty(), view.name


def test_views_are_ordered_after_what_they_read() -> None:
    names = [view.name for view in views()]

    assert names.index("kpi_value") < names.index("kpi_trend") < names.index("kpi_scorecard")
