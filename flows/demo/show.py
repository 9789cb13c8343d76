"""`culture-kpis demo`: makes the demo company, runs the whole pipeline on it and shows what came out."""

from __future__ import annotations

import os
from io import StringIO
from pathlib import Path

from rich.console import Console

from flows.demo.generate import DemoFiles, generate
from flows.nightly import kpi_nightly
from flows.progress import progress
from flows.settings import load_settings
from flows.summary import SCORECARD_TABLES, company_scorecard, scorecard_table
from flows.warehouses import open_warehouse

# Everybody in the demo is invented, so its key need not be secret; a fixed one gives the same tables every time.
DEMO_KEY = "the people of the demo company are invented"
QUERIES = {
    "Who keeps promises on the hardest days?": (
        "SELECT org_unit_name, value, ci_low, ci_high, verdict FROM kpi_value "
        "WHERE kpi_id = 'rain_gap' AND variant = 'main' AND verdict IN ('committed', 'interested') "
        "ORDER BY org_unit_name"
    ),
    "Does the back office see why its job matters?": (
        "SELECT org_unit_name, period_name, value, ci_low, ci_high FROM kpi_value "
        "WHERE kpi_id = 'mailroom_gap' AND component = 'main' AND org_level = 0 ORDER BY period_start"
    ),
    "What became of every input row?": (
        "SELECT source, fate, reason, sum(n_rows) AS n_rows FROM meta_row_accounting GROUP BY ALL ORDER BY ALL"
    ),
}


def show_demo(folder: Path, *, seed: int, scale: float) -> str:
    """Generate, run, and return the text a person reads: scorecard, where the warehouse is, three queries."""
    with progress().step("make the demo company") as step:
        files = generate(folder, seed=seed, scale=scale)
        step.summary = f"{len(files.exports)} exports in {files.folder}"
    os.environ.setdefault("CULTURE_KPIS_PSEUDONYM_KEY", DEMO_KEY)
    kpi_nightly(date=files.end_on.isoformat(), config=str(files.configuration), kind="demo")
    return _text(files)


def _text(files: DemoFiles) -> str:
    settings = load_settings(files.configuration)
    warehouse = open_warehouse(settings)
    scorecard = company_scorecard({name: warehouse.read(name) for name in SCORECARD_TABLES})
    page = StringIO()
    width = max(110, Console().width)
    console = Console(file=page, width=width, force_terminal=Console().is_terminal, highlight=False)
    console.print(f"\n[bold]The demo company on {files.end_on}[/]\n")
    console.print(scorecard_table(scorecard))
    console.print(f"\nWarehouse   {settings.warehouse.url}", soft_wrap=True)
    console.print(f"Planted     {files.truths} (what the numbers should find)\n", soft_wrap=True)
    for question, sql in QUERIES.items():
        console.print(f"[bold]{question}[/]")
        console.print(f'  culture-kpis --config {files.configuration} query "{sql}"\n', soft_wrap=True, markup=False)
    return page.getvalue()
