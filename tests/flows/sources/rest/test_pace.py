from __future__ import annotations

import datetime as dt
import threading

import pytest

from flows.sources.rest.declaration import Budget
from flows.sources.rest.pace import Pace, pace_of, seconds_asked

NOW = dt.datetime(2025, 3, 3, 12, 0, tzinfo=dt.UTC)


class Machine:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds

    def clock(self) -> float:
        return self.seconds


@pytest.fixture
def machine() -> Machine:
    return Machine()


def test_no_minute_holds_more_requests_than_the_budget(machine: Machine) -> None:
    pace = Pace(Budget(per_minute=10), sleep=machine.sleep, clock=machine.clock)
    moments = []

    for _ in range(25):
        with pace.turn():
            moments.append(machine.seconds)
            machine.sleep(1)

    for moment in moments:
        assert sum(moment <= other < moment + 60 for other in moments) <= 10
    assert moments[-1] == pytest.approx(124)


def test_a_pause_holds_everybody_back(machine: Machine) -> None:
    pace = Pace(Budget(per_minute=100), sleep=machine.sleep, clock=machine.clock)
    pace.pause(30)
    pace.pause(5)

    with pace.turn():
        assert machine.seconds == pytest.approx(30)


def test_no_more_than_the_budget_at_once() -> None:
    pace, inside, most = Pace(Budget(per_minute=1_000, at_once=3)), [0], [0]
    lock = threading.Lock()
    barrier = threading.Event()

    def ask() -> None:
        with pace.turn():
            with lock:
                inside[0] += 1
                most[0] = max(most[0], inside[0])
            barrier.wait(0.02)
            with lock:
                inside[0] -= 1

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert most[0] == 3


def test_one_account_has_one_pace() -> None:
    budget = Budget(per_minute=5)

    assert pace_of("https://a.example.test", "account", budget) is pace_of("https://a.example.test", "account", budget)
    assert pace_of("https://b.example.test", "account", budget) is not pace_of(
        "https://a.example.test", "account", budget
    )


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": " 0.5 "}, 0.5),
        ({"retry-after": "Mon, 03 Mar 2025 12:00:30 GMT"}, 30.0),
        ({"retry-after": "Mon, 03 Mar 2025 11:00:00 GMT"}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"x-rate-limit-remaining": "3", "x-rate-limit-reset": "60"}, None),
        ({"x-rate-limit-remaining": "0", "x-rate-limit-reset": "12"}, 12.0),
        ({"ratelimit-remaining": "0", "ratelimit-reset": "4"}, 4.0),
        ({"x-ratelimit-remaining": "0", "x-ratelimit-reset": str(NOW.timestamp() + 9)}, 9.0),
        ({"x-ratelimit-app-global-minute-remaining": "0", "x-ratelimit-app-global-minute-reset": "33"}, 33.0),
        ({"x-ratelimit-remaining": "0"}, None),
    ],
)
def test_what_a_vendor_asks_for(headers: dict[str, str], seconds: float | None) -> None:
    assert seconds_asked(headers, NOW) == seconds
