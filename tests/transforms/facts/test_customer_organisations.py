"""Customers' organisations beside tickets: named by the ticket's own source, else by those that know them."""

from __future__ import annotations

import dataclasses
from typing import Any

import polars as pl

from tests.transforms.sample_organisation import facts, table
from tests.transforms.sample_tickets import at, ticket
from transforms.contracts import STAGED
from transforms.contracts.restricted import FctPromise
from transforms.facts import Context
from transforms.facts.longest_wait import LongestWait
from transforms.facts.times import TIMES
from transforms.facts.touched import Changed, touched_since
from transforms.marts.restricted import fct_ticket

NIGHT = at(40).date()
TICKETS = [
    ticket(1, customer_organisation_id="7", source="desk", solved_at=at(1), closed_at=at(1)),
    ticket(2, customer_organisation_id="8", source="desk", solved_at=at(1), closed_at=at(1)),
    ticket(3, customer_organisation_id="7", source="file", solved_at=at(1), closed_at=at(1)),
    ticket(4, customer_organisation_id=None, source="file", solved_at=at(1), closed_at=at(1)),
]


def organisation(number: str, name: str | None, source: str = "desk") -> dict[str, Any]:
    return {"customer_organisation_id": number, "customer_organisation_name": name, "source": source}


ACME = organisation("7", "Acme")


def names(*organisations: dict[str, Any]) -> list[str | None]:
    """By ticket, 1 to 4."""
    known = facts(run_on=NIGHT, ticket=TICKETS, customer_organisation=organisations)
    return fct_ticket(known).sort("ticket_id")["customer_organisation_name"].to_list()


def looked_at_again(then: list[dict[str, Any]], now: list[dict[str, Any]]) -> list[str]:
    """Tickets that a night looks at again when nothing but organisations changed; they touch no day of theirs."""
    empty = {name: contract.create_empty() for name, contract in STAGED.items()} | {"ticket": table("ticket", TICKETS)}
    rows = [table("customer_organisation", told) for told in (then, now)]
    nights = [{name: frame.lazy() for name, frame in {**empty, _NAME: told}.items()} for told in rows]
    changed = [{name: empty[name].clear() for name in TIMES} | {_NAME: told} for told in _differing(*rows)]
    context = Context(run_on=at(39).date())

    now = dataclasses.replace(context, run_on=NIGHT)
    touched = touched_since(
        Changed(*changed), *nights, context, now, LongestWait(0.0, 0.0), FctPromise.create_empty().lazy()
    )

    # The nights' own days are always among those of others and of the weather.
    assert not any(days for kind, days in touched.days.items() if kind not in ("others", "weather"))
    return sorted(touched.tickets["ticket_id"])


_NAME = "customer_organisation"


def _differing(then: pl.DataFrame, now: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    return tuple(
        one.join(other, on=one.columns, how="anti", nulls_equal=True) for one, other in ((then, now), (now, then))
    )


def test_without_organisations_nobody_is_named() -> None:
    assert names() == [None] * 4


def test_the_source_of_the_ticket_names_its_own() -> None:
    assert names(ACME, organisation("7", "Other", "file"), organisation("8", "File's", "file")) == [
        "Acme",
        None,  # the desk names organisations, and not this one
        "Other",
        None,
    ]


def test_a_source_that_names_none_asks_the_others() -> None:
    listed = [organisation("7", "Listed", "b-list"), organisation("7", "First", "a-list"), organisation("8", None)]
    assert names(*listed) == [None, None, "First", None]


def test_a_renamed_or_deleted_organisation_is_seen_in_its_tickets() -> None:
    other = organisation("9", "Nobody's")
    assert looked_at_again([ACME, other], [organisation("7", "Acme Ltd"), other]) == ["T1", "T3"]
    assert looked_at_again([ACME, other], [other]) == ["T1", "T3"]
    assert looked_at_again([ACME], [ACME, other]) == []
    assert looked_at_again([ACME], [ACME]) == []


def test_a_source_that_begins_to_name_organisations_asks_others_no_more() -> None:
    listed = organisation("8", "Listed", "list")
    assert names(listed) == [None, "Listed", None, None]
    assert names(listed, ACME) == ["Acme", None, "Acme", None]
    assert looked_at_again([listed], [listed, ACME]) == ["T1", "T2", "T3"]
