"""One run at a time per lake. The lock dies with the process that holds it, so a crash never leaves one behind."""

from __future__ import annotations

import datetime as dt
import fcntl
import hashlib
import json
import os
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flows.errors import LockedError
from flows.lake.location import locate
from flows.lake.trouble import lake_trouble

_NAME = "run.lock"
_PAUSE_SECONDS = 0.5


@contextmanager
def run_lock(lake_url: str, holder: str, wait_seconds: float = 0) -> Iterator[None]:
    """Hold the lake at `lake_url` for `holder` (a run's id) while the block runs, after waiting up to `wait_seconds`.

    A local lake is locked for every process that can see its folder: the operating system holds the lock and frees it
    when the process ends, however it ends. A lake in an object store is locked on this machine only; runs on two
    machines must be kept apart by their scheduler. Should they meet nevertheless, no table is damaged: Delta Lake
    refuses the second of two conflicting commits, and that run ends with a StorageError.

    Raises LockedError, which names who holds the lock, and StorageError when the lock file cannot be written.
    """
    with lake_trouble(lake_url, "lock"):
        path = _lock_file(lake_url)
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        deadline = time.monotonic() + wait_seconds
        while not _taken(descriptor):
            if time.monotonic() >= deadline:
                waited = f" after waiting {wait_seconds:g} s" if wait_seconds else ""
                raise LockedError(f"lake {lake_url} is in use by {_holder(path)}{waited}; run again when it has ended")
            time.sleep(min(_PAUSE_SECONDS, max(0.0, deadline - time.monotonic())))
        with lake_trouble(lake_url, "lock"):
            _write(descriptor, json.dumps(_note(holder)))
        yield
        _write(descriptor, "")
    finally:
        os.close(descriptor)


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _lock_file(lake_url: str) -> Path:
    folder = locate(lake_url).folder
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        return folder / _NAME
    identity = hashlib.sha256(lake_url.rstrip("/").encode()).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"culture-kpis-{os.getuid()}-{identity}.lock"


def _note(holder: str) -> dict[str, str | int]:
    since = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    return {"holder": holder, "pid": os.getpid(), "host": socket.gethostname(), "since": since}


def _holder(path: Path) -> str:
    """Who wrote the note. It is for people: the lock itself does not depend on it."""
    try:
        note = json.loads(path.read_text("utf-8"))
        return f"run {note['holder']} (process {note['pid']} on {note['host']}, since {note['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "another run that is just beginning"


def _write(descriptor: int, words: str) -> None:
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, words.encode(), 0)
