"""Single items, by hand and against the published county survey."""

import datetime as dt
from pathlib import Path

import polars as pl
import pytest

from tests.transforms.sample_organisation import (
    LINEAGE,
    answer,
    cell,
    computed,
    facts,
    invitation,
    item,
    member,
    moment,
    units,
)
from transforms.contracts import STAGED
from transforms.kpis.compute import KpiResult

UNITS = units({"acme": None, "care": "acme", "shop": "acme"})
FOUR = item("expected", None, scale_id="1-4")
REAL = Path(__file__).resolve().parents[4] / "../shared/data/employee_survey_pierce/responses.csv.gz"


def test_worked_example() -> None:
    rows = [
        answer(number, "expected", value, org_unit_id="care") for number, value in enumerate([1.0, 2.0, 3.0, 4.0, 4.0])
    ]
    result = computed("item_favourable", facts(org_unit=UNITS, survey_item=[FOUR], survey_response=rows))
    share, mean = (cell(result, "care", "expected", variant) for variant in ("main", "mean"))
    assert (share["value"], share["numerator"], share["denominator"]) == (pytest.approx(3 / 5), 3, 5)
    assert (mean["value"], mean["numerator"], mean["denominator"]) == (pytest.approx(2.8), None, 5)
    # Mean 2.8, standard deviation 1.3038, t(4) = 2.7764: 2.8 +- 1.6189.
    assert mean["ci_low"] == pytest.approx(2.8 - 1.6189, abs=1e-3)


def test_not_applicable_leaves_the_denominator() -> None:
    rows = [answer(1, "expected", 4.0, org_unit_id="care"), answer(2, "expected", None, org_unit_id="care")]
    result = computed("item_favourable", facts(org_unit=UNITS, survey_item=[FOUR], survey_response=rows))
    assert cell(result, "care", "expected")["denominator"] == 1


def test_an_item_id_of_two_surveys_carries_its_survey() -> None:
    items = [FOUR, FOUR | {"survey_id": "pulse"}, item("other", None)]
    rows = [
        answer(1, "expected", 4.0),
        answer(1, "expected", 1.0, survey_id="pulse"),
        answer(1, "other", 5.0),
    ]
    result = computed("item_favourable", facts(org_unit=UNITS, survey_item=items, survey_response=rows))
    values = {name: cell(result, "acme", name)["value"] for name in ("voice:expected", "pulse:expected", "other")}
    assert values == {"voice:expected": 1.0, "pulse:expected": 0.0, "other": 1.0}


def test_every_item_carries_the_response_rate_of_its_survey() -> None:
    rows = [answer(number, "expected", 4.0) for number in range(3)]
    of = facts(
        org_unit=UNITS,
        membership=[member(number, "care") for number in range(4)],
        survey_item=[FOUR],
        survey_response=rows,
        invitation=[invitation(number) for number in range(4)],
    )
    result = computed("item_favourable", of)
    assert {cell(result, "care", "expected", name)["response_rate"] for name in ("main", "mean")} == {0.75}


def test_one_more_unfavourable_answer_lowers_the_share() -> None:
    rows = [answer(number, "expected", 4.0) for number in range(3)]
    before, after = (
        cell(computed("item_favourable", facts(survey_item=[FOUR], survey_response=given)), "company", "expected")
        for given in (rows, [*rows, answer(3, "expected", 1.0)])
    )
    assert (before["value"], after["value"]) == (1.0, 0.75)


def county() -> KpiResult:
    """The county's answers as staged: exact copies and blanks gone, 0 not applicable, no respondent id."""
    raw = pl.read_csv(REAL, infer_schema=False).with_row_index("row")
    number = pl.col("Question").str.extract(r"^(\d+)\.").alias("item_id")
    kept = raw.filter(pl.col("Response").is_not_null()).unique(
        subset=[name for name in raw.columns if name != "row"], keep="first", maintain_order=True
    )
    value = pl.col("Response").cast(pl.Float64)
    responses = kept.select(
        *(pl.lit(content).alias(name) for name, content in LINEAGE.items()),
        pl.lit("county").alias("survey_id"),
        pl.format("row {}", "row").alias("response_id"),
        number,
        pl.lit(moment(dt.date(2018, 6, 1))).alias("answered_at"),
        pl.when(value > 0).then(value).alias("value"),
        (value == 0).alias("is_not_applicable"),
        pl.col("Department").alias("org_unit_id"),
    )
    assert len(responses) == 14_575
    items = [
        item(str(question), None, survey_id="county", scale_id="1-4", has_respondent=False) for question in range(1, 11)
    ]
    schema = STAGED["survey_response"].create_empty()
    fitted = responses.cast({name: schema.schema[name] for name in responses.columns})
    staged = pl.concat([schema, fitted], how="diagonal")
    return computed("item_favourable", facts(dt.date(2018, 7, 31), survey_item=items, survey_response=staged))


@pytest.mark.acceptance
@pytest.mark.skipif(not REAL.exists(), reason="real data is not here")
def test_county_survey_of_2018() -> None:
    result = county()
    first = cell(result, "company", "1")
    assert (first["numerator"], first["denominator"]) == (495 + 846, 25 + 82 + 495 + 846)
    assert first["value"] == pytest.approx(0.9261, abs=5e-5)
    assert cell(result, "company", "1", "mean")["value"] == pytest.approx(3.4931, abs=5e-5)
    third = cell(result, "company", "3")
    assert (third["denominator"], third["value"]) == (1423, pytest.approx(0.6521, abs=5e-5))
    # Nobody is known: people are counted by the answers to the item.
    assert result.people.is_empty()
    counted = result.crowd.filter(pl.col("component") == "1", pl.col("variant") == "main")
    assert counted["n_people"].sum() == 1448
    assert result.crowd["n_people"].min() <= 4
