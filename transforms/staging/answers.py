"""Answers on their scales: blank, not applicable, a point of the scale (turned round where asked), or refused."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from transforms.scales import CURRENT_VERSION, SCALE_MAPS
from transforms.staging.casting import to_number
from transforms.staging.mapping import ItemMapping, SourceMapping
from transforms.staging.survey_items import item_id_of
from transforms.staging.value_maps import translate


def scored(answers: pl.DataFrame, mapping: SourceMapping) -> pl.DataFrame:
    """`answers` (item_id, answer as text) with value, is_not_applicable, is_blank and reason.

    `value` is null when blank, not applicable or refused; `reason` says why it is refused (null otherwise). The
    item's `not_applicable` and `null_values` are compared as numbers where both are numbers, so `0` means `0.0` too.
    """
    text = pl.col("answer")
    table = mapping.values.get("answer")
    translated = translate(text, table).value if table else text
    number = to_number(translated)
    unknown = pl.lit("unknown_value") if table else pl.lit(None, dtype=pl.String)
    is_point = number.value.is_between("lowest", "highest") & (number.value == number.value.floor())
    return (
        answers.with_columns(_comparable(text).alias("comparable"))
        .join(_special(mapping.item), on=["item_id", "comparable"], how="left", maintain_order="left")
        .join(_scales(mapping.item), on="item_id", how="left", maintain_order="left")
        .with_columns(
            (text.is_null() | (pl.col("special") == "blank").fill_null(False)).alias("is_blank"),
            (pl.col("special") == "not_applicable").fill_null(False).alias("is_not_applicable"),
        )
        .with_columns(
            pl.when(pl.col("is_blank") | pl.col("is_not_applicable"))
            .then(pl.lit(None, dtype=pl.String))
            .when(translated.is_null())
            .then(unknown)
            .when(number.reason.is_not_null())
            .then(number.reason)
            .when(~is_point)
            .then(pl.lit("not_on_scale"))
            .alias("reason")
        )
        .with_columns(
            pl.when(pl.col("reason").is_null() & ~pl.col("is_blank") & ~pl.col("is_not_applicable"))
            .then(pl.when("reverse").then(pl.col("lowest") + pl.col("highest") - number.value).otherwise(number.value))
            .alias("value")
        )
        .drop("comparable", "special", "lowest", "highest", "reverse")
    )


def _comparable(text: pl.Expr) -> pl.Expr:
    """Text in lower case; a number as one spelling (`0`, `0.0` and `00` are the same)."""
    return pl.coalesce(text.cast(pl.Float64, strict=False).cast(pl.String), text.str.to_lowercase())


def _special(items: Iterable[ItemMapping]) -> pl.DataFrame:
    """item_id, comparable, special (blank or not_applicable): what an item's special values mean."""
    rows = [
        {"item_id": item_id_of(item), "comparable": value.strip(), "special": special}
        for item in items
        for special, values in (("blank", item.null_values), ("not_applicable", item.not_applicable))
        for value in values
    ]
    frame = pl.DataFrame(rows, schema={"item_id": pl.String, "comparable": pl.String, "special": pl.String})
    return frame.with_columns(_comparable(pl.col("comparable"))).unique(["item_id", "comparable"], keep="first")


def _scales(items: Iterable[ItemMapping]) -> pl.DataFrame:
    """item_id, lowest, highest, reverse."""
    maps = SCALE_MAPS[CURRENT_VERSION]
    rows = [
        {
            "item_id": item_id_of(item),
            "lowest": float(maps[item.scale].lowest),
            "highest": float(maps[item.scale].highest),
            "reverse": item.reverse,
        }
        for item in items
    ]
    schema = {"item_id": pl.String, "lowest": pl.Float64, "highest": pl.Float64, "reverse": pl.Boolean}
    return pl.DataFrame(rows, schema=schema)
