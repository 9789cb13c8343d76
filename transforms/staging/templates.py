"""What `[source.columns]` may refer to: an export column, a list of them, or a template such as `2017-05-{INTDATE}`."""

from __future__ import annotations

import re
from collections.abc import Sequence

import polars as pl

from transforms.staging.mapping import ColumnReference

_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")


def exported_name(name: str, columns: Sequence[str]) -> str | None:
    """The export's own spelling of a column: exact, else without blanks around it; None where there is none."""
    if name in columns:
        return name
    return next((column for column in columns if column.strip() == name.strip()), None)


def referenced(reference: ColumnReference, columns: Sequence[str]) -> list[str]:
    """Names of the columns a reference needs, as the mapping spells them."""
    if isinstance(reference, list):
        return list(reference)
    if exported_name(reference, columns) is None and (placeholders := _PLACEHOLDER.findall(reference)):
        return list(dict.fromkeys(placeholders))
    return [reference]


def text_of(reference: str, columns: Sequence[str], null_values: Sequence[str]) -> pl.Expr:
    """Trimmed text of a column or template; null where empty, a null value, or a placeholder is missing.

    The columns exist: `checks.check_columns` has said so.
    """
    if (name := exported_name(reference, columns)) is not None:
        return column_text(name, null_values)
    parts = [
        pl.lit(piece) if index % 2 == 0 else column_text(exported_name(piece, columns) or piece, null_values)
        for index, piece in enumerate(_PLACEHOLDER.split(reference))
    ]
    return pl.concat_str(parts)


def column_text(name: str, null_values: Sequence[str]) -> pl.Expr:
    """Trimmed text of one export column; null where it is empty or one of `null_values`."""
    text = pl.col(name).str.strip_chars()
    return pl.when(~text.is_in(["", *(value.strip() for value in null_values)])).then(text)
