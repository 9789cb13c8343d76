"""The four real exports through configuration alone: what is read, staged and left over, row by row."""

from pathlib import Path

import polars as pl
import pytest

from flows.settings import load_settings
from flows.sources import files
from flows.sources.check import check_source
from transforms.staging.checks import mapping_problems
from transforms.staging.stage import PageReference, stage_page

REAL = Path(__file__).resolve().parents[2] / "../shared/data"
CONFIGURATIONS = Path(__file__).parent / "configurations"


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


def staged(name: str) -> dict[str, pl.DataFrame]:
    (source,) = load_settings(CONFIGURATIONS / f"{name}.toml").sources
    (page,) = files.fetch(source)
    raw = files.parse(page.payload, page.name, source)
    return stage_page(raw, PageReference("0" * 16, page.name), source, b"k" * 32).tables


def answers(table: pl.DataFrame, item_id: str) -> pl.Series:
    return table.filter(pl.col("item_id") == item_id, ~pl.col("is_not_applicable"))["value"]


@pytest.mark.acceptance
@pytest.mark.skipif(not REAL.exists(), reason="real data sets are not beside the repository")
class TestStagedRowsGiveTheKnownAnswers:
    def test_servicenow(self) -> None:
        tables = staged("servicenow")

        assert tables["promise"]["is_kept"].sum() == 15_803
        assert (tables["ticket"]["reopen_count"] > 0).sum() == 275
        assert tables["ticket"]["reassignment_count"].mean() == pytest.approx(0.93964, abs=5e-6)
        assert tables["ticket"]["solved_at"].is_not_null().sum() == 23_362

    def test_pierce(self) -> None:
        table = staged("pierce")["survey_response"]

        expectations = answers(table, "expectations")
        assert [(expectations == point).sum() for point in (1, 2, 3, 4)] == [25, 82, 495, 846]
        assert expectations.mean() == pytest.approx(3.4931, abs=5e-5)
        recognised = answers(table, "recognised_lately")
        assert recognised.len() == 1_423
        assert (recognised >= 3).mean() == pytest.approx(0.6521, abs=5e-5)

    def test_sfo(self) -> None:
        table = staged("sfo")["survey_response"]

        recommend = answers(table, "recommend")
        assert (recommend.len(), (recommend >= 9).sum(), (recommend <= 6).sum()) == (2_746, 1_436, 342)
        overall = answers(table, "airport_overall")
        assert overall.len() == 2_688
        assert overall.mean() == pytest.approx(4.0644, abs=5e-5)
        assert (overall >= 4).mean() == pytest.approx(0.8207, abs=5e-5)

    def test_uboot(self) -> None:
        table = staged("uboot")["recognition"]

        tags = pl.col("tags").list
        assert table.filter(tags.contains("v2023.01") & tags.contains("reviewed-by")).height == 769
        assert (table["giver_key"] == table["receiver_key"]).sum() == 383
        assert (table["tags"].list.len() == 1).sum() == 55
