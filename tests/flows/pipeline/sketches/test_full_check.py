"""Everything computed again finds what incremental nights had got wrong, says it, and mends it."""

from collections.abc import Callable
from pathlib import Path

import duckdb
import polars as pl

from sql.warehouse import open_warehouse
from tests.flows.pipeline.lake_state import contents, lake_of, published
from tests.flows.pipeline.night_process import Plan, run_well
from tests.flows.pipeline.small_company import FIRST_NIGHT
from tests.flows.pipeline.undisturbed import Undisturbed

CHECK = Plan(FIRST_NIGHT, is_sketched=True, compares=True)


def drifted(folder: Path) -> pl.DataFrame:
    """Let the lake and the warehouse hold a wrong number, as a night that overlooked a change would leave it."""
    lake = lake_of(folder)
    is_it = (pl.col("kpi_id") == "reopen_rate") & (pl.col("state") == "published") & (pl.col("period_grain") == "month")
    right = lake.read("published_kpi_value").filter(is_it).sort("org_unit_id", "period_start").head(1)
    lake.merge("published_kpi_value", right.with_columns(pl.lit(0.987).alias("value")))
    row = right.row(0, named=True)
    with duckdb.connect(str(folder / "warehouse.duckdb")) as connection:
        connection.execute(
            "UPDATE marts.fct_kpi_value SET value = 0.987 WHERE kpi_id = 'reopen_rate' AND org_unit_id = ? "
            "AND period_grain = 'month' AND period_start = ? AND component = ? AND variant = ?",
            [row["org_unit_id"], row["period_start"], row["component"], row["variant"]],
        )
    return right


def test_drift_is_said_mended_and_on_record(first_sketch: Undisturbed, copy_of: Callable[..., Path]) -> None:
    folder = copy_of(first_sketch)
    run_well(folder, CHECK)
    run_of = pl.col("run_kind") == "full_check"
    (undisturbed,) = lake_of(folder).read("meta_run").filter(run_of)["message"]
    right = drifted(folder)

    run_well(folder, CHECK)

    assert undisturbed == "published; computed again in full, nothing differs"
    lake, warehouse = lake_of(folder), open_warehouse(f"duckdb:///{folder}/warehouse.duckdb")
    told = "published; computed again in full, fct_kpi_value reopen_rate: 1 rows (1 units, 1 periods)"
    for runs in (lake.read("meta_run"), warehouse.read("meta_run")):
        assert runs.filter(run_of).sort("started_at")["message"].to_list() == [undisturbed, told]
    (check,) = warehouse.read("meta_validation").filter(pl.col("gate") == "rebuild").to_dicts()
    assert (check["table_name"], check["rule"], check["n_failed"], check["is_passed"]) == (
        "fct_kpi_value",
        "same_as_incremental reopen_rate",
        1,
        False,
    )
    (restated,) = warehouse.read("meta_restatement").to_dicts()
    assert (restated["old_value"], restated["new_value"]) == (0.987, right["value"].item())
    own = ("meta_validation", "meta_restatement")
    assert {name: found for name, found in published(folder).items() if name not in own} == {
        name: found for name, found in first_sketch.published.items() if name not in own
    }
    assert contents(folder)["published_kpi_value"] == first_sketch.contents["published_kpi_value"]
