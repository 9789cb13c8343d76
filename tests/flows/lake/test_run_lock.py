"""One run at a time per lake; a lock outlives neither its block nor its process."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from flows.errors import LockedError, StorageError
from flows.lock import run_lock

ROOT = Path(__file__).resolve().parents[3]
HOLDING = """
import sys
import threading
sys.path.insert(0, sys.argv[1])
from flows.lock import run_lock
with run_lock(sys.argv[2], "night-1"):
    print("held", flush=True)
    input()
"""


def holding(url: str) -> subprocess.Popen[str]:
    """Another process that holds the lock until it is ended."""
    command = [sys.executable, "-c", HOLDING, str(ROOT), url]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


@pytest.mark.parametrize("root", ["", "s3://bucket"])
def test_a_second_run_is_told_who_holds_the_lock_and_a_killed_holder_frees_it(tmp_path: Path, root: str) -> None:
    url = f"{root}{tmp_path}/lake"
    other = holding(url)
    try:
        with pytest.raises(LockedError) as caught, run_lock(url, "night-2"):
            pytest.fail("the lock was given twice")
        said = (
            rf"lake {re.escape(url)} is in use by run night-1 \(process {other.pid} on {socket.gethostname()}, since 20"
        )
        assert re.match(said, str(caught.value))
        assert caught.value.exit_code == 15
    finally:
        other.send_signal(signal.SIGKILL)
        other.communicate()

    with run_lock(url, "night-2"), pytest.raises(LockedError, match="night-2"), run_lock(url, "night-3"):
        pytest.fail("the lock was given twice")
    with run_lock(url, "night-3"):
        pass


def test_the_note_says_who_holds_the_lock_and_goes_with_it(tmp_path: Path) -> None:
    with run_lock(str(tmp_path / "lake"), "night-1"):
        note = json.loads((tmp_path / "lake" / "run.lock").read_text())

    assert (note["holder"], note["pid"]) == ("night-1", os.getpid())
    assert (tmp_path / "lake" / "run.lock").read_text() == ""


def test_an_error_inside_frees_the_lock(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), run_lock(str(tmp_path), "night-1"):
        raise ZeroDivisionError

    with run_lock(str(tmp_path), "night-2"):
        pass


def test_two_lakes_do_not_lock_one_another(tmp_path: Path) -> None:
    with run_lock(str(tmp_path / "one"), "night-1"), run_lock(str(tmp_path / "two"), "night-2"):
        pass


def test_a_lock_that_cannot_be_written_is_a_storage_error(tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("a file")

    with (
        pytest.raises(StorageError, match="cannot lock: a part of the path is a file"),
        run_lock(f"{tmp_path}/taken/l", "n"),
    ):
        pytest.fail("locked nothing")


def test_a_run_that_waits_gets_the_lock_when_the_other_ends_and_gives_up_when_its_time_is_over(tmp_path: Path) -> None:
    url = str(tmp_path / "lake")
    other = holding(url)
    try:
        with (
            pytest.raises(LockedError, match=r"in use by run night-1 .* after waiting 0\.2 s"),
            run_lock(url, "b", 0.2),
        ):
            pytest.fail("the lock was given twice")
        threading.Timer(0.3, other.kill).start()
        with run_lock(url, "night-2", 60):
            assert other.wait(5) == -signal.SIGKILL
    finally:
        other.kill()
        other.communicate()
