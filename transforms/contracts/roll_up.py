"""Contracts of what is derived from published numbers: scores of principles, and signals of change."""

from __future__ import annotations

import dataframely as dy

from transforms.contracts.columns import code, count, day, flag, identifier, number, share, text, timestamp
from transforms.contracts.marts import PRINCIPLES
from transforms.contracts.results import CellKey

OVERALL = "overall"
SCORE_STATES = ("published", "not_enough_data", "source_missing")
SIGNAL_RULES = ("beyond_limits", "run_of_8")
SIGNAL_STATUSES = ("quiet", "noticed", "raised")
CHARTS = ("xmr", "laney_p")


def _score(description: str) -> dy.Float64:
    return number(description, unit="score", min=0.0, max=100.0)


class FctPrincipleScore(dy.Schema):
    """How a unit stands on one principle in one quarter, from 0 (worst anchor) to 100 (best anchor).

    Made of published KPI values only. It opens a conversation in the unit it is about; it is never for ranking units
    or people, and never for pay, bonus or promotion: the anchors are judgements, and units differ in their work.
    """

    org_unit_id = identifier("Unit the score is about, as in `dim_org_unit`.", primary_key=True)
    principle = code((*PRINCIPLES, OVERALL), "Principle, or the roll-up over all of them.", primary_key=True)
    period_grain = code(("quarter",), "Always a quarter.", primary_key=True)
    period_start = day("First day of the quarter.", primary_key=True)
    period_end = day("Last day. A window of weeks counts to the quarter in which it ends, the newest until then.")
    org_level = count("Depth in the tree, 0 for the company.", unit="level")
    index_value = _score(
        "Weighted mean of the scores of the published KPIs. For `overall` the commitment-gated index: commitment^0.3 "
        "times the other principles, 0.7 shared equally; 0 where commitment is 0. Null unless `state` is published."
    )
    index_low = _score("Lowest index when every weight is up to 20 % larger or smaller, each by itself.")
    index_high = _score("Highest index under the same changes.")
    ungated_mean = _score("`overall` only: the plain mean of the principles' indices, commitment one among them.")
    harmony = share("`overall` only: lowest principle / mean; 1 when all principles stand alike.")
    weight_present = share("Share of the declared weight that has a published number; under 0.5 there is no index.")
    n_parts = count("KPIs (for `overall`: principles) behind the index.", unit="part")
    n_parts_declared = count("KPIs of the principle with a weight (for `overall`: principles).", unit="part")
    n_sources = count("Independent kinds of source behind it: tickets, recognition, either survey.", unit="source")
    parts = text("The KPIs (for `overall`: the principles) behind the index, comma separated.")
    state = code(SCORE_STATES, "Published, or why there is no index. A missing index is never 0.")
    flags = text("Warnings: single_source, bounded_kpi, no_commitment; comma separated.")
    as_of = timestamp("The newest `as_of` among the numbers of the unit and quarter.")
    run_id = identifier("Run that first wrote the newest of them.")


class FctKpiSignal(CellKey):
    """One published number of a series judged against the up to 24 numbers before it, by one rule.

    Of a KPI with months and quarters the months are judged. `noticed` is a discovery at a false discovery rate of
    5 % among all numbers whose period ends on the same day; `raised` when it repeats in the next published number,
    on the same side. Minutes are judged on a logarithmic scale; where the number's own interval holds the centre the
    p-value of a point is at least 0.05. A signal says that something changed, not why, and nothing about anybody.
    """

    rule = code(SIGNAL_RULES, "beyond_limits: a point; run_of_8: points in line on one side.", primary_key=True)
    principle = code(PRINCIPLES, "Principle the KPI measures.")
    org_level = count("Depth in the tree, 0 for the company.", unit="level")
    period_end = day("Last day of the period.")
    chart = code(CHARTS, "xmr: individuals; laney_p: proportions whose counts are published and large.")
    value = number("The number judged.", nullable=False)
    centre = number("Level the number is compared with: of a chart its centre, of a run the median.", nullable=False)
    lower_limit = number("Lower natural limit, three sigma under the centre.")
    upper_limit = number("Upper natural limit, three sigma over the centre.")
    n_points = count("Published points behind the centre.", unit="point")
    run_length = count("Points in line on one side; null for a single point.", nullable=True, unit="point")
    is_above = flag("The number lies above the centre.")
    is_better = flag("The side is the one the KPI should move to; null where neither is.", nullable=True)
    p_value = share("Chance of such a point or run in a series that does not change.", nullable=False)
    q_value = share("The same after Benjamini-Hochberg over the night.", nullable=False)
    status = code(SIGNAL_STATUSES, "quiet; noticed: once; raised: it repeats.")
    as_of = timestamp("The `as_of` of the number judged.")
    run_id = identifier("Run that first wrote it.")
