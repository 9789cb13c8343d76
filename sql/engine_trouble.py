"""Says in one line what a database met, and what to do about it; never which value it met it with.

Databases quote rows in the details of their messages, so only the main line is passed on, and nothing is chained.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import polars as pl
import sqlalchemy as sa

from sql.errors import QueryError, WarehouseError

_FULL = "the database's disk is full; free some space and run again"
_LOST = "the connection was lost; nothing was changed, run again"
# What PostgreSQL's five-letter state means for the person reading it; by its first two letters where no other is said.
_BY_STATE = {
    "53100": _FULL,
    "53300": "the database has no connection left; run again later, or raise max_connections",
    "42501": "this role may not; ask for the role that `culture-kpis warehouse grants` made for it",
    "25006": "the database is read-only; connect to the primary, with the writer's role",
    "55P03": "another session holds a lock for too long; run again when it has finished",
    "57014": "the database cancelled it after its time limit; raise statement_timeout for this role",
    "42P01": "a table is missing; run `culture-kpis warehouse upgrade`",
    "42703": "a column is missing; run `culture-kpis warehouse upgrade`",
    "3F000": "a schema is missing; run `culture-kpis warehouse upgrade`",
    "22021": "a text holds a character its encoding lacks; use a database with encoding UTF8",
    "22P05": "a text holds a character its encoding lacks; use a database with encoding UTF8",
    "08": _LOST,
    "57": _LOST,
    "40": "another session wrote to the same rows; run again",
}
# What else the message contains; the first match counts.
_BY_SIGN = (
    ("password authentication failed", "user or password is wrong; set PGPASSWORD or ~/.pgpass"),
    ("no password supplied", "it asks for a password; set PGPASSWORD or ~/.pgpass"),
    (
        "no pg_hba.conf entry",
        "it does not let this user in from here; ask for an entry in pg_hba.conf",
    ),
    ("database is locked", "another program writes to it; run again when it has finished"),
    ("readonly database", "it is read-only; check who owns the file and its folder"),
    ("unable to open database", "it cannot be opened; check the path and who owns the folder"),
    ("disk is full", _FULL),
    ("file too large", _FULL),
    ("disk i/o error", "the disk or a quota is full, or the disk is failing; free some space and run again"),
    ("not a database", "it is not a database file; move it away, the next run builds it anew"),
    ("malformed", "it is damaged; move it away, the next run builds it anew"),
    ('fatal:  database "', "there is no such database; create it, or check the URL"),
    ('fatal:  role "', "there is no such user; check the URL"),
    ("connection refused", "nothing answers there; check host and port, and that the server runs"),
    ("no such file or directory", "nothing answers there; check host and port, and that the server runs"),
    ("could not translate host name", "there is no such host; check the URL"),
    ("name or service not known", "there is no such host; check the URL"),
    ("failed to resolve host", "there is no such host; check the URL"),
    ("timeout expired", "nothing answers there; check host, port and firewall"),
    ("the database system is", "it is starting or stopping; run again in a minute"),
    ("connection to server was lost", _LOST),
    ("connection is lost", _LOST),
    ("connection unexpectedly", _LOST),
    ("consuming input failed", _LOST),
    ("connection is closed", _LOST),
)


@contextmanager
def engine_trouble(address: str, doing: str) -> Iterator[None]:
    """Turns errors of SQLAlchemy and its drivers into WarehouseError. `doing` is read, write, publish, upgrade ..."""
    try:
        yield
    except sa.exc.SQLAlchemyError as error:
        raise WarehouseError(f"warehouse {address}: cannot {doing}: {_meaning(error)}") from None


@contextmanager
def query_trouble() -> Iterator[None]:
    """Turns a database's refusal of a query into QueryError; a lost connection stays what it is."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        state = _state(error)
        if error.connection_invalidated or state.startswith(("08", "53", "57P")):
            raise
        hint = getattr(getattr(error.orig, "diag", None), "message_hint", None)
        said = f"{first_line(error)} ({hint})" if hint else first_line(error)
        raise QueryError(f"the query failed: {said}") from None
    except pl.exceptions.DuplicateError:
        raise QueryError("two columns of the answer have the same name; name them with AS") from None
    except (pl.exceptions.PolarsError, TypeError):
        raise QueryError("the query's answer holds a type that cannot be shown; cast it to text") from None


def first_line(error: sa.exc.SQLAlchemyError) -> str:
    """The main line of a database's message, without its details."""
    cause = getattr(error, "orig", None) or error
    said = getattr(getattr(cause, "diag", None), "message_primary", None) or str(cause)
    lines = str(said).strip().splitlines()
    return lines[0] if lines else type(cause).__name__


def _meaning(error: sa.exc.SQLAlchemyError) -> str:
    state = _state(error)
    said = str(getattr(error, "orig", None) or error).lower()
    by_sign = next((meaning for sign, meaning in _BY_SIGN if sign in said), first_line(error))
    return _BY_STATE.get(state) or _BY_STATE.get(state[:2]) or by_sign


def _state(error: sa.exc.SQLAlchemyError) -> str:
    return str(getattr(getattr(error, "orig", None), "sqlstate", None) or "")
