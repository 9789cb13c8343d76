"""Whether a mapping makes sense by itself, and whether it fits the columns of an export."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections.abc import Iterator, Sequence

import polars as pl

from transforms.staging.errors import MappingError, nearest
from transforms.staging.fields import FIELDS, VALUE_TABLES, Field, fields_of
from transforms.staging.item_checks import item_problems
from transforms.staging.mapping import SourceMapping
from transforms.staging.reading import cast_constant
from transforms.staging.templates import exported_name, referenced
from transforms.staging.value_maps import claimed_twice

_TRANSLATED = ("identifier", "label", "code", "boolean", "count", "number", "answer")
_TWO_TRUTHS = ("true", "false")


def check_mapping(mapping: SourceMapping) -> None:
    """Raises MappingError with the first problem of `mapping_problems`."""
    for problem in mapping_problems(mapping):
        raise MappingError(f'source "{mapping.name}": {problem}')


def check_columns(mapping: SourceMapping, columns: Sequence[str], page_name: str) -> None:
    """Raises MappingError when an export lacks a column the mapping reads."""
    for problem in column_problems(mapping, columns):
        raise MappingError(f'source "{mapping.name}", {page_name}: {problem}')


def mapping_problems(mapping: SourceMapping) -> Iterator[str]:
    """What is wrong with a mapping whatever the export holds, one line each; nothing when it is sound."""
    fields = {field.name: field for field in fields_of(mapping.kind, mapping.grain)}
    if not fields:
        grains = [grain for kind, grain in FIELDS if kind == mapping.kind]
        yield f'kind "{mapping.kind}" has no grain "{mapping.grain}"; use one of {", ".join(grains)}'
        return
    yield from _times(mapping)
    yield from _field_names(mapping, fields)
    yield from _value_tables(mapping, fields)
    yield from _promise(mapping)
    yield from item_problems(mapping)


def column_problems(mapping: SourceMapping, columns: Sequence[str]) -> Iterator[str]:
    """Each column the mapping reads and the export does not have, with the nearest that it has."""
    for field, reference in mapping.columns.items():
        for name in referenced(reference, columns):
            if exported_name(name, columns) is None:
                yield f'no column "{name}", which {field} is mapped to; {nearest(name, columns)}'
    for item in mapping.item:
        if item.column is not None and exported_name(item.column, columns) is None:
            yield f'no column "{item.column}", which an item is mapped to; {nearest(item.column, columns)}'


def _times(mapping: SourceMapping) -> Iterator[str]:
    try:
        zoneinfo.ZoneInfo(mapping.timezone)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        zones = sorted(zoneinfo.available_timezones())
        yield f'no time zone "{mapping.timezone}"; {nearest(mapping.timezone, zones)}'
    if mapping.datetime_format is not None and not _reads_itself(mapping.datetime_format):
        yield f'datetime_format "{mapping.datetime_format}" says no full date; use for example "%d/%m/%Y %H:%M"'


def _reads_itself(datetime_format: str) -> bool:
    """Whether a moment written in the format can be read back; a format without a year, say, cannot."""
    moment = dt.datetime(2019, 11, 23, 16, 45, 30, tzinfo=dt.UTC)
    written = pl.lit(moment).dt.strftime(datetime_format)
    try:
        day: dt.date | None = pl.select(written.str.to_datetime(datetime_format, strict=False).dt.date()).item()
        return day == moment.date()
    except pl.exceptions.PolarsError:
        return False


def _field_names(mapping: SourceMapping, fields: dict[str, Field]) -> Iterator[str]:
    where = f"{mapping.kind} of grain {mapping.grain}"
    for section, keys in (("columns", mapping.columns), ("constants", mapping.constants)):
        for key in keys:
            if key not in fields:
                yield f"[source.{section}] {key}: no such field in {where}; {nearest(key, fields)}"
    for field in fields.values():
        is_column, is_constant = field.name in mapping.columns, field.name in mapping.constants
        if is_column and is_constant:
            yield f"{field.name} is both in [source.columns] and in [source.constants]; keep one"
        if field.required and not (is_column or is_constant):
            yield f"{field.name} is not mapped, and {where} cannot do without it; name its column in [source.columns]"
        if field.type != "tags" and isinstance(mapping.columns.get(field.name), list):
            yield f"[source.columns] {field.name}: only tags may be a list of columns; name one, or use a template"
        if is_constant and (reason := cast_constant(field, mapping.constants[field.name], mapping.timezone)):
            yield f"[source.constants] {field.name}: {reason.replace('_', ' ')}; {_expected(field)}"


def _expected(field: Field) -> str:
    return f"use one of {', '.join(field.allowed)}" if field.allowed else f"a {field.type} is expected"


def _value_tables(mapping: SourceMapping, fields: dict[str, Field]) -> Iterator[str]:
    allowed = {name: field.allowed for name, field in fields.items() if field.type in _TRANSLATED}
    allowed |= {name: _TWO_TRUTHS for name, field in fields.items() if field.type == "boolean"}
    allowed |= VALUE_TABLES.get((mapping.kind, mapping.grain), {})
    for name, table in mapping.values.items():
        if name not in allowed:
            yield f"[source.values.{name}]: no field with values to translate; {nearest(name, allowed)}"
            continue
        for value in table:
            if allowed[name] and value not in allowed[name]:
                yield f'[source.values.{name}] "{value}" is no {name}; use one of {", ".join(allowed[name])}'
        if (twice := claimed_twice(table)) is not None:
            yield f'[source.values.{name}] "{twice}" stands under two values; keep one'


def _promise(mapping: SourceMapping) -> Iterator[str]:
    """A target without a fulfilment would count every promise as broken."""
    given = {*mapping.columns, *mapping.constants}
    if "promise_target_at" not in given or given & {"promise_fulfilled_at", "promise_is_kept"}:
        return
    if mapping.constants.get("promise_metric", "resolution") != "resolution" or "promise_metric" in mapping.columns:
        yield "promise_target_at without promise_fulfilled_at: map it, unless the promise_metric is resolution"
    elif "solved_at" not in given and "closed_at" not in given:
        yield "promise_target_at without promise_fulfilled_at, solved_at or closed_at: map one of them"
