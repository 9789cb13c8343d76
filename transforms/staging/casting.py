"""Text to typed values, each with the reason why it did not cast. Nothing is nulled without a reason.

Every function takes an expression of trimmed text (null where missing) and returns the value and its reason; the
reason is null where the value is good or the text is missing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from transforms.contracts.columns import EARLIEST, LATEST
from transforms.moments import MOMENT
from transforms.staging.reasons import Reason
from transforms.texts import filled

MAXIMUM_LENGTH = 200  # of identifiers and labels, as in the contracts
_TRUE = ["true", "t", "yes", "y", "1", "1.0"]
_FALSE = ["false", "f", "no", "n", "0", "0.0"]
_WHOLE = r"^[+-]?\d+(\.0*)?$"
_DECIMAL = r"^[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"
# Day and month may have one digit: templates such as 2017-05-{INTDATE} give 2017-05-5.
_ISO = (
    r"^(?P<year>\d{4})-(?P<month>\d{1,2})-(?P<day>\d{1,2})"
    r"(?:[T ](?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>[0-5]\d)(?:[.,](?P<fraction>\d{1,9}))?)?"
    r"\s*(?:(?P<zulu>Z|z|UTC)|(?P<sign>[+-])(?P<ahead_hours>[01]\d|2[0-3])(?::?(?P<ahead_minutes>[0-5]\d))?)?)?$"
)
# Nearly every export writes moments like this; taking them apart costs many times what reading them does.
_PLAIN = r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}:[0-5]\dZ?$"
_MOMENT = pl.Struct({"value": MOMENT, "reason": pl.String})
_ISO_DATE = r"^(\d{4}-\d{1,2}-\d{1,2})(?:[T ].*)?$"


@dataclass(frozen=True)
class Cast:
    """A typed value and, where the text does not cast, why."""

    value: pl.Expr
    reason: pl.Expr


def _when(*cases: tuple[pl.Expr, Reason]) -> pl.Expr:
    """The reason of the first condition that holds, else null."""
    return pl.coalesce(
        *(pl.when(condition).then(pl.lit(reason)) for condition, reason in cases), pl.lit(None, dtype=pl.String)
    )


def to_text(text: pl.Expr) -> Cast:
    """An identifier or label of at most 200 characters."""
    return Cast(text, _when((text.str.len_chars() > MAXIMUM_LENGTH, "too_long")))


def to_boolean(text: pl.Expr) -> Cast:
    """true/false, yes/no, 1/0 and their initials, in any case."""
    folded = text.str.to_lowercase()
    value = pl.when(folded.is_in(_TRUE)).then(True).when(folded.is_in(_FALSE)).then(False)
    return Cast(value, _when((text.is_not_null() & value.is_null(), "not_a_boolean")))


def to_count(text: pl.Expr) -> Cast:
    """A whole number, zero or more (`4` or `4.0`). More digits than 64 bits hold are out of range."""
    value = text.str.replace(r"\.0*$", "").cast(pl.Int64, strict=False)
    is_whole = text.str.contains(_WHOLE)
    return Cast(value, _when((~is_whole, "not_a_number"), (is_whole & (value.is_null() | (value < 0)), "out_of_range")))


def to_number(text: pl.Expr) -> Cast:
    """A finite number with a decimal point; `nan` and `inf` are not numbers."""
    value = text.cast(pl.Float64, strict=False)
    is_decimal = text.str.contains(_DECIMAL)
    return Cast(value, _when((~is_decimal, "not_a_number"), (is_decimal & ~value.is_finite(), "out_of_range")))


def to_amount(text: pl.Expr) -> Cast:
    """A finite number, zero or more."""
    number = to_number(text)
    return Cast(number.value, pl.coalesce(number.reason, _when((number.value < 0, "out_of_range"))))


def to_code(text: pl.Expr, allowed: tuple[str, ...]) -> Cast:
    """One of `allowed`; `On-hold` and `on hold` are read as `on_hold`."""
    folded = text.str.to_lowercase().str.replace_all(r"[\s-]+", "_")
    return Cast(folded, _when((~folded.is_in(list(allowed)), "unknown_value")))


def to_datetime(text: pl.Expr, timezone: str, datetime_format: str | None) -> Cast:
    """A moment in UTC, from `datetime_format` (chrono) or ISO 8601; `timezone` where the text names no offset.

    A clock time that occurs twice when summer time ends is taken as the first; one that is skipped when it begins
    did not exist. Times before 1990 or after 2100 are placeholders and out of range.
    """
    if datetime_format is not None and re.search("%[:#]*z", datetime_format):
        value = text.str.to_datetime(datetime_format, strict=False, time_unit="us", time_zone="UTC")
        return Cast(value, _moment_reason(text, value, value))
    if datetime_format is not None:
        clock = text.str.to_datetime(datetime_format, strict=False, time_unit="us")
        # A literal Z at the end says UTC whatever the source's zone is.
        value = _in_utc(clock, "UTC" if re.search("[^%]Z$", datetime_format) else timezone)
        return Cast(value, _moment_reason(text, clock, value))
    read = text.map_batches(lambda texts: _iso_moments(texts, timezone), return_dtype=_MOMENT, is_elementwise=True)
    return Cast(read.struct.field("value"), read.struct.field("reason"))


def to_date(text: pl.Expr, datetime_format: str | None) -> Cast:
    """A day as written, from `datetime_format` or ISO 8601; a time of day behind it is left out."""
    if datetime_format is not None:
        value = text.str.to_datetime(datetime_format, strict=False, time_unit="us").dt.date()
    else:
        value = text.str.extract(_ISO_DATE, 1).str.to_date("%Y-%m-%d", strict=False)
    outside = ~value.is_between(EARLIEST.date(), LATEST.date())
    return Cast(value, _when((text.is_not_null() & value.is_null(), "not_a_date"), (outside, "out_of_range")))


def to_tags(texts: pl.Expr) -> Cast:
    """A list of tags: lower case, without `#`, trimmed, each once and in its order; none of over 200 characters."""
    # Brackets and quotes are left of a list in a JSON export.
    tag = pl.element().str.to_lowercase().str.strip_chars(' \t[]"').str.strip_prefix("#").str.strip_chars()
    tags = texts.list.eval(tag)
    value = tags.list.eval(pl.element().filter(pl.element() != "")).list.unique(maintain_order=True)
    longest = value.list.eval(pl.element().str.len_chars()).list.max()
    return Cast(value, _when((longest > MAXIMUM_LENGTH, "too_long")))


def _iso_moments(texts: pl.Series, timezone: str) -> pl.Series:
    """Moments of ISO 8601 texts with the reasons of those that are none, as `_MOMENT`.

    Step by step on columns: one expression would take each text apart again for every part of it.
    """
    text, plain, parts, clock = (pl.col(name) for name in ("text", "plain", "parts", "clock"))
    ahead = pl.duration(hours=_whole(parts, "ahead_hours"), minutes=_whole(parts, "ahead_minutes"))
    as_utc, sign = clock.dt.replace_time_zone("UTC"), parts.struct.field("sign")
    is_zulu = parts.struct.field("zulu").is_not_null() | (plain.is_not_null() & text.str.ends_with("Z"))
    value = (
        pl.when(sign == "+")
        .then(as_utc - ahead)
        .when(sign == "-")
        .then(as_utc + ahead)
        .when(is_zulu)
        .then(as_utc)
        .otherwise(_in_utc(clock, timezone))
    )
    return (
        texts.to_frame("text")
        .with_columns(_plain_clock(text).alias("plain"))
        .with_columns(pl.when(plain.is_null()).then(text).str.extract_groups(_ISO).alias("parts"))
        .with_columns(pl.coalesce(plain, _iso_clock(parts)).alias("clock"))
        .with_columns(value.alias("value"))
        .select("value", _moment_reason(text, clock, pl.col("value")).alias("reason"))
        .to_struct()
    )


def _plain_clock(text: pl.Expr) -> pl.Expr:
    """The clock time of texts such as `2026-03-01T08:00:00Z`, with T or a blank, with Z or not; null for others."""
    clock = pl.when(text.str.contains(_PLAIN)).then(text.str.slice(0, 19))
    forms = ("%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S")
    return pl.coalesce(clock.str.to_datetime(form, strict=False, time_unit="us") for form in forms)


def _in_utc(clock: pl.Expr, timezone: str) -> pl.Expr:
    local = clock.dt.replace_time_zone(timezone, ambiguous="earliest", non_existent="null")
    return local.dt.convert_time_zone("UTC")


def _moment_reason(text: pl.Expr, clock: pl.Expr, value: pl.Expr) -> pl.Expr:
    return _when(
        (text.is_not_null() & clock.is_null(), "not_a_date"),
        (clock.is_not_null() & value.is_null(), "time_does_not_exist"),
        (~value.is_between(EARLIEST, LATEST), "out_of_range"),
    )


def _whole(parts: pl.Expr, name: str) -> pl.Expr:
    return parts.struct.field(name).cast(pl.Int64).fill_null(0)


def _iso_clock(parts: pl.Expr) -> pl.Expr:
    """The clock time written, without its offset; null where there is no such day or time."""

    def part(name: str) -> pl.Expr:
        return parts.struct.field(name).fill_null("0").str.zfill(2)

    fraction = parts.struct.field("fraction").fill_null("0").str.slice(0, 6).str.pad_end(6, "0")
    written = filled(
        "{}-{}-{} {}:{}:{}.{}",
        parts.struct.field("year"),
        *(part(name) for name in ("month", "day", "hour", "minute", "second")),
        fraction,
    )
    # A year is only there where the whole pattern matched.
    return pl.when(parts.struct.field("year").is_not_null()).then(
        written.str.to_datetime("%Y-%m-%d %H:%M:%S%.6f", strict=False, time_unit="us")
    )
