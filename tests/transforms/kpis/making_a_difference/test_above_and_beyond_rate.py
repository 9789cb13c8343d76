"""Above and beyond, by hand: deeds that somebody noticed, per 1,000 solved tickets."""

import datetime as dt

import pytest
from scipy.stats import chi2

from tests.transforms.kpis.unmoved import assert_unmoved
from tests.transforms.sample_organisation import answer, cell, computed, facts, item, member, person, recognition, units
from tests.transforms.sample_tickets import at, ticket

KPI = "above_and_beyond_rate"
UNITS = units({"acme": None, "care": "acme", "shop": "acme"})
MEMBERS = [member(number, "care" if number < 8 else "shop") for number in range(16)]
CODED = item("coded", "above_and_beyond", audience="customer", scale_id="0-1")
ON = dt.date(2026, 3, 3)


def thanks(receivers: int, tags: tuple[str, ...] = ("Above & Beyond",), **more: object) -> list[dict[str, object]]:
    return [recognition(12, number, ON, tags=list(tags), **more) for number in range(receivers)]


def tables(
    recognitions: list[dict[str, object]], codes: tuple[int, int] = (0, 0), solved: int = 150, **more: object
) -> dict[str, object]:
    """`codes`: comments coded so, and coded otherwise."""
    rows = [
        answer(100 + number, "coded", value, org_unit_id="care")
        for number, value in enumerate([1.0] * codes[0] + [0.0] * codes[1])
    ]
    return {
        "org_unit": UNITS,
        "membership": MEMBERS,
        "survey_item": [CODED] if sum(codes) else [],
        "survey_response": rows,
        "recognition": recognitions,
        "ticket": [ticket(n, status="solved", solved_at=at(1), agent_key=person(n % 8)) for n in range(solved)],
    } | more


def run(of: dict[str, object], unit: str = "care") -> dict[str, object]:
    return cell(computed(KPI, facts(**of)), unit)


EXAMPLE = (thanks(6), (3, 5))


def test_worked_example() -> None:
    care = run(tables(*EXAMPLE, solved=1_500))
    assert (care["value"], care["numerator"], care["denominator"]) == (pytest.approx(6), 9, 1_500)
    # The exact interval of a count of 9, by the chi-square distribution.
    low, high = chi2.ppf(0.025, 18) / 2, chi2.ppf(0.975, 20) / 2
    assert (care["ci_low"], care["ci_high"]) == (pytest.approx(low / 1.5), pytest.approx(high / 1.5))


@pytest.mark.parametrize(
    ("tag", "counts"),
    [("above-and-beyond", True), ("Extra Mile", True), ("went the extra mile!", True), ("own-it", False), ("", False)],
)
def test_which_tags_say_so(tag: str, counts: bool) -> None:
    assert run(tables(thanks(1, (tag, "teamwork")), codes=(0, 1)))["numerator"] == counts


def test_a_message_to_several_people_is_one_deed_in_every_unit() -> None:
    group = [recognition(12, number, ON, tags=["extra mile"], recognition_id="R", group_size=3) for number in (0, 1, 9)]
    of = tables(group)
    assert [run(of, unit)["numerator"] for unit in ("care", "acme")] == [1, 1]


def test_to_oneself_does_not_count() -> None:
    assert run(tables([recognition(1, 1, ON, tags=["extra mile"])], codes=(0, 1)))["numerator"] == 0


def test_no_tag_and_no_code_of_that_meaning_is_a_missing_source() -> None:
    result = computed(KPI, facts(**tables(thanks(3, ("own-it",)))))
    assert result.cells.select("org_unit_id", "state", "flags").rows() == [
        ("acme", "source_missing", "missing:above_and_beyond")
    ]


def test_comments_that_were_never_coded_so_are_zero() -> None:
    care = run(tables([], codes=(0, 4)))
    assert (care["value"], care["ci_low"]) == (0, 0)
    assert care["ci_high"] == pytest.approx(1_000 * chi2.ppf(0.975, 2) / 2 / 150)


def test_deeds_without_tickets_have_no_rate() -> None:
    shop = run(tables([recognition(0, 9, ON, tags=["extra mile"])]), "shop")
    assert (shop["state"], shop["value"]) == ("not_enough_data", None)


def test_receivers_and_solvers_stand_behind_it() -> None:
    people = computed(KPI, facts(**tables(thanks(2), solved=3))).people
    assert set(people["person_key"]) == {person(number) for number in range(3)}


def test_one_more_deed_a_single_one_and_nobody() -> None:
    assert run(tables(thanks(7), (3, 5)))["numerator"] == 10
    assert run(tables(thanks(1)))["numerator"] == 1
    assert computed(KPI, facts(**tables([], solved=0))).cells.is_empty()


def test_quarters_are_apart() -> None:
    late = [recognition(12, 0, dt.date(2026, 4, 2), tags=["extra mile"])]
    result = computed(KPI, facts(dt.date(2026, 7, 30), **tables([*thanks(2), *late])))
    assert cell(result, "care", start=dt.date(2026, 1, 1))["numerator"] == 2
    assert cell(result, "care", start=dt.date(2026, 4, 1))["state"] == "not_enough_data"


def test_order_and_copies_change_nothing() -> None:
    assert_unmoved(KPI, tables(*EXAMPLE))
