"""What people read of a night: the scorecard of principles, and the checks that were made. Never a team's rank."""

from __future__ import annotations

from typing import Any

import polars as pl
from rich.table import Table

from flows.lake import Lake
from flows.pipeline.night import Night
from transforms.contracts.marts import PRINCIPLES
from transforms.contracts.results import DEFAULT, PUBLISHED_STATES

SCORECARD_TABLES = ("fct_kpi_value", "dim_kpi", "dim_principle", "dim_period")
# Components that qualify another number of the same KPI.
_BESIDE_THE_NUMBER = ("worst_case_low", "worst_case_high", "p_value")
_PERCENT_UNITS = ("share", "gap")


def company_scorecard(marts: dict[str, pl.DataFrame]) -> pl.DataFrame:
    """The newest number of every KPI for the whole company, in the order of the catalogue.

    Shape: principle, principle_name, kpi_id, kpi_name, component, unit, direction, period_name, value, ci_low,
    ci_high, verdict, state.
    """
    newest = (
        marts["fct_kpi_value"]
        .filter(
            pl.col("org_level") == 0,
            pl.col("variant") == DEFAULT,
            pl.col("kpi_id") != "item_favourable",
            ~pl.col("component").is_in(_BESIDE_THE_NUMBER),
        )
        .sort(pl.col("state").is_in(PUBLISHED_STATES), pl.col("period_grain") == "quarter", "period_start")
        .group_by("kpi_id", "component", maintain_order=True)
        .last()
    )
    order = pl.Enum(PRINCIPLES)
    return (
        newest.join(marts["dim_kpi"].select("kpi_id", "kpi_name", "unit", "direction"), on="kpi_id")
        .join(marts["dim_principle"].select("principle", "principle_name"), on="principle")
        .join(
            marts["dim_period"].select("period_grain", "period_start", "period_name"),
            on=["period_grain", "period_start"],
        )
        .sort(pl.col("principle").cast(order), "kpi_id", "component")
        .select(
            "principle",
            "principle_name",
            "kpi_id",
            "kpi_name",
            "component",
            "unit",
            "direction",
            "period_name",
            "value",
            "ci_low",
            "ci_high",
            "verdict",
            "state",
        )
    )


def shown(value: float | None, unit: str) -> str:
    """A number as people write it in its unit; a missing one is a dash, never 0."""
    if value is None:
        return "–"
    if unit in _PERCENT_UNITS:
        return f"{100 * value:.1f} %" if unit == "share" else f"{100 * value:+.1f} pp"
    return f"{value:,.0f} min" if unit == "minutes" else f"{value:.2f}"


def scorecard_table(scorecard: pl.DataFrame) -> Table:
    """The scorecard for a terminal: a line per principle, and under it its KPIs."""
    table = Table(box=None, header_style="bold", pad_edge=False)
    table.add_column("")
    table.add_column("Period", no_wrap=True)
    table.add_column("Value", justify="right", no_wrap=True)
    table.add_column("95 % interval", justify="right", no_wrap=True)
    table.add_column("")
    last = ""
    for row in scorecard.iter_rows(named=True):
        if row["principle_name"] != last:
            last = row["principle_name"]
            table.add_row(f"[bold]{last}[/]")
        name, component, *numbers = _cells(row)
        table.add_row(f"  {name}{f' ({component})' if component else ''}", *numbers)
    return table


# Components that are in another unit than their KPI.
_UNIT_OF_COMPONENT = {"mean": "score", "share": "share"}


def _cells(row: dict[str, Any]) -> tuple[str, ...]:
    unit = _UNIT_OF_COMPONENT.get(row["component"], row["unit"])
    component = "" if row["component"] == DEFAULT else row["component"]
    interval = ""
    if row["ci_low"] is not None and row["ci_high"] is not None:
        interval = f"{shown(row['ci_low'], unit)} … {shown(row['ci_high'], unit)}"
    component = component.replace("_", " ")
    remark = row["verdict"] or ("" if row["state"] == "published" else row["state"].replace("_", " "))
    return row["kpi_name"], component, row["period_name"], shown(row["value"], unit), interval, remark


def night_markdown(marts: dict[str, pl.DataFrame], night: Night) -> str:
    """The company's scorecard as Markdown, for the run's artifact."""
    lines = [
        f"# Service culture, night of {night.run_on}",
        "",
        "| Principle | KPI | Component | Period | Value | 95 % interval | |",
        "|---|---|---|---|--:|--:|---|",
    ]
    for row in company_scorecard(marts).iter_rows(named=True):
        lines.append("| " + " | ".join((row["principle_name"], *_cells(row))) + " |")
    return "\n".join(lines) + "\n"


def quality_rows(lake: Lake) -> list[dict[str, Any]]:
    """Checks for the run's table artifact: counts, never values; those that failed first."""
    return (
        lake.read("meta_validation")
        .select("gate", "source", "table_name", "rule", "column_name", "severity", "n_checked", "n_failed")
        .sort("n_failed", descending=True)
        .to_dicts()
    )
