"""Roles and holders that a source tells beside its events: an agent who left still answered as an agent."""

from __future__ import annotations

import datetime as dt
from typing import Any

from tests.transforms.sample_organisation import facts, person
from tests.transforms.sample_tickets import at, event, ticket

CUSTOMER, AGENT, LEAVER = 90, 91, 92


def said(when: dt.datetime, who: int, event_type: str = "public_reply") -> dict[str, Any]:
    told = {"actor_key": person(who), "actor_role": "unknown", "org_unit_id": None, "agent_key": None}
    return event(1, when, event_type, **told)


def role(who: int, name: str, since: dt.datetime) -> dict[str, Any]:
    return {"person_key": person(who), "valid_from_at": since, "role": name}


def roles_of(events: list[dict[str, Any]], roles: list[dict[str, Any]]) -> list[str]:
    return facts(ticket=[ticket(1)], ticket_event=events, person_role=roles).events.collect()["actor_role"].to_list()


def test_the_role_is_the_one_seen_last_before_the_event() -> None:
    events = [said(at(1), LEAVER), said(at(5), LEAVER)]
    roles = [role(LEAVER, "agent", at(0)), role(LEAVER, "requester", at(3))]

    assert roles_of(events, roles) == ["agent", "requester"]


def test_who_wrote_a_note_before_being_seen_was_an_agent_then() -> None:
    events = [said(at(1), LEAVER), said(at(1, 10), LEAVER, "private_note"), said(at(5), LEAVER)]

    assert roles_of(events, [role(LEAVER, "requester", at(3))]) == ["agent", "agent", "requester"]


def test_before_being_seen_the_first_role_holds() -> None:
    assert roles_of([said(at(1), CUSTOMER)], [role(CUSTOMER, "requester", at(3))]) == ["requester"]


def test_a_role_told_with_the_event_stands_and_a_stranger_is_no_agent() -> None:
    events = [said(at(1), AGENT) | {"actor_role": "bot"}, said(at(2), 99)]

    assert roles_of(events, [role(AGENT, "agent", at(0))]) == ["bot", "requester"]
    assert roles_of(events, [role(AGENT, "agent", at(0)) | {"source": "elsewhere"}]) == ["bot", "unknown"]


def test_who_was_named_last_holds_the_ticket() -> None:
    events = [
        event(1, at(0), "group", org_unit_id="care", agent_key=None),
        event(1, at(0), "created", org_unit_id=None, agent_key=None),
        event(1, at(1), "assignee", org_unit_id=None, agent_key=person(AGENT), sequence=5),
        event(1, at(1), "public_reply", org_unit_id=None, agent_key=None, sequence=1),
        event(1, at(2), "assignee", org_unit_id=None, agent_key=None),
        event(1, at(3), "private_note", org_unit_id=None, agent_key=None),
        event(2, at(4), "public_reply", org_unit_id=None, agent_key=None),
    ]

    got = facts(ticket=[ticket(1), ticket(2)], ticket_event=events).events.collect()

    assert got["org_unit_id"].to_list() == ["care"] * 6 + [None]
    # The reply of the moment in which it was taken over is the new agent's.
    assert got["agent_key"].to_list() == [None, None, person(AGENT), person(AGENT), None, None, None]


def test_a_source_that_names_holders_with_every_event_is_taken_at_its_word() -> None:
    events = [event(1, at(0), "group"), event(1, at(1), "status", "open", org_unit_id=None, agent_key=None)]

    assert facts(ticket=[ticket(1)], ticket_event=[*events, event(1, at(2), "status", "solved")]).events.collect()[
        "agent_key"
    ].to_list() == [person(1), None, person(1)]
