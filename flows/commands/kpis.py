"""Commands that look up KPIs: `kpis list`, `kpis show`, `kpis coverage`."""

from __future__ import annotations

import difflib
import sys
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from cyclopts import App

from flows.errors import UsageError
from flows.invocation import Injected, Switch
from flows.terminal import show, show_json, table_of

if TYPE_CHECKING:
    from transforms.kpis.registry import RegisteredKpi


def register(app: App) -> None:
    """Add these commands to the application."""
    group = App(
        name="kpis", help="What is measured: list the KPIs, show one definition, and what the sources can feed."
    )
    group.command(list_kpis, name="list")
    group.command(show_kpi, name="show")
    group.command(coverage, name="coverage")
    app.command(group)


def list_kpis(*, json: Switch = False) -> int:
    """List every KPI by principle.

    Parameters
    ----------
    json
        As JSON, with every field of the declaration.
    """
    from transforms.kpis.registry import all_kpis

    found = all_kpis()
    if json:
        show_json([_declared(registered) for registered in found])
        return 0
    rows = [(each.principle, each.kpi.id, each.kpi.title, ", ".join(each.kpi.grains)) for each in found]
    show(table_of(("principle", "kpi", "title", "periods"), rows, wrap=("title", "periods")))
    return 0


def show_kpi(kpi_id: str, /, *, json: Switch = False) -> int:
    """Show one KPI: what it measures, how, and what it does not say.

    Parameters
    ----------
    kpi_id
        Such as rain_gap.
    json
        As JSON.
    """
    from transforms.kpis.registry import all_kpis

    found = {registered.kpi.id: registered for registered in all_kpis()}
    if kpi_id not in found:
        near = difflib.get_close_matches(kpi_id, found, n=1)
        hint = f" Did you mean {near[0]}?" if near else " `culture-kpis kpis list` shows them."
        raise UsageError(f"there is no KPI {kpi_id}.{hint}")
    registered = found[kpi_id]
    if json:
        show_json(_declared(registered))
        return 0
    kpi = registered.kpi
    lines = [
        f"{kpi.title} ({kpi.id}, definition {kpi.version})",
        "",
        registered.documentation,
        "",
        f"principle        {registered.principle}",
        f"formula          {kpi.formula}",
        f"unit             {kpi.unit}, {_DIRECTIONS[kpi.direction]}",
        f"periods          {', '.join(kpi.grains)}",
        f"components       {', '.join(kpi.components)}",
        f"variants         {', '.join(kpi.variants)}",
        f"needs            {', '.join(kpi.needs)}",
        f"one observation  {kpi.unit_of_analysis}",
        f"people           at least {kpi.minimum_group} {' and '.join(kpi.people)}",
        f"measurable       {kpi.maturity_days} days after the period",
        f"plausible        {kpi.bounds[0]:g} to {kpi.bounds[1]:g}",
        "pitfalls",
        *(f"  - {pitfall}" for pitfall in kpi.pitfalls),
    ]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0


def coverage(*, json: Switch = False, invocation: Injected) -> int:
    """Show which KPIs the configured sources can feed, and what would unlock the others.

    Parameters
    ----------
    json
        As JSON.
    """
    from transforms.kpis.coverage import coverage as of_sources
    from transforms.kpis.registry import all_kpis

    found = of_sources(all_kpis(), invocation.settings().mappings)
    if json:
        show_json([asdict(each) for each in found])
        return 0
    rows = [
        (each.principle, each.kpi_id, "yes" if each.is_fed else "no", "; ".join(each.unlocked_by)) for each in found
    ]
    show(table_of(("principle", "kpi", "fed", "what would unlock it"), rows))
    show(f"{sum(each.is_fed for each in found)} of {len(found)} KPIs can be computed from the configured sources")
    return 0


_DIRECTIONS = {"up": "more is better", "down": "less is better", "zero": "a gap that should vanish"}


def _declared(registered: RegisteredKpi) -> dict[str, Any]:
    fields = asdict(registered.kpi)
    fields.pop("estimate")
    return {"principle": registered.principle, "documentation": registered.documentation, **fields}
