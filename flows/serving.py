"""`culture-kpis serve`: the whole schedule on one machine, one run at a time, without a work pool or a worker."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from urllib.error import URLError
from urllib.request import urlopen

from flows.errors import ConfigurationError
from flows.orchestrator import NO_TELEMETRY
from flows.schedule import DEPLOYMENTS, TAG
from flows.settings import Settings

# The first start of a server makes its database; on a busy machine that takes a while.
_SECONDS_TO_START = 180


@contextmanager
def prefect_server(port: int) -> Iterator[str]:
    """The Prefect server of PREFECT_API_URL, else one on this machine that lives as long as the block; yields its URL.

    Enter it before Prefect is imported for the first time. Raises ConfigurationError when the server does not start.
    """
    # The terminal shows the steps of the runs; what Prefect logs is on its page.
    os.environ.setdefault("PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL", "CRITICAL")
    given = os.environ.get("PREFECT_API_URL")
    if given:
        yield given
        return
    command = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    os.environ.update(NO_TELEMETRY)
    # A session of its own: Ctrl-C ends the serving first, which still needs the server to say so.
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    url = f"http://127.0.0.1:{port}/api"
    try:
        _wait_for(server, url)
        os.environ["PREFECT_API_URL"] = url
        yield url
    finally:
        os.environ.pop("PREFECT_API_URL", None)
        server.terminate()
        server.wait(timeout=30)


def _wait_for(server: subprocess.Popen[bytes], url: str) -> None:
    until = time.monotonic() + _SECONDS_TO_START
    while server.poll() is None and time.monotonic() < until:
        with suppress(URLError, OSError), urlopen(f"{url}/health", timeout=2):
            return
        time.sleep(0.2)
    raise ConfigurationError(
        f"no Prefect server came up at {url}; is the port taken? name another with --port, or set PREFECT_API_URL"
    )


def serve(settings: Settings, places: dict[str, str]) -> None:
    """Keep the schedule until interrupted: every deployment of `flows.schedule`, never two runs at once.

    Times are those of the organisation's time zone. `places` (config, warehouse, lake) are parameters of every run.
    """
    from prefect.runner import Runner  # noqa: PLC0415 - must come after the server is known
    from prefect.schedules import Cron  # noqa: PLC0415
    from prefect.types.entrypoint import EntrypointType  # noqa: PLC0415

    class Serving(Runner):
        """SIGTERM, as of systemd, ends it like Ctrl-C: Prefect's own handler does not wait for what it stops."""

        def handle_sigterm(self, *_: object, **__: object) -> None:
            raise KeyboardInterrupt

    zone = settings.organisation.timezone
    serving = Serving(limit=1)
    for one in DEPLOYMENTS:
        module, _, name = one.entrypoint.rpartition(".")
        serving.add_deployment(
            getattr(import_module(module), name).to_deployment(
                one.name,
                description=one.description,
                schedule=Cron(one.cron, timezone=zone) if one.cron else None,
                parameters={**places, **one.parameters},
                tags=[TAG],
                entrypoint_type=EntrypointType.MODULE_PATH,
            )
        )
    with suppress(KeyboardInterrupt):
        asyncio.run(serving.start())
