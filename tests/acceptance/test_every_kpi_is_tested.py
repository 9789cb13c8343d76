"""Every KPI has a worked example: a test file of its name, or one that computes it by name."""

from pathlib import Path

import pytest

from transforms.kpis.registry import RegisteredKpi, all_kpis

KPI_TESTS = Path(__file__).resolve().parents[1] / "transforms/kpis"


@pytest.mark.parametrize("registered", all_kpis(), ids=lambda registered: registered.kpi.id)
def test_a_kpi_has_a_test_in_the_folder_of_its_principle(registered: RegisteredKpi) -> None:
    kpi_id, folder = registered.kpi.id, KPI_TESTS / registered.principle
    own = folder / f"test_{kpi_id}.py"

    named = [file.name for file in folder.glob("test_*.py") if f'"{kpi_id}"' in file.read_text(encoding="utf-8")]

    assert own.exists() or named, f"no test of KPI {kpi_id}; write {own.relative_to(KPI_TESTS.parents[2])}"
