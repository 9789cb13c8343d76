"""Planted effects on recognition and surveys, found again in the files by direct arithmetic."""

import datetime as dt

import numpy as np
import polars as pl
import pytest

FRONT, BACK = ("customer-care", "field-service", "sales-support"), ("operations", "technology", "corporate")


def with_department(demo, rows: pl.DataFrame, team: str) -> pl.DataFrame:
    return rows.join(demo.departments, left_on=team, right_on="team", how="left")


def employee_answers(demo) -> pl.DataFrame:
    answers = demo.read("surveys/employee_2*.csv", ";").unique().filter(~pl.col("response").str.starts_with("dirty"))
    return with_department(demo, answers, "unit").with_columns(
        pl.col("submitted").str.to_datetime("%d.%m.%Y %H:%M").dt.date().dt.truncate("1q").alias("quarter")
    )


def test_one_department_keeps_its_recognition_inside_its_teams(demo) -> None:
    given = with_department(demo, demo.recognitions, "giver_team")
    inside = given.group_by("department").agg((pl.col("giver_team") == pl.col("receiver_team")).mean().alias("share"))
    shares = dict(inside.iter_rows())

    assert shares["operations"] == pytest.approx(0.88, abs=0.03)
    for department in (*FRONT, "technology"):
        assert shares[department] == pytest.approx(0.35, abs=0.03)
    silo, other = demo.truth("silo:operations"), demo.truth("silo:technology")
    assert silo["realised"] == pytest.approx(silo["true_value"], abs=0.06)
    assert silo["true_value"] > other["true_value"] + 0.8


def test_managers_of_one_department_never_recognise_their_reports(demo) -> None:
    window = dt.date(2025, 6, 23), dt.date(2025, 9, 21)
    acts = demo.recognitions.filter(pl.col("day").is_between(*window)).select(
        pl.col("giver").alias("manager"), pl.col("receiver").alias("person"), pl.lit(1).alias("reached")
    )
    reports = with_department(demo, demo.memberships.filter(pl.col("manager").is_not_null()), "team").filter(
        pl.col("valid_from") <= window[0], pl.col("valid_to").is_null() | (pl.col("valid_to") >= window[1])
    )
    reach = (
        reports.join(acts.unique(), on=["manager", "person"], how="left")
        .group_by("department")
        .agg(pl.col("reached").fill_null(0).mean())
    )
    shares = dict(reach.iter_rows())

    assert shares.pop("technology") == 0.0
    assert set(shares) == {*FRONT, "operations", "corporate"}
    for share in shares.values():
        assert share == pytest.approx(0.60, abs=0.02)


def test_initiative_fades_with_the_planted_half_life(demo) -> None:
    truth = demo.truth("fading_initiative")
    launched = dt.date.fromisoformat(truth["launched_on"])
    acts = demo.recognitions.filter(pl.col("tags") == truth["tag"])
    week = (pl.col("day") - pl.lit(launched)).dt.total_days() // 7
    counts = dict(acts.group_by(week.alias("week")).len().iter_rows())
    before = np.mean([counts.get(week, 0) for week in range(-35, 0)])
    after = np.array([counts.get(week, 0) for week in range(24)]) - before
    # The log of what lies above the base falls on a line; the first 12 weeks hold nearly all of it.
    slope = np.polyfit(np.arange(12), np.log(after[:12]), 1, w=np.sqrt(after[:12]))[0]

    assert truth["true_value"] == 4.0
    assert -np.log(2) / slope == pytest.approx(4.0, abs=0.8)
    assert after[:4].mean() > 5 * before


def test_recognitions_to_several_people_never_meet_anyone_twice(demo) -> None:
    pairs = demo.recognitions.select("recognition_id", "receiver")

    assert pairs.unique().height == pairs.height
    assert (pairs.group_by("recognition_id").len()["len"] > 1).any()


def test_front_office_sees_why_it_matters_and_back_office_does_not(demo) -> None:
    items = ["why_my_job_matters", "difference_i_make"]
    seen = employee_answers(demo).with_columns(pl.mean_horizontal(pl.col(items).cast(pl.Int64)).alias("mean"))
    share = (pl.col("mean") >= 4).mean()

    for (_,), wave in seen.group_by("quarter"):
        front, back = (wave.filter(pl.col("office") == office).select(share).item() for office in ("front", "back"))
        assert front == pytest.approx(0.80, abs=0.01)
        assert back == pytest.approx(0.50, abs=0.01)
    assert demo.truth("mailroom_gap")["true_value"] == pytest.approx(0.30)
    assert seen["quarter"].n_unique() == 6


def test_why_is_understood_less_the_further_down_and_less_than_what(demo) -> None:
    answers = employee_answers(demo).join(demo.memberships.unique("person"), left_on="employee", right_on="person")
    favourable = answers.with_columns(pl.col("why", "what").cast(pl.Int64) >= 4)
    by_level = dict(favourable.group_by("level").agg(pl.col("why").mean()).sort("level").iter_rows())

    assert by_level["3"] == pytest.approx(0.58, abs=0.04)
    assert by_level["2"] > by_level["3"] + 0.05
    assert favourable["what"].mean() == pytest.approx(0.88, abs=0.03)


def test_response_rates(demo) -> None:
    asked = demo.read("surveys/employee_invitations.csv", ";").unique().filter(pl.col("delivered") == "true")
    customers = (
        demo.read("surveys/customer_answers.csv.gz").unique().filter(~pl.col("response").str.starts_with("dirty"))
    )
    invited = demo.read("surveys/customer_invitations.csv.gz").unique()
    invited = invited.filter(~pl.col("invitation").str.starts_with("dirty"), pl.col("delivered") == "true")

    assert employee_answers(demo).height / asked.height == pytest.approx(0.70, abs=0.005)
    assert customers.height / invited.height == pytest.approx(0.25, abs=0.01)
    assert customers.join(invited, on="ticket", how="anti").is_empty()


def test_customers_are_content_when_promises_are_kept(demo) -> None:
    broken = demo.promises.group_by("ticket").agg((~pl.col("is_kept")).sum().alias("broken"))
    answers = demo.read("surveys/customer_answers.csv.gz").unique().filter(~pl.col("response").str.starts_with("dirty"))
    shares = dict(
        answers.join(broken, on="ticket")
        .drop_nulls("satisfied")
        .group_by("broken")
        .agg((pl.col("satisfied").cast(pl.Int64) >= 4).mean().alias("share"))
        .iter_rows()
    )
    points = answers["recommend"].drop_nulls().cast(pl.Int64)

    assert shares[0] == pytest.approx(0.88, abs=0.02)
    assert shares[1] == pytest.approx(0.62, abs=0.05)
    assert (points >= 9).mean() - (points <= 6).mean() == pytest.approx(0.20, abs=0.03)
    assert demo.truth("nps")["true_value"] == pytest.approx(0.20)
