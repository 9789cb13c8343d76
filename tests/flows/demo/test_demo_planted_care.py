"""How people care, beside their promises: planted effects found again in the files by direct arithmetic."""

import datetime as dt

import polars as pl
import pytest

from flows.demo.replies import MACROS


def agent_replies(demo) -> pl.DataFrame:
    return demo.events.filter(pl.col("event") == "reply", pl.col("actor_role") == "agent")


def messages(demo) -> pl.DataFrame:
    """One row per message to others, in order of time."""
    return demo.recognitions.sort("given_at", "recognition_id").unique(
        "recognition_id", keep="first", maintain_order=True
    )


def test_three_in_ten_written_replies_begin_with_a_canned_answer(demo) -> None:
    written = agent_replies(demo).drop_nulls("body")
    is_canned = pl.any_horizontal(pl.col("body").str.starts_with(text) for text in MACROS.values())

    assert written.select(is_canned.mean()).item() == pytest.approx(0.30, abs=0.01)
    # What is said on the phone leaves no text.
    assert written.height / agent_replies(demo).height == pytest.approx(0.72, abs=0.03)


def test_an_article_is_linked_to_one_solved_ticket_in_four(demo) -> None:
    solved = demo.events.filter(pl.col("value") == "solved")["ticket"].n_unique()

    assert demo.events.filter(pl.col("event") == "knowledge").height / solved == pytest.approx(0.25, abs=0.01)


def test_one_team_stops_passing_tickets_on_untouched(demo) -> None:
    assigned = demo.events.filter(pl.col("event") == "assignee", pl.col("actor_role") == "system")
    stations = assigned.group_by("ticket").agg(pl.len(), pl.col("day").min(), pl.col("team").first())
    passed = (pl.col("len") == 2).mean()
    improved = pl.col("day") >= dt.date(2025, 10, 1)
    chat, others = stations.filter(pl.col("team") == "care-chat"), stations.filter(pl.col("team") != "care-chat")

    assert chat.filter(~improved).select(passed).item() == pytest.approx(0.30, abs=0.03)
    assert chat.filter(improved).select(passed).item() == pytest.approx(0.03, abs=0.01)
    assert others.select(passed).item() == pytest.approx(0.05, abs=0.01)


def test_field_service_writes_to_everybody_who_complains(demo) -> None:
    answers = demo.read("surveys/customer_answers.csv.gz").unique().filter(~pl.col("response").str.starts_with("dirty"))
    complaints = answers.filter(
        (pl.col("recommend").cast(pl.Int64) <= 6) | (pl.col("satisfied").cast(pl.Int64) <= 2)
    ).with_columns(pl.col("submitted").str.to_datetime("%d.%m.%Y %H:%M", time_zone="Europe/Berlin"))
    followed = (
        complaints.join(agent_replies(demo), on="ticket", how="left")
        .group_by("response", "team", "submitted")
        .agg((pl.col("at") > pl.col("submitted")).any().alias("is_followed"))
        .join(demo.departments, on="team")
        # Who complained in the last days is written to after the export.
        .filter(pl.col("submitted") < pl.datetime(2026, 7, 1, time_zone="Europe/Berlin"))
    )
    shares = dict(followed.group_by("department").agg(pl.col("is_followed").mean()).iter_rows())

    assert shares.pop("field-service") == 1.0
    assert max(shares.values()) < 0.15


def test_thanks_are_short_copied_or_paid_from_points_about_to_expire_as_planned(demo) -> None:
    rows = messages(demo).with_columns(
        (pl.col("message").str.len_chars() < 40).alias("is_short"),
        (pl.col("allowance_expires").str.to_date("%Y-%m-%d %H:%M:%S") - pl.col("day")).dt.total_days().alias("left"),
    )
    long = rows.filter(~pl.col("is_short"))
    copied = long.select((pl.col("message") == pl.col("message").shift().over("giver")).sum()).item()

    assert rows["is_short"].mean() == pytest.approx(0.22, abs=0.002)
    assert copied / rows.height == pytest.approx(0.15, abs=0.002)
    assert (rows["left"] < 2).mean() == pytest.approx(0.12, abs=0.002)
    assert rows["left"].min() == 0


def test_some_thank_one_another_on_the_same_day(demo) -> None:
    one_to_one = demo.recognitions.filter(pl.len().over("recognition_id") == 1).select("giver", "receiver", "day")
    mirrored = one_to_one.join(
        one_to_one.select(pl.col("giver").alias("receiver"), pl.col("receiver").alias("giver"), "day").unique(),
        on=["giver", "receiver", "day"],
        how="semi",
    )

    assert mirrored.height / messages(demo).height == pytest.approx(0.08, abs=0.01)


def test_the_extra_mile_is_gone_for_twelve_of_a_thousand_solved_tickets(demo) -> None:
    solved = demo.events.filter(pl.col("value") == "solved")["ticket"].n_unique()
    miles = messages(demo).filter(pl.col("tags").str.split(",").list.contains("extra-mile")).height

    assert 1_000 * miles / solved == pytest.approx(12.0, abs=1.0)


def test_teams_improve_more_in_the_month_after_a_missed_goal(demo) -> None:
    month = pl.col("day").dt.truncate("1mo").alias("month")
    goals = demo.read("organisation/targets.csv").filter(pl.col("span") == "month").unique()
    due = demo.promises.with_columns(pl.col("target").dt.date().alias("day"), pl.col("team").alias("unit"))
    kept = due.group_by("unit", month).agg(pl.col("is_kept").mean())
    judged = goals.with_columns(pl.col("from").str.to_date().alias("month")).join(kept, on=["unit", "month"])
    after = judged.select(
        "unit",
        (pl.col("is_kept") < pl.col("goal").cast(pl.Float64)).alias("is_missed"),
        pl.col("month").dt.offset_by("1mo"),
    ).filter(pl.col("month") <= dt.date(2026, 6, 1))
    done = demo.read("organisation/improvements.csv").unique().filter(~pl.col("id").str.starts_with("dirty"))
    counts = done.with_columns(pl.col("done").str.slice(0, 10).str.to_date().alias("day")).group_by("unit", month).len()
    heads = demo.memberships.group_by(pl.col("team").alias("unit")).agg(
        pl.col("person").filter(pl.col("valid_to").is_null()).n_unique().alias("heads")
    )
    rates = (
        after.join(counts, on=["unit", "month"], how="left")
        .join(heads, on="unit")
        .group_by("is_missed")
        .agg((100 * pl.col("len").fill_null(0).sum() / pl.col("heads").sum()).alias("rate"), pl.len())
    )
    by_outcome = {missed: rate for missed, rate, _ in rates.iter_rows()}

    assert rates["len"].min() > 60
    assert by_outcome[False] == pytest.approx(10, abs=3)
    assert by_outcome[True] - by_outcome[False] == pytest.approx(30, abs=5)
