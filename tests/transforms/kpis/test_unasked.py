"""A construct no survey asks for is named before anything is computed."""

import dataclasses

from tests.transforms.sample_organisation import facts, item
from transforms.kpis.registry import kpi
from transforms.kpis.unasked import unasked


def needing(*needs: str) -> object:
    return dataclasses.replace(kpi("heard").kpi, field_needs=needs)


ASKED = facts(survey_item=[item("w", "why"), item("h", "heard", audience="customer"), item("free", None)])


def test_one_of_several_constructs_is_enough() -> None:
    assert unasked(needing("employee_survey:what|why"), ASKED) == ()


def test_the_other_audience_does_not_help() -> None:
    assert unasked(needing("employee_survey:heard", "customer_survey:heard"), ASKED) == ("employee_survey:heard",)


def test_fields_and_events_are_another_matter() -> None:
    assert unasked(needing("tickets.requester", "event:escalation"), ASKED) == ()


def test_no_survey_at_all() -> None:
    assert unasked(needing("employee_survey:why"), facts()) == ("employee_survey:why",)
