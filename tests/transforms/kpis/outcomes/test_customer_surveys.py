"""Customer satisfaction and net promoter score, worked by hand."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.transforms.sample_organisation import answer, cell, computed, facts, invitation, item, units
from transforms.facts import Facts

UNITS = units({"acme": None, "care": "acme"})
RATED = item("rating", "satisfied", audience="customer")
RECOMMENDS = item("recommends", "recommend", audience="customer", scale_id="0-10")


def asked(question: dict[str, object], values: list[float], **more: object) -> Facts:
    rows = [answer(n, str(question["item_id"]), value, org_unit_id="care") for n, value in enumerate(values)]
    return facts(org_unit=UNITS, survey_item=[question], survey_response=rows, **more)  # type: ignore[arg-type]


def test_csat_worked_example() -> None:
    care = cell(computed("csat", asked(RATED, [5, 4, 4, 3, 1])), "care")
    assert (care["value"], care["numerator"], care["denominator"]) == (pytest.approx(0.6), 3, 5)


def test_csat_of_good_and_bad_ratings_is_good_of_both() -> None:
    thumbs = RATED | {"scale_id": "0-1"}
    care = cell(computed("csat", asked(thumbs, [1, 1, 1, 0, 1])), "care")
    assert (care["value"], care["numerator"], care["denominator"]) == (pytest.approx(0.8), 4, 5)


def test_nps_worked_example() -> None:
    # 20 promoters (9, 10), 10 passives (7, 8), 10 detractors (0 to 6).
    care = cell(computed("nps", asked(RECOMMENDS, [9, 10] * 10 + [7, 8] * 5 + [0, 6] * 5)), "care")
    assert (care["value"], care["denominator"]) == (pytest.approx(0.25), 40)
    assert -1 <= care["ci_low"] < 0.25 < care["ci_high"] <= 1


def test_nps_is_silent_under_thirty_and_so_are_its_bounds() -> None:
    sent = [invitation(number, org_unit_id="care") for number in range(100)]
    result = computed("nps", asked(RECOMMENDS, [10.0] * 29, invitation=sent))
    for component in ("main", "worst_case_low", "worst_case_high"):
        silent = cell(result, "care", component)
        assert (silent["state"], silent["value"]) == ("not_enough_data", None)
        assert (silent["flags"], silent["response_rate"]) == ("fewer_than_30_answers", None)


def test_nps_counts_the_silent_as_detractors_or_promoters() -> None:
    sent = [invitation(number, org_unit_id="care") for number in range(50)]
    result = computed("nps", asked(RECOMMENDS, [10.0] * 30 + [0.0] * 10, invitation=sent))
    assert cell(result, "care")["value"] == pytest.approx(20 / 40)
    assert cell(result, "care", "worst_case_low")["value"] == pytest.approx((30 - 20) / 50)
    assert cell(result, "care", "worst_case_high")["value"] == pytest.approx((40 - 10) / 50)
    assert cell(result, "care", "worst_case_low")["ci_low"] is None


def test_nps_of_all_promoters_still_has_an_interval() -> None:
    care = cell(computed("nps", asked(RECOMMENDS, [10.0] * 40)), "care")
    assert (care["value"], care["ci_high"]) == (1.0, 1.0)
    assert care["ci_low"] < 1


def test_a_customer_with_two_tickets_is_one_customer() -> None:
    # 39 passives, and one who says 10 about one ticket and 7 about another: half a promoter of 40.
    rows = [answer(number, "recommends", 8.0, org_unit_id="care") for number in range(39)]
    rows += [
        answer(39, "recommends", value, response_id=ticket, ticket_id=ticket, org_unit_id="care")
        for ticket, value in (("T1", 10.0), ("T2", 7.0))
    ]
    care = cell(computed("nps", facts(org_unit=UNITS, survey_item=[RECOMMENDS], survey_response=rows)), "care")
    assert (care["value"], care["denominator"], care["n_events"]) == (pytest.approx(0.5 / 40), 40, 41)


def test_another_scale_makes_no_net_score() -> None:
    assert computed("nps", asked(RECOMMENDS | {"scale_id": "1-5"}, [5.0] * 40)).cells.is_empty()


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 10), min_size=30, max_size=60))
def test_nps_in_any_order(values: list[int]) -> None:
    points = [float(value) for value in values]
    forward = cell(computed("nps", asked(RECOMMENDS, points)), "care")
    backward = cell(computed("nps", asked(RECOMMENDS, points[::-1])), "care")
    by_hand = (sum(value >= 9 for value in values) - sum(value <= 6 for value in values)) / len(values)
    assert forward["value"] == backward["value"] == pytest.approx(by_hand)
