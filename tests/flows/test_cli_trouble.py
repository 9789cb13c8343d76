"""What nobody foresaw: a bug is one line and exit code 1, a full disk 13, an interruption 130, a closed pipe 0."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from flows.cli import run

FOLDER = Path(sys.executable).parent


def failing(monkeypatch: pytest.MonkeyPatch, error: BaseException) -> int:
    """Exit code of a command in which `error` arises."""

    def fail() -> None:
        raise error

    monkeypatch.setattr("transforms.kpis.registry.all_kpis", fail)
    return run(["kpis", "list"])


def test_a_bug_is_one_line_that_says_how_to_see_all_of_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("CULTURE_KPIS_TRACEBACK", raising=False)

    assert failing(monkeypatch, ZeroDivisionError("anna@example.org")) == 1

    said = capsys.readouterr().err
    assert said.startswith("culture-kpis: this is a bug (ZeroDivisionError in test_cli_trouble.py, line ")
    assert "CULTURE_KPIS_TRACEBACK=1" in said
    assert said.count("\n") == 1
    assert "anna" not in said


def test_the_traceback_is_shown_when_asked_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("CULTURE_KPIS_TRACEBACK", "1")

    assert failing(monkeypatch, ZeroDivisionError("by zero")) == 1

    said = capsys.readouterr().err
    assert said.startswith("Traceback (most recent call last):")
    assert "ZeroDivisionError: by zero" in said


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EROFS, errno.EDQUOT])
def test_a_full_or_read_only_disk_is_trouble_of_storage(
    number: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert failing(monkeypatch, OSError(number, os.strerror(number), "spill.tmp")) == 13

    assert capsys.readouterr().err.startswith(f"culture-kpis: spill.tmp: cannot be written ({os.strerror(number)})")


def test_an_interruption_is_one_line(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    assert failing(monkeypatch, KeyboardInterrupt()) == 130

    assert capsys.readouterr().err == (
        "culture-kpis: interrupted; running the same command again goes on where this one stopped\n"
    )


def test_an_interruption_that_a_library_wrapped_is_one(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    chained, told = RuntimeError("the worker ended"), ValueError("KeyboardInterrupt: ")
    chained.__cause__ = KeyboardInterrupt()

    assert [failing(monkeypatch, error) for error in (chained, told)] == [130, 130]
    assert capsys.readouterr().err.count("culture-kpis: interrupted") == 2


def test_a_reader_who_has_seen_enough_is_no_error() -> None:
    command = f"{FOLDER}/culture-kpis kpis list --json | head -n 1; exit ${{PIPESTATUS[0]}}"

    found = subprocess.run(["bash", "-c", command], capture_output=True, text=True, check=False)

    assert (found.returncode, found.stdout, found.stderr) == (0, "[\n", "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no device that is always full")
def test_results_that_cannot_be_written_are_trouble_of_storage() -> None:
    found = subprocess.run(
        ["bash", "-c", f"{FOLDER}/culture-kpis kpis list > /dev/full"], capture_output=True, text=True, check=False
    )

    assert found.returncode == 13
    assert "No space left on device" in found.stderr
    assert found.stderr.count("\n") == 1
