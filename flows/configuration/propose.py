"""Proposes a `[[source]]` for an export: kind, grain, columns, formats, codes and scales, for a person to check.

Nothing of a person is written: cells only appear where a column is a short list of codes (states, priorities), the
text of a question, or a spelling of "no value".
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection
from pathlib import Path

import polars as pl

from flows.configuration.block import Block
from flows.configuration.kinds import kind_and_grain
from flows.configuration.matching import Match, matches
from flows.configuration.profile import ColumnProfile, null_markers, profiles, values_of
from flows.configuration.questionnaire import ProposedItem, item_columns, long_items, wide_items
from flows.configuration.vocabulary import guessed, has_words
from flows.errors import SourcePermanentError
from flows.settings import SourceSettings
from flows.sources import delimited, files
from flows.sources.archives import format_of
from flows.sources.page import FetchedPage
from transforms.staging.fields import Field, fields_of
from transforms.staging.value_maps import by_export_value

_TAG_VALUES = range(2, 200)
_ENCODINGS = ("utf-8", "utf-16", "cp1252")


def propose(
    file: Path, kind: str | None = None, *, relative_to: Path | None = None, taken: Collection[str] = ()
) -> str:
    """The text of a commented `[[source]]` that loads as it is; doubtful lines are marked `unsure`.

    `relative_to` is the folder of the configuration it is meant for, `taken` are names of other sources. The first
    page is looked at. Raises
    SourcePermanentError when the file cannot be read or nothing in it is recognised, UsageError for an unknown kind.
    """
    probe, page, frame = _first_page(file)
    markers = null_markers(frame)
    columns = profiles(frame, markers)
    found = kind_and_grain(columns, kind)
    if found is None:
        raise SourcePermanentError(f"{file}: not recognised by its columns; say what it holds with --kind")
    chosen_kind, grain = found
    fields = fields_of(chosen_kind, grain)
    matched = matches(fields, columns)
    block = Block()
    block.comment(f"Proposed from {file.name}. Check every line; those marked unsure are guesses.")
    block.lines.append("[[source]]")
    block.key("name", _name(file, taken))
    block.key("kind", chosen_kind)
    block.key("connector", "files")
    block.key("path", _path(file, relative_to))
    block.key("grain", grain)
    audience = _audience(columns)
    if chosen_kind == "survey":
        block.key("audience", audience, "unsure: employee or customer")
    if probe.encoding != "utf-8":
        block.key("encoding", probe.encoding, "unsure: it is not UTF-8")
    if format_of(page.name) == "delimited":
        block.key("delimiter", delimited.sniff(page.payload[:65_536].decode(probe.encoding, errors="replace")))
    _times(block, matched, columns)
    if markers:
        block.key("null_values", markers)
    if chosen_kind == "survey" and grain != "invitations" and "respondent" not in {each.field.name for each in matched}:
        block.key("one_answer_per_person_and_item", True, "no column says who answered")
    _columns(block, fields, matched, columns)
    _values(block, matched, frame, markers)
    _constants(block, fields, matched, columns, file)
    for item in _items((grain, frame, markers), matched, columns, audience):
        block.item(item)
    return block.text()


def _first_page(file: Path) -> tuple[SourceSettings, FetchedPage, pl.DataFrame]:
    """The first page, read in the first encoding that fits; the error is the one of UTF-8 where none does."""
    errors: list[SourcePermanentError] = []
    for encoding in _ENCODINGS:
        probe = SourceSettings(name="proposed", kind="tickets", grain="snapshot", path=str(file), encoding=encoding)
        try:
            page = next(iter(files.fetch(probe)))
            return probe, page, files.parse(page.payload, page.name, probe)
        except SourcePermanentError as error:
            errors.append(error)
    raise errors[0]


def _name(file: Path, taken: Collection[str]) -> str:
    """A name after the file; files of one name in two folders get the folder's as well, else a number."""
    stem, folder = _slug(file.name.split(".")[0]) or "export", _slug(file.resolve().parent.name)
    numbered = (f"{stem[:56]}-{number}" for number in range(2, len(taken) + 3))
    return next(name for name in (stem, f"{folder}-{stem}"[:64].strip("-"), *numbered) if name not in taken)


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:64]


def _path(file: Path, relative_to: Path | None) -> str:
    if relative_to is None:
        return file.as_posix()
    absolute, base = file.resolve(), relative_to.resolve()
    return absolute.relative_to(base).as_posix() if absolute.is_relative_to(base) else absolute.as_posix()


def _audience(columns: dict[str, ColumnProfile]) -> str:
    words = " ".join(columns).lower()
    inside = ("employee", "department", "manager", "supervisor", "tenure", "staff")
    return "employee" if any(word in words for word in inside) else "customer"


def _times(block: Block, matched: list[Match], columns: dict[str, ColumnProfile]) -> None:
    """Time zone and the one format that fits all matched times; ISO 8601 needs none."""
    block.key("timezone", "UTC", "unsure: the zone of times that name none")
    of_times = [columns[match.column].formats for match in matched if match.field.type in ("datetime", "date")]
    fitting = [layout for layout in of_times[0] if all(layout in others for others in of_times)] if of_times else []
    if of_times and not fitting:
        block.comment("unsure: the times are written in different formats; map those of one format and set it")
    elif fitting and "" not in fitting:
        other = f"unsure: {fitting[1]} fits too" if len(fitting) > 1 else ""
        block.key("datetime_format", fitting[0], other)


def _columns(block: Block, fields: tuple[Field, ...], matched: list[Match], columns: dict[str, ColumnProfile]) -> None:
    block.section("[source.columns]")
    for match in matched:
        tags = _tag_columns(match, matched, columns)
        value = [match.column, *tags] if tags else match.column
        unsure = "unsure: further columns are guesses" if tags else "" if match.is_sure else "unsure"
        block.key(match.field.name, value, unsure)
    given = {match.field.name for match in matched}
    for field in fields:
        if field.name not in given:
            need = "required: " if field.required else ""
            default = f" Default: {field.default}." if field.default else ""
            block.comment(f'{field.name} = ""  # {need}{field.description}{default}')


def _tag_columns(match: Match, matched: list[Match], columns: dict[str, ColumnProfile]) -> list[str]:
    """Columns of codes beside the one that was recognised as tags."""
    if match.field.type != "tags":
        return []
    used = {each.column for each in matched}
    return [
        name
        for name, profile in columns.items()
        if name not in used
        and profile.n_distinct in _TAG_VALUES
        and profile.n_filled >= 50 * profile.n_distinct
        and not (profile.is_whole or profile.is_boolean or profile.formats or profile.has_addresses)
    ]


def _values(block: Block, matched: list[Match], frame: pl.DataFrame, markers: list[str]) -> None:
    """Value tables of codes whose export values are not the contract's own."""
    for match in matched:
        name, allowed = match.field.name, match.field.allowed
        profile = profiles(frame.select(match.column), markers)[match.column]
        if not allowed or not has_words(name) or not profile.is_code:
            continue
        exported = values_of(frame[match.column], markers).to_list()
        if {re.sub(r"[\s-]+", "_", value.lower()) for value in exported} <= set(allowed):
            continue
        table, unsure = guessed(name, exported)
        if len(unsure) > len(exported) / 2:
            # Hardly a list of states: it could be anything, names included, and is not repeated.
            block.comment(f"unsure: {len(exported)} values of {name} are unknown; map them in [source.values.{name}]")
            continue
        block.section(f"[source.values.{name}]")
        for value in allowed:
            if value in table:
                block.key(value, table[value])
        left = [value for value in unsure if value.lower() not in by_export_value(table)]
        if left:
            block.comment(f"unsure, in no list, so their rows are quarantined: {', '.join(left)}")


def _constants(
    block: Block, fields: tuple[Field, ...], matched: list[Match], columns: dict[str, ColumnProfile], file: Path
) -> None:
    """What no column says and every row needs."""
    given = {match.field.name for match in matched}
    missing = [field for field in fields if field.required and field.type == "datetime" and field.name not in given]
    promised = "promise_is_kept" in given
    if not missing and not promised:
        return
    dated = [name for name in columns if "date" in name.lower() or "day" in name.lower()]
    written = dt.datetime.fromtimestamp(file.stat().st_mtime, dt.UTC).date()
    block.section("[source.constants]")
    if promised:
        block.key("promise_metric", "resolution")
    for field in missing:
        if dated:
            block.comment(f'a template may put it together instead: {field.name} = "2020-05-{{{dated[0]}}}"')
        block.key(field.name, written.isoformat(), "unsure: no column has it; this is the day the file was written")


def _items(
    page: tuple[str, pl.DataFrame, list[str]], matched: list[Match], columns: dict[str, ColumnProfile], audience: str
) -> list[ProposedItem]:
    grain, frame, markers = page
    if grain == "wide_answers":
        return wide_items(frame, item_columns(columns), markers, audience)
    named = {match.field.name: match.column for match in matched}
    if grain == "long_answers" and {"question", "answer"} <= named.keys():
        return long_items(frame.select(question=named["question"], answer=named["answer"]), markers, audience)
    return []
