"""Prefect within a person's command: silent, and ended by Ctrl-C at once and with one line."""

from __future__ import annotations

import _thread
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from flows.errors import ConfigurationError
from flows.progress import Progress, current

NO_TELEMETRY = {"DO_NOT_TRACK": "1", "PREFECT_SERVER_ANALYTICS_ENABLED": "false"}
# A person's terminal shows the run, not the orchestrator: no telemetry, no server log, no tracebacks at shutdown.
_QUIET_PREFECT = NO_TELEMETRY | {
    "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_TO_API_ENABLED": "false",
    "PREFECT_CLI_PROMPT": "false",
}


@contextmanager
def orchestrated(*, quiet: bool) -> Iterator[Progress]:
    """Progress, silence and a server for the flows called in the block.

    Enter it before Prefect is imported for the first time. Raises ConfigurationError when a Prefect server is
    configured and does not answer, and KeyboardInterrupt for SIGTERM too, so that the server is stopped.
    """
    for name, value in _QUIET_PREFECT.items():
        os.environ.setdefault(name, value)
    show = Progress(quiet=quiet)
    token = current.set(show)
    before = signal.signal(signal.SIGTERM, _interrupt)
    unraisable, sys.unraisablehook = sys.unraisablehook, _interrupted_again
    try:
        with show.waiting("start"):
            _start_temporary_server()
            yield show
    except RuntimeError as error:
        if not str(error).startswith("Failed to reach API"):
            raise
        rule = "does not answer; start it, or unset PREFECT_API_URL to run without a server"
        raise ConfigurationError(f"the Prefect server that is configured {rule}") from error
    finally:
        sys.unraisablehook = unraisable
        signal.signal(signal.SIGTERM, before)
        current.reset(token)


def _interrupted_again(unraisable: sys.UnraisableHookArgs) -> None:
    """An interruption that falls into a callback is printed and lost by Python: raise it again a moment later."""
    if issubclass(unraisable.exc_type, KeyboardInterrupt):
        threading.Timer(0.05, _thread.interrupt_main).start()
    else:
        sys.__unraisablehook__(unraisable)


def _start_temporary_server() -> None:
    """Start the server Prefect would start by itself, but deaf to Ctrl-C.

    A terminal sends the signal to the server too. If it went first, the run would try to reach it for over a minute
    instead of ending. The blocked signal is inherited by the server and reaches this process when it is released.
    """
    from prefect.settings import PREFECT_API_URL  # noqa: PLC0415 - slow to import

    if PREFECT_API_URL.value():
        return
    from prefect.server.api.server import SubprocessASGIServer  # noqa: PLC0415

    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        SubprocessASGIServer().start()
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
