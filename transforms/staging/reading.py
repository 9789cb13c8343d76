"""Reads an export's columns as the fields of its kind and grain: typed values, and the first reason per bad row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from transforms.moments import MOMENT
from transforms.staging import casting
from transforms.staging.casting import Cast
from transforms.staging.fields import Field, FieldType, fields_of
from transforms.staging.mapping import Constant, SourceMapping
from transforms.staging.pseudonyms import pseudonymise
from transforms.staging.templates import column_text, exported_name, referenced, text_of
from transforms.staging.value_maps import translate

ROW = "source_row"
FATES = pl.Schema({ROW: pl.Int64, "reason": pl.String, "column_name": pl.String})
_TYPES: dict[FieldType, pl.DataType] = {
    "boolean": pl.Boolean(),
    "count": pl.Int64(),
    "number": pl.Float64(),
    "datetime": MOMENT,
    "date": pl.Date(),
    "tags": pl.List(pl.String()),
}


@dataclass(frozen=True)
class Reading:
    """The rows that could be read and the fates of those that could not.

    `rows`: source_row and one typed column per field of the grain, null where not mapped or empty; people are
    pseudonyms. `fates`: source_row, reason, column_name (the export's).
    """

    rows: pl.DataFrame
    fates: pl.DataFrame


def read(raw: pl.DataFrame, mapping: SourceMapping, pseudonym_key: bytes) -> Reading:
    """Every field of every row of `raw`. The mapping has been checked against the columns."""
    fields = fields_of(mapping.kind, mapping.grain)
    mapped = [field for field in fields if field.name in mapping.columns or field.name in mapping.constants]
    texts = [_text(field, mapping, raw.columns).alias(_text_name(field)) for field in mapped]
    values = [_value(field, mapping) for field in mapped]
    typed = [cast.value.alias(field.name) for field, cast in zip(mapped, values, strict=True)]
    reasons = [_reason(field, cast).alias(_reason_name(field)) for field, cast in zip(mapped, values, strict=True)]
    unmapped = [
        pl.lit(None, dtype=_TYPES.get(field.type, pl.String())).alias(field.name)
        for field in fields
        if field not in mapped
    ]
    read_rows = (
        raw.lazy()
        .select(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias(ROW), *texts)
        .select(ROW, *typed, *reasons, *unmapped)
        .with_columns(
            pl.coalesce(_reason_name(field) for field in mapped).alias("reason"),
            pl.coalesce(_fault(field, mapping, raw.columns) for field in mapped).alias("column_name"),
        )
        .select(ROW, *(field.name for field in fields), "reason", "column_name")
        .collect()
    )
    good = read_rows.filter(pl.col("reason").is_null()).drop("reason", "column_name")
    fates = read_rows.filter(pl.col("reason").is_not_null()).select(FATES.names())
    return Reading(pseudonymise(good, _personal(mapped, mapping), pseudonym_key), fates)


def cast_constant(field: Field, value: Constant, timezone: str) -> str | None:
    """The reason why a constant does not fit its field; None where it fits."""
    text = pl.lit(_constant_text(value))
    cast = _cast(field, _split(text) if field.type == "tags" else text, timezone, None)
    reason: str | None = pl.select(_required(field, text, cast)).item()
    return reason


def _personal(mapped: Sequence[Field], mapping: SourceMapping) -> list[str]:
    """The fields that name a person: also an id that is read from the same column as a person."""
    people = [field.name for field in mapped if field.type == "person"]
    columns = [mapping.columns.get(name) for name in people]
    ids = [field.name for field in mapped if field.type == "identifier"]
    return people + [name for name in ids if name in mapping.columns and mapping.columns[name] in columns]


def _text_name(field: Field) -> str:
    return f"{field.name} as text"


def _reason_name(field: Field) -> str:
    return f"reason of {field.name}"


def _text(field: Field, mapping: SourceMapping, columns: Sequence[str]) -> pl.Expr:
    """Trimmed text of a field (List of String for tags)."""
    if field.name in mapping.constants:
        constant = pl.lit(_constant_text(mapping.constants[field.name]))
        return _split(constant) if field.type == "tags" else constant
    reference = mapping.columns[field.name]
    if isinstance(reference, list):
        names = [exported_name(name, columns) or name for name in reference]
        return pl.concat_list(column_text(name, mapping.null_values) for name in names).list.drop_nulls()
    text = text_of(reference, columns, mapping.null_values)
    return _split(text) if field.type == "tags" else text


def _split(text: pl.Expr) -> pl.Expr:
    return text.str.replace_all(r"[;|]", ",").str.split(",")


def _value(field: Field, mapping: SourceMapping) -> Cast:
    text = pl.col(_text_name(field))
    if field.name in mapping.constants:
        return _cast(field, text, mapping.timezone, None)
    if field.name not in mapping.values or field.type == "answer":
        return _cast(field, text, mapping.timezone, mapping.datetime_format)
    translated = translate(text, mapping.values[field.name])
    cast = _cast(field, translated.value, mapping.timezone, mapping.datetime_format)
    return Cast(cast.value, pl.coalesce(translated.reason, cast.reason))


def _cast(field: Field, text: pl.Expr, timezone: str, datetime_format: str | None) -> Cast:
    if field.type == "boolean":
        return casting.to_boolean(text)
    if field.type == "count":
        return casting.to_count(text)
    if field.type == "number":
        return casting.to_amount(text)
    if field.type == "datetime":
        return casting.to_datetime(text, timezone, datetime_format)
    if field.type == "date":
        return casting.to_date(text, datetime_format)
    if field.type == "code":
        return casting.to_code(text, field.allowed)
    if field.type == "tags":
        return casting.to_tags(text)
    if field.type in ("identifier", "label"):
        return casting.to_text(text)
    return Cast(text, pl.lit(None, dtype=pl.String))


def _required(field: Field, text: pl.Expr, cast: Cast) -> pl.Expr:
    # A blank answer is not a fault of the row: it is counted as unanswered.
    if not field.required or field.type == "answer":
        return cast.reason
    return pl.when(text.is_null()).then(pl.lit("missing_value")).otherwise(cast.reason)


def _reason(field: Field, cast: Cast) -> pl.Expr:
    return _required(field, pl.col(_text_name(field)), cast)


def _fault(field: Field, mapping: SourceMapping, columns: Sequence[str]) -> pl.Expr:
    """The export's columns behind a field, where the field is at fault."""
    names = referenced(mapping.columns[field.name], columns) if field.name in mapping.columns else []
    named = ", ".join(exported_name(name, columns) or name for name in names) or None
    return pl.when(pl.col(_reason_name(field)).is_not_null()).then(pl.lit(named, dtype=pl.String))


def _constant_text(value: Constant) -> str:
    return value.isoformat() if isinstance(value, dt.date) else str(value).strip()
