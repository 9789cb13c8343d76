"""Replies that echo a canned answer, judged by fingerprint alone."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from tests.transforms.kpis.ticket_cells import month, night, quarter, same
from tests.transforms.sample_organisation import computed
from tests.transforms.sample_tickets import at, event, ticket
from transforms.facts import Facts
from transforms.staging.text_features import fingerprints

ID = "macro_echo_rate"
CANNED = (
    "thank you for getting in touch with us we have received your request and will look into it as soon as we can "
    "please do not answer this message if you have further questions you will find help on our pages"
)
NAMED = f"dear mrs example {CANNED}"
FREE = "the parcel left Ghent this morning and I will ring you at ten to agree on the door it should come to"
OTHER = "sorry about the kettle a new lid is on its way with tomorrow's van and the old one may go into the bin"


def prints(*texts: str) -> list[int]:
    return fingerprints(pl.Series(list(texts)), b"key").to_list()


CODES = prints(CANNED, NAMED, FREE, OTHER)
MACROS = [{"macro_id": "received", "fingerprint": CODES[0]}, {"macro_id": "picture only", "fingerprint": None}]


def reply(number: int, code: int | None, **more: Any) -> dict[str, Any]:
    return event(number, at(0, 10), "public_reply", fingerprint=code, **more)


TICKETS = [ticket(number) for number in range(1, 8)]
EVENTS = [reply(number, code) for number, code in enumerate(CODES, start=1)]


def known(
    events: list[dict[str, Any]] = EVENTS, tickets: list[dict[str, Any]] = TICKETS, macros: Any = MACROS
) -> Facts:
    return night(ticket=tickets, ticket_event=events, macro=macros)


def test_worked_example() -> None:
    got = month(ID, known())

    assert (got["value"], got["numerator"], got["denominator"]) == (0.5, 2, 4)
    assert quarter(ID, known())["value"] == 0.5


@pytest.mark.parametrize(("flipped", "echo"), [(9, 1.0), (10, 0.0)])
def test_nine_bits_are_near(flipped: int, echo: float) -> None:
    assert month(ID, known([reply(1, CODES[0] ^ ((1 << flipped) - 1))]))["value"] == echo


def test_who_does_not_count() -> None:
    others = [
        reply(5, CODES[0], actor_role="bot"),
        reply(6, CODES[0], actor_role="requester"),
        reply(7, CODES[0]) | {"event_type": "private_note"},
    ]

    assert month(ID, known([*EVENTS, *others]))["denominator"] == 4


def test_a_reply_without_a_text_lowers_the_coverage() -> None:
    got = month(ID, known([*EVENTS, reply(5, None)]))

    assert (got["value"], got["coverage"]) == (0.5, 0.8)


def test_what_is_missing_is_said() -> None:
    silent = month(ID, known([reply(1, None)]))
    without = computed(ID, night(ticket=TICKETS, ticket_event=EVENTS)).cells

    assert (silent["state"], silent["flags"]) == ("source_missing", "missing:reply_text")
    assert without["flags"].unique().to_list() == ["missing:macro"]


def test_order_and_repetition_change_nothing() -> None:
    assert same(known(), known([*EVENTS[::-1], *EVENTS], TICKETS[::-1], MACROS[::-1]), ID)


def test_all_free_and_no_replies() -> None:
    assert month(ID, known(EVENTS[2:]))["value"] == 0.0
    assert computed(ID, known([])).cells.is_empty()
