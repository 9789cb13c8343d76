"""Answers with scale, unit and office, and which invitations they answer."""

import datetime as dt

import polars as pl

from tests.transforms.sample_organisation import answer, facts, invitation, item, member, moment, person, table, units
from transforms.facts import Facts

D = dt.date
UNITS = units({"acme": None, "care": "acme", "post": "acme"}, {"post": "back"})


def answered(of: Facts) -> list[dict[str, object]]:
    return of.answers.sort("response_id", "item_id").collect().to_dicts()


def test_the_scale_map_says_what_is_favourable() -> None:
    items = [item("five", "why"), item("ten", "recommend", scale_id="0-10")]
    rows = [answer(1, "five", 4.0), answer(2, "five", 3.0), answer(3, "ten", 8.0), answer(4, "ten", 9.0)]
    found = answered(facts(org_unit=UNITS, survey_item=items, survey_response=rows))
    assert [row["is_favourable"] for row in found] == [True, False, False, True]
    assert (found[0]["lowest"], found[0]["highest"], found[2]["neutral_from"]) == (1.0, 5.0, 7.0)


def test_not_applicable_has_no_value() -> None:
    found = answered(facts(survey_item=[item("q", "why")], survey_response=[answer(1, "q", None)]))
    assert (found[0]["value"], found[0]["is_favourable"]) == (None, None)


def test_the_unit_is_the_answers_own_then_the_persons_then_the_tickets() -> None:
    ticket = {
        "ticket_id": "T1",
        "created_at": moment(D(2026, 2, 1)),
        "updated_at": moment(D(2026, 2, 1)),
        "org_unit_id": "post",
        "is_deleted": False,
    }
    rows = [
        answer(1, "q", 4.0, org_unit_id="post"),
        answer(2, "q", 4.0),
        answer(3, "q", 4.0, ticket_id="T1"),
        answer(4, "q", 4.0),
    ]
    members = [member(1, "care"), member(2, "care", office="front")]
    of = facts(
        org_unit=UNITS, membership=members, ticket=[ticket], survey_item=[item("q", "why")], survey_response=rows
    )
    found = [(row["org_unit_id"], row["office"]) for row in answered(of)]
    assert found == [("post", None), ("care", "front"), ("post", "back"), (None, None)]


def test_an_answer_landed_twice_is_one_answer() -> None:
    row = answer(1, "q", 4.0)
    assert len(answered(facts(survey_item=[item("q", "why")], survey_response=[row, row]))) == 1


def test_an_invitation_is_answered_by_its_person_in_its_quarter() -> None:
    rows = [
        answer(1, "q", 4.0, org_unit_id="care"),
        answer(2, "q", 4.0, answered_at=moment(D(2026, 4, 2))),
        answer(4, "q", 4.0),
    ]
    sent = [invitation(1), invitation(2), invitation(3), invitation(4, is_delivered=False)]
    of = facts(survey_item=[item("q", "why")], survey_response=rows, invitation=sent)
    found = of.invited.sort("respondent_key").collect()
    assert found["respondent_key"].to_list() == [person(1), person(2), person(3)]
    assert found["is_answered"].to_list() == [True, False, False]
    assert found["org_unit_id"].to_list() == ["care", None, None]


def test_a_reminder_is_no_second_invitation() -> None:
    sent = [invitation(1), invitation(1, invitation_id="reminder", sent_at=moment(D(2026, 2, 8)))]
    of = facts(survey_item=[item("q", "why")], survey_response=[answer(1, "q", 4.0)], invitation=sent)
    assert of.invited.collect().height == 1


def test_an_invitation_about_a_ticket_is_answered_by_an_answer_about_it() -> None:
    sent = [invitation(1, invitation_id=number, ticket_id=number) for number in ("T1", "T2", "T3")]
    rows = [answer(1, "q", 4.0, response_id=number, ticket_id=number) for number in ("T1", "T2")]
    of = facts(survey_item=[item("q", "heard", audience="customer")], survey_response=rows, invitation=sent)
    assert sorted(of.invited.collect()["is_answered"].to_list()) == [False, True, True]


def test_invitations_nothing_could_match_are_left_out() -> None:
    anonymous = [item("q", "why", has_respondent=False)]
    of = facts(survey_item=anonymous, survey_response=[answer(None, "q", 4.0)], invitation=[invitation(1)])
    assert of.invited.collect().is_empty()


def test_the_history_of_the_mailing_says_who_answered_anonymously() -> None:
    in_time, late = moment(D(2026, 2, 20)), moment(D(2026, 4, 2))
    sent = [
        invitation(1, answered_at=in_time),
        invitation(2),
        invitation(3),
        invitation(3, invitation_id="reminder", sent_at=moment(D(2026, 2, 8)), answered_at=in_time),
        invitation(4, answered_at=late),
    ]
    anonymous = [item("q", "why", has_respondent=False)]
    of = facts(survey_item=anonymous, survey_response=[answer(None, "q", 4.0)], invitation=sent)
    found = of.invited.sort("respondent_key").collect()
    assert dict(zip(found["respondent_key"], found["is_answered"], strict=True)) == {
        person(1): True,
        person(2): False,
        person(3): True,
        person(4): False,
    }


def test_order_and_types_do_not_depend_on_there_being_rows() -> None:
    empty = facts(survey_item=table("survey_item", []), survey_response=table("survey_response", []))
    full = facts(survey_item=[item("q", "why")], survey_response=[answer(1, "q", 4.0)])
    assert empty.answers.collect_schema() == full.answers.collect_schema()
    assert empty.answers.select(pl.len()).collect().item() == 0
