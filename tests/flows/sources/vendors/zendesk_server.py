"""The simulated Zendesk: its routes behind a real HTTP server, with token authentication."""

from __future__ import annotations

import base64
import datetime as dt
from collections.abc import Mapping

from tests.flows.sources.vendors.simulated import Asked, Told, VendorServer
from tests.flows.sources.vendors.zendesk_routes import Routes

EMAIL, TOKEN = "steward@example.com", "zendesk-token-that-nobody-may-see"


def zendesk(routes: Routes) -> VendorServer:
    """A server of the account, whose clock shows the world's time; call `show` after the world has changed."""

    def answer(asked: Asked) -> Told:
        told = routes.answer(asked.path, dict(asked.params))
        return Told.json({"error": "RecordNotFound"}, 404) if told is None else Told.json(told)

    server = VendorServer(answer, refuses=_is_stranger)
    show(server, routes)
    return server


def show(server: VendorServer, routes: Routes) -> None:
    """Let two quiet minutes pass, export what the world has done, and set the server's clock to the world's."""
    routes.world.now += dt.timedelta(minutes=2)
    routes.refresh()
    server.ahead = routes.world.now - dt.datetime.now(dt.UTC)


def _is_stranger(headers: Mapping[str, str]) -> bool:
    known = base64.b64encode(f"{EMAIL}/token:{TOKEN}".encode()).decode()
    return headers.get("authorization") != f"Basic {known}"


def block(url: str, *more: str, name: str = "zendesk", start_on: str = "2026-02-01") -> str:
    """The `[[source]]` block of the account."""
    lines = (
        "[[source]]",
        f'name = "{name}"',
        'connector = "zendesk"',
        f'url = "{url}"',
        f"start_on = {start_on}",
        'audience = "customer"',
        *more,
        "[[source.item]]",
        'question = "satisfaction"',
        'scale = "0-1"',
        'construct = "satisfied"',
        "[[source.item]]",
        'question = "csat"',
        'scale = "1-5"',
        'construct = "satisfied"',
    )
    return "\n".join(lines) + "\n"
