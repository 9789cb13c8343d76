"""The data dictionary, generated from the contracts and the views: `python -m sql.dictionary` writes DICTIONARY.md.

With `--check` nothing is written and a file that is not current is exit code 1; a test says the same.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import dataframely as dy
import duckdb
import sqlalchemy as sa

from sql.duckdb_build import fill
from sql.tables import MARTS_SCHEMA, RESTRICTED_SCHEMA, SCHEMAS, column_unit, table_comment, tables_of
from sql.view_files import View, views

DICTIONARY = Path(__file__).with_name("DICTIONARY.md")
_INTRODUCTION = """\
# Data dictionary

Generated from the contracts and the views by `python -m sql.dictionary`; do not edit.

Times are UTC. Shares, gaps, intervals, coverage and response rates are fractions; durations are minutes unless the
name says days. A missing number is null and `state` says why; it is never 0. **Key** marks the columns that name one
row.
"""
_GROUPS = (
    ("Views", "Start here. Definition in force, names joined in.", MARTS_SCHEMA, None),
    ("Facts", "The truth behind the views.", MARTS_SCHEMA, "fct_"),
    ("Dimensions", "What the facts refer to.", MARTS_SCHEMA, "dim_"),
    ("Runs and quality", "What the pipeline did, refused, changed and hid.", MARTS_SCHEMA, "meta_"),
    ("Restricted", "Event grain, pseudonymous; for data stewards only.", RESTRICTED_SCHEMA, "fct_"),
)


def render() -> str:
    """The whole dictionary as Markdown. Raises ViewFileError for a view with an undescribed column."""
    lines = [_INTRODUCTION]
    for title, said, schema, prefix in _GROUPS:
        lines += [f"## {title}", "", said, ""]
        if prefix is None:
            lines += [line for view, types in _typed_views() for line in _view(view, types)]
        else:
            lines += [line for table in tables_of(schema) if table.name.startswith(prefix) for line in _table(table)]
    return "\n".join(lines).rstrip() + "\n"


def _table(table: sa.Table) -> Iterator[str]:
    contract = SCHEMAS[str(table.schema)][table.name]
    yield from (f"### `{table.schema}.{table.name}`", "", table_comment(contract), "")
    yield from _heading()
    for name, declared in contract.columns().items():
        yield _row(name, _type(table.columns[name]), declared)
    yield ""


def _view(view: View, types: dict[str, str]) -> Iterator[str]:
    yield from (f"### `{MARTS_SCHEMA}.{view.name}`", "", f"{view.question} Reads {', '.join(view.reads)}.", "")
    yield "| column | type | key | description |"
    yield "|---|---|---|---|"
    for name, type_name in types.items():
        key = "key" if name in view.grain else ""
        yield f"| `{name}` | {type_name} | {key} | {_cell(view.column_description(name))} |"
    yield ""


def _heading() -> tuple[str, str]:
    return "| column | type | unit | null | key | description |", "|---|---|---|---|---|---|"


def _row(name: str, type_name: str, declared: dy.Column) -> str:
    null = "yes" if declared.nullable else "no"
    key = "key" if declared.primary_key else ""
    described = _cell(str(declared.description))
    return f"| `{name}` | {type_name} | {column_unit(declared) or ''} | {null} | {key} | {described} |"


def _type(column: sa.Column[object]) -> str:
    """The type in words that hold for every engine."""
    names = {
        sa.Float: "double",
        sa.DateTime: "timestamp (UTC)",
        sa.Date: "date",
        sa.Boolean: "boolean",
        sa.Integer: "bigint",
    }
    return next((said for kind, said in names.items() if isinstance(column.type, kind)), "text")


def _typed_views() -> Iterator[tuple[View, dict[str, str]]]:
    """Views with their columns' types, as a database gives them for empty tables."""
    said = {"VARCHAR": "text", "TIMESTAMP WITH TIME ZONE": "timestamp (UTC)"}
    empty = {name: contract.create_empty() for name, contract in SCHEMAS[MARTS_SCHEMA].items()}
    with closing(duckdb.connect(":memory:")) as connection:
        fill(connection, MARTS_SCHEMA, empty)
        for view in views():
            relation = connection.sql(f"FROM {MARTS_SCHEMA}.{view.name}")
            types = (said.get(str(kind), str(kind).lower()) for kind in relation.types)
            yield view, dict(zip(relation.columns, types, strict=True))


def _cell(words: str) -> str:
    return words.replace("|", "\\|")


def main(arguments: list[str]) -> int:
    """Write the dictionary, or with `--check` say whether it is current; the exit code."""
    page = render()
    if "--check" not in arguments:
        DICTIONARY.write_text(page, encoding="utf-8")
        return 0
    if DICTIONARY.read_text("utf-8") == page:
        return 0
    sys.stderr.write(f"{DICTIONARY.name} is not current: run `make docs`\n")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
