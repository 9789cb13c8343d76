"""Which days a change touches: those of the ticket, and those on which numbers of other tickets can tell."""

import datetime as dt
from typing import Any

import polars as pl

from transforms.contracts import STAGED
from transforms.contracts.restricted import FctPromise
from transforms.facts.context import Context
from transforms.facts.longest_wait import LongestWait
from transforms.facts.times import TIMES
from transforms.facts.touched import Changed, Touched, touched_since

THEN, NOW = Context(run_on=dt.date(2026, 3, 30)), Context(run_on=dt.date(2026, 3, 31))
OPENED, SOLVED, LATELY = (dt.datetime(2026, month, day, 9, tzinfo=dt.UTC) for month, day in ((1, 5), (1, 9), (3, 31)))
NEW_DAYS = [dt.date(2026, 3, day) for day in (30, 31)]
NOBODY_WAITS = LongestWait(0.0, 0.0)


def rows(table: str, *told: dict[str, Any]) -> pl.DataFrame:
    """Rows of a staged table; what is not told is null."""
    columns = STAGED[table].create_empty().schema
    common: dict[str, Any] = {"source": "desk", "ticket_id": "1", "is_deleted": False} if table == "ticket" else {}
    filled = [{name: (common | row).get(name) for name in columns} for row in told]
    return pl.DataFrame(filled, schema=columns, orient="row")


def event(at: dt.datetime, event_type: str) -> dict[str, Any]:
    return {"source": "desk", "ticket_id": "1", "at": at, "event_type": event_type}


def ticket(**told: Any) -> dict[str, Any]:
    return {"created_at": OPENED, "solved_at": SOLVED, "updated_at": SOLVED, "requester_key": "p"} | told


def touched(
    before: dict[str, pl.DataFrame], after: dict[str, pl.DataFrame], promises: pl.DataFrame | None = None
) -> Touched:
    """What differs between two states of the staged tables; `promises` as the earlier night judged them."""
    empty = {name: contract.create_empty() for name, contract in STAGED.items()}
    then, now = empty | before, empty | after
    differ = {
        name: (
            then[name].join(now[name], on=then[name].columns, how="anti", nulls_equal=True),
            now[name].join(then[name], on=then[name].columns, how="anti", nulls_equal=True),
        )
        for name in TIMES
    }
    changed = Changed(
        {name: old for name, (old, _) in differ.items()}, {name: new for name, (_, new) in differ.items()}
    )
    lazily = ({name: frame.lazy() for name, frame in night.items()} for night in (then, now))
    judged = FctPromise.create_empty() if promises is None else promises
    return touched_since(changed, *lazily, THEN, NOW, NOBODY_WAITS, judged.lazy())


OLD_EVENTS = (event(OPENED, "created"), event(SOLVED, "status"))
BEFORE = {"ticket": rows("ticket", ticket()), "ticket_event": rows("ticket_event", *OLD_EVENTS)}


def test_a_late_word_touches_all_days_of_its_ticket_and_for_others_only_its_own() -> None:
    told = rows("ticket_event", *OLD_EVENTS, event(LATELY, "public_reply"))

    found = touched(BEFORE, {"ticket": rows("ticket", ticket(updated_at=LATELY)), "ticket_event": told})

    assert found.days["tickets"] == [OPENED.date(), SOLVED.date(), LATELY.date()]
    assert found.days["others"] == NEW_DAYS
    assert found.tickets["ticket_id"].to_list() == ["1"]


def test_an_event_that_comes_late_is_seen_by_others_from_its_own_day() -> None:
    told = rows("ticket_event", *OLD_EVENTS, event(SOLVED - dt.timedelta(days=1), "public_reply"))

    found = touched(BEFORE, BEFORE | {"ticket_event": told})

    assert found.days["others"] == [SOLVED.date() - dt.timedelta(days=1), SOLVED.date(), *NEW_DAYS]


def test_another_matter_is_seen_by_others_on_all_days() -> None:
    for told in (ticket(category="printer"), ticket(requester_key="q"), ticket(is_deleted=True)):
        found = touched(BEFORE, BEFORE | {"ticket": rows("ticket", told)})

        assert found.days["others"] == [OPENED.date(), SOLVED.date(), *NEW_DAYS]


def test_a_ticket_that_nothing_happened_to_is_not_touched() -> None:
    found = touched(BEFORE, BEFORE)

    assert (found.days["tickets"], found.tickets.height) == ([], 0)


def test_once_a_reopening_would_come_too_late_only_the_ticket_says_so() -> None:
    for day, n_touched in ((16, 0), (17, 1), (18, 0)):
        at = dt.datetime(2026, 3, day, 9, tzinfo=dt.UTC)
        told = rows("ticket_event", event(OPENED, "created"), event(at, "status") | {"value": "solved"})
        solved = {"ticket": rows("ticket", ticket(solved_at=at, updated_at=at)), "ticket_event": told}

        found = touched(solved, solved)

        assert (found.days["tickets"], found.tickets.height) == ([], n_touched)


def test_a_promise_that_falls_due_touches_its_ticket_however_long_nothing_happened() -> None:
    for due_on, days in ((30, []), (31, [OPENED.date(), SOLVED.date()]), (32, [])):
        due_at = dt.datetime(2026, 3, 1, 9, tzinfo=dt.UTC) + dt.timedelta(days=due_on - 1)
        promise = FctPromise.create_empty().clear(1).with_columns(ticket_id=pl.lit("1"), due_at=pl.lit(due_at))

        assert touched(BEFORE, BEFORE, promise).days["tickets"] == days
