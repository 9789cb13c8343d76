"""What an account may still ask for, shared by everything in this process that asks in its name."""

from __future__ import annotations

import datetime as dt
import email.utils
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from flows.sources.rest.declaration import Budget

_MINUTE = 60.0
# How vendors say how many requests are left, and in how many seconds (or when) there are more.
_REMAINING = ("x-rate-limit-remaining", "x-ratelimit-remaining", "ratelimit-remaining")
_REMAINING_OF_SURVEYMONKEY = "x-ratelimit-app-global-minute-remaining"
_RESETS = ("ratelimit-reset", "x-rate-limit-reset", "x-ratelimit-reset", "x-ratelimit-app-global-minute-reset")
_AN_EPOCH = 1_000_000_000  # a reset greater than this is a moment, not seconds


class Pace:
    """The pace of one account or endpoint. Threads wait here for their turn; `sleep` and `clock` are the machine's."""

    def __init__(
        self,
        budget: Budget,
        *,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.budget = budget
        self._sleep, self._clock = sleep, clock
        self._turns: deque[float] = deque(maxlen=budget.per_minute)
        self._resumes_at = 0.0
        self._lock = threading.Lock()
        self._at_once = threading.BoundedSemaphore(budget.at_once)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """One request: waits until the budget allows it."""
        with self._at_once:
            while (wait := self._take()) > 0:
                self._sleep(wait)
            yield

    def pause(self, seconds: float) -> None:
        """Nobody asks for that long: the vendor said so."""
        with self._lock:
            self._resumes_at = max(self._resumes_at, self._clock() + seconds)

    def _take(self) -> float:
        """0 with a turn taken, else how long to wait before trying again."""
        with self._lock:
            now = self._clock()
            wait = self._resumes_at - now
            if len(self._turns) == self.budget.per_minute:
                wait = max(wait, self._turns[0] + _MINUTE - now)
            if wait <= 0:
                self._turns.append(now)
            return wait


_paces: dict[tuple[str, str], Pace] = {}
_paces_lock = threading.Lock()


def pace_of(account: str, what: str, budget: Budget) -> Pace:
    """The one pace of an account's `what` in this process, whoever asks first."""
    with _paces_lock:
        return _paces.setdefault((account, what), Pace(budget))


def seconds_asked(headers: Mapping[str, str], now: dt.datetime) -> float | None:
    """Seconds to wait by `Retry-After` (a number or a date), else by a rate header that says none are left."""
    told = headers.get("retry-after", "").strip()
    if told:
        return _seconds(told, now)
    remaining = next((headers[name] for name in (*_REMAINING, _REMAINING_OF_SURVEYMONKEY) if name in headers), "")
    if remaining.strip() != "0":
        return None
    reset = next((headers[name] for name in _RESETS if name in headers), None)
    return None if reset is None else _seconds(reset, now)


def _seconds(told: str, now: dt.datetime) -> float | None:
    try:
        number = float(told)
    except ValueError:
        try:
            until = email.utils.parsedate_to_datetime(told)
        except ValueError:
            return None
        aware = until if until.tzinfo else until.replace(tzinfo=dt.UTC)
        return max((aware - now).total_seconds(), 0.0)
    return max(number - now.timestamp(), 0.0) if number > _AN_EPOCH else max(number, 0.0)
