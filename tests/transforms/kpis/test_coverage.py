"""What configured sources can feed, and what would unlock the rest."""

from typing import Any

import pytest

from tests.transforms.marts.published import registered
from transforms.kpis.coverage import KpiCoverage, coverage
from transforms.staging.feeds import FEEDS, tables_of
from transforms.staging.fields import FIELDS
from transforms.staging.mapping import SourceMapping


def source(kind: str, grain: str, **more: Any) -> SourceMapping:
    return SourceMapping(name=f"{kind}-{grain}".replace("_", "-"), kind=kind, grain=grain, **more)


def answers(audience: str, *constructs: str) -> SourceMapping:
    items = [{"column": name, "construct": name, "scale": "1-5"} for name in constructs]
    return source("survey", "wide_answers", audience=audience, item=items)


def judged(declared: dict[str, Any], *sources: SourceMapping) -> KpiCoverage:
    (found,) = coverage([registered("k", **declared)], sources)
    return found


TICKETS = source("tickets", "snapshot")


def test_a_table_that_a_source_feeds() -> None:
    assert judged({}, TICKETS) == KpiCoverage("k", "commitment", "k", True, ("tickets-snapshot",), ())


def test_a_table_that_nobody_feeds() -> None:
    found = judged({"needs": ("ticket", "ticket_event")}, TICKETS)

    assert (found.is_fed, found.fed_by) == (False, ())
    assert found.unlocked_by == ("a source tickets/event_log or tickets/events",)
    assert judged({}).unlocked_by == ("a source tickets/snapshot or tickets/event_log",)


def test_promises_of_tickets_are_a_matter_of_mapping() -> None:
    declared = {"needs": ("promise",)}
    kept = source("tickets", "snapshot", columns={"promise_is_kept": "sla"})

    assert judged(declared, TICKETS).unlocked_by == (
        "a source tickets/snapshot or tickets/event_log or tickets/promises or tickets/promise_events "
        "that maps promise_target_at or promise_is_kept",
    )
    assert judged(declared, kept).is_fed
    assert judged(declared, source("tickets", "promises")).is_fed
    assert judged(declared, source("tickets", "promise_events")).is_fed


@pytest.mark.parametrize("where", ["columns", "constants"])
def test_a_field_is_mapped_or_constant(where: str) -> None:
    declared = {"field_needs": ("tickets.requester|channel",)}
    mapped = source("tickets", "snapshot", **{where: {"channel": "by"}})

    assert judged(declared, mapped).is_fed
    assert judged(declared, TICKETS).unlocked_by == (
        "map requester or channel in a source tickets/snapshot or tickets/event_log or tickets/promises",
    )


SURVEY = {"needs": ("survey_item", "survey_response"), "sources": ("customer_survey",)}


def test_a_construct_is_asked_of_the_right_people() -> None:
    declared = SURVEY | {"field_needs": ("customer_survey:heard",)}

    assert judged(declared, answers("customer", "heard")).is_fed
    other_item = judged(declared, answers("customer", "effort"))
    other_people = judged(declared, answers("employee", "heard"))
    assert other_item.unlocked_by == ("an item with construct heard in a survey with audience customer",)
    assert other_people.unlocked_by == (
        "a source survey/long_answers or survey/wide_answers with audience customer",
        "an item with construct heard in a survey with audience customer",
    )


def test_a_gap_between_two_surveys_needs_both() -> None:
    declared = SURVEY | {
        "sources": ("employee_survey", "customer_survey"),
        "field_needs": ("employee_survey:values_lived", "customer_survey:did_what_they_said"),
    }

    found = judged(declared, answers("employee", "values_lived"))

    assert found.unlocked_by == (
        "a source survey/long_answers or survey/wide_answers with audience customer",
        "an item with construct did_what_they_said in a survey with audience customer",
    )


def test_a_kpi_of_any_item_takes_either_survey() -> None:
    declared = SURVEY | {"sources": ("employee_survey", "customer_survey")}

    assert judged(declared, answers("employee", "fun")).is_fed


def test_events_a_source_translates_are_those_it_records() -> None:
    declared = {"needs": ("ticket_event",), "field_needs": ("event:public_reply",)}
    replies = source("tickets", "events", values={"event_type": {"public_reply": ["Reply"]}})
    others = source("tickets", "events", values={"event_type": {"status": ["Status"]}})

    assert judged(declared, replies).is_fed
    assert judged(declared, source("tickets", "events")).is_fed
    assert judged(declared, others).unlocked_by == ("ticket events of type public_reply in a source tickets/events",)
    assert not judged(declared, source("tickets", "event_log")).is_fed
    assert judged(declared | {"field_needs": ("event:assignee",)}, source("tickets", "event_log")).is_fed


def test_every_kind_and_grain_feeds_something() -> None:
    assert set(FEEDS) == set(FIELDS)
    assert all(tables_of(source(kind, grain)) for kind, grain in FIELDS)
