"""Rules of scores and signals, judged before publishing: plausible, and made of published numbers only."""

from __future__ import annotations

import polars as pl

from transforms.contracts import MARTS
from transforms.contracts.results import CELL_KEY, PUBLISHED_STATES
from transforms.contracts.roll_up import OVERALL
from transforms.rules.declaration import Check, Rule, Tables

_SCORES, _SIGNALS, _VALUES = "fct_principle_score", "fct_kpi_signal", "fct_kpi_value"
_ROUNDING = 1e-6
_NUMBERS = ("index_value", "index_low", "index_high", "ungated_mean", "harmony")
# A window that counts to a quarter began at most a year before its end.
_REACH_DAYS = 364


def _keyed(frame: pl.LazyFrame, table: str, holds: pl.Expr) -> pl.LazyFrame:
    return frame.select(*MARTS[table].primary_key(), holds.fill_null(False).alias("holds"))


def _hidden_score(marts: Tables, known: Tables) -> pl.LazyFrame:
    silent = pl.all_horizontal(pl.col(name).is_null() for name in _NUMBERS)
    told = pl.all_horizontal(pl.col(name).is_not_null() for name in _NUMBERS[:3])
    return _keyed(marts[_SCORES], _SCORES, pl.when(pl.col("state") == "published").then(told).otherwise(silent))


def _score_outside_band(marts: Tables, known: Tables) -> pl.LazyFrame:
    value, low, high = pl.col("index_value"), pl.col("index_low"), pl.col("index_high")
    inside = (low <= value + _ROUNDING) & (value <= high + _ROUNDING)
    return _keyed(marts[_SCORES], _SCORES, value.is_null() | inside)


def _score_without_number(marts: Tables, known: Tables) -> pl.LazyFrame:
    """A published score of a unit has published numbers of its principle that touch the year up to its quarter."""
    numbers = (
        marts[_VALUES]
        .filter(pl.col("state").is_in(PUBLISHED_STATES))
        .select("org_unit_id", "principle", pl.col("period_end").alias("numbers_to"))
        .unique()
    )
    scores = marts[_SCORES].filter((pl.col("state") == "published") & (pl.col("principle") != OVERALL))
    key = MARTS[_SCORES].primary_key()
    ago = (pl.col("period_end") - pl.col("numbers_to")).dt.total_days()
    backed = (
        scores.join(numbers, on=["org_unit_id", "principle"])
        .filter((ago >= 0) & (ago < _REACH_DAYS))
        .select(*key, pl.lit(True).alias("is_backed"))
        .unique()
    )
    return _keyed(scores.join(backed, on=key, how="left"), _SCORES, pl.col("is_backed"))


def _signal_without_number(marts: Tables, known: Tables) -> pl.LazyFrame:
    numbers = marts[_VALUES].filter(pl.col("value").is_not_null()).select(*CELL_KEY, pl.col("value").alias("number"))
    signals = marts[_SIGNALS].join(numbers, on=list(CELL_KEY), how="left")
    return _keyed(signals, _SIGNALS, pl.col("value") == pl.col("number"))


def _limits_crossed(marts: Tables, known: Tables) -> pl.LazyFrame:
    low, high, centre = pl.col("lower_limit"), pl.col("upper_limit"), pl.col("centre")
    ordered = (low <= centre + _ROUNDING) & (centre <= high + _ROUNDING)
    is_run = pl.col("rule") == "run_of_8"
    return _keyed(marts[_SIGNALS], _SIGNALS, pl.when(is_run).then(low.is_null() & high.is_null()).otherwise(ordered))


def _signal_too_likely(marts: Tables, known: Tables) -> pl.LazyFrame:
    likely = pl.col("q_value") < pl.col("p_value") - _ROUNDING
    loud = (pl.col("status") != "quiet") & (pl.col("q_value") > 0.05 + _ROUNDING)
    return _keyed(marts[_SIGNALS], _SIGNALS, ~likely & ~loud)


def _critical(rule: str, table: str, description: str, check: Check) -> Rule:
    return Rule(id=rule, table=table, severity="critical", description=description, check=check)


RULES = (
    _critical(
        "hidden_score", _SCORES, "A score that is not published shows a number, or one is missing.", _hidden_score
    ),
    _critical("score_outside_band", _SCORES, "An index lies outside its own band.", _score_outside_band),
    _critical(
        "score_without_number",
        _SCORES,
        "A score of a unit has no published number of its principle behind it.",
        _score_without_number,
    ),
    _critical(
        "signal_without_number", _SIGNALS, "A signal is about a number that is not published.", _signal_without_number
    ),
    _critical("limits_crossed", _SIGNALS, "Limits do not lie on both sides of their centre.", _limits_crossed),
    _critical(
        "signal_too_likely",
        _SIGNALS,
        "A signal is told though chance explains it, by its own figures.",
        _signal_too_likely,
    ),
)
