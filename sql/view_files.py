"""The views of schema `marts`: one file of portable SQL each, with a header that says what it answers.

The header is made of comment lines before the statement: `-- Question:`, `-- Grain:` (the columns that name one row),
`-- Reads:` (tables and views it stands on) and `-- Column <name>:` for columns that no contract describes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from graphlib import TopologicalSorter
from importlib.resources import files

from sql.tables import column_comment
from transforms.contracts import MARTS

# Where a view's column is described when its own header does not: the first contract that has it.
_DESCRIBED_BY = ("fct_kpi_value", "dim_kpi", "dim_org_unit", "dim_period", "dim_principle", "fct_principle_score")
_HEADER = re.compile(r"^-- (Question|Grain|Reads|Column \w+): (.+)$", re.MULTILINE)


class ViewFileError(ValueError):
    """A view's file lacks a part of its header; the message names the file and the part."""


@dataclass(frozen=True)
class View:
    """One view: what it answers, what names a row, what it reads, what its own columns mean, and its statement."""

    name: str
    question: str
    grain: tuple[str, ...]
    reads: tuple[str, ...]
    own_columns: dict[str, str]
    statement: str

    def comment(self) -> str:
        """The question it answers and its grain, in one line."""
        return f"{self.question} One row per {', '.join(self.grain)}."

    def column_description(self, column: str) -> str:
        """What a column means: from the view's header, else from the contract it comes from.

        Raises ViewFileError when neither says.
        """
        if column in self.own_columns:
            return self.own_columns[column]
        for table in _DESCRIBED_BY:
            declared = MARTS[table].columns()
            if column in declared:
                return column_comment(declared[column])
        raise ViewFileError(f"sql/views/{self.name}.sql: column {column} is described nowhere; say it in the header")


@cache
def views() -> tuple[View, ...]:
    """Every view of `sql/views`, each after the views it reads. Raises ViewFileError for a malformed header."""
    found = {
        entry.name.removesuffix(".sql"): _parsed(entry.name.removesuffix(".sql"), entry.read_text("utf-8"))
        for entry in sorted(files("sql").joinpath("views").iterdir(), key=lambda entry: entry.name)
        if entry.name.endswith(".sql")
    }
    graph = {name: [read for read in view.reads if read in found] for name, view in found.items()}
    return tuple(found[name] for name in TopologicalSorter(graph).static_order())


def _parsed(name: str, text: str) -> View:
    header: dict[str, str] = dict(_HEADER.findall(text))
    for part in ("Question", "Grain", "Reads"):
        if part not in header:
            raise ViewFileError(f"sql/views/{name}.sql: the header lacks `-- {part}:`")
    return View(
        name=name,
        question=header["Question"],
        grain=_listed(header["Grain"]),
        reads=_listed(header["Reads"]),
        own_columns={key.removeprefix("Column "): said for key, said in header.items() if key.startswith("Column ")},
        statement=text[text.index("CREATE VIEW") :].strip().rstrip(";"),
    )


def _listed(words: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in words.split(","))
