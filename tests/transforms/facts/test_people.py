"""Who belonged where on a day, and who counts as active in a period."""

import datetime as dt

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.sample_organisation import (
    AFTER,
    QUARTER,
    answer,
    facts,
    item,
    member,
    person,
    recognition,
    table,
    units,
)
from transforms.facts import people

D = dt.date
# The first quarter of 2026 has 64 weekdays: 22 in January, 20 in February, 22 in March.
UNITS = units({"acme": None, "care": "acme", "shop": "acme", "post": "acme"})


def active(members: list[dict[str, object]], run_on: dt.date = AFTER) -> list[tuple[str, str]]:
    some_event = [recognition(90, 91, D(2026, 1, 5))]
    of = facts(run_on, org_unit=UNITS, membership=members, recognition=some_event)
    rows = of.active_people("quarter").filter(pl.col("period_start") == QUARTER).collect()
    return sorted(rows.select("member_key", "org_unit_id").iter_rows())


def where(stays: list[dict[str, object]], on: dt.date) -> str | None:
    of = facts(org_unit=UNITS, membership=stays)
    rows = pl.LazyFrame({"who": [person(1)], "on": [on]})
    return people.placed(rows, of.stays, "who", "stay").collect()["stay_org_unit_id"].item()


def test_half_of_the_business_days_makes_a_member_active() -> None:
    # From 16 February on: 10 + 22 = 32 of 64 days. From the 17th on: 31.
    assert active([member(1, "care", valid_from_on=D(2026, 2, 16))]) == [(person(1), "care")]
    assert active([member(1, "care", valid_from_on=D(2026, 2, 17))]) == []


def test_weekends_are_no_business_days() -> None:
    # Saturday 14 February adds nothing to the 31 days from the 16th to 30 March.
    assert active([member(1, "care", valid_from_on=D(2026, 2, 14), valid_to_on=D(2026, 3, 30))]) == []


def test_who_moved_is_active_where_the_longest_part_was_spent() -> None:
    moves = [
        member(1, "care", valid_to_on=D(2026, 1, 31)),
        member(1, "shop", valid_from_on=D(2026, 2, 1), valid_to_on=D(2026, 2, 28)),
        member(1, "post", valid_from_on=D(2026, 3, 2), valid_to_on=D(2026, 3, 27)),
    ]
    assert active(moves) == [(person(1), "care")]


def test_who_was_there_for_less_than_half_in_all_is_active_nowhere() -> None:
    moves = [
        member(1, "care", valid_to_on=D(2026, 1, 10)),
        member(1, "shop", valid_from_on=D(2026, 2, 1), valid_to_on=D(2026, 2, 28)),
    ]
    assert active(moves) == []


def test_two_parallel_memberships_make_active_twice() -> None:
    assert active([member(1, "care"), member(1, "shop")]) == [(person(1), "care"), (person(1), "shop")]


def test_the_same_stay_told_twice_counts_once() -> None:
    stay = member(1, "care", valid_from_on=D(2026, 3, 1))
    assert active([stay, stay | {"source": "other"}]) == []


def test_a_quarter_that_has_not_ended_has_no_active_people() -> None:
    assert active([member(1, "care")], run_on=D(2026, 3, 30)) == []


def test_without_memberships_an_event_makes_active() -> None:
    given_in = {"giver_org_unit_id": "care", "receiver_org_unit_id": "shop"}
    of = facts(org_unit=UNITS, recognition=[recognition(1, 2, D(2026, 1, 5), **given_in)])
    rows = of.active_people("quarter").collect().sort("member_key")
    assert list(rows.select("member_key", "org_unit_id", "period_start").iter_rows()) == [
        (person(1), "care", QUARTER),
        (person(2), "shop", QUARTER),
    ]


def test_customers_are_never_members() -> None:
    survey = {
        "survey_item": [item("q", "heard", audience="customer")],
        "survey_response": [answer(7, "q", 5.0, org_unit_id="care")],
    }
    assert facts(org_unit=UNITS, **survey).active_people("quarter").collect().is_empty()


def test_stays_derived_from_events_follow_each_other() -> None:
    seen = [(D(2026, 1, 5), "care"), (D(2026, 1, 9), "care"), (D(2026, 2, 2), "shop"), (D(2026, 3, 3), "care")]
    rows = [recognition(1, 2, on, giver_org_unit_id=unit) for on, unit in seen]
    stays = facts(org_unit=UNITS, recognition=rows).stays.sort("valid_from_on").collect()
    assert list(stays.select("org_unit_id", "valid_from_on", "valid_to_on").iter_rows()) == [
        ("care", D(2026, 1, 5), D(2026, 2, 1)),
        ("shop", D(2026, 2, 2), D(2026, 3, 2)),
        ("care", D(2026, 3, 3), None),
    ]


def test_a_secondment_hides_the_home_team_and_ends() -> None:
    stays = [
        member(1, "care"),
        member(1, "shop", valid_from_on=D(2026, 2, 1), valid_to_on=D(2026, 2, 28)),
    ]
    days = [D(2026, 1, 31), D(2026, 2, 1), D(2026, 2, 28), D(2026, 3, 1)]
    assert [where(stays, on) for on in days] == ["care", "shop", "shop", "care"]


def test_nobody_is_anywhere_before_or_after_the_stay() -> None:
    stay = [member(1, "care", valid_from_on=D(2026, 2, 1), valid_to_on=D(2026, 2, 28))]
    assert [where(stay, on) for on in (D(2026, 1, 31), D(2026, 3, 1))] == [None, None]


def test_a_stay_without_office_takes_that_of_its_unit() -> None:
    of = facts(org_unit=units({"acme": None, "post": "acme"}, {"post": "back"}), membership=[member(1, "post")])
    assert of.stays.collect()["office"].to_list() == ["back"]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.tuples(st.sampled_from(["care", "shop", "post"]), st.integers(0, 60), st.none() | st.integers(0, 40)),
        min_size=1,
        max_size=5,
        unique_by=lambda stay: stay[1],
    ),
    st.integers(0, 110),
)
def test_the_stay_that_began_last_among_those_that_hold_counts(
    drawn: list[tuple[str, int, int | None]], day: int
) -> None:
    first = D(2026, 1, 1)
    spans = [
        (unit, first + dt.timedelta(start), None if length is None else first + dt.timedelta(start + length))
        for unit, start, length in drawn
    ]
    on = first + dt.timedelta(day)
    holding = [(start, unit) for unit, start, end in spans if start <= on and (end is None or end >= on)]
    expected = max(holding)[1] if holding else None

    stays = [member(1, unit, valid_from_on=start, valid_to_on=end) for unit, start, end in spans]

    assert where(stays, on) == expected


def test_sample_rows_obey_the_contract() -> None:
    assert table("membership", [member(1, "care")]).height == 1
