"""Texts made of columns.

`polars.format` is not used anywhere (the linter forbids it): where a filter leaves the first chunk of a column empty it
panics in the streaming engine, and which chunks there are depends on how many files and rows a company has.
https://github.com/pola-rs/polars/issues/25339
"""

from __future__ import annotations

import polars as pl

_GAP = "{}"


def filled(template: str, *parts: str | pl.Expr) -> pl.Expr:
    """`template` with one part (a column's name or an expression, cast to text) in place of each `{}`.

    Null where any part is null. Raises ValueError where gaps and parts differ in number.
    """
    words = template.split(_GAP)
    if len(words) != len(parts) + 1:
        raise ValueError(f"{len(words) - 1} gaps for {len(parts)} parts: {template}")
    pieces = [pl.lit(words[0])]
    for part, following in zip(parts, words[1:], strict=True):
        pieces += [pl.col(part) if isinstance(part, str) else part, pl.lit(following)]
    return pl.concat_str(pieces[0 if words[0] else 1 : None if words[-1] else -1])
