"""What a live source's endpoints mean: the connector's mapping with what the configuration corrects in it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import polars as pl

from flows.sources.connectors import connector
from flows.sources.references import columns_read
from flows.sources.rest.declaration import RECORD, SOURCE, Connector, Endpoint, Feed, SubEndpoint, page_column
from flows.sources.rest.shape import TEXT, Shape, flat, schema_of
from transforms.staging.checks import column_problems
from transforms.staging.fields import fields_of
from transforms.staging.mapping import SourceMapping

if TYPE_CHECKING:
    from flows.settings import LiveSource


def parts_of(source: LiveSource) -> dict[str, Endpoint | SubEndpoint]:
    """The endpoints the source pulls, by name, in the order in which they are staged."""
    declared = connector(source.connector)
    return {name: part for name, part in declared.parts().items() if name not in source.leave_out}


def endpoints_of(source: LiveSource) -> list[Endpoint]:
    """The endpoints that are pulled, without the calls of each record that are left out."""
    parts = parts_of(source)
    return [
        replace(part, of_each=tuple(sub for sub in part.of_each if sub.name in parts))
        for part in parts.values()
        if isinstance(part, Endpoint)
    ]


def mappings_of(source: LiveSource) -> dict[str, tuple[SourceMapping, ...]]:
    """The mappings of each endpoint's feeds, in their order."""
    return {name: tuple(_mapping(source, name, feed) for feed in part.feeds) for name, part in parts_of(source).items()}


def given_by(source: LiveSource, declared: Connector) -> dict[str, str]:
    """What fills placeholders in paths, parameters and constants: account, start_on, source, and every option."""
    options = {option.name: source.options.get(option.name, option.default) for option in declared.options}
    plain = {name: _plain(value) for name, value in options.items() if value is not None}
    return {**plain, "account": source.account, "start_on": source.start_on.isoformat(), "source": source.name}


def shape_of(part: Endpoint | SubEndpoint, mappings: Sequence[SourceMapping]) -> Shape:
    """The part's shape, its free field with the keys that the mappings read."""
    if not isinstance(part, Endpoint) or not part.free:
        return part.shape
    read = {name for mapping in mappings for names in columns_read(mapping).values() for name in names}
    own = {name: TEXT for name in sorted(read) if name not in {*part.shape, SOURCE}}
    return {**part.shape, part.free: {**own, **part.shape[part.free]}}


def without_free(records: pl.DataFrame, part: Endpoint | SubEndpoint) -> pl.DataFrame:
    """`records` with the keys of the free field as columns of their own."""
    return records.unnest(part.free) if isinstance(part, Endpoint) and part.free else records


def fields_read(part: Endpoint | SubEndpoint, mappings: Sequence[SourceMapping]) -> pl.Schema:
    """The fields of a part's records, as columns."""
    return without_free(schema_of(shape_of(part, mappings)).to_frame(), part).schema


def kept_in(source: LiveSource, name: str) -> Sequence[str]:
    """The reasons for which the configuration keeps rows of an endpoint that the connector leaves out."""
    return source.feeds[name].keep if name in source.feeds else ()


def reasons_left_out(rows: pl.DataFrame, feed: Feed, keep: Sequence[str]) -> pl.Series:
    """Why each row counts for nothing; null where it counts, or for a reason to `keep` it."""
    reasons = [
        pl.when(pl.any_horizontal(pl.col(name).is_in(values) for name, values in told.items())).then(pl.lit(reason))
        for reason, told in feed.left_out.items()
        if reason not in keep
    ]
    # Beside a column: a constant alone has one row, or one for each chunk of the frame.
    told = rows.select(RECORD, pl.coalesce(*reasons, pl.lit(None, dtype=pl.String)).alias("reason"))
    return told.get_column("reason")


def rows_of(records: pl.DataFrame, feed: Feed) -> pl.DataFrame:
    """Records (the fields of an endpoint's shape, and the context of their pages) as the feed's rows.

    Shape: text columns, and `page.record` with the position (from 1) of the record behind each row.
    """
    rows = records.with_columns(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias(RECORD))
    if feed.explode is not None:
        rows = rows.explode(feed.explode, empty_as_null=False, keep_nulls=False)
    return flat(feed.reshape(rows) if feed.reshape else rows)


def mapping_problems(source: LiveSource) -> Iterator[tuple[tuple[str, ...], str]]:
    """What is wrong with a live source's settings, as (place within the source, rule)."""
    from flows.settings.complaint import nearest  # noqa: PLC0415 - the settings import this module's package

    declared = connector(source.connector)
    names = {option.name: option for option in declared.options}
    for name in source.options:
        if name not in names:
            yield ("options", name), f'{source.connector} has no option "{name}"{nearest(name, names)}'
    for name, option in names.items():
        if option.default is None and name not in source.options:
            yield ("options",), f"set options.{name}: {option.description}"
    if "{account}" in declared.url and not source.account and source.url is None:
        yield (), f"set account: {declared.title} lies at {declared.url}"
    parts = declared.parts()
    for section, given in (("leave_out", source.leave_out), ("feeds", list(source.feeds))):
        for name in given:
            if name not in parts:
                yield (section, name), f'{source.connector} has no endpoint "{name}"{nearest(name, parts)}'
    for name, part in parts_of(source).items():
        yield from _columns_that_no_record_has(source, name, part)
        reasons = [reason for feed in part.feeds for reason in feed.left_out]
        for reason in kept_in(source, name):
            if reason not in reasons:
                yield ("feeds", name, "keep"), f'{name} leaves out nothing as "{reason}"{nearest(reason, reasons)}'


def _columns_that_no_record_has(
    source: LiveSource, name: str, part: Endpoint | SubEndpoint
) -> Iterator[tuple[tuple[str, ...], str]]:
    told = map(page_column, part.of_record if isinstance(part, SubEndpoint) else ())
    context = dict.fromkeys((SOURCE, *told), pl.String())
    nothing = pl.Schema({**fields_read(part, mappings_of(source)[name]), **context}).to_frame()
    for feed, mapping in zip(part.feeds, mappings_of(source)[name], strict=True):
        for problem in column_problems(mapping, rows_of(nothing, feed).drop(RECORD).columns):
            yield ("feeds", name, "columns"), problem


def _mapping(source: LiveSource, name: str, feed: Feed) -> SourceMapping:
    corrected = source.feeds.get(name)
    given = given_by(source, connector(source.connector))
    constants = {
        key: value.format_map(given) if isinstance(value, str) else value for key, value in feed.constants.items()
    }
    told: dict[str, Any] = {"columns": feed.columns, "values": feed.values, "constants": constants}
    if corrected is not None:
        others = _fields_of_other_grains(source, name, feed)
        for section, declared in told.items():
            own = {key: value for key, value in getattr(corrected, section).items() if key not in others}
            told[section] = {**declared, **own}
        told["null_values"] = corrected.null_values
    if feed.kind == "survey":
        told |= {"audience": source.audience, "survey": source.survey}
        told |= {"one_answer_per_person_and_item": source.one_answer_per_person_and_item}
        told |= {"item": source.item if feed.grain != "invitations" else []}
    told |= {"message_templates": source.message_templates, "datetime_format": feed.datetime_format}
    return SourceMapping(name=source.name, kind=feed.kind, grain=feed.grain, **told)


def _fields_of_other_grains(source: LiveSource, name: str, feed: Feed) -> set[str]:
    """Fields that a correction means for another feed of the endpoint, and not for this one."""
    own = {field.name for field in fields_of(feed.kind, feed.grain)}
    feeds = parts_of(source)[name].feeds
    return {field.name for other in feeds for field in fields_of(other.kind, other.grain)} - own


def _plain(value: str | int | bool) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
