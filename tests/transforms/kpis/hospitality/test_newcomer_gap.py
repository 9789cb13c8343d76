"""Newcomers and regulars: the same promise kept alike?"""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.transforms.kpis.ticket_cells import month, night, quarter, same
from tests.transforms.sample_organisation import computed, person
from tests.transforms.sample_tickets import at, promise, ticket
from transforms.facts import Facts

ID = "newcomer_gap"
YEARS_AGO = at(-800)


def cases(
    newcomers: list[tuple[str, bool]], regulars: list[tuple[str, bool]]
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Tickets and promises: (priority, kept) of people who come for the first time, and of those long known."""
    tickets, promises = [ticket(900, YEARS_AGO, requester_key=person(900))], []
    for number, (is_new, priority, kept) in enumerate(
        [(True, *case) for case in newcomers] + [(False, *case) for case in regulars], start=1
    ):
        key = person(1000 + number)
        tickets.append(ticket(number, at(0), requester_key=key, category="access"))
        promises.append(promise(number, at(2), at(1) if kept else at(3), priority=priority))
        if not is_new:
            tickets.append(ticket(2000 + number, at(-30), requester_key=key))
    return tickets, promises


NEW = [("urgent", True)] * 3 + [("urgent", False), ("normal", True)]
OLD = [("urgent", True)] + [("urgent", False)] * 3 + [("normal", True)] + [("normal", False)] * 2


def known(new: list[tuple[str, bool]] = NEW, old: list[tuple[str, bool]] = OLD, **more: Any) -> Facts:
    tickets, promises = cases(new, old)
    return night(**({"ticket": tickets, "promise": promises} | more))


def test_worked_example() -> None:
    got = month(ID, known())

    assert got["value"] == pytest.approx((2 * 0.5 + 0.75 * 2 / 3) / 2.75)
    assert got["ci_low"] < got["value"] < got["ci_high"]
    assert (got["denominator"], got["n_events"], got["coverage"]) == (12, 12, 1.0)
    assert quarter(ID, known())["value"] == got["value"]


def test_another_mix_is_no_gap() -> None:
    # All urgent promises are broken and all normal ones kept; newcomers come with urgent matters.
    new = [("urgent", False)] * 3 + [("normal", True)]
    old = [("urgent", False)] + [("normal", True)] * 3

    assert month(ID, known(new, old))["value"] == 0.0


def test_nobody_is_new_to_a_source_in_its_first_year() -> None:
    tickets, promises = cases(NEW, OLD)
    young = [{**row, "created_at": at(-300)} if row["ticket_id"] == "T900" else row for row in tickets]

    got = month(ID, night(ticket=young, promise=promises))

    assert (got["state"], got["flags"], got["value"]) == ("not_matured", "history_under_12_months", None)


def test_twelve_months_are_enough() -> None:
    tickets, promises = cases(NEW, OLD)
    started = dt.datetime(2025, 3, 2, 9, tzinfo=dt.UTC)
    old_enough = [{**row, "created_at": started} if row["ticket_id"] == "T900" else row for row in tickets]

    assert month(ID, night(ticket=old_enough, promise=promises))["state"] == "published"


def test_one_side_alone_is_no_number() -> None:
    got = month(ID, known(NEW, []))

    assert (got["value"], got["state"]) == (None, "not_enough_data")


def test_unknown_requesters_lower_the_coverage_and_all_unknown_are_missing() -> None:
    tickets, promises = cases(NEW, OLD)
    more = [*tickets, ticket(500, at(0))], [*promises, promise(500, at(2), at(1))]
    nobody = [{**row, "requester_key": None} for row in tickets]

    assert month(ID, night(ticket=more[0], promise=more[1]))["coverage"] == pytest.approx(12 / 13)
    assert month(ID, night(ticket=nobody, promise=promises))["flags"] == "missing:requester"


def test_order_and_repetition_change_nothing() -> None:
    tickets, promises = cases(NEW, OLD)

    assert same(known(), night(ticket=tickets[::-1], promise=promises[::-1] + promises), ID)


def test_no_promises() -> None:
    assert computed(ID, night(ticket=[ticket(1)], promise=[])).cells.is_empty()
