"""Credits of the U-Boot project through the full road: counted as its release notes count them."""

import polars as pl
import pytest

from tests.acceptance.full_road import REAL, FullRoad

pytestmark = pytest.mark.acceptance


def reviews(road: FullRoad) -> dict[str, int]:
    """Reviews credited per release, from the facts."""
    counted = (
        road.facts.recognitions.filter(pl.col("tags").list.contains("reviewed-by"))
        .explode("tags", empty_as_null=False)
        .filter(pl.col("tags") != "reviewed-by")
        .group_by("tags")
        .agg(pl.len())
        .collect()
    )
    return dict(counted.iter_rows())


def test_every_row_has_one_fate(uboot: FullRoad) -> None:
    assert uboot.rows_by_page() == [("credits.csv.gz", 55_984, 55_984)]
    assert uboot.fates() == {("staged", ""): 55_984}


def test_credits_to_oneself_are_a_warning_and_count_for_nothing(uboot: FullRoad) -> None:
    credit = uboot.lake.read("recognition")
    before = uboot.exact("recognition_rate", org_level=0)

    assert uboot.failed_checks() == {"receiver_equals_giver": 383}
    assert (credit["giver_key"] == credit["receiver_key"]).sum() == 383
    assert uboot.facts.recognitions.select(pl.len(), pl.col("is_self").sum()).collect().row(0) == (55_984, 383)
    assert uboot.warehouse.read("fct_recognition").height == 55_984
    assert before["numerator"].sum() <= 55_984 - 383


def test_reviews_of_a_release(uboot: FullRoad) -> None:
    credit = uboot.lake.read("recognition")

    assert reviews(uboot)["v2023.01"] == 769
    assert (credit["tags"].list.len() == 1).sum() == 55  # credits since the last release


def test_reviews_equal_the_published_totals(uboot: FullRoad) -> None:
    published = pl.read_csv(REAL / "recognition_uboot/published_release_totals.csv").filter(
        pl.col("reviews_equal"), pl.col("table") == "Developers with the most reviews"
    )
    counted = reviews(uboot)

    assert published.height > 10
    assert [counted[release] for release in published["release"]] == published["table_total"].to_list()
