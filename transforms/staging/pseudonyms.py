"""Person identifiers become keyed pseudonyms here and nowhere else; nothing past staging knows the identifier."""

from __future__ import annotations

import hmac
from collections.abc import Sequence

import polars as pl

_HEXADECIMALS = 32


def pseudonym(identifier: str, key: bytes) -> str:
    """`p_` and the first 32 hexadecimal digits of HMAC-SHA-256 over the identifier in UTF-8."""
    return "p_" + hmac.digest(key, identifier.encode(), "sha256").hex()[:_HEXADECIMALS]


def pseudonymise(frame: pl.DataFrame, columns: Sequence[str], key: bytes) -> pl.DataFrame:
    """`frame` with the identifiers in `columns` (String) replaced by pseudonyms; null stays null.

    Identifiers are trimmed and put in lower case first, so that one person is one pseudonym in every source. Each
    distinct identifier is hashed once and joined back. Raises ValueError for an empty key.
    """
    if not key:
        raise ValueError("the pseudonym key is empty; set one before staging")
    if not columns:
        return frame
    folded = frame.with_columns(pl.col(*columns).str.strip_chars().str.to_lowercase())
    distinct = pl.concat([folded[column] for column in columns]).drop_nulls().unique()
    if distinct.is_empty():
        return folded
    hashed = pl.Series([pseudonym(identifier, key) for identifier in distinct.to_list()], dtype=pl.String)
    return folded.with_columns(pl.col(*columns).replace_strict(distinct, hashed, default=None, return_dtype=pl.String))
