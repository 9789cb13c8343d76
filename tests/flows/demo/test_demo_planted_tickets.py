"""Planted effects on tickets, found again in the files by direct arithmetic that shares no code with the pipeline."""

import datetime as dt

import holidays
import polars as pl
import pytest

from flows.demo.company import LAST_ON

WINDOWS = {"2025-06-23": dt.date(2025, 12, 21), "2025-12-22": dt.date(2026, 6, 21)}


def business_days() -> pl.Series:
    free = list(holidays.country_holidays("DE", subdiv="BE", years=range(2025, 2027)))
    days = pl.date_range(dt.date(2025, 1, 1), LAST_ON, eager=True).alias("day")
    return days.filter((days.dt.weekday() <= 5) & ~days.is_in(pl.Series(free, dtype=pl.Date).implode()))


def rain_days(demo, team: str) -> pl.DataFrame:
    """The rain of a team by the catalogue's definition: arrivals over the median of active agents before."""
    events = demo.events.filter(pl.col("team") == team)
    arrivals = events.filter(pl.col("event") == "group").group_by("day").agg(pl.len().alias("arrivals"))
    acting = events.filter(pl.col("actor_role") == "agent")
    active = acting.group_by("day").agg(pl.col("agent").n_unique().alias("active"))
    days = (
        business_days()
        .to_frame()
        .join(arrivals, on="day", how="left")
        .join(active, on="day", how="left")
        .sort("day")
        .with_columns(pl.col("arrivals", "active").fill_null(0))
    )
    heads = pl.col("active").shift().rolling_median(20, min_samples=10)
    loaded = days.with_columns((pl.col("arrivals") / heads).alias("load")).to_dicts()
    rain = []
    for i, day in enumerate(loaded):
        near = sorted(other["load"] for other in loaded[max(0, i - 10) : i + 11] if other["load"] is not None)
        place = 0.8 * (len(near) - 1)
        low, part = int(place), place - int(place)
        threshold = near[low] + part * (near[min(low + 1, len(near) - 1)] - near[low])
        rain.append(None if day["load"] is None else day["load"] > threshold)
    return days.select("day", pl.Series("is_rain", rain))


@pytest.mark.parametrize(("team", "planted", "tolerance"), [("care-line", -0.18, 0.03), ("care-chat", 0.0, 0.03)])
def test_rain_gap_of_the_two_planted_teams(demo, team: str, planted: float, tolerance: float) -> None:
    promises = demo.promises.filter(pl.col("team") == team).join(rain_days(demo, team), on="day")
    kept = pl.col("is_kept")

    assert demo.truth(f"rain:{team}")["true_value"] == planted
    for start, end in WINDOWS.items():
        window = promises.filter(pl.col("day").is_between(dt.date.fromisoformat(start), end))
        gap = window.select(kept.filter("is_rain").mean() - kept.filter(~pl.col("is_rain")).mean()).item()
        assert window.filter("is_rain")["day"].n_unique() >= 15
        assert gap == pytest.approx(planted, abs=tolerance)


@pytest.mark.parametrize("team", ["care-line", "care-chat"])
def test_planted_teams_have_at_least_15_promises_on_an_average_business_day(demo, team: str) -> None:
    days = business_days()
    promises = demo.promises.filter((pl.col("team") == team) & pl.col("day").is_in(days.implode()))

    assert promises.height / len(days) >= 15
    assert demo.truth(f"rain:{team}")["promises_per_business_day"] == pytest.approx(
        promises.height / len(days), abs=0.01
    )


def test_exactly_known_team_keeps_nine_in_ten_of_every_month(demo) -> None:
    after = LAST_ON + dt.timedelta(days=1)
    midnight = pl.datetime(after.year, after.month, after.day, time_zone="Europe/Berlin")
    due = demo.promises.filter(pl.col("team") == "order-desk", pl.col("target") < midnight)
    months = due.group_by(pl.col("target").dt.date().dt.truncate("1mo").alias("month")).agg(
        pl.col("is_kept").sum().alias("kept"), pl.len().alias("n")
    )
    stated = demo.truth("exactly_known")["realised"]

    assert months.height == 19
    for row in months.iter_rows(named=True):
        assert row["kept"] == round(0.9 * row["n"])
        assert stated[row["month"].isoformat()]["numerator"] == row["kept"]
        assert stated[row["month"].isoformat()]["denominator"] == row["n"]


def test_nights_are_welcomed_late(demo) -> None:
    days = business_days()
    opened = demo.events.filter(pl.col("event") == "created").select("ticket", pl.col("at").alias("opened"), "day")
    first_reply = (
        demo.events.filter(pl.col("event") == "reply", pl.col("actor_role") == "agent")
        .group_by("ticket")
        .agg(pl.col("at").min().alias("replied"))
    )
    open_at, close_at = pl.col("day").dt.combine(dt.time(9)), pl.col("day").dt.combine(dt.time(17))
    wall = pl.col("opened").dt.replace_time_zone(None)
    tickets = opened.join(first_reply, on="ticket").with_columns(
        (pl.col("day").is_in(days.implode()) & (wall >= open_at) & (wall < close_at)).alias("is_day")
    )
    next_open = (
        days.to_frame("open_day")
        .sort("open_day")
        .with_columns(pl.col("open_day").dt.combine(dt.time(9)).alias("opens"))
    )
    night = (
        tickets.filter(~pl.col("is_day"))
        .with_columns(wall.alias("wall"))
        .sort("wall")
        .join_asof(next_open.sort("opens"), left_on="wall", right_on="opens", strategy="forward")
        .with_columns(
            ((pl.col("replied").dt.replace_time_zone(None) - pl.col("opens")).dt.total_seconds() / 60).alias("m")
        )
        .filter(pl.col("m").is_not_null())
    )
    # In opening hours and answered before closing, a calendar hour is a business hour.
    early = tickets.filter("is_day", wall < pl.col("day").dt.combine(dt.time(15)))
    quick = ((pl.col("replied") - pl.col("opened")).dt.total_minutes() < 60).mean()

    assert (night["m"] <= 60).mean() == pytest.approx(0.25, abs=0.02)
    assert early.select(quick).item() == pytest.approx(0.65, abs=0.02)
    assert demo.truth("slow_nights")["true_value"] == 0.25
    assert demo.truth("slow_nights")["realised"]["denominator"] == pytest.approx(night.height, rel=0.01)


def test_reopened_tickets(demo) -> None:
    solved = demo.events.filter(pl.col("value") == "solved")["ticket"].n_unique()
    reopened = demo.events.filter(pl.col("event") == "reopen")["ticket"].n_unique()

    assert reopened / solved == pytest.approx(0.07, abs=0.005)


def test_hoops_are_further_agents_and_further_teams(demo) -> None:
    deleted = demo.read("tickets/promises.csv.gz").filter(pl.col("cancelled") == "true")["ticket"].unique()
    per_ticket = (
        demo.events.filter(~pl.col("ticket").is_in(deleted.implode()))
        .group_by("ticket")
        .agg(
            pl.col("at").filter(pl.col("value") == "solved").min().alias("solved"),
            pl.col("agent").filter(pl.col("event") == "assignee").n_unique().alias("agents"),
            pl.col("team").filter(pl.col("event") == "group").n_unique().alias("teams"),
        )
        .drop_nulls("solved")
    )
    hoops = per_ticket["agents"] - 1 + per_ticket["teams"] - 1
    stated = demo.truth("hoops")["realised"].values()

    assert hoops.mean() == pytest.approx(sum(stated) / len(stated), abs=0.01)


def test_team_of_four_works_alone(demo) -> None:
    agents = demo.events.filter(pl.col("team") == "legal", pl.col("agent").is_not_null())["agent"]
    members = demo.memberships.filter(pl.col("team") == "legal")

    assert members.height == 4
    assert set(agents.unique()) == set(members["person"])
    assert demo.events.filter(pl.col("agent").is_in(members["person"].implode()))["team"].unique().to_list() == [
        "legal"
    ]
    assert demo.truth("team_of_four")["org_unit_id"] == "legal"
