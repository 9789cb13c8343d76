"""What a source delivers again: the same file, an updated one, and the same one under another mapping."""

from collections.abc import Callable
from pathlib import Path

import polars as pl

from tests.flows.pipeline.lake_state import lake_of, published, repeated_keys, staged_rows, unaccounted_pages
from tests.flows.pipeline.night_process import Plan, run_well
from tests.flows.pipeline.small_company import SECOND_NIGHT, deliver_first, deliver_second
from tests.flows.pipeline.undisturbed import Undisturbed
from transforms.contracts import STAGED

Copy = Callable[[Undisturbed, str], Path]


def test_an_updated_export_merges_into_what_was_staged(
    first_night: Undisturbed, second_night: Undisturbed, tmp_path: Path
) -> None:
    before, after = (lake_of(night.folder).read("ticket") for night in (first_night, second_night))
    changed = before.join(after, on="ticket_id", suffix="_after").filter(
        pl.col("reopen_count") != pl.col("reopen_count_after")
    )

    # Tickets of May that the second delivery reopens (every seventh was before), and those of eleven days in July.
    assert changed["ticket_id"].sort().to_list() == [f"T{number:05}" for number in range(524, 536) if number % 7]
    assert after.height - before.height == 11 * 4
    # A row that says the same keeps the page that said it first; the new page has its own rows only.
    pages = dict(lake_of(second_night.folder).read("landed_page").select("source_page", "page_name").iter_rows())
    by_page = after.group_by(pl.col("source_page").replace_strict(pages).alias("page")).len().sort("page")
    assert dict(by_page.iter_rows()) == {"log_2025q1.csv": 360, "log_2025q2.csv": 364, "log_2025q3.csv": 44}


def test_merged_deliveries_read_like_one_delivery_of_everything(second_night: Undisturbed, tmp_path: Path) -> None:
    deliver_first(tmp_path / "at-once")
    deliver_second(tmp_path / "at-once")

    run_well(tmp_path / "at-once", Plan(SECOND_NIGHT))

    merged = {table: staged_rows(second_night.folder, table) for table in STAGED}
    assert {table: staged_rows(tmp_path / "at-once", table) for table in STAGED} == merged


def test_another_mapping_stages_the_pages_of_its_source_again_and_no_others(
    second_night: Undisturbed, copy_of: Copy
) -> None:
    folder = copy_of(second_night, "mapped")
    configuration = folder / "culture-kpis.toml"
    configuration.write_text(configuration.read_text().replace('open = ["Active"]', 'pending = ["Active"]'))
    states = pl.col("event_type") == "status"
    before = lake_of(folder).read("ticket_event").filter(states)["value"].value_counts(sort=True)

    staged = run_well(folder, Plan(SECOND_NIGHT)).boundaries
    after = lake_of(folder).read("ticket_event").filter(states)["value"].value_counts(sort=True)

    assert [name for name in staged if name.startswith("staged:")] == ["staged:tickets"]
    assert after.to_dicts() == [row | {"value": row["value"].replace("open", "pending")} for row in before.to_dicts()]
    assert published(folder) != second_night.published
    assert repeated_keys(folder) == []
    assert unaccounted_pages(folder) == []

    configuration.write_text((second_night.folder / "culture-kpis.toml").read_text())
    run_well(folder, Plan(SECOND_NIGHT))

    assert {table: staged_rows(folder, table) for table in STAGED} == {
        table: staged_rows(second_night.folder, table) for table in STAGED
    }
