"""What a company's published numbers claim: gaps that are not nothing, verdicts against it, signals.

Where nothing is planted each claim is false, and there may be no more of them than the claims' own error rates say.
"""

from __future__ import annotations

import polars as pl
from scipy.stats import binom

# What each number is where there is nothing to find: by KPI and component.
NOTHING = {
    ("rain_gap", "main"): 0.0,
    ("values_in_rain", "main"): 1.0,
    ("interest_minus_commitment", "main"): 0.0,
    ("mailroom_gap", "main"): 0.0,
    ("mailroom_gap", "recognition"): 0.0,
    ("golden_rule_gap", "main"): 0.0,
    ("newcomer_gap", "main"): 0.0,
    ("say_do_gap", "main"): 0.0,
    ("say_do_gap", "promises"): 0.0,
    ("why_gradient", "main"): 0.0,
    ("cascade_loss", "main"): 0.0,
    ("authority_gap", "main"): 0.0,
    ("setback_resilience", "main"): 0.0,
    ("invite_honesty", "kept_gap"): 0.0,
    ("tiny_gains", "main"): 0.0,
    ("recognition_inequity", "main"): 0.0,
    ("silo_excess", "main"): 0.0,
}
NOMINAL = 0.05
_UNLIKELY = 0.001


def at_most(n: int, rate: float = NOMINAL) -> int:
    """As many errors as `n` claims with this error rate stay under but once in a thousand companies."""
    return int(binom.ppf(1 - _UNLIKELY, n, rate))


def intervals(values: pl.DataFrame, org_level: int) -> tuple[int, int]:
    """Published 95 % intervals about numbers that could be nothing, and how many of them exclude it."""
    nothing = pl.DataFrame(
        [(*name, value) for name, value in NOTHING.items()], schema=["kpi_id", "component", "nothing"], orient="row"
    )
    found = values.filter(pl.col("ci_low").is_not_null(), variant="main", org_level=org_level).join(
        nothing, on=["kpi_id", "component"]
    )
    excludes = (pl.col("ci_low") > pl.col("nothing")) | (pl.col("ci_high") < pl.col("nothing"))
    return found.height, found.filter(excludes).height


def rain_verdicts(values: pl.DataFrame) -> tuple[int, int]:
    """Verdicts of the rain test, and how many of them say `interested`."""
    verdicts = values.filter(pl.col("verdict").is_not_null(), kpi_id="rain_gap", component="main", variant="main")
    return verdicts.height, verdicts.filter(verdict="interested").height


def launches(values: pl.DataFrame) -> tuple[int, int]:
    """Initiatives by unit as last judged, and how many of them are said to have taken off."""
    judged = values.filter(pl.col("verdict").is_not_null(), kpi_id="initiative_half_life", variant="early_acts")
    last = judged.sort("period_start").group_by("component", "org_unit_id").last()
    return last.height, last.filter(pl.col("verdict") != "never_took_off").height


def discoveries(signals: pl.DataFrame, status: tuple[str, ...] = ("noticed", "raised")) -> tuple[int, int]:
    """Families of tests (all that end on one day), and how many of them hold a signal of the status."""
    families = signals.group_by("period_end").agg(pl.col("status").is_in(status).any())
    return families.height, families["status"].sum()
