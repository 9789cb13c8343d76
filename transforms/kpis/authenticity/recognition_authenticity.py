"""How much of the recognition given looks meant: four shares, not one score.

Components, each over the messages that people of the unit gave in the quarter to others:

* `specific`    the message has 40 characters or more, without tags and the form's template text
* `original`    it does not repeat one of the giver's last 50 messages (fingerprints within 9 of 63 bits: similarity
  0.9)
* `not_dumped`  it was not given in the last 2 days before the giver's allowance expired
* `not_swap`    none of its receivers recognised the giver within 48 hours before or after

A message to several people is one message. A component whose export lacks what it needs says `source_missing`:
message texts, or the day on which allowances expire; a message without an expiry day is in no denominator of
`not_dumped`, one without a text is not specific and in no denominator of `original`.

Worked example: of 10 messages 7 are long enough, 2 copy an earlier one of the same giver, 1 was written on the last
day of the month, when the points expire, and 2 are a pair that thanked one another on one day: specific 0.7, original
0.8, not_dumped 0.9, not_swap 0.8.

Source: Psichogios's first principle, authenticity; see the principle.
"""

from __future__ import annotations

import polars as pl

from transforms.contracts.results import CELL_KEY
from transforms.facts import Facts
from transforms.kpis.company import is_company
from transforms.kpis.declaration import EVERY_DAY, Kpi
from transforms.kpis.estimators import proportion
from transforms.staging.text_features import SIMILAR_WITHIN_BITS
from transforms.stats.similarity import repeats_recent
from transforms.texts import filled

SPECIFIC_CHARACTERS, RECENT_MESSAGES, DUMPING_DAYS, SWAP = 40, 50, 2, "48h"
_MESSAGE = ("source", "recognition_id")
_MISSING = {"specific": "message", "original": "message", "not_dumped": "allowance_expires_on"}


def _estimate(rows: pl.LazyFrame, facts: Facts) -> pl.LazyFrame:
    """Shares of the cells that can be measured; where nothing anywhere can, the company says what is missing."""
    cells = proportion(rows, facts)
    silent = rows.group_by("component").agg((pl.col("denominator") > 0).any().not_().alias("is_silent"))
    lacks = pl.col("component").replace_strict(_MISSING, default=None, return_dtype=pl.String)
    is_missing = pl.col("is_silent") & lacks.is_not_null()
    # What is missing is missing everywhere: the company says so once.
    told = cells.join(silent, on="component").filter(~is_missing | is_company(facts))
    return told.select(
        *CELL_KEY,
        "value",
        "ci_low",
        "ci_high",
        "interval_method",
        "shrunk_value",
        "numerator",
        "denominator",
        "n_events",
        pl.when(is_missing).then(pl.lit("source_missing")).alias("state"),
        pl.when(is_missing).then(filled("missing:{}", lacks)).alias("flags"),
    )


KPI = Kpi(
    id="recognition_authenticity",
    version=1,
    title="Recognition that looks meant",
    sources=("recognition", "organisation"),
    needs=("recognition",),
    formula="messages given that are specific (original, not dumped, not a swap) / messages given that can be judged",
    unit="share",
    direction="up",
    grains=("quarter",),
    components=("specific", "original", "not_dumped", "not_swap"),
    unit_of_analysis="message",
    person_based=True,
    people=("givers",),
    # A recognition in return may come two days later.
    maturity_days=2,
    bounds=(0.0, 1.0),
    anchors=(0.5, 1.0),
    roll_up_components=("specific", "original", "not_swap"),
    field_needs=("recognition.giver",),
    # The last messages of a giver, whenever they were written; a swap within two days.
    reach={"recognition": (EVERY_DAY, 2)},
    pitfalls=(
        "A short message can be heartfelt and a long one copied from elsewhere; read the shares, judge no message.",
        "Two people who finish a job together thank one another honestly; only the share says something.",
        "Similarity is of words and word pairs; the same thought in other words is original.",
        "Cells are about givers; the interval takes each message as independent.",
    ),
    estimate=_estimate,
)


def observe(facts: Facts) -> pl.LazyFrame:
    """One row per message and component: 1 or 0 over 1, or 0 over 0 where it cannot be judged."""
    messages = _messages(facts)
    has_texts = messages.select(pl.col("message_length").is_not_null().any()).collect().item() or False
    days_left = (pl.col("allowance_expires_on") - pl.col("on")).dt.total_days()
    judged = {
        "specific": pl.when(pl.lit(has_texts)).then(pl.col("message_length").fill_null(0) >= SPECIFIC_CHARACTERS),
        "original": ~pl.col("is_repeated"),
        "not_dumped": ~days_left.is_between(0, DUMPING_DAYS - 1),
        "not_swap": ~pl.col("is_swap"),
    }
    return pl.concat(
        messages.select(
            pl.col("giver_org_unit_id").alias("org_unit_id"),
            "on",
            "giver_key",
            pl.lit(component).alias("component"),
            verdict.cast(pl.Float64).fill_null(0.0).alias("numerator"),
            verdict.is_not_null().cast(pl.Float64).alias("denominator"),
        )
        for component, verdict in judged.items()
    )


def _messages(facts: Facts) -> pl.LazyFrame:
    """One row per message to others with a known giver, with is_repeated and is_swap."""
    edges = facts.recognitions.filter(~pl.col("is_self") & pl.col("giver_key").is_not_null())
    swaps = _with_mirrors(edges).group_by(_MESSAGE).agg(pl.col("is_mirrored").any().alias("is_swap"))
    alone = edges.unique(_MESSAGE, keep="first", maintain_order=True).collect()
    marked = repeats_recent(
        alone,
        "giver_key",
        ["at", *_MESSAGE],
        "message_fingerprint",
        last=RECENT_MESSAGES,
        within_bits=SIMILAR_WITHIN_BITS,
    )
    return marked.lazy().join(swaps, on=_MESSAGE)


def _with_mirrors(edges: pl.LazyFrame) -> pl.LazyFrame:
    """`edges` with `is_mirrored`: the receiver recognised the giver within 48 hours of it."""
    pair = ["giver_key", "receiver_key"]
    back = edges.select(
        pl.col("receiver_key").alias("giver_key"),
        pl.col("giver_key").alias("receiver_key"),
        "at",
        pl.lit(True).alias("is_mirrored"),
    )
    return (
        edges.select(*_MESSAGE, *pair, "at")
        .sort("at")
        .join_asof(back.sort("at"), on="at", by=pair, strategy="nearest", tolerance=SWAP, check_sortedness=False)
        .with_columns(pl.col("is_mirrored").fill_null(False))
    )
