"""A night that computes the affected parts alone comes to the numbers of one that computes everything."""

from pathlib import Path

import pytest

from tests.transforms.kpis.histories import beside, demo, differences, history

CHANGES = 3


def wrong_kpis(folder: Path, seeds: range, scale: float) -> list[str]:
    """KPIs whose parts, computed or taken over, are not those of a night in full."""
    tables, context = demo(folder, scale)
    wrong = []
    for seed in seeds:
        told = history(tables, context, seed, CHANGES)
        selection = told.affected()
        old, full = told.in_full(later=False), told.in_full(later=True)
        new = told.computed(selection, old)
        for kpi_id, result in full.items():
            found = differences(beside(old[kpi_id], new[kpi_id], selection.starts(kpi_id)), result)
            if found:
                wrong.append(f"seed {seed}, {told.then.run_on} to {told.now.run_on}, {told.done}: {kpi_id} {found}")
        n_parts = sum(result.cells.select("kpi_id", "period_start").n_unique() for result in full.values())
        assert 0 < selection.parts.height < n_parts
    return wrong


def test_affected_parts_beside_the_others_are_all_numbers(tmp_path: Path) -> None:
    assert wrong_kpis(tmp_path, range(1), scale=0.04) == []


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_the_same_over_many_histories(tmp_path: Path) -> None:
    assert wrong_kpis(tmp_path, range(1, 41), scale=0.15) == []
