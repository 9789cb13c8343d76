import datetime as dt
from typing import Any

import polars as pl
import pytest
from dataframely.random import Generator
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.gate import Verdict, judge_staged
from transforms.contracts import LINEAGE, STAGED
from transforms.contracts.marts import MetaRowAccounting, MetaValidation
from transforms.contracts.state import RowFate

NO_HISTORY = MetaRowAccounting.create_empty()
SECRET = "a name that must not be stored"
ANNA, BELA = "p_" + "a" * 32, "p_" + "b" * 32


def at(day: int, hour: int = 12) -> dt.datetime:
    return dt.datetime(2026, 3, day, hour, tzinfo=dt.UTC)


def rows(table: str, *given_rows: dict[str, Any]) -> pl.DataFrame:
    schema = STAGED[table].create_empty().schema
    defaults = {"source": "desk", "source_page": "page-1"} if "source_row" in schema else {}
    numbered = [defaults | ({"source_row": n} if defaults else {}) | row for n, row in enumerate(given_rows, 1)]
    return pl.DataFrame(numbered, schema=schema)


def tickets(n: int = 3, **columns: list[Any]) -> pl.DataFrame:
    given_rows = [
        {"ticket_id": f"T{i}", "created_at": at(1), "updated_at": at(2), "is_deleted": False}
        | {name: values[i] for name, values in columns.items()}
        for i in range(n)
    ]
    return rows("ticket", *given_rows)


def event(ticket_id: str, moment: dt.datetime, **values: Any) -> dict[str, Any]:
    return {
        "ticket_id": ticket_id,
        "at": moment,
        "sequence": 0,
        "event_type": "public_reply",
        "actor_role": "agent",
    } | values


def judged(candidates: dict[str, pl.DataFrame], history: pl.DataFrame = NO_HISTORY, **known: pl.DataFrame) -> Verdict:
    lake = {name: frame.lazy() for name, frame in known.items()}
    return judge_staged(candidates, lake, history, "run-1", "desk")


def fates(verdict: Verdict) -> list[tuple[Any, ...]]:
    return verdict.rejected.select("table_name", "source_row", "fate", "reason", "column_name").rows()


def result(verdict: Verdict, rule: str, column: str = "") -> dict[str, Any]:
    found = verdict.results.filter((pl.col("rule") == rule) & (pl.col("column_name") == column))
    return found.row(0, named=True)


def test_good_rows_pass_unchanged() -> None:
    candidates = {"ticket": tickets()}

    verdict = judged(candidates)

    assert not verdict.blocked
    assert verdict.reasons == verdict.warnings == ()
    assert verdict.accepted["ticket"].equals(candidates["ticket"])
    assert verdict.rejected.is_empty()
    assert verdict.results["is_passed"].all()


def test_a_bad_row_goes_to_quarantine_with_its_reason_and_the_others_stay() -> None:
    verdict = judged({"ticket": tickets(priority=["high", SECRET, None])})

    assert fates(verdict) == [("ticket", 2, "quarantined", "allowed", "priority")]
    assert verdict.accepted["ticket"]["ticket_id"].to_list() == ["T0", "T2"]
    assert not verdict.blocked
    expected = {
        "n_checked": 3,
        "n_failed": 1,
        "severity": "row",
        "is_passed": False,
        "source": "desk",
        "gate": "staged",
    }
    assert result(verdict, "allowed", "priority").items() >= expected.items()


def test_a_row_that_fails_twice_is_one_rejected_row() -> None:
    verdict = judged({"ticket": tickets(created_at=[None, at(1), at(1)], priority=["?", None, None])})

    assert fates(verdict) == [("ticket", 1, "quarantined", "not_null", "created_at")]
    assert result(verdict, "allowed", "priority")["n_failed"] == 1


def test_results_and_rejected_rows_follow_their_contracts() -> None:
    verdict = judged({"ticket": tickets(priority=["high", SECRET, None])})

    assert MetaValidation.is_valid(verdict.results)
    assert RowFate.is_valid(verdict.rejected.drop("table_name"))


def test_no_value_reaches_results_rejected_rows_or_messages() -> None:
    events = rows(
        "ticket_event",
        event("T0", at(1, 1), value=SECRET),  # before its creation
        event("T1", at(3), actor_key=SECRET, agent_key=SECRET),
        event(SECRET * 9, at(3)),
        event("T9", at(4), org_unit_id=SECRET),
    )
    broken = tickets(agent_key=[SECRET, None, None], status=[None, SECRET, None], closed_at=[None, None, at(1, 1)])

    verdict = judged({"ticket": broken, "ticket_event": events})

    assert verdict.rejected.height == 3
    assert verdict.warnings
    with pl.Config(tbl_rows=-1, tbl_cols=-1, fmt_str_lengths=10_000):
        told = repr(verdict.results) + repr(verdict.rejected) + repr(verdict.reasons) + repr(verdict.warnings)
    assert SECRET not in told
    assert SECRET not in str(verdict.results.to_dicts()) + str(verdict.rejected.to_dicts())


def test_an_event_before_its_ticket_is_rejected_and_the_ticket_made_of_the_same_input_row_stays() -> None:
    events = rows("ticket_event", event("T0", at(1, 1)), event("T1", at(2)))

    verdict = judged({"ticket": tickets(2), "ticket_event": events})

    assert fates(verdict) == [("ticket_event", 1, "quarantined", "event_before_creation", None)]
    assert verdict.accepted["ticket"].height == 2
    assert verdict.accepted["ticket_event"]["ticket_id"].to_list() == ["T1"]


def test_a_ticket_that_was_rejected_itself_does_not_condemn_its_events() -> None:
    wrong = tickets(1, created_at=[dt.datetime(9999, 1, 1, tzinfo=dt.UTC)])

    verdict = judged({"ticket": wrong, "ticket_event": rows("ticket_event", event("T0", at(2)))})

    assert verdict.accepted["ticket"].is_empty()
    assert verdict.accepted["ticket_event"].height == 1
    assert result(verdict, "event_of_unknown_ticket")["n_failed"] == 1


def test_recognising_oneself_is_reported_and_kept() -> None:
    thanks = {"at": at(3), "group_size": 1, "is_private": False, "receiver_key": ANNA}
    own = thanks | {"recognition_id": "R1", "giver_key": ANNA}
    other = thanks | {"recognition_id": "R2", "giver_key": BELA, "tags": ["care", "speed"]}

    verdict = judged({"recognition": rows("recognition", own, other)})

    assert verdict.accepted["recognition"].height == 2
    assert not verdict.blocked
    assert verdict.warnings == (
        "source desk: recognition: receiver_equals_giver: 1 of 2 rows failed. "
        "A person recognised themselves: kept, and left out of every KPI",
    )


def test_one_answer_off_its_scale_leaves_the_rest_of_the_questionnaire() -> None:
    def answer(item: str, value: float) -> dict[str, Any]:
        about = {"survey_id": "S", "response_id": "1", "item_id": item, "answered_at": at(3), "source_row": 1}
        return about | {"value": value, "is_not_applicable": False}

    item = {
        "survey_id": "S",
        "audience": "customer",
        "scale_id": "1-5",
        "scale_map_version": 1,
        "is_reverse": False,
        "has_respondent": True,
    }
    items = rows("survey_item", item | {"item_id": "Q1"}, item | {"item_id": "Q2"})

    verdict = judged({"survey_response": rows("survey_response", answer("Q1", 7), answer("Q2", 5))}, survey_item=items)

    assert fates(verdict) == [("survey_response", 1, "quarantined", "answer_off_scale", None)]
    assert verdict.accepted["survey_response"]["item_id"].to_list() == ["Q2"]


def test_units_in_a_circle_block_and_the_line_says_where() -> None:
    unit = {"valid_from_on": dt.date(2020, 1, 1), "org_unit_name": "Unit"}
    circle = rows(
        "org_unit",
        unit | {"org_unit_id": "a", "parent_org_unit_id": "b"},
        unit | {"org_unit_id": "b", "parent_org_unit_id": "a"},
        unit | {"org_unit_id": "company"},
    )

    verdict = judged({"org_unit": circle})

    assert verdict.blocked
    assert verdict.reasons == (
        "source desk: org_unit: unit_above_itself: 2 of 3 rows failed. Units are above one another in a circle "
        "(or deeper than 30 levels); correct the parents in the export",
    )
    assert verdict.rejected.is_empty()


def test_a_missing_column_blocks_and_names_it() -> None:
    verdict = judged({"ticket": tickets().drop("is_deleted")})

    assert verdict.blocked
    assert verdict.reasons == (
        "source desk: ticket: columns: 1 of 19 columns failed. is_deleted is missing, declared Boolean",
    )


def earlier_nights(n_rows: int, nights: int = 3) -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "source": "desk",
                "source_page": f"page-{night}",
                "fate": "staged",
                "reason": "",
                "page_name": "export.csv",
                "n_rows": n_rows,
                "as_of": at(1 + night, 0),
                "run_id": f"run-{night}",
            }
            for night in range(nights)
        ],
        schema=NO_HISTORY.schema,
    )


def test_no_rows_where_rows_are_usual_blocks() -> None:
    verdict = judged({"ticket": tickets(0)}, earlier_nights(40))

    assert verdict.blocked
    assert verdict.reasons == (
        "source desk: volume_zero. A source that usually delivers rows delivered none that could be accepted; "
        "look at the export and the quarantine, or set allow_empty for the source. Now 0 rows, usually 40",
    )


def test_no_rows_from_a_source_that_may_be_empty_are_reported_only() -> None:
    verdict = judge_staged({"ticket": tickets(0)}, {}, earlier_nights(40), "run-1", "desk", allow_empty=True)

    assert not verdict.blocked
    assert verdict.warnings[0].startswith("source desk: volume_zero")


def test_a_delivery_of_which_every_row_is_rejected_is_no_delivery() -> None:
    verdict = judged({"ticket": tickets(3, created_at=[None, None, None])}, earlier_nights(40))

    assert verdict.blocked
    assert verdict.rejected.height == 3


def test_a_small_delivery_is_a_warning() -> None:
    verdict = judged({"ticket": tickets(3)}, earlier_nights(40))

    assert not verdict.blocked
    assert verdict.warnings[0].endswith("Now 3 rows, usually 40")


def test_several_rows_of_one_input_row_are_one_delivered_row() -> None:
    events = rows("ticket_event", event("T0", at(2)), event("T0", at(3), source_row=1))

    verdict = judged({"ticket": tickets(1), "ticket_event": events}, earlier_nights(3))

    assert verdict.warnings[0].endswith("Now 1 rows, usually 3")


def test_nothing_to_judge_is_a_verdict_too() -> None:
    verdict = judged({})

    assert (verdict.blocked, verdict.accepted) == (False, {})
    assert verdict.rejected.is_empty()


@pytest.mark.parametrize("table", STAGED)
def test_every_staged_table_can_be_judged(table: str) -> None:
    frame = STAGED[table].sample(8, generator=Generator(2))

    verdict = judged({table: frame})

    contract_checks = verdict.results.filter(pl.col("column_name") != "")
    assert contract_checks["is_passed"].all()


_BREAK = {
    "ticket_id": "",
    "created_at": dt.datetime(1, 1, 1, tzinfo=dt.UTC),
    "updated_at": None,
    "status": SECRET,
    "requester_key": SECRET,
    "reopen_count": -1,
    "is_deleted": None,
}


@settings(max_examples=15, deadline=None)
@given(n=st.integers(1, 12), data=st.data(), column=st.sampled_from(sorted(_BREAK)))
def test_one_broken_cell_costs_exactly_its_row(n: int, data: st.DataObject, column: str) -> None:
    row = data.draw(st.integers(0, n - 1))
    good = tickets(n)
    broken = good.with_columns(good[column].scatter(row, pl.Series([_BREAK[column]], dtype=good.schema[column])))

    verdict = judged({"ticket": broken})

    assert verdict.rejected["source_row"].to_list() == [row + 1]
    assert verdict.rejected["column_name"].to_list() == [column]
    assert verdict.accepted["ticket"].equals(good.filter(pl.col("source_row") != row + 1))
    rejected, accepted = verdict.rejected.select(LINEAGE), verdict.accepted["ticket"].select(LINEAGE)
    assert pl.concat([rejected, accepted]).sort(LINEAGE).equals(good.select(LINEAGE))
