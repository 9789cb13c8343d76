"""Values in rain, by hand: recognitions on a team's wet and ordinary days of the same weeks."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from tests.transforms.sample_initiatives import initiative
from tests.transforms.sample_organisation import cell, computed, facts, member, recognition, units
from tests.transforms.sample_tickets import ticket
from transforms.facts import Facts

UNITS = units({"acme": None, "care": "acme", "shop": "acme"})
START = dt.date(2025, 6, 23)  # a window of 26 weeks
NIGHT = START + dt.timedelta(weeks=30)
TEN = [member(number, "care") for number in range(10)]
WEEKS = range(10)


def weather(unit: str = "care", rain_on: int = 2, weeks: range = range(-1, 10)) -> pl.DataFrame:
    """Eleven weeks of five business days with rain on one weekday: on Wednesday, Thursday and Friday are wet too."""
    days = [START + dt.timedelta(weeks=week, days=day) for week in weeks for day in range(5)]
    return pl.DataFrame(
        {"org_unit_id": unit, "day": days, "is_rain": [day.weekday() == rain_on for day in days]}
    ).with_columns(pl.col("org_unit_id").cast(pl.String))


def seen(
    wet: int, dry: int, weeks: range = WEEKS, unit_first: int = 0, tags: tuple[str, ...] = ("own-it",)
) -> list[dict[str, object]]:
    """Recognitions spread over the weeks: `wet` on Thursdays, `dry` on Tuesdays."""
    rows = []
    for day, number in ((3, wet), (1, dry)):
        for count in range(number):
            on = START + dt.timedelta(weeks=weeks[count % len(weeks)], days=day)
            receiver = unit_first + count % 10
            rows.append(recognition(99, receiver, on, recognition_id=f"{unit_first} {day} {count}", tags=list(tags)))
    return rows


def rain_test(recognitions: list[dict[str, object]], sky: pl.DataFrame | None = None, **more: object) -> Facts:
    tables = {"membership": TEN, "ticket": [ticket(1)], "recognition": recognitions} | more
    of = facts(NIGHT, org_unit=UNITS, **tables)  # type: ignore[arg-type]
    of.load = (weather() if sky is None else sky).lazy()  # type: ignore[misc]
    return of


def ratio(of: Facts, unit: str = "care") -> dict[str, object]:
    return cell(computed("values_in_rain", of), unit, start=START)


def test_worked_example() -> None:
    # Rain on Wednesday: Wednesday, Thursday, Friday are wet, Monday and Tuesday dry, in each of ten weeks.
    found = ratio(rain_test(seen(36, 12), weather()))

    # (36 / 300) / (12 / 200) = 2.
    assert found["value"] == pytest.approx(2.0)
    assert (found["n_events"], found["denominator"]) == (48, 500.0)
    assert 1.0 < found["ci_low"] < 2.0 < found["ci_high"] < 4.5  # type: ignore[operator]


def test_without_a_difference_it_is_one() -> None:
    assert ratio(rain_test(seen(30, 20), weather()))["value"] == pytest.approx(1.0)


def test_thirty_recognitions_are_needed_and_both_kinds_of_days() -> None:
    few = ratio(rain_test(seen(17, 12), weather()))
    assert (few["value"], few["flags"]) == (None, "fewer_than_30_recognitions")
    one_sided = ratio(rain_test(seen(40, 0), weather()))
    assert (one_sided["value"], one_sided["flags"]) == (None, "none_on_ordinary_days")


def test_only_values_count_and_a_message_once() -> None:
    rows = seen(36, 12)
    untagged = [row | {"recognition_id": f"none {n}", "tags": []} for n, row in enumerate(seen(9, 0))]
    campaign = [row | {"recognition_id": f"c {n}", "tags": ["smile"]} for n, row in enumerate(seen(9, 0))]
    selfish = [row | {"recognition_id": f"s {n}", "giver_key": row["receiver_key"]} for n, row in enumerate(seen(9, 0))]
    group = [row | {"receiver_key": f"p_{77:032x}"} for row in rows]
    of = rain_test([*rows, *untagged, *campaign, *selfish, *group], weather(), initiative=[initiative()])
    alone = ratio(rain_test(rows, weather()))
    more = ratio(of)
    assert (more["n_events"], more["value"]) == (alone["n_events"], alone["value"])


def test_a_team_is_compared_with_itself() -> None:
    # Shop is thanked five times as much and has little rain: pooled, rain would look bad for recognition.
    shop_sky = weather("shop", rain_on=4)
    shop = [
        recognition(
            99, 10 + n % 10, START + dt.timedelta(weeks=n % 10, days=day), recognition_id=f"{day} {n}", tags=["x"]
        )
        for day in range(5)
        for n in range(40)
    ]
    members = [*TEN, *(member(number, "shop") for number in range(10, 20))]
    both = rain_test([*seen(30, 20), *shop], pl.concat([weather(), shop_sky]), membership=members)

    assert ratio(both, "acme")["value"] == pytest.approx(1.0, abs=0.05)


def test_order_copies_and_another_person_change_no_ratio() -> None:
    rows = seen(36, 12)
    expected = ratio(rain_test(rows, weather()))
    assert ratio(rain_test([*rows[::-1], *rows], weather().reverse())) == expected
    more = ratio(rain_test(rows, weather(), membership=[*TEN, member(50, "care")]))
    assert (more["value"], more["denominator"]) == (expected["value"], 550.0)


def test_nobody_thanked_and_nobody_there() -> None:
    assert ratio(rain_test([recognition(0, 1, START)], weather()))["flags"] == "fewer_than_30_recognitions"
    no_weather = rain_test(seen(36, 12), weather().filter(pl.col("is_rain")))
    assert computed("values_in_rain", no_weather).cells.is_empty()
    assert cell(computed("values_in_rain", facts(org_unit=UNITS)), "acme")["state"] == "source_missing"


def test_rain_comes_from_the_tickets() -> None:
    days = [START + dt.timedelta(weeks=week, days=day) for week in range(-4, 26) for day in range(5)]
    tickets = [
        ticket(100 * number + copy, dt.datetime.combine(on, dt.time(9), dt.UTC))
        for number, on in enumerate(days)
        for copy in range(12 if on.weekday() == 2 and number % 10 < 5 else 3)
    ]
    of = facts(NIGHT, org_unit=UNITS, membership=TEN, ticket=tickets, recognition=seen(36, 12, range(0, 10, 2)))

    assert ratio(of)["value"] == pytest.approx(2.0)
