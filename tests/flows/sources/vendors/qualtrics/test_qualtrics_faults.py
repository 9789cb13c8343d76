"""Whatever goes wrong at Qualtrics: the same tables in the end, or one clear line and the cursors where they were."""

import re

import pytest

from flows import boundaries
from flows.errors import CultureKpisError, DataQualityError, SourcePermanentError, SourceTransientError
from flows.settings import LiveSource
from flows.sources.live_check import check_live
from tests.flows.sources.vendors import simulated
from tests.flows.sources.vendors.qualtrics.conftest import MadeHouse
from tests.flows.sources.vendors.qualtrics.qualtrics_house import House
from tests.flows.sources.vendors.qualtrics.qualtrics_server import TOKEN
from tests.flows.sources.vendors.qualtrics.qualtrics_world import EMPLOYEES
from tests.flows.sources.vendors.simulated import Fault, Told

pytestmark = pytest.mark.usefixtures("unjudged")


@pytest.fixture
def house(made_house: MadeHouse) -> House:
    return made_house(employees=40)


def always(fault: Fault) -> list[Fault | None]:
    return [fault] * 40


def told_by(house: House) -> CultureKpisError:
    """The error a night ends with: one line that quotes neither the token nor a person."""
    with pytest.raises(CultureKpisError) as raised:
        house.night()
    line = str(raised.value)
    assert "\n" not in line
    assert TOKEN not in line
    assert "@" not in line
    return raised.value


def test_what_passes_is_waited_for(house: House) -> None:
    """One fault or two for every third call, of every kind, whatever is asked for."""
    kinds = [simulated.limited("0"), simulated.limited(), simulated.status(503), simulated.dropped]
    house.server.faults = [fault for kind in kinds * 2 for fault in (None, kind, kind, None)]
    house.night()
    assert len(house.server.faults) < 8
    assert house.staged("survey_response") == house.answers()


@pytest.mark.parametrize(
    ("path", "fault", "code", "words"),
    [
        ("", simulated.status(401), 11, "CULTURE_KPIS_PULSE_TOKEN"),
        ("survey-definitions", simulated.status(403), 11, "view the survey"),
        ("export-responses", simulated.status(403), 11, "view and export responses"),
        ("directories", simulated.status(404), 11, "contacts"),
        ("export-responses", simulated.limited(), 10, "responses"),
        ("export-responses", simulated.status(503), 10, "responses"),
        ("export-responses", simulated.dropped, 10, "responses"),
        ("survey-definitions", simulated.truncated, 10, "definition"),
        ("history", simulated.web_page, 10, "invitations"),
    ],
)
def test_what_does_not_pass_is_one_line(house: House, path: str, fault: Fault, code: int, words: str) -> None:
    house.server.faulty_path, house.server.faults = path, always(fault)
    error = told_by(house)
    assert (error.exit_code, words in str(error)) == (code, True), str(error)


def test_an_export_that_fails_leaves_tables_and_cursors_alone(house: House) -> None:
    house.vendor.jobs_at_once = 99
    house.night()
    before = house.staged("survey_response"), house.cursors("responses")
    vendor, account = house.vendor, house.vendor.account
    edited = next(iter(account.responses[EMPLOYEES].values()))
    account.edit(EMPLOYEES, edited.response_id, edited.recorded_at, QID3_1=1, QID3_2=1)
    ways = {
        "failing_jobs": (99, 0, SourceTransientError, "the export failed"),
        "cut_files": (99, 0, SourceTransientError, "cut off or damaged"),
        "forgets_jobs": (True, False, CultureKpisError, "responses"),
        "job_takes": (None, 1, SourceTransientError, "is not ready after"),
    }

    for name, (broken, well, error, words) in ways.items():
        setattr(vendor, name, broken)
        told = told_by(house)
        assert isinstance(told, error)
        assert words in str(told)
        assert (house.staged("survey_response"), house.cursors("responses")) == before
        setattr(vendor, name, well)

    house.night()
    assert house.staged("survey_response") == house.answers() != before[0]


def test_an_export_that_suddenly_is_empty_is_not_believed(house: House) -> None:
    house.night()
    before = house.staged("survey_response")
    kept = dict(house.vendor.account.responses[EMPLOYEES])
    house.vendor.account.responses[EMPLOYEES].clear()

    with pytest.raises(DataQualityError, match='source "pulse", responses from'):
        house.night()

    assert house.staged("survey_response") == before
    house.vendor.account.responses[EMPLOYEES].update(kept)
    house.night()
    assert house.staged("survey_response") == house.answers()


def test_a_page_that_names_itself_as_the_next_one(house: House) -> None:
    def itself(told: Told) -> Told:
        link = f'"nextPage": "{house.server.url}/API/v3/distributions?loop=1"'.encode()
        return Told(re.sub(rb'"nextPage": null', link, told.body), told.status, told.headers)

    house.server.faulty_path, house.server.faults = "distributions", always(itself)
    error = told_by(house)
    assert error.exit_code == 10
    assert "again and again" in str(error)


def test_an_answer_off_the_scale_or_of_another_type_costs_that_answer_only(house: House) -> None:
    responses = house.vendor.account.responses[EMPLOYEES]
    first, second, third = list(responses)[:3]
    responses[first].answers["QID3_1"] = "a great deal"
    responses[second].answers["QID3_1"] = 7
    responses[third].answers["QID3_1"] = None
    house.vendor.account.distributions[0].history[5].status = "Teleported"

    house.night()

    rows = {(row[1], row[2]) for row in house.staged("survey_response")}
    for name in (first, second, third):
        assert {item for response, item in rows if response == name} == {"Q3_2", "rules"}
    told = sorted(house.lake.read("quarantine").select("reason", "fate").rows())
    assert told == [("not_a_number", "staged"), ("not_on_scale", "staged"), ("unknown_value", "quarantined")]


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('column = "rules"', 'column = "rulse"', '"rulse"'),
        ('team = "team"', 'team = "taem"', '"taem"'),
        ('column = "Q3_2"\nconstruct = "heard"\nnot_applicable = ["99"]', 'column = "Q3_2"\nconstruct = "heard"', "99"),
    ],
)
def test_what_the_survey_does_not_have_is_refused(house: House, old: str, new: str, words: str) -> None:
    house.change(old, new)
    error = told_by(house)
    assert isinstance(error, SourcePermanentError)
    assert words in str(error)


class Killed(BaseException):
    """The process is gone."""


def test_nights_that_are_killed_are_finished_by_the_next_one(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    for boundary in ("pages landed:pulse", "cursor moved:pulse", "staged:pulse", "accounted:pulse", "marked:pulse"):

        def dies(passed: str, at: str = boundary) -> None:
            if passed == at:
                raise Killed

        with monkeypatch.context() as patched:
            patched.setattr(boundaries, "observers", [dies])
            with pytest.raises(Killed):
                house.night()
    house.night()
    assert house.staged("survey_response") == house.answers()


def test_a_check_tells_what_the_survey_has_and_stores_nothing(house: House) -> None:
    told = {one.what: one.told for one in check_live(pulse(house)).tried}
    assert told["items"] == "matters on 1-5, Q3_2 on 1-5, rules on 1-5"
    assert [one.method for one in house.server.log if one.method == "POST"] == []

    house.change('column = "rules"', 'column = "rulse"')
    report = check_live(pulse(house))
    assert report.exit_code == 11
    assert '"rulse"' in report.tried[-1].told
    assert not (house.folder / "lake").exists()


def pulse(house: House) -> LiveSource:
    [source] = house.settings.sources
    assert isinstance(source, LiveSource)
    return source
