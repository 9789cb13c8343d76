"""What lies beside a few tickets: those they are judged by, and nothing else."""

from __future__ import annotations

from typing import Any

import polars as pl

from tests.transforms.sample_organisation import answer, invitation, person, recognition, table
from tests.transforms.sample_tickets import at, event, ticket
from transforms.facts import contacts
from transforms.facts.beside import with_tickets_beside


def asked(number: int, day: int, category: str = "printer", requester: int = 50) -> dict[str, Any]:
    return ticket(number, at(day), requester_key=person(requester), category=category)


TICKETS = [asked(1, 0), asked(2, 3), asked(3, 5), asked(4, 9), asked(5, 9, "key"), asked(6, 9, requester=51), ticket(7)]
RATED = answer(60, "satisfied", 5.0, ticket_id="T7")
NIGHT = {
    "ticket": table("ticket", TICKETS).lazy(),
    "ticket_event": table(
        "ticket_event", [event(number, at(day), "public_reply") for number, day in ((1, 1), (3, 6), (4, 9))]
    ).lazy(),
    "recognition": table("recognition", [recognition(1, 2, at(0).date())]).lazy(),
    "survey_response": table("survey_response", [RATED, answer(51, "satisfied", 1.0)]).lazy(),
    "invitation": table("invitation", [invitation(50, ticket_id="T3"), invitation(51)]).lazy(),
}


def named(*numbers: int) -> pl.DataFrame:
    return pl.DataFrame({"ticket_id": [f"T{number}" for number in numbers]})


def of(tables: dict[str, pl.LazyFrame], ids: pl.DataFrame) -> dict[str, pl.LazyFrame]:
    """What the tables say of some tickets."""
    about = {name: rows for name, rows in tables.items() if name != "recognition"}
    return {name: rows.join(ids.lazy(), on="ticket_id", how="semi") for name, rows in about.items()}


def beside(
    nights: list[dict[str, pl.LazyFrame]], rows: list[dict[str, pl.LazyFrame]], ids: pl.DataFrame, shown: pl.DataFrame
) -> list[tuple[dict[str, pl.LazyFrame], pl.LazyFrame]]:
    """The same for two nights, the contacts of whoever asked for the tickets being known."""
    asking = pl.concat(of_night["ticket"].select(contacts.CUSTOMER) for of_night in rows).unique()
    known = contacts.of(nights[-1]["ticket"].join(asking, on=contacts.CUSTOMER, how="semi"), "ticket_id").collect()
    return with_tickets_beside(nights, rows, ids, shown, known)


def night(*numbers: int, witness: int) -> tuple[dict[str, pl.DataFrame], pl.DataFrame]:
    """What is left of the tables of two equal nights for some tickets, and the contacts beside."""
    ids = named(*numbers)
    rows = of(NIGHT, ids)
    (before, _), (after, wrote) = beside([NIGHT, NIGHT], [rows, rows], ids, named(witness))
    found = {name: table.collect() for name, table in after.items()}
    assert all(table.collect().equals(found[name]) for name, table in before.items())
    return found, wrote.collect()


def contacts_beside(*numbers: int, witness: int) -> set[tuple[str, str, Any]]:
    wrote = night(*numbers, witness=witness)[1]
    return set(wrote.select("requester_key", "category", "created_at").rows())


def test_a_witness_and_a_rated_one_are_beside() -> None:
    assert set(night(3, witness=6)[0]["ticket"]["ticket_id"]) == {"T3", "T6", "T7"}


def test_nobody_has_to_show_what_the_tickets_show_themselves() -> None:
    another = table("survey_response", [answer(50, "satisfied", 4.0, ticket_id="T2")]).lazy()
    tables = NIGHT | {"survey_response": pl.concat([NIGHT["survey_response"], another])}

    def with_beside(number: int) -> list[str]:
        rows = of(tables, named(number))
        _, (after, _) = beside([tables, tables], [rows, rows], named(number), named(6))
        return sorted(after["ticket"].collect()["ticket_id"])

    assert with_beside(2) == ["T2", "T6"]
    assert with_beside(3) == ["T2", "T3", "T6"]


def test_the_first_contact_of_the_requester_and_later_ones_about_the_matter_are_beside() -> None:
    customer = person(50)
    assert contacts_beside(3, witness=6) == {(customer, "printer", at(0)), (customer, "printer", at(9))}


def test_a_ticket_without_a_requester_has_no_neighbours() -> None:
    assert contacts_beside(7, witness=7) == set()


def test_of_all_tables_only_what_tells_of_these_tickets_is_left() -> None:
    found, _ = night(3, witness=4)

    assert sorted(found["ticket"]["ticket_id"]) == ["T3", "T4", "T7"]
    assert sorted(found["ticket_event"]["ticket_id"]) == ["T3", "T4"]
    assert found["survey_response"]["ticket_id"].to_list() == ["T7"]
    assert found["invitation"]["ticket_id"].to_list() == ["T3"]
    assert found["recognition"].height == 1


def test_rows_of_changed_tickets_are_those_of_each_night_and_all_others_the_same() -> None:
    gone, come = (
        table("ticket_event", [event(3, at(6), "public_reply")]),
        table("ticket_event", [event(3, at(8), "public_reply")]),
    )
    now = NIGHT | {"ticket_event": pl.concat([NIGHT["ticket_event"].filter(pl.col("ticket_id") != "T3"), come.lazy()])}
    rows = [of(NIGHT, named(3)) | {"ticket_event": events.lazy()} for events in (gone, come)]

    nights = beside([NIGHT, now], rows, named(3), named(4))

    told = [tables["ticket_event"].select("ticket_id", "at").sort("at").collect().rows() for tables, _ in nights]
    assert told == [sorted([("T3", day), ("T4", at(9))], key=lambda row: row[1]) for day in (at(6), at(8))]


def test_the_first_contact_of_whoever_rated_is_beside() -> None:
    by_customer = NIGHT | {
        "survey_response": table("survey_response", [answer(50, "rating", 1, ticket_id="T7")]).lazy()
    }
    rows = [of(tables, named(7)) for tables in (NIGHT, by_customer)]

    _, (_, wrote) = beside([NIGHT, by_customer], rows, named(7), named(7))

    assert wrote.select("requester_key", "created_at").collect().rows() == [(person(50), at(0))]
