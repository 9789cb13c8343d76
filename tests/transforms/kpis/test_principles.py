"""Every principle says what it means and where it comes from; every KPI documents itself by a worked example."""

import pytest

from transforms.contracts.marts import PRINCIPLES
from transforms.kpis.registry import RegisteredKpi, all_kpis, principle_documentation


@pytest.mark.parametrize("principle", PRINCIPLES)
def test_a_principle_says_what_it_means(principle: str) -> None:
    documentation = principle_documentation(principle)
    title = documentation.splitlines()[0]
    assert title.endswith(".")
    assert len(documentation) > 200


@pytest.mark.parametrize("principle", [name for name in PRINCIPLES if name != "outcomes"])
def test_a_principle_names_its_source(principle: str) -> None:
    # The article's title stands in quotation marks.
    assert principle_documentation(principle).count('"') >= 2


@pytest.mark.parametrize("registered", all_kpis(), ids=lambda registered: registered.kpi.id)
def test_a_kpi_shows_a_worked_example(registered: RegisteredKpi) -> None:
    assert "example" in registered.documentation.lower()
