"""KPIs are disclosed in batches, each as a whole."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest

from transforms.contracts.results import CellCrowd, CellPerson, KpiCell, Publication
from transforms.disclosure import batches
from transforms.disclosure.batches import in_batches
from transforms.kpis.compute import KpiResult

NOTHING = Publication.create_empty()


def result(*kpi_ids: str, people: int = 2, month: int = 1) -> KpiResult:
    rows = [
        {
            "kpi_id": kpi_id,
            "definition_version": 1,
            "component": "main",
            "variant": "main",
            "org_unit_id": "care",
            "period_grain": "month",
            "period_start": dt.date(2026, month, 1),
            "role": "agents",
            "person_key": f"p_{number}",
            "contribution": number,
        }
        for kpi_id in kpi_ids
        for number in range(people)
    ]
    behind = CellPerson.cast(pl.DataFrame(rows))
    return KpiResult(KpiCell.create_empty(), behind, CellCrowd.create_empty())


def told(*results: KpiResult) -> list[tuple[list[str], int]]:
    return [(list(batch.kpi_ids), batch.people.height) for batch in in_batches(results, NOTHING)]


def test_a_batch_holds_so_many_people_and_a_larger_kpi_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "MOST_PEOPLE", 5)

    found = told(result("csat"), result("backlog"), result("enps", people=9), result("heard"), result("nps"))

    assert found == [(["backlog", "csat"], 4), (["enps"], 9), (["heard", "nps"], 4)]


def test_results_of_one_kpi_stay_together_and_those_of_several_come_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "MOST_PEOPLE", 3)

    found = told(result("csat", "nps"), result("nps", month=2), result("csat", month=2))

    assert found == [(["csat"], 4), (["nps"], 4)]


def test_a_kpi_that_was_published_and_not_computed_is_in_a_batch() -> None:
    ledger = pl.DataFrame({"kpi_id": ["csat", "welcome_time"]})

    (batch,) = in_batches([result("csat")], ledger)

    assert list(batch.kpi_ids) == ["csat", "welcome_time"]


def test_no_results_are_one_empty_batch() -> None:
    (batch,) = in_batches([], NOTHING)

    assert (list(batch.kpi_ids), batch.cells.height, batch.people.height) == ([], 0, 0)


def test_people_come_as_codes() -> None:
    (batch,) = in_batches([result("csat")], NOTHING)

    assert batch.people.schema["person_key"] == pl.Categorical
    assert batch.people["person_key"].to_list() == ["p_0", "p_1"]


def test_in_batches_or_at_once_the_same_is_shown_and_remembered(world, monkeypatch: pytest.MonkeyPatch) -> None:
    def nights() -> list[pl.DataFrame]:
        found = world({"acme": None, "a": "acme", "b": "acme", "c": "acme"})
        for later, more in enumerate((0, 3, 9)):
            kind = (
                world.team("a", range(6 + more), 2) + world.team("b", range(20, 32), 5) + world.team("c", range(40, 44))
            )
            free = world.rows(kind, dt.date(2026, 4, 10), component="main")
            declared = (
                world.kpi(world.rows(kind)),
                world.kpi(free, id="quick_words", person_based=False),
                world.kpi(world.rows(kind[more:]), id="warm_words"),
            )
            # On the second night one KPI is not computed and stands as it was published.
            found.night(*(declared[:2] if later == 1 else declared), later=later, run_id=f"run-{later}")
        last = found.night(*declared, later=3, run_id="run-3")
        return [found.ledger, last.rows, last.hidden, last.restatements]

    at_once = nights()
    monkeypatch.setattr(batches, "MOST_PEOPLE", 0)

    for one, other in zip(at_once, nights(), strict=True):
        assert one.height > 0 or other.is_empty()
        assert one.equals(other)
