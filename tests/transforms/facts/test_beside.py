"""What lies beside a few tickets: those they are judged by, and nothing else."""

from __future__ import annotations

from typing import Any

import polars as pl

from tests.transforms.sample_organisation import answer, invitation, person, recognition, table
from tests.transforms.sample_tickets import at, event, ticket
from transforms.facts.beside import of_these_alone, tickets_beside


def asked(number: int, day: int, category: str = "printer", requester: int = 50) -> dict[str, Any]:
    return ticket(number, at(day), requester_key=person(requester), category=category)


TICKETS = [asked(1, 0), asked(2, 3), asked(3, 5), asked(4, 9), asked(5, 9, "key"), asked(6, 9, requester=51), ticket(7)]
RATED = answer(50, "satisfied", 5.0, ticket_id="T7")
NIGHT = {
    "ticket": table("ticket", TICKETS).lazy(),
    "ticket_event": table("ticket_event", [event(3, at(6), "public_reply"), event(4, at(9), "public_reply")]).lazy(),
    "recognition": table("recognition", [recognition(1, 2, at(0).date())]).lazy(),
    "survey_response": table("survey_response", [RATED, answer(51, "satisfied", 1.0)]).lazy(),
    "invitation": table("invitation", [invitation(50, ticket_id="T3"), invitation(51)]).lazy(),
}


def named(*numbers: int) -> pl.DataFrame:
    return pl.DataFrame({"ticket_id": [f"T{number}" for number in numbers]})


def beside(*numbers: int, witness: int) -> set[str]:
    return set(tickets_beside([NIGHT], named(*numbers), named(witness))["ticket_id"])


def test_the_first_of_the_requester_later_ones_of_the_matter_a_witness_and_a_rated_one_are_beside() -> None:
    assert beside(3, witness=6) == {"T1", "T3", "T4", "T6", "T7"}


def test_a_ticket_without_a_requester_has_no_neighbours() -> None:
    assert beside(7, witness=7) == {"T7"}


def test_of_all_tables_only_what_tells_of_these_tickets_is_left() -> None:
    found = {name: rows.collect() for name, rows in of_these_alone(NIGHT, named(3, 7)).items()}

    assert found["ticket"]["ticket_id"].to_list() == ["T3", "T7"]
    assert found["ticket_event"]["ticket_id"].to_list() == ["T3"]
    assert found["survey_response"]["ticket_id"].to_list() == ["T7"]
    assert found["invitation"]["ticket_id"].to_list() == ["T3"]
    assert found["recognition"].height == 1
