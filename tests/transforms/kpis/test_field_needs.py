"""A need that nobody could ever meet is refused when the KPI is declared."""

import pytest

from tests.transforms.marts.published import registered
from transforms.kpis.declaration import DeclarationError
from transforms.kpis.field_needs import FieldNeed, parsed, wrong_need
from transforms.kpis.registry import all_kpis


@pytest.mark.parametrize(
    ("need", "expected"),
    [
        ("tickets.requester", FieldNeed("field", "tickets", ("requester",))),
        ("recognition.tags|message", FieldNeed("field", "recognition", ("tags", "message"))),
        ("employee_survey:why|what", FieldNeed("construct", "employee_survey", ("why", "what"))),
        ("event:escalation", FieldNeed("event", "event", ("escalation",))),
    ],
)
def test_needs_are_taken_apart(need: str, expected: FieldNeed) -> None:
    assert parsed(need) == expected
    assert wrong_need(need) is None


@pytest.mark.parametrize(
    "need",
    [
        "tickets.shoe_size",
        "fax.number",
        "employee_survey:shoe_size",
        "census:why",
        "event:lunch",
        "tickets.",
        "tickets",
    ],
)
def test_what_does_not_exist_is_refused(need: str) -> None:
    with pytest.raises(DeclarationError, match=r"KPI k: field_needs .*there is no"):
        registered("k", field_needs=(need,))


@pytest.mark.parametrize("one", all_kpis(), ids=lambda one: one.kpi.id)
def test_a_kpi_of_one_survey_question_names_it(one) -> None:
    """A survey KPI either takes any item (components named after items) or says which constructs it asks."""
    asks = {"employee_survey", "customer_survey"} & set(one.kpi.sources)
    named = {parsed(need).place for need in one.kpi.field_needs if parsed(need).kind == "construct"}

    assert named <= asks
