"""What a company's published numbers claim: gaps that are not nothing, verdicts against it, signals.

Where nothing is planted each claim is false, and there may be no more of them than the claims' own error rates say.
"""

from __future__ import annotations

import polars as pl
from scipy.stats import binom

from transforms.contracts.results import PERIOD_GRAINS

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
# Looks back over 24 months each quarter: one quarter's number says little that the last one's does not.
LOOKING_BACK = ("setback_resilience",)
NOMINAL = 0.05
_UNLIKELY = 0.001


def at_most(n: int, rate: float = NOMINAL) -> int:
    """As many errors as `n` claims with this error rate stay under but once in a thousand companies."""
    return int(binom.ppf(1 - _UNLIKELY, n, rate))


def intervals(values: pl.DataFrame, org_level: int) -> tuple[int, int]:
    """Published 95 % intervals about numbers that could be nothing, and how many of them exclude it."""
    found = _judged(values.filter(org_level=org_level))
    return found.height, found["is_wrong"].sum()


def intervals_by_kpi(values: pl.DataFrame) -> pl.DataFrame:
    """The same per KPI and level over several companies (`company`): kpi_id, component, org_level, n, wrong, allowed.

    Intervals that share their data would err together, so only the shortest period of each KPI is counted, and of one
    that looks back over many periods only the last.
    """
    found = _judged(values)
    length = pl.col("period_grain").replace_strict({grain: i for i, grain in enumerate(PERIOD_GRAINS)})
    is_last = pl.col("period_start") == pl.col("period_start").max().over("company", "kpi_id")
    return (
        found.filter(length == length.min().over("kpi_id"), is_last | ~pl.col("kpi_id").is_in(LOOKING_BACK))
        .group_by("kpi_id", "component", "org_level")
        .agg(pl.len().alias("n"), pl.col("is_wrong").sum().alias("wrong"))
        .with_columns(pl.col("n").map_batches(_allowed, return_dtype=pl.Int64).alias("allowed"))
        .sort("kpi_id", "component", "org_level")
    )


def _judged(values: pl.DataFrame) -> pl.DataFrame:
    """Published intervals about numbers that could be nothing, with `is_wrong`: whether they exclude it."""
    nothing = pl.DataFrame(
        [(*name, value) for name, value in NOTHING.items()], schema=["kpi_id", "component", "nothing"], orient="row"
    )
    excludes = (pl.col("ci_low") > pl.col("nothing")) | (pl.col("ci_high") < pl.col("nothing"))
    return (
        values.filter(pl.col("ci_low").is_not_null(), variant="main")
        .join(nothing, on=["kpi_id", "component"])
        .with_columns(excludes.alias("is_wrong"))
    )


def _allowed(counts: pl.Series) -> pl.Series:
    return pl.Series([at_most(n) for n in counts], dtype=pl.Int64)


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
