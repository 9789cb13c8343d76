"""Nights of edits, deletions, failures and kills end in the same tables as one clean pull."""

import datetime as dt
import random
import shutil
from contextlib import suppress
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from flows import boundaries
from flows.errors import CultureKpisError
from tests.flows.sources.vendors import simulated
from tests.flows.sources.vendors.qualtrics.conftest import MadeHouse
from tests.flows.sources.vendors.qualtrics.qualtrics_house import FIRST_NIGHT, House
from tests.flows.sources.vendors.qualtrics.qualtrics_world import CUSTOMERS, SPAM, customer_response

TABLES = ("survey_item", "survey_response")
_FAULTS = [None, simulated.dropped, simulated.limited(), simulated.status(503), simulated.status(403)]
_FIXTURES = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]


class Killed(BaseException):
    """The process is gone."""


def changed(house: House, chance: random.Random, number: int, at: dt.datetime) -> None:
    """A day at the vendor's: answers come, are edited, taken back, deleted, and found to be spam."""
    account = house.vendor.account
    for new in range(chance.randrange(3)):
        account.answer(
            CUSTOMERS, customer_response(1_000 + 10 * number + new, at - dt.timedelta(hours=new + 1), chance)
        )
    for one in chance.sample(sorted(account.responses[CUSTOMERS]), 4):
        response = account.responses[CUSTOMERS][one]
        match chance.randrange(4):
            case 0:
                account.edit(CUSTOMERS, one, at, QID1=chance.randrange(11))
            case 1:
                account.edit(CUSTOMERS, one, at, QID2=None)
            case 2:
                account.delete(CUSTOMERS, one)
            case 3:
                account.answer(CUSTOMERS, replace(response, status=SPAM))


def disturbed(house: House, chance: random.Random, at: dt.datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    """A night with faults at some calls, killed at some boundary or not at all."""
    house.server.faults = [chance.choice(_FAULTS) if chance.random() < 0.3 else None for _ in range(12)]
    house.vendor.failing_jobs, house.vendor.cut_files = chance.choice([(0, 0), (0, 0), (1, 0), (0, 1)])
    left = chance.randrange(1, 12)

    def dies(_: str) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise Killed

    with monkeypatch.context() as patched, suppress(CultureKpisError, Killed):
        patched.setattr(boundaries, "observers", [dies])
        house.night(at)
    house.server.faults, house.vendor.failing_jobs, house.vendor.cut_files = [], 0, 0


def undergone(house: House, seed: int, nights: int, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(seed)
    shutil.rmtree(house.folder / "lake", ignore_errors=True)
    for number in range(nights):
        at = FIRST_NIGHT + dt.timedelta(days=number)
        changed(house, chance, number, at)
        disturbed(house, chance, at, monkeypatch)
    last = FIRST_NIGHT + dt.timedelta(days=nights)
    house.night(last)

    assert house.staged("survey_response") == house.answers()
    disturbed_tables = {name: house.staged(name) for name in TABLES}
    shutil.rmtree(house.folder / "lake")
    house.night(last)
    assert {name: house.staged(name) for name in TABLES} == disturbed_tables


@pytest.mark.usefixtures("unjudged")
@settings(max_examples=3, deadline=None, derandomize=True, suppress_health_check=_FIXTURES)
@given(seed=st.integers(0, 2**16))
def test_nights_with_trouble_come_to_the_truth(
    made_house: MadeHouse, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    undergone(made_house(customers=60), seed, 2, monkeypatch)


@pytest.mark.soak
@pytest.mark.usefixtures("unjudged")
@pytest.mark.parametrize("seed", range(60))
def test_many_nights_with_trouble_come_to_the_truth(
    made_house: MadeHouse, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    undergone(made_house(customers=200), seed, 5, monkeypatch)
