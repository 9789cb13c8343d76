"""The county's employee survey and the airport's passenger survey through the full road."""

import polars as pl
import pytest

from tests.acceptance.full_road import FullRoad

pytestmark = pytest.mark.acceptance


def answers(road: FullRoad, item_id: str) -> pl.Series:
    """Staged answers to an item that count."""
    return road.lake.read("survey_response").filter(item_id=item_id, is_not_applicable=False)["value"]


def item(road: FullRoad, item_id: str, variant: str = "main") -> dict[str, object]:
    """What analysts read about an item of the whole company."""
    return road.company("item_favourable", component=item_id, variant=variant).row(0, named=True)


def test_county_every_row_has_one_fate(pierce: FullRoad) -> None:
    assert pierce.rows_by_page() == [("responses.csv.gz", 14_725, 14_725)]
    assert pierce.fates() == {
        ("staged", ""): 14_575,
        ("superseded", "exact_duplicate"): 15,
        ("unanswered", "blank_answer (Response)"): 135,
    }


def test_county_answers_in_the_lake(pierce: FullRoad) -> None:
    expectations, recognised = answers(pierce, "expectations"), answers(pierce, "recognised_lately")

    assert [(expectations == point).sum() for point in (1, 2, 3, 4)] == [25, 82, 495, 846]
    assert expectations.mean() == pytest.approx(3.4931, abs=5e-5)
    assert (expectations >= 3).mean() == pytest.approx(0.9261, abs=5e-5)
    assert recognised.len() == 1_423
    assert (recognised >= 3).mean() == pytest.approx(0.6521, abs=5e-5)
    assert pierce.lake.read("survey_item")["item_id"].n_unique() == 10
    assert pierce.lake.read("survey_response")["respondent_key"].is_null().all()


def test_county_numbers_before_disclosure(pierce: FullRoad) -> None:
    (first,) = pierce.exact("item_favourable", org_level=0, component="expectations", variant="main").to_dicts()
    (mean,) = pierce.exact("item_favourable", org_level=0, component="expectations", variant="mean").to_dicts()
    (third,) = pierce.exact("item_favourable", org_level=0, component="recognised_lately", variant="main").to_dicts()

    assert (first["numerator"], first["denominator"]) == (495 + 846, 25 + 82 + 495 + 846)
    assert first["value"] == pytest.approx(0.9261, abs=5e-5)
    assert mean["value"] == pytest.approx(3.4931, abs=5e-5)
    assert (third["numerator"], third["denominator"]) == (928, 1_423)


def test_county_numbers_in_the_warehouse(pierce: FullRoad) -> None:
    first, mean = item(pierce, "expectations"), item(pierce, "expectations", "mean")
    third = item(pierce, "recognised_lately")

    assert (first["numerator"], first["denominator"], first["value"]) == (1_341, 1_448, pytest.approx(0.9261, abs=5e-5))
    assert (mean["denominator"], mean["value"]) == (1_448, pytest.approx(3.4931, abs=5e-5))
    assert (third["denominator"], third["value"]) == (1_423, pytest.approx(0.6521, abs=5e-5))
    assert {first["state"], mean["state"], third["state"]} == {"published"}
    assert first["n_people_band"] == "50+"


def test_airport_every_row_has_one_fate(sfo: FullRoad) -> None:
    assert sfo.rows_by_page() == [("2017.csv.gz", 2_831, 2_831)]
    # Seven passengers answered nothing that is asked for here.
    assert sfo.fates() == {("staged", ""): 2_824, ("unanswered", "blank_answer"): 7}


def test_airport_answers_in_the_lake(sfo: FullRoad) -> None:
    recommend, overall = answers(sfo, "recommend"), answers(sfo, "airport_overall")

    assert (recommend.len(), (recommend >= 9).sum(), (recommend <= 6).sum()) == (2_746, 1_436, 342)
    assert (overall.len(), (overall >= 4).mean()) == (2_688, pytest.approx(0.8207, abs=5e-5))
    assert overall.mean() == pytest.approx(4.0644, abs=5e-5)
    assert (
        sfo.lake.read("survey_response")["answered_at"]
        .dt.convert_time_zone("America/Los_Angeles")
        .dt.day()
        .is_between(5, 31)
        .all()
    )


@pytest.mark.parametrize("kpi_id", ["nps", "csat"])
def test_airport_numbers_before_and_after_disclosure(sfo: FullRoad, kpi_id: str) -> None:
    numerator, denominator, value = {"nps": (1_436 - 342, 2_746, 0.3984), "csat": (2_206, 2_688, 0.8207)}[kpi_id]
    (exact,) = sfo.exact(kpi_id, org_level=0, component="main").to_dicts()
    (shown,) = sfo.company(kpi_id, component="main").to_dicts()

    for row in (exact, shown):
        assert (row["numerator"], row["denominator"], row["state"]) == (numerator, denominator, "published")
        assert row["value"] == pytest.approx(value, abs=5e-5)


def test_airport_mean_rating_in_the_warehouse(sfo: FullRoad) -> None:
    rating = item(sfo, "airport_overall", "mean")

    assert (rating["denominator"], rating["value"]) == (2_688, pytest.approx(4.0644, abs=5e-5))
