"""Three live systems, from their servers to the warehouse; a night with few edits costs little.

Prints what it measured; run it alone: `pytest -m soak -s tests/flows/sources/vendors/test_live_night.py`.
"""

import datetime as dt
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

import polars as pl
import pytest

from flows.pipeline.landing import land
from flows.pipeline.night import Night
from flows.pipeline.run import Stops, run_night
from flows.pipeline.staging import stage
from flows.sources.rest import export, pace
from flows.warehouses import open_warehouse
from tests.flows.sources.vendors import bonusly_server, zendesk_server
from tests.flows.sources.vendors.qualtrics import qualtrics_house, qualtrics_server
from tests.flows.sources.vendors.qualtrics.qualtrics_world import CUSTOMERS, customer_response, grown_account
from tests.flows.sources.vendors.simulated import VendorServer
from tests.flows.sources.vendors.zendesk_routes import Routes
from tests.flows.sources.vendors.zendesk_world import World

OPENED_AT = dt.datetime(2026, 1, 1, 8, tzinfo=dt.UTC)
FIRST_NIGHT = dt.datetime(2026, 4, 12, 2, tzinfo=dt.UTC)  # the first quarter is over, and closed
# Who is in which team is told by one system only, here by Bonusly.
_TEAMS_ELSEWHERE = 'leave_out = ["groups", "group_memberships"]'
DAYS, PEOPLE, TICKETS, ANSWERS, THANKS = 90, 300, 6_000, 6_000, 50_000


@dataclass
class Timed:
    """The stops of a night, and the CPU seconds and new pages of those that deal with the vendors."""

    cpu: dict[str, float] = field(default_factory=dict)
    n_rows: int = 0

    def stops(self) -> Stops:
        """Landing and staging, measured."""

        def timed_land(*told: object) -> int:
            began = time.process_time()
            n_pages = land(*told)  # type: ignore[arg-type]
            self.cpu["land"] = self.cpu.get("land", 0.0) + time.process_time() - began
            return n_pages

        def timed_stage(*told: object) -> object:
            began = time.process_time()
            outcome = stage(*told)  # type: ignore[arg-type]
            self.cpu["stage"] = self.cpu.get("stage", 0.0) + time.process_time() - began
            self.n_rows += sum(outcome.by_fate.values())
            return outcome

        return Stops(land=timed_land, stage=timed_stage)  # type: ignore[arg-type]


@dataclass
class Company:
    """A house with surveys, recognition and tickets at vendors of their own."""

    house: qualtrics_house.House
    kudos: bonusly_server.BonuslyWorld
    kudos_server: VendorServer
    desk: Routes
    desk_server: VendorServer

    def night(self, at: dt.datetime) -> tuple[Timed, float]:
        """A whole night as the vendors' clocks say `at`; what its stops took, and all of it in CPU seconds."""
        for server in (self.house.server, self.kudos_server):
            server.ahead = at - dt.datetime.now(dt.UTC)
        self.desk.world.now = at
        zendesk_server.show(self.desk_server, self.desk)
        on = (at - dt.timedelta(days=1)).date()
        night = Night(f"nightly-{at:%Y%m%d}", "nightly", on, self.house.settings.context(on).as_of, at)
        timed, began = Timed(), time.process_time()
        run_night(self.house.settings, self.house.lake, night, stops=timed.stops())
        return timed, time.process_time() - began

    def edit(self, share: float, at: dt.datetime, chance: random.Random) -> None:
        """Change that share of what is at the vendors: half edited, half new."""
        responses = self.house.vendor.account.responses[CUSTOMERS]
        # Older ones than that are not looked at again.
        recent = sorted(name for name, one in responses.items() if one.recorded_at > at - dt.timedelta(days=30))
        for number, one in enumerate(chance.sample(recent, int(share * len(responses)) // 2)):
            self.house.vendor.account.edit(CUSTOMERS, one, at, QID1=chance.randrange(11))
            new = customer_response(1_000_000 + number, at - dt.timedelta(minutes=30 + number), chance)
            self.house.vendor.account.answer(CUSTOMERS, new)
        first = len(self.kudos.bonuses)
        for number in range(int(share * first)):
            moment = at - dt.timedelta(minutes=20 + number)
            self.kudos.bonuses.append(bonusly_server.bonus(first + number, moment, [chance.randrange(PEOPLE)]))

        tickets = sorted(self.desk.world.tickets)
        for number in chance.sample(tickets, int(share * len(tickets))):
            self.desk.world.touch(number)

    def answers(self) -> set[tuple[object, ...]]:
        """The truth: survey, response, item and value of every answer that counts."""
        return {(row[0], row[1], row[2], row[5]) for row in self.house.answers()}

    def staged_answers(self) -> set[tuple[object, ...]]:
        """The same as the lake has it."""
        rows = self.house.lake.read("survey_response").filter(pl.col("source").is_in(["voice", "pulse"]))
        return set(rows.select("survey_id", "response_id", "item_id", "value").rows())

    def recognitions(self) -> int:
        """The truth: how many people were thanked in public."""
        return sum(len(bonus["receivers"]) for bonus in self.kudos.bonuses if not bonus["private"])


@pytest.fixture
def company(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    monkeypatch.setattr(export, "sleep", lambda _: None)
    monkeypatch.setattr(pace, "_MINUTE", 0.001)
    monkeypatch.setenv("CULTURE_KPIS_ZENDESK_EMAIL", zendesk_server.EMAIL)
    monkeypatch.setenv("CULTURE_KPIS_ZENDESK_TOKEN", zendesk_server.TOKEN)
    for source, token in (("VOICE", qualtrics_server), ("PULSE", qualtrics_server), ("KUDOS", bonusly_server)):
        monkeypatch.setenv(f"CULTURE_KPIS_{source}_TOKEN", token.TOKEN)
    monkeypatch.setenv("CULTURE_KPIS_PSEUDONYM_KEY", qualtrics_house.KEY)
    vendor = qualtrics_server.Qualtrics(grown_account(customers=ANSWERS, employees=PEOPLE, opened_at=OPENED_AT))
    # The same people at both vendors; where they belong only one of them knows.
    contacts = vendor.account.contacts
    contacts[:] = [replace(one, email=f"member{number}@example.test") for number, one in enumerate(contacts)]
    desk = Routes(World(seed=7))
    desk.world.grow(TICKETS, days=60)
    kudos = bonusly_server.company(n_people=PEOPLE, n_bonuses=THANKS, begins=OPENED_AT, days=DAYS)
    with vendor.serve() as surveys, kudos.serve() as recognition, zendesk_server.zendesk(desk) as tickets:
        house = qualtrics_house.House(tmp_path, surveys, vendor, OPENED_AT)
        for _ in ("voice", "pulse"):
            house.change('team = "team"\n', "")
        block = f'[[source]]\nname = "kudos"\nconnector = "bonusly"\nurl = "{recognition.url}"\n'
        block += f"start_on = {OPENED_AT.date()}\n" + zendesk_server.block(tickets.url, _TEAMS_ELSEWHERE)
        house.file.write_text(house.file.read_text() + block, encoding="utf-8")
        yield Company(house, kudos, recognition, desk, tickets)


@pytest.mark.soak
@pytest.mark.timeout(900)
def test_a_night_with_few_edits_costs_little(company: Company) -> None:
    first, first_cpu = company.night(FIRST_NIGHT)
    assert company.staged_answers() == company.answers()
    published = open_warehouse(company.house.settings).query(PUBLISHED)
    assert {"nps", "survey_response_rate", "recognition_reach", "first_reply_minutes"} <= set(published["kpi_id"])
    assert company.house.lake.read("ticket").height == TICKETS
    # Answers know a reference, mailings a contact, teams an address: one person in one team.
    rates = published.filter(pl.col("kpi_id") == "survey_response_rate", pl.col("component") == "employee")
    assert {f"team-{number}" for number in range(7)} <= set(rates["org_unit_id"])
    assert rates["value"].is_between(0.5, 0.99).all()

    quiet, quiet_cpu = company.night(FIRST_NIGHT + dt.timedelta(days=1))
    later = FIRST_NIGHT + dt.timedelta(days=2)
    company.edit(0.01, later, random.Random(3))
    few, few_cpu = company.night(later)

    assert company.staged_answers() == company.answers()
    assert company.house.lake.read("recognition").height == company.recognitions()
    nights = {"everything": (first, first_cpu), "nothing changed": (quiet, quiet_cpu), "1 % changed": (few, few_cpu)}
    print(
        pl.DataFrame([{"night": name, "rows": of.n_rows, "all": cpu, **of.cpu} for name, (of, cpu) in nights.items()])
    )
    assert few.cpu["stage"] < 0.5 * first.cpu["stage"]
    # What a night costs anyhow apart: opening tables, asking vendors, the periods that ended.
    assert few_cpu - quiet_cpu < 0.25 * (first_cpu - quiet_cpu)


PUBLISHED = "SELECT kpi_id, component, org_unit_id, value FROM kpi_value WHERE state = 'published'"
