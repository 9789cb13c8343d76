"""The catalogue page, generated from the declarations: `python -m transforms.kpis.catalogue` writes CATALOGUE.md.

With `--check` nothing is written and a page that is not current is exit code 1; a test says the same.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from transforms.contracts.marts import PRINCIPLES
from transforms.kpis.declaration import Kpi
from transforms.kpis.registry import RegisteredKpi, all_kpis, principle_documentation

CATALOGUE = Path(__file__).with_name("CATALOGUE.md")
_INTRODUCTION = """\
# KPI catalogue

Generated from the declarations by `python -m transforms.kpis.catalogue` (`make docs`); do not edit.

What each principle means and where it comes from, and how each KPI is computed, which way it should go, what it needs
and what it does not say. Shares, gaps, intervals and rates are fractions; durations are minutes unless the name says
days. Nothing here is for ranking people or teams, and nothing for pay. `culture-kpis kpis coverage` says which of these
the configured sources can feed.
"""
_DIRECTIONS = {"up": "more is better", "down": "less is better", "zero": "a gap that should vanish"}


def render(registered: tuple[RegisteredKpi, ...] | None = None) -> str:
    """The whole page as Markdown; `registered` are all KPIs of the code unless given."""
    found = all_kpis() if registered is None else registered
    lines = [_INTRODUCTION, *_contents(found)]
    for principle in PRINCIPLES:
        lines += [f"## {_name(principle)}", "", *_paragraphs(principle_documentation(principle))]
        lines += [line for one in found if one.principle == principle for line in _kpi(one)]
    return "\n".join(lines).rstrip() + "\n"


def _contents(found: tuple[RegisteredKpi, ...]) -> Iterator[str]:
    yield from ("| principle | KPIs |", "|---|---|")
    for principle in PRINCIPLES:
        ids = [f"[`{one.kpi.id}`](#{one.kpi.id})" for one in found if one.principle == principle]
        yield f"| [{_name(principle)}](#{_name(principle).lower().replace(' ', '-')}) | {', '.join(ids)} |"
    yield ""


def _kpi(one: RegisteredKpi) -> Iterator[str]:
    kpi = one.kpi
    told = one.documentation.split("\n\n")
    example = [paragraph for paragraph in told if "worked example" in paragraph.lower()]
    yield from (f"### {kpi.id}", "", f"**{kpi.title}**, definition {kpi.version}", "")
    yield from _paragraphs("\n\n".join(paragraph for paragraph in told if paragraph not in example))
    yield from ("| | |", "|---|---|")
    yield from (f"| {label} | {_cell(said)} |" for label, said in _facts(kpi) if said)
    yield ""
    yield from ("Pitfalls:", "", *(f"- {pitfall}" for pitfall in kpi.pitfalls), "")
    yield from _paragraphs("\n\n".join(example))


def _facts(kpi: Kpi) -> Iterator[tuple[str, str]]:
    yield "formula", kpi.formula
    yield "unit and direction", f"{kpi.unit}, {_DIRECTIONS[kpi.direction]}"
    yield "sources", ", ".join(kpi.sources)
    yield "needs", ", ".join([*kpi.needs, *(f"`{need}`" for need in kpi.field_needs)])
    yield "periods", ", ".join(kpi.grains)
    yield "components", ", ".join(kpi.components)
    yield "variants", ", ".join(kpi.variants) if len(kpi.variants) > 1 else ""
    yield "unit of analysis", kpi.unit_of_analysis
    yield "people", f"at least {kpi.minimum_group} {' and '.join(kpi.people)}"
    yield "measurable", f"{kpi.maturity_days} days after the period" if kpi.maturity_days else ""
    yield "plausible", f"{kpi.bounds[0]:g} to {kpi.bounds[1]:g}"
    yield "roll-up", _roll_up(kpi)


def _roll_up(kpi: Kpi) -> str:
    if not kpi.weight:
        return "not scored"
    scale = ", on a log scale" if kpi.anchor_scale == "log" else ""
    components = "" if kpi.scored_components == ("main",) else f", component {' and '.join(kpi.scored_components)}"
    return f"0 at {kpi.anchors[0]:g}, 100 at {kpi.anchors[1]:g}{scale}; weight {kpi.weight:g}{components}"


def _name(principle: str) -> str:
    return principle.replace("_", " ").capitalize()


def _paragraphs(words: str) -> Iterator[str]:
    if words:
        yield from (words, "")


def _cell(words: str) -> str:
    return words.replace("|", "\\|")


def main(arguments: list[str]) -> int:
    """Write the page, or with `--check` say whether it is current; the exit code."""
    page = render()
    if "--check" not in arguments:
        CATALOGUE.write_text(page, encoding="utf-8")
        return 0
    if CATALOGUE.exists() and CATALOGUE.read_text("utf-8") == page:
        return 0
    sys.stderr.write(f"{CATALOGUE.name} is not current: run `make docs`\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
