"""Analysts who ask a PostgreSQL warehouse again and again while nights run and die there."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg

from sql.table_hash import UNHASHED_TABLES
from sql.tables import SCHEMAS

State = tuple[int, ...]  # rows and content of every table, but for the run that wrote it


@dataclass
class Asked:
    """What one analyst saw: how often, the states in their order, and whatever went wrong."""

    looks: int = 0
    states: list[State] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)


def state_of(url: str) -> State:
    """What one statement sees of all tables."""
    with psycopg.connect(url) as connection:
        return _look(connection)


@contextmanager
def server_analysts(url: str, count: int, pause_seconds: float = 0.3) -> Iterator[list[Asked]]:
    """Have so many analysts ask during the block, over a connection each; none of them may wait for a lock."""
    seen = [Asked() for _ in range(count)]
    stop = threading.Event()
    threads = [threading.Thread(target=_ask, args=(url, asked, stop, pause_seconds), daemon=True) for asked in seen]
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        stop.set()
        for thread in threads:
            thread.join()


def saw_whole_nights(seen: list[Asked], nights: list[State]) -> None:
    """Every analyst saw nights only, in their order, from the first to the last, and never waited."""
    assert len(set(nights)) == len(nights)
    for asked in seen:
        assert asked.troubles == []
        assert asked.looks > 10
        assert [night for night in nights if night in asked.states] == asked.states
        assert (asked.states[0], asked.states[-1]) == (nights[0], nights[-1])


def _ask(url: str, asked: Asked, stop: threading.Event, pause_seconds: float) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SET lock_timeout = '1s'")
        is_last = False
        while not is_last:
            is_last = stop.wait(pause_seconds)
            try:
                state = _look(connection)
            except psycopg.Error as error:
                asked.troubles.append(str(error))
                return
            asked.looks += 1
            if not asked.states or asked.states[-1] != state:
                asked.states.append(state)


def _look(connection: psycopg.Connection[tuple[int, ...]]) -> State:
    found = connection.execute(_QUESTION).fetchone()
    assert found is not None
    return tuple(int(number or 0) for number in found)


def _question() -> str:
    parts = []
    for schema, contracts in SCHEMAS.items():
        for table, contract in contracts.items():
            if table in UNHASHED_TABLES:
                continue
            columns = ", ".join(name for name in contract.column_names() if name not in ("run_id", "as_of"))
            content = f"sum(hashtextextended(ROW({columns})::text, 0))"
            parts.append(f"(SELECT count(*) FROM {schema}.{table}), (SELECT {content} FROM {schema}.{table})")
    return f"SELECT {', '.join(parts)}"


_QUESTION = _question()
