"""What is left when published numbers are subtracted from one another: nobody, or at least five people.

Recomputed from the exact people behind the cells, with nothing of the disclosure's own arithmetic.
"""

import polars as pl
import pytest

from tests.acceptance.full_road import FullRoad
from transforms.kpis.registry import all_kpis
from transforms.periods import period_end
from transforms.texts import filled

real = pytest.mark.acceptance
MINIMUM = 5
FAMILY = ["kpi_id", "component", "variant", "period_grain", "period_start"]


@pytest.fixture(params=["demo", *(pytest.param(name, marks=real) for name in ("servicenow", "pierce", "sfo", "uboot"))])
def road(request: pytest.FixtureRequest) -> FullRoad:
    found: FullRoad = request.getfixturevalue(request.param)
    return found


def heads(road: FullRoad) -> pl.DataFrame:
    """Who stands behind each unit directly: family, org_unit_id, role, head; a crowd of n is n heads of its own."""
    known = pl.concat([result.people for result in road.results.values()])
    crowd = pl.concat([result.crowd for result in road.results.values()])
    unknown = crowd.with_columns(pl.int_ranges(pl.col("n_people")).alias("number")).explode(
        "number", empty_as_null=False
    )
    return pl.concat(
        [
            known.select(*FAMILY, "org_unit_id", "role", pl.col("person_key").alias("head")),
            unknown.select(*FAMILY, "org_unit_id", "role", filled("{} {}", "org_unit_id", "number").alias("head")),
        ]
    )


def lines_up(road: FullRoad) -> pl.DataFrame:
    """Each unit with every unit above it and itself: org_unit_id, above, steps."""
    units = road.warehouse.read("dim_org_unit").unique(["org_unit_id", "parent_org_unit_id"])
    assert units["org_unit_id"].is_unique().all()  # units of these organisations were renamed, never moved
    parents = units.select(pl.col("org_unit_id").alias("above"), "parent_org_unit_id")
    step = units.select("org_unit_id", pl.col("org_unit_id").alias("above"), pl.lit(0).alias("steps"))
    found = [step]
    while step.height:
        step = (
            step.join(parents, on="above")
            .drop_nulls("parent_org_unit_id")
            .select("org_unit_id", pl.col("parent_org_unit_id").alias("above"), pl.col("steps") + 1)
        )
        found.append(step)
    return pl.concat(found)


def shown(road: FullRoad) -> pl.DataFrame:
    """Published cells: family, unit."""
    return road.values.filter(pl.col("state").str.starts_with("published")).select(*FAMILY, "org_unit_id")


def test_every_published_number_stands_on_five_people_in_every_role(road: FullRoad) -> None:
    of_nodes = heads(road).join(lines_up(road), on="org_unit_id").group_by(*FAMILY, "above", "role")
    counted = of_nodes.agg(pl.col("head").n_unique().alias("n"))
    roles = pl.DataFrame(
        [{"kpi_id": one.kpi.id, "role": role} for one in all_kpis() for role in one.kpi.people],
        schema={"kpi_id": pl.String, "role": pl.String},
    )

    behind = (
        shown(road)
        .join(roles, on="kpi_id")
        .join(counted, left_on=[*FAMILY, "org_unit_id", "role"], right_on=[*FAMILY, "above", "role"], how="left")
    )

    assert behind.height > 100
    assert behind.filter(pl.col("n").fill_null(0) < MINIMUM).is_empty()


def test_a_unit_less_its_published_parts_leaves_nobody_or_five(road: FullRoad) -> None:
    published = shown(road).rename({"org_unit_id": "above"})
    people = heads(road)
    covered_by = (
        people.select(*FAMILY, "org_unit_id")
        .unique()
        .join(lines_up(road), on="org_unit_id")
        .join(published, on=[*FAMILY, "above"])
        .sort("steps")
        .unique([*FAMILY, "org_unit_id"], keep="first")
    )

    left = (
        people.join(covered_by, on=[*FAMILY, "org_unit_id"])
        .group_by(*FAMILY, "above", "role")
        .agg(pl.col("head").n_unique().alias("n"))
    )

    assert left.height > 100
    assert left.filter(pl.col("n") < MINIMUM).is_empty()


def test_a_quarter_less_its_published_months_leaves_nobody_or_five(road: FullRoad) -> None:
    in_quarter = pl.col("period_start").dt.truncate("1q").alias("quarter")
    cell = ["kpi_id", "component", "variant", "org_unit_id"]
    nodes = (
        heads(road)
        .filter(period_grain="month")
        .join(lines_up(road), on="org_unit_id")
        .with_columns(pl.col("above").alias("org_unit_id"), in_quarter)
    )
    published = shown(road)
    quarters = published.filter(period_grain="quarter").select(*cell, pl.col("period_start").alias("quarter"))
    months = published.filter(period_grain="month").select(*cell, "period_start")

    unsaid = nodes.join(quarters, on=[*cell, "quarter"]).join(months, on=[*cell, "period_start"], how="anti")
    left = unsaid.group_by(*cell, "quarter", "role").agg(pl.col("head").n_unique().alias("n"))

    assert left.filter(pl.col("n") < MINIMUM).is_empty()
    ends = published.filter(period_grain="quarter").select(period_end(pl.col("period_start"), "quarter"))
    assert ends.to_series().max() <= road.night.run_on
