"""A simulated Bonusly: people and bonuses that change, served in the shapes of its public API."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.flows.sources.vendors.simulated import Asked, Told, VendorServer

TOKEN = "bonusly-secret-5f2c1e"
_LARGEST_PAGE = 100


@dataclass
class BonuslyWorld:
    """What the vendor knows. `bonuses` are in no order; the server answers newest first."""

    people: list[dict[str, Any]] = field(default_factory=list)
    bonuses: list[dict[str, Any]] = field(default_factory=list)
    is_still: bool = False
    _found: dict[tuple[str, ...], list[dict[str, Any]]] = field(default_factory=dict)

    def keep_still(self) -> None:
        """Nothing happens while a night asks, so what a window shows is looked up once. Call it before each night."""
        self.is_still = True
        self._found = {}

    def serve(self) -> VendorServer:
        """A server of this world, as it is at the moment of each request."""
        return VendorServer(self._answer, refuses=lambda headers: headers.get("authorization") != f"Bearer {TOKEN}")

    def _answer(self, asked: Asked) -> Told:
        if asked.path == "/users/me":
            return Told.json({"success": True, "result": self.people[0]})
        if asked.path == "/users":
            return _page(self.people, asked.params)
        if asked.path != "/bonuses":
            return Told.json({"success": False, "message": "not found"}, 404)
        window = tuple(asked.params.get(name, "") for name in ("show_private_bonuses", "start_time", "end_time"))
        if not self.is_still or window not in self._found:
            self._found = {window: self._shown(*window)}
        return _page(self._found[window], asked.params)

    def _shown(self, private: str, start: str, end: str) -> list[dict[str, Any]]:
        shown = [
            bonus
            for bonus in self.bonuses
            if (private == "true" or not bonus["private"]) and start <= bonus["created_at"] < (end or "9999")
        ]
        return sorted(shown, key=lambda bonus: (bonus["created_at"], bonus["id"]), reverse=True)


def _page(rows: list[dict[str, Any]], params: Mapping[str, str]) -> Told:
    skip, limit = int(params.get("skip", 0)), min(int(params.get("limit", 20)), _LARGEST_PAGE)
    return Told.json({"success": True, "result": rows[skip : skip + limit]})


def person(number: int, **changed: Any) -> dict[str, Any]:
    """One person; numbers below 10 manage."""
    return {
        "id": f"{number:024x}",
        "email": f"member{number}@example.test",
        "created_at": "2024-01-01T08:00:00Z",
        "custom_properties": {"department": f"team-{number % 7}"},
        "manager_email": f"member{number % 10}@example.test" if number >= 10 else None,
        "user_mode": "normal",
        **changed,
    }


def bonus(number: int, at: dt.datetime, to: list[int], **changed: Any) -> dict[str, Any]:
    """One bonus from a person to others."""
    people = [{"id": f"{one:024x}", "email": f"member{one}@example.test"} for one in to]
    giver = number % 50
    return {
        "id": f"{number:024x}",
        "created_at": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "amount": 5 + number % 20,
        "reason": f"+{5 + number % 20} thanks for help number {number} #teamwork",
        "giver": {"id": f"{giver:024x}", "email": f"member{giver}@example.test"},
        "receivers": people,
        "private": False,
        **changed,
    }


def company(n_people: int, n_bonuses: int, begins: dt.datetime, days: int, seed: int = 1) -> BonuslyWorld:
    """A company with bonuses spread over some days; every eighth goes to a group, every twentieth is private."""
    chance = random.Random(seed)
    bonuses = []
    for number in range(n_bonuses):
        at = begins + dt.timedelta(seconds=chance.randrange(days * 86_400))
        n_receivers = chance.randint(2, 6) if number % 8 == 0 else 1
        receivers = chance.sample(range(n_people), n_receivers)
        bonuses.append(bonus(number, at, receivers, private=number % 20 == 19))
    return BonuslyWorld([person(number) for number in range(n_people)], bonuses)
