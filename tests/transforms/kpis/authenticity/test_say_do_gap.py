"""Say-do gap, by hand: values as employees say, as customers met them, and as promises were kept."""

import pytest

from tests.transforms.kpis.unmoved import assert_unmoved
from tests.transforms.sample_organisation import answer, cell, computed, facts, item, member, person, units
from tests.transforms.sample_tickets import at, promise, ticket

KPI = "say_do_gap"
UNITS = units({"acme": None, "care": "acme"})
SAY = item("we live our values", "values_lived")
MET = item("they did it", "did_what_they_said", audience="customer", survey_id="after")
MEMBERS = [member(number, "care") for number in range(30)]


def tables(say: tuple[int, int], met: tuple[int, int], kept: tuple[int, int], **more: object) -> dict[str, object]:
    """Each pair: favourable (kept), others (broken)."""

    def points(pair: tuple[int, int]) -> list[float]:
        return [5.0] * pair[0] + [2.0] * pair[1]

    rows = [answer(number, "we live our values", value) for number, value in enumerate(points(say))]
    rows += [
        answer(100 + number, "they did it", value, survey_id="after", org_unit_id="care")
        for number, value in enumerate(points(met))
    ]
    verdicts = [True] * kept[0] + [False] * kept[1]
    return {
        "org_unit": UNITS,
        "membership": MEMBERS,
        "survey_item": [SAY, MET],
        "survey_response": rows,
        "ticket": [ticket(number) for number in range(len(verdicts))],
        "promise": [promise(number, at(2), at(1) if ok else at(3)) for number, ok in enumerate(verdicts)],
    } | more


EXAMPLE = ((16, 4), (30, 20), (45, 15))


def test_worked_example() -> None:
    result = computed(KPI, facts(**tables(*EXAMPLE)))
    assert cell(result, "care")["value"] == pytest.approx(0.20)
    promises = cell(result, "care", "promises")
    assert (promises["value"], promises["denominator"]) == (pytest.approx(0.80 - 0.75), 20 + 60)
    assert promises["ci_low"] < 0.05 < promises["ci_high"]


def test_the_agents_stand_behind_the_promises() -> None:
    people = computed(KPI, facts(**tables(*EXAMPLE))).people
    doing = people.filter(component="promises", role="respondents")["person_key"]
    assert set(doing) == {person(number) for number in range(6)}


def test_each_component_can_be_missing_alone() -> None:
    without_tickets = {name: rows for name, rows in tables(*EXAMPLE).items() if name not in ("ticket", "promise")}
    result = computed(KPI, facts(**without_tickets))
    assert cell(result, "acme")["value"] == pytest.approx(0.20)
    promises = cell(result, "acme", "promises")
    assert (promises["state"], promises["flags"]) == ("source_missing", "missing:other_side")

    result = computed(KPI, facts(**tables(*EXAMPLE, survey_item=[SAY])))
    assert cell(result, "acme")["flags"] == "missing:other_side"
    assert cell(result, "acme", "promises")["value"] == pytest.approx(0.05)


def test_values_that_nobody_asks_for() -> None:
    company = cell(computed(KPI, facts(**tables(*EXAMPLE, survey_item=[MET]))), "acme")
    assert (company["state"], company["flags"]) == ("source_missing", "missing:employee_survey:values_lived")


def test_few_employees_make_no_gap() -> None:
    result = computed(KPI, facts(**tables((3, 1), (30, 20), (45, 15))))
    for component in ("main", "promises"):
        assert cell(result, "care", component)["flags"] == "side_too_small"


def test_nothing_said_and_nothing_done_is_no_gap() -> None:
    result = computed(KPI, facts(**tables((3, 9), (10, 30), (0, 8))))
    assert [cell(result, "care", component)["value"] for component in ("main", "promises")] == [0, 0.25]
    # Of one mind: what they answered is not told beside a share of promises that everybody can read.
    result = computed(KPI, facts(**tables((0, 8), (0, 8), (0, 8))))
    assert {cell(result, "care", component)["flags"] for component in ("main", "promises")} == {"side_nearly_unanimous"}


def test_one_more_customer() -> None:
    assert cell(computed(KPI, facts(**tables((16, 4), (31, 20), (45, 15)))), "care")["value"] == pytest.approx(
        0.8 - 31 / 51
    )


def test_a_single_person_and_nobody() -> None:
    assert cell(computed(KPI, facts(**tables((1, 0), (1, 0), (1, 0)))), "care")["state"] == "not_enough_data"
    assert computed(KPI, facts(**tables((0, 0), (0, 0), (0, 0)))).cells.is_empty()


def test_order_and_copies_change_nothing() -> None:
    assert_unmoved(KPI, tables(*EXAMPLE))
