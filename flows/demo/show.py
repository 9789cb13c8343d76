"""`culture-kpis demo`: makes the demo company, runs the whole pipeline on it and shows what came out."""

from __future__ import annotations

import os
import shutil
import sys
from io import StringIO
from pathlib import Path

from rich.console import Console

from flows.demo.afresh import company_in, forget_computed
from flows.demo.generate import DemoFiles, generate
from flows.demo.queries import QUERIES
from flows.nightly import kpi_nightly
from flows.progress import progress
from flows.settings import load_settings
from flows.summary import SCORECARD_TABLES, company_scorecard, scorecard_table
from flows.warehouses import address, open_warehouse

# Everybody in the demo is invented, so its key need not be secret; a fixed one gives the same tables every time.
DEMO_KEY = "the people of the demo company are invented"


def show_demo(folder: Path, *, seed: int, scale: float) -> str:
    """Generate, run, and return the text a person reads: scorecard, where the warehouse is, three queries."""
    with progress().step("make the demo company") as step:
        held = company_in(folder)
        files = generate(folder, seed=seed, scale=scale)
        if held not in (None, company_in(folder)):
            forget_computed(folder)
        step.summary = f"{len(files.exports)} exports in {files.folder}"
    os.environ.setdefault("CULTURE_KPIS_PSEUDONYM_KEY", DEMO_KEY)
    kpi_nightly(date=files.end_on.isoformat(), config=str(files.configuration), kind="demo")
    return _text(files)


def _text(files: DemoFiles) -> str:
    settings = load_settings(files.configuration)
    warehouse = open_warehouse(settings)
    scorecard = company_scorecard(dict(warehouse.read_together(SCORECARD_TABLES)))
    page = StringIO()
    width = max(110, Console().width)
    console = Console(file=page, width=width, force_terminal=Console().is_terminal, highlight=False)
    console.print(f"\n[bold]The demo company on {files.end_on}[/]\n")
    console.print(scorecard_table(scorecard))
    console.print(f"\nWarehouse   {address(settings)}", soft_wrap=True)
    console.print(f"Planted     {files.truths} (what the numbers should find)\n", soft_wrap=True)
    for question, sql in QUERIES.items():
        console.print(f"[bold]{question}[/]")
        command = f'{_this_command()} --config {files.configuration} query "{sql}"'
        console.print(f"  {command}\n", soft_wrap=True, markup=False)
    return page.getvalue()


def _this_command() -> str:
    """How a person calls this program here: by name where it is on the path, else by its place."""
    if shutil.which("culture-kpis"):
        return "culture-kpis"
    place = Path(sys.argv[0])
    return os.path.relpath(place) if place.is_absolute() else str(place)
