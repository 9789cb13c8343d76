"""What the cells of a column look like, said without repeating one of them."""

from __future__ import annotations

import polars as pl


def shape_of(cells: pl.Series, null_values: list[str]) -> str:
    """`number`, `date or time like 99/99/9999 99:99`, `text up to 12 characters`, with the share that is filled.

    `null_values` count as empty. Digits of times become 9. Nothing else of a cell's content is shown.
    """
    trimmed = cells.str.strip_chars()
    filled = trimmed.filter(~trimmed.is_in(["", *null_values])).drop_nulls()
    if filled.is_empty():
        return "empty"
    share = f"{filled.len() / cells.len():.0%} filled"
    patterns = filled.str.replace_all(r"\d", "9")
    if bool(filled.str.contains(r"^[+-]?\d+$").all()):
        return f"whole number, {share}"
    if bool(filled.str.contains(r"^[+-]?\d*[.,]?\d+$").all()):
        return f"number, {share}"
    if bool(patterns.str.contains(r"^9{1,4}[-/.]9{1,2}[-/.]9{1,4}([ T][9:.,+Z -]*)?$").all()):
        usual: str = patterns.mode().sort().to_list()[0]
        return f"date or time like {usual}, {share}"
    return f"text up to {max(filled.str.len_chars().to_list())} characters, {share}"
