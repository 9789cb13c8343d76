"""The configurations of the four real exports make sense, and `sources check` says beforehand what a run will do."""

import pytest

from flows.settings import load_settings
from flows.sources.check import check_source
from tests.acceptance.full_road import CONFIGURATIONS, REAL
from transforms.staging.checks import mapping_problems


@pytest.mark.parametrize("name", ["servicenow", "pierce", "sfo", "uboot"])
def test_the_configuration_loads_and_makes_sense(name: str) -> None:
    (source,) = load_settings(CONFIGURATIONS / f"{name}.toml").sources

    assert list(mapping_problems(source)) == []


@pytest.mark.acceptance
@pytest.mark.skipif(not REAL.exists(), reason="real data sets are not beside the repository")
@pytest.mark.parametrize(
    ("name", "n_rows", "tables", "left_over"),
    [
        ("servicenow", 141_712, {"ticket": 24_918, "promise": 24_918}, {}),
        ("pierce", 14_725, {"survey_response": 14_575}, {"blank_answer": 135, "exact_duplicate": 15}),
        ("sfo", 2_831, {}, {"blank_answer": 7}),
        ("uboot", 55_984, {"recognition": 55_984}, {}),
    ],
)
def test_every_row_of_a_real_export_is_staged_or_accounted_for(
    name: str, n_rows: int, tables: dict[str, int], left_over: dict[str, int]
) -> None:
    settings = load_settings(CONFIGURATIONS / f"{name}.toml")

    report = check_source(settings.sources[0], settings)

    assert report.errors == ()
    assert [page.n_checked for page in report.pages] == [n_rows]
    assert report.n_by_reason == left_over
    assert tables.items() <= report.n_by_table.items()
