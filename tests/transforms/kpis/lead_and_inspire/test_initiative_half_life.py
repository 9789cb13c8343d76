"""Half-life of an initiative: fading, lasting, never taken off, and what may not change it."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from tests.transforms.sample_initiatives import LAUNCH, MEMBERS, UNITS, acts, initiative, organisation
from tests.transforms.sample_organisation import cell, computed, facts, member, recognition
from transforms.facts import Facts

WINDOW = LAUNCH + dt.timedelta(weeks=13)
# 2 acts a week before; 2 + 40 * 2^(-t / 4) after, averaged over each week: 38.7 in the first, 21.8 in the fifth, ...
FADING = dict.fromkeys(range(-13, 0), 2) | {
    0: 39, 1: 33, 2: 28, 3: 24, 4: 20, 5: 17, 6: 15, 7: 13, 8: 11, 9: 10, 10: 8, 11: 7, 12: 7,
    13: 6, 14: 5, 15: 5, 16: 4, 17: 4, 18: 4, 19: 3, 20: 3, 21: 3, 22: 3, 23: 3, 24: 3, 25: 2,
}  # fmt: skip
LASTING = dict.fromkeys(range(-13, 0), 2) | dict.fromkeys(range(26), 20)
NEVER = dict.fromkeys(range(-13, 26), 2)


def half_life(of: Facts, unit: str = "acme", variant: str = "main") -> dict[str, object]:
    return cell(computed("initiative_half_life", of), unit, "smile", variant, WINDOW)


def test_worked_example_of_one_that_fades() -> None:
    found = half_life(organisation(acts(FADING), 27))

    assert found["value"] == pytest.approx(4.0, abs=0.3)
    assert found["ci_low"] < 4.0 < found["ci_high"]  # type: ignore[operator]
    assert (found["verdict"], found["interval_method"], found["state"]) == ("fading", "profile", "published")
    assert found["n_events"] == sum(FADING.values())
    assert found["denominator"] == pytest.approx(20 * 39)


def test_how_it_began_is_said_beside_it() -> None:
    early = half_life(organisation(acts(FADING), 27), variant="early_acts")

    # 39 + 33 + 28 + 24 = 124 acts in 4 weeks of 20 people: 124 / 80 * 100.
    assert early["value"] == pytest.approx(155.0)
    assert (early["numerator"], early["verdict"]) == (124.0, "fading")


def test_one_that_lasts_has_no_number_but_says_so() -> None:
    of = organisation(acts(LASTING), 27)

    assert (half_life(of)["value"], half_life(of)["flags"]) == (None, "lasting")
    assert half_life(of, variant="early_acts")["verdict"] == "lasting"


def test_one_that_never_took_off() -> None:
    of = organisation(acts(NEVER), 27)

    assert (half_life(of)["value"], half_life(of)["flags"]) == (None, "never_took_off")
    assert half_life(of, variant="early_acts")["verdict"] == "never_took_off"


def test_too_early_too_short_a_history_and_too_few_acts() -> None:
    # An initiative launched 7 weeks before the window ends.
    late = organisation(acts({}), 27, [initiative(launched_on=LAUNCH + dt.timedelta(weeks=19))])
    assert half_life(late)["state"] == "not_matured"
    # A scheme that began with the launch.
    after = {week: number for week, number in FADING.items() if week >= 0}
    young = facts(
        WINDOW + dt.timedelta(weeks=14), org_unit=UNITS, membership=MEMBERS, recognition=acts(after),
        initiative=[initiative()],
    )  # fmt: skip
    assert (half_life(young)["state"], half_life(young)["flags"]) == ("not_enough_data", "history_too_short")
    few = organisation(acts({0: 5, 1: 4}), 27)
    assert half_life(few)["flags"] == "fewer_than_10_acts"


def test_acts_belong_to_the_givers_unit_and_only_below_the_unit_addressed() -> None:
    half = {week: number // 2 for week, number in FADING.items()}
    rows = [*acts(half, people=range(10)), *acts(half, people=range(10, 20))]
    rows = [row | {"recognition_id": str(number)} for number, row in enumerate(rows)]

    everybody = organisation(rows, 27)
    care_only = organisation(rows, 27, [initiative(org_unit_id="care")])

    assert half_life(everybody)["n_events"] == 2 * sum(half.values())
    assert half_life(everybody, "shop")["n_events"] == sum(half.values())
    assert half_life(care_only)["n_events"] == sum(half.values())
    assert half_life(care_only, "shop") == {"cells found": 0}


def test_a_message_to_several_people_is_one_act_and_thanking_oneself_is_none() -> None:
    once = organisation(acts(FADING), 27)
    copies = [row | {"receiver_key": row["giver_key"]} for row in acts(FADING)]
    more = [row | {"receiver_key": f"p_{999:032x}"} for row in acts(FADING)]

    assert half_life(organisation([*acts(FADING), *more, *copies], 27))["value"] == half_life(once)["value"]


def test_order_copies_and_what_comes_after_the_window_change_nothing() -> None:
    rows = acts(FADING)
    later = acts(dict.fromkeys(range(26, 32), 9))

    expected = half_life(organisation(rows, 27))

    assert half_life(organisation([*rows[::-1], *rows], 27))["value"] == expected["value"]
    assert half_life(organisation([*rows, *later], 33))["value"] == expected["value"]


def test_one_more_person_adds_exposure_only() -> None:
    more = half_life(organisation(acts(FADING), 27, membership=[*MEMBERS, member(50, "shop")]))

    assert more["denominator"] == pytest.approx(21 * 39)
    assert more["value"] == pytest.approx(half_life(organisation(acts(FADING), 27))["value"], rel=0.01)


def test_the_people_are_the_active_members_of_the_units_addressed() -> None:
    result = computed("initiative_half_life", organisation(acts(FADING), 27, [initiative(org_unit_id="care")]))

    assert result.people["person_key"].n_unique() == 10
    assert result.people["role"].unique().to_list() == ["members"]


def test_without_initiatives_acts_or_members() -> None:
    without = facts(org_unit=UNITS, recognition=[recognition(0, 1, LAUNCH)])
    assert cell(computed("initiative_half_life", without), "acme")["flags"] == "missing:initiative"
    silent = computed("initiative_half_life", organisation([], 27)).cells
    assert silent["state"].unique().to_list() == ["not_enough_data"]
    not_launched = organisation(acts(FADING), 27, [initiative(launched_on=dt.date(2027, 1, 4))])
    assert computed("initiative_half_life", not_launched).cells.is_empty()


def test_a_single_person_gets_a_cell_and_disclosure_decides() -> None:
    alone = organisation(acts(FADING, people=[0]), 27, membership=[member(0, "care")])

    assert half_life(alone, "care")["value"] == pytest.approx(4.0, abs=0.3)
    assert (
        computed("initiative_half_life", alone).people.filter(pl.col("org_unit_id") == "care")["person_key"].n_unique()
        == 1
    )
