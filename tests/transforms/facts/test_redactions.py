"""A redacted comment leaves no fingerprint from then on, and nothing else changes."""

import dataclasses
import datetime as dt
from typing import Any

from polars.testing import assert_frame_equal

from tests.transforms.sample_organisation import facts, table
from tests.transforms.sample_tickets import at, event, ticket
from transforms.contracts import STAGED
from transforms.contracts.restricted import FctPromise
from transforms.facts import Context
from transforms.facts.longest_wait import LongestWait
from transforms.facts.times import TIMES
from transforms.facts.touched import Changed, touched_since

NIGHT = at(40).date()
TICKETS = [ticket(1), ticket(2, status="closed", solved_at=at(2), closed_at=at(2))]
TALK = [
    event(1, at(0), "created", sequence=11, fingerprint=5),
    event(1, at(1), "public_reply", sequence=21, fingerprint=7),
    event(1, at(1), "status", "open", sequence=22),
    event(1, at(2), "public_reply", sequence=31, fingerprint=9),
    event(2, at(1), "public_reply", sequence=21, fingerprint=7),  # another ticket's, with the same place
]
# Long after the reply, by somebody who never had to do with the ticket.
REDACTED = event(
    1, at(30), "redaction", "21", sequence=41, agent_key=None, org_unit_id="legal", actor_key="p_" + "f" * 32
)


def known(events: list[dict[str, Any]], night: dt.date = NIGHT) -> Any:
    return facts(run_on=night, ticket=TICKETS, ticket_event=events)


def test_only_the_fingerprint_goes() -> None:
    whole, redacted = known(TALK), known([*TALK, REDACTED])

    assert whole.events.collect()["fingerprint"].to_list() == [5, 7, None, 9, 7]
    assert redacted.events.collect()["fingerprint"].to_list() == [5, None, None, 9, 7]
    assert_frame_equal(whole.events.drop("fingerprint"), redacted.events.drop("fingerprint"))
    assert_frame_equal(whole.tickets.collect(), redacted.tickets.collect())


def test_a_night_before_the_redaction_knows_nothing_of_it() -> None:
    assert known([*TALK, REDACTED], at(20).date()).events.collect()["fingerprint"].to_list() == [5, 7, None, 9, 7]


def test_a_redaction_of_what_nobody_knows_takes_nothing() -> None:
    strange = [event(1, at(30), "redaction", value, sequence=40 + n) for n, value in enumerate(("99", None, "x"))]
    assert known([*TALK, *strange]).events.collect()["fingerprint"].to_list() == [5, 7, None, 9, 7]


def test_a_redaction_touches_the_days_of_its_ticket() -> None:
    rows = {name: contract.create_empty() for name, contract in STAGED.items()} | {"ticket": table("ticket", TICKETS)}
    before, after = (rows | {"ticket_event": table("ticket_event", told)} for told in (TALK, [*TALK, REDACTED]))
    nothing = {name: STAGED[name].create_empty() for name in TIMES}
    changed = Changed(nothing, nothing | {"ticket_event": table("ticket_event", [REDACTED])})
    then = Context(run_on=at(39).date())

    touched = touched_since(
        changed,
        {name: frame.lazy() for name, frame in before.items()},
        {name: frame.lazy() for name, frame in after.items()},
        then,
        dataclasses.replace(then, run_on=NIGHT),
        LongestWait(0.0, 0.0),
        FctPromise.create_empty().lazy(),
    )

    assert touched.tickets["ticket_id"].to_list() == ["T1"]
    assert {at(1).date(), at(30).date()} <= set(touched.days["tickets"])
