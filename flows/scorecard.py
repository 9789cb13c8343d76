"""The scorecard as a picture: shares and gaps of the company by principle, and the rain test by team.

Teams stand in alphabetical order, never by their number: this is not a ranking.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeAlias

import altair as alt
import polars as pl

from flows.errors import StorageError
from transforms.contracts.results import DEFAULT
from transforms.texts import filled

_INK, _FAINT = "#1f3b4d", "#b8c4cc"
_VERDICT_COLOURS = {"committed": "#1b7f5c", "inconclusive": "#8a97a0", "interested": "#c8502d"}
# Altair types the same chart differently from call to call.
Picture: TypeAlias = Any
COMMITMENT_MARGIN = -0.05
FORMATS = (".svg", ".png", ".html")


def picture(scorecard: pl.DataFrame, rain: pl.DataFrame, title: str) -> Picture:
    """The picture, of `summary.company_scorecard` and of org_unit_name, value, ci_low, ci_high, verdict per team."""
    shown = _headlines(scorecard)
    shares, gaps = (_with_label(shown.filter(pl.col("unit") == unit)) for unit in ("share", "gap"))
    panels = [
        _intervals(shares, "Shares of the company, with 95 % interval", alt.Scale(domain=[0, 1])),
        _intervals(gaps, "Gaps: 0 is where they should be", alt.Scale(domain=[-0.5, 0.5]), rule_at=0.0),
        _rain(rain),
    ]
    return (
        alt.vconcat(*(panel for panel in panels if panel is not None), spacing=28)
        .properties(title=alt.Title(title, anchor="start", fontSize=18, color=_INK, offset=16))
        .resolve_scale(color="independent")
        .configure_view(stroke=None)
        .configure_axis(labelColor=_INK, titleColor=_INK, domainColor=_FAINT, tickColor=_FAINT, gridColor="#eef1f3")
        .configure_axisY(labelLimit=460)
    )


def save(chart: Picture, out: Path) -> None:
    """Write the picture as .svg, .png or .html; raises StorageError when the file cannot be written."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        if out.suffix == ".html":
            chart.save(out, inline=True)
        else:
            chart.save(out, scale_factor=2 if out.suffix == ".png" else 1)
    except OSError as error:
        raise StorageError(f"{out}: cannot be written ({error.strerror or error})") from error


def _headlines(scorecard: pl.DataFrame) -> pl.DataFrame:
    """What has a number, without the parts beside a KPI's main one."""
    is_main = pl.col("component") == DEFAULT
    return scorecard.filter(pl.col("value").is_not_null(), is_main | ~is_main.any().over("kpi_id"))


def _with_label(frame: pl.DataFrame) -> pl.DataFrame:
    part = filled(" ({})", pl.col("component").str.replace_all("_", " "))
    name = pl.concat_str("kpi_name", pl.when(pl.col("component") != DEFAULT).then(part).otherwise(pl.lit("")))
    return frame.with_columns(pl.concat_str("principle_name", pl.lit(" · "), name).alias("label"))


def _intervals(frame: pl.DataFrame, title: str, scale: alt.Scale, rule_at: float | None = None) -> Picture | None:
    if frame.is_empty():
        return None
    order = frame["label"].to_list()
    base = alt.Chart(frame).encode(y=alt.Y("label:N", sort=order, title=None, axis=alt.Axis(ticks=False, domain=False)))
    axis = alt.Axis(format="%", title=None)
    layers = [
        base.mark_rule(strokeWidth=3, color=_FAINT).encode(x=alt.X("ci_low:Q", scale=scale, axis=axis), x2="ci_high:Q"),
        base.mark_point(filled=True, size=70, color=_INK, opacity=1).encode(x=alt.X("value:Q", scale=scale, axis=axis)),
    ]
    if rule_at is not None:
        layers.append(_line_at(rule_at))
    return alt.layer(*layers).properties(width=520, height=alt.Step(22), title=_panel_title(title))


def _rain(rain: pl.DataFrame) -> Picture | None:
    if rain.is_empty():
        return None
    order = rain["org_unit_name"].unique().sort().to_list()
    colour = alt.Color(
        "verdict:N",
        scale=alt.Scale(domain=list(_VERDICT_COLOURS), range=list(_VERDICT_COLOURS.values())),
        legend=alt.Legend(title=None, orient="bottom"),
    )
    axis = alt.Axis(format="%", title="promises kept on the hardest days minus on ordinary days")
    base = alt.Chart(rain).encode(
        y=alt.Y("org_unit_name:N", sort=order, title=None, axis=alt.Axis(ticks=False, domain=False)), color=colour
    )
    layers = [
        base.mark_rule(strokeWidth=3, opacity=0.45).encode(x=alt.X("ci_low:Q", axis=axis), x2="ci_high:Q"),
        base.mark_point(filled=True, size=70, opacity=1).encode(x=alt.X("value:Q", axis=axis)),
        _line_at(COMMITMENT_MARGIN),
    ]
    title = _panel_title("The rain test by team: interested, or committed?")
    return alt.layer(*layers).properties(width=520, height=alt.Step(22), title=title)


def _line_at(x: float) -> Picture:
    return alt.Chart(pl.DataFrame({"x": [x]})).mark_rule(strokeDash=[4, 4], color="#7a2f1a").encode(x="x:Q")


def _panel_title(text: str) -> alt.Title:
    return alt.Title(text, anchor="start", fontSize=13, color=_INK)
