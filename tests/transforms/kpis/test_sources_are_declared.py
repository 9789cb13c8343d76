"""A KPI reads no facts of a kind it does not declare: by its `sources` a night tells whether a change concerns it."""

import datetime as dt
from typing import Any

import pytest

from transforms.contracts import STAGED
from transforms.facts import Context, Facts
from transforms.kpis.registry import RegisteredKpi, all_kpis

_KINDS = {
    "tickets": ("events", "tickets", "promises", "promise_pauses", "stations", "load"),
    "recognition": ("recognitions", "initiative_weeks", "initiative_acts"),
    "survey": ("answers", "invited"),
}


class Watched(Facts):
    """Facts that note which of them were asked for."""

    def __init__(self, *arguments: Any) -> None:
        self.asked: set[str] = set()
        super().__init__(*arguments)

    def __getattribute__(self, name: str) -> Any:
        if any(name in names for names in _KINDS.values()):
            object.__getattribute__(self, "asked").add(name)
        return super().__getattribute__(name)


@pytest.mark.parametrize("registered", all_kpis(), ids=lambda one: one.kpi.id)
def test_facts_are_of_declared_kinds(registered: RegisteredKpi) -> None:
    facts = Watched(
        {name: contract.create_empty() for name, contract in STAGED.items()}, Context(run_on=dt.date(2026, 6, 30))
    )
    declared = {source.removeprefix("employee_").removeprefix("customer_") for source in registered.kpi.sources}

    registered.observe(facts).collect()
    asked = {kind for kind, names in _KINDS.items() if facts.asked & set(names)}

    # What one kind of fact is itself made from counts for it: a recognition's team, an answer's ticket.
    assert asked <= declared
