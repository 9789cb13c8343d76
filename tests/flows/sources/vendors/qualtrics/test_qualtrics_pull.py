"""Surveys pulled from a simulated Qualtrics: what is staged is what the account says, night after night."""

import datetime as dt
import logging
from dataclasses import replace

import polars as pl
import pytest

from flows.errors import ConfigurationError
from flows.lake import LAKE_TABLES
from tests.flows.sources.vendors.qualtrics.conftest import MadeHouse
from tests.flows.sources.vendors.qualtrics.qualtrics_house import FIRST_NIGHT, House, counts, person
from tests.flows.sources.vendors.qualtrics.qualtrics_server import TOKEN
from tests.flows.sources.vendors.qualtrics.qualtrics_world import CUSTOMERS, EMPLOYEES, SPAM

NEXT_NIGHT = FIRST_NIGHT + dt.timedelta(days=1)
TABLES = ("survey_item", "survey_response", "invitation", "person_alias", "row_fate", "meta_row_accounting")


def test_what_is_staged_is_what_the_account_says(
    made_house: MadeHouse, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    for name in ("httpx", "httpcore", "flows"):
        caplog.set_level(logging.DEBUG, logger=name)
    house = made_house(customers=3_000, employees=300)

    house.night()

    assert house.staged("survey_response") == house.answers()
    every_response_has_one_fate(house)
    items_take_text_and_scale_from_the_survey(house)
    invitations_are_the_denominator(house)
    contacts_lead_to_people(house)
    nothing_personal_leaves_landing(house, "".join([caplog.text, *capfd.readouterr()]))


def every_response_has_one_fate(house: House) -> None:
    responses = list(house.vendor.account.responses[CUSTOMERS].values())
    fates = house.fates("voice")
    assert fates["staged"] == sum(map(counts, responses))
    assert fates["out_of_window test_response"] == sum(one.status in (1, 2) for one in responses)
    assert fates["out_of_window spam_response"] == sum(one.status == SPAM for one in responses)
    assert fates["out_of_window unfinished_response"] > 0
    # The definition of the survey is a record, too.
    assert sum(fates.values()) == len(responses) + 1


def items_take_text_and_scale_from_the_survey(house: House) -> None:
    items = {row["item_id"]: row for row in house.lake.read("survey_item").to_dicts()}
    assert {name: row["scale_id"] for name, row in items.items()} == {
        "nps": "0-10",
        "csat": "1-5",
        "effort": "1-7",
        "matters": "1-5",
        "Q3_2": "1-5",
        "rules": "1-5",
    }
    assert items["csat"]["item_text"] == "I am satisfied with the help I received."
    assert items["rules"]["item_text"] == "Rules keep me from helping."
    assert {name for name, row in items.items() if row["is_reverse"]} == {"effort", "rules"}


def invitations_are_the_denominator(house: House) -> None:
    history = [line for one in house.vendor.account.distributions for line in one.history if line.status != "Skipped"]
    invitations = house.lake.read("invitation")
    assert invitations.height == len(history)
    unreached = {"HardBounce", "SoftBounce", "Blocked", "Failure"}
    assert invitations["is_delivered"].sum() == sum(line.status not in unreached for line in history)
    assert invitations["answered_at"].count() == len(house.vendor.account.responses[EMPLOYEES])


def contacts_lead_to_people(house: House) -> None:
    contacts = house.vendor.account.contacts
    known_as = {(person(one.contact_id), person(one.email)) for one in contacts}
    referred_to_as = {(person(one.reference), person(one.email)) for one in contacts}
    aliases = house.lake.read("person_alias").select("alias_key", "person_key").rows()
    assert sorted(aliases) == sorted(known_as | referred_to_as)  # type: ignore[type-var]


def nothing_personal_leaves_landing(house: House, said: str) -> None:
    tables = {name: house.lake.read(name).write_ndjson() for name in LAKE_TABLES}
    assert [name for name, text in tables.items() if "@" in text or "comment of" in text] == []
    assert "customers.example" not in said
    files = [file.read_bytes() for file in house.folder.rglob("*") if file.is_file()]
    assert not any(TOKEN.encode() in content for content in [*files, said.encode()])


@pytest.mark.usefixtures("unjudged")
def test_a_second_night_brings_what_changed_and_nothing_else(made_house: MadeHouse) -> None:
    house = made_house(customers=230, employees=40)
    house.night()
    versions = {name: house.lake.version(name) for name in TABLES}
    assert [outcome.n_pages for outcome in house.night().values()] == [0, 0]
    assert {name: house.lake.version(name) for name in TABLES} == versions
    account = house.vendor.account
    edited, taken_back, deleted, spam = [
        one.response_id for one in account.responses[CUSTOMERS].values() if counts(one) and one.recorded_at.day > 2
    ][:4]
    account.edit(CUSTOMERS, edited, NEXT_NIGHT, QID1=0)
    account.edit(CUSTOMERS, taken_back, NEXT_NIGHT, QID7=None)
    account.delete(CUSTOMERS, deleted)
    account.answer(CUSTOMERS, replace(account.responses[CUSTOMERS][spam], status=SPAM))
    line = next(line for line in account.distributions[1].history if line.status == "Opened")
    line.status, line.completed_at, line.response_id = "SurveyFinished", NEXT_NIGHT, "Anonymous"

    house.night(NEXT_NIGHT)

    assert house.staged("survey_response") == house.answers()
    rows = house.lake.read("survey_response")
    of_edited = rows.filter(pl.col("response_id") == edited, pl.col("item_id") == "nps")
    assert of_edited["value"].to_list() == [0.0]
    assert set(rows.filter(pl.col("response_id") == taken_back)["item_id"]) == {"nps", "csat"}
    assert not set(rows["response_id"]) & {deleted, spam}
    assert house.lake.read("invitation")["answered_at"].count() == len(account.responses[EMPLOYEES]) + 1


@pytest.mark.usefixtures("unjudged")
def test_windows_that_are_older_than_the_second_look_are_left_alone(made_house: MadeHouse) -> None:
    house = made_house(customers=20)
    house.night()
    first = next(iter(house.vendor.account.responses[CUSTOMERS].values()))
    house.vendor.account.delete(CUSTOMERS, first.response_id)
    asked = len(house.server.log)

    house.night(FIRST_NIGHT + dt.timedelta(days=60))

    starts = [one.body for one in house.server.log[asked:] if one.method == "POST"]
    assert len(starts) == 3
    assert not any(b"2025-04-01" in body for body in starts)
    assert first.response_id in set(house.lake.read("survey_response")["response_id"])


@pytest.mark.usefixtures("unjudged")
@pytest.mark.parametrize("name", ["source", "record", "source_row", "page_name"])
def test_embedded_data_may_be_called_anything(made_house: MadeHouse, name: str) -> None:
    house = made_house(customers=40)
    flow = house.vendor.account.definitions[CUSTOMERS]["SurveyFlow"]["Flow"]  # type: ignore[index]
    flow.append({"Type": "EmbeddedData", "EmbeddedData": [{"Field": name}]})
    responses = house.vendor.account.responses[CUSTOMERS]
    for number, one in enumerate(responses.values()):
        one.embedded[name] = f"desk {number % 3}"  # type: ignore[index]
    house.change('team = "team"', f'team = "{name}"')

    house.night()

    teams = house.lake.read("survey_response").select("response_id", "org_unit_id").unique()
    assert set(teams.rows()) == {(one.response_id, one.embedded[name]) for one in responses.values() if counts(one)}


@pytest.mark.usefixtures("unjudged")
def test_a_person_may_be_known_to_this_source_alone(made_house: MadeHouse) -> None:
    house = made_house(customers=40)
    house.change('team = "team"', 'team = "team"\nrespondent = "{page.source}:{externalDataReference}"')

    house.night()

    told = house.lake.read("survey_response").select("response_id", "respondent_key").drop_nulls().unique()
    responses = house.vendor.account.responses[CUSTOMERS].values()
    assert set(told.rows()) == {
        (one.response_id, person(f"voice:{one.reference}")) for one in responses if counts(one) and one.reference
    }


@pytest.mark.usefixtures("unjudged")
def test_a_scale_that_changes_in_the_survey_reads_old_answers_again(made_house: MadeHouse) -> None:
    house = made_house(customers=40)
    house.change("reverse = true", "reverse = false")
    house.night()
    question = house.vendor.account.definitions[CUSTOMERS]["Questions"]["QID7"]  # type: ignore[index]
    question["Choices"] = {str(place): {"Display": str(place)} for place in range(1, 11)}

    house.night(NEXT_NIGHT)

    items = house.lake.read("survey_item").filter(pl.col("item_id") == "effort")
    assert items["scale_id"].to_list() == ["1-10"]
    responses = house.vendor.account.responses[CUSTOMERS].values()
    given = {(one.response_id, one.answers["QID7"]) for one in responses if counts(one)}
    effort = house.lake.read("survey_response").filter(pl.col("item_id") == "effort")
    assert set(effort.select("response_id", pl.col("value").cast(pl.Int64)).iter_rows()) == given


@pytest.mark.usefixtures("unjudged")
def test_partial_answers_count_where_the_house_says_so(made_house: MadeHouse) -> None:
    house = made_house(customers=60)
    house.night()
    partial = house.fates("voice")["out_of_window unfinished_response"]
    before = house.lake.read("survey_response")["response_id"].n_unique()
    house.change(
        "[source.feeds.responses.columns]",
        '[source.feeds.responses]\nkeep = ["unfinished_response"]\n[source.feeds.responses.columns]',
    )

    house.night(NEXT_NIGHT)

    assert "out_of_window unfinished_response" not in house.fates("voice")
    assert house.lake.read("survey_response")["response_id"].n_unique() == before + partial
    house.change("unfinished_response", "unfinished_responses")
    with pytest.raises(ConfigurationError, match="unfinished_response"):
        house.night(NEXT_NIGHT)
