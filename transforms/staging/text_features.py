"""What is kept of a free text: its length, its tags, and a fingerprint that only tells how similar two texts are."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence

import polars as pl

BITS = 63  # of the 64-bit SimHash; the contracts' integers are signed
# Two texts whose word sets have a cosine of c differ in about BITS * arccos(c) / pi bits: 9 bits at c = 0.9.
SIMILAR_WITHIN_BITS = 9
_TAG = r"#[\p{L}_][\w-]*"  # not #123, which is a ticket or an entity
_TURN = 23


def tags_in(text: pl.Expr) -> pl.Expr:
    """The #tags of a text, lower case, without `#`, each once (List of String; null where there is no text)."""
    tags = text.str.to_lowercase().str.extract_all(_TAG)
    return tags.list.eval(pl.element().str.strip_prefix("#")).list.unique(maintain_order=True)


def without_templates(text: pl.Expr, templates: Sequence[str]) -> pl.Expr:
    """A text without the template texts in it, whatever their case; what a form wrote is not what its user wrote."""
    for template in sorted(templates, key=len, reverse=True):
        text = text.str.replace_all(f"(?i){re.escape(template)}", "")
    return text


def length_without_tags(text: pl.Expr) -> pl.Expr:
    """Characters of a text without its #tags, runs of blanks counted as one (Int64)."""
    bare = text.str.replace_all(_TAG, "").str.replace_all(r"\s+", " ").str.strip_chars()
    return bare.str.len_chars().cast(pl.Int64)


def fingerprints(texts: pl.Series, key: bytes) -> pl.Series:
    """64-bit SimHash of each text over its set of words and word pairs, as its lower 63 bits (Int64).

    Null where the text is missing or has no word. Each distinct text is computed once and each distinct word hashed
    once. The hash is keyed: without the key nobody can tell which text a fingerprint belongs to.
    """
    distinct = pl.DataFrame({"text": texts.drop_nulls().unique()}, schema={"text": pl.String}).with_row_index("text_id")
    hashes = _hashes(distinct, key)
    if hashes.is_empty():
        return pl.Series(texts.name, [None] * len(texts), dtype=pl.Int64)
    votes = [((pl.col("hash") & (1 << bit)) != 0).sum() * 2 > pl.len() for bit in range(BITS)]
    weighed = [pl.when(vote).then(1 << bit).otherwise(0).cast(pl.Int64) for bit, vote in enumerate(votes)]
    by_text = (
        hashes.lazy()
        .group_by("text_id")
        .agg(pl.sum_horizontal(weighed).alias("fingerprint"))
        .join(distinct.lazy(), on="text_id")
        .collect()
    )
    return texts.replace_strict(by_text["text"], by_text["fingerprint"], default=None, return_dtype=pl.Int64)


def _hashes(distinct: pl.DataFrame, key: bytes) -> pl.DataFrame:
    """text_id x hash: one row per distinct word, and per distinct pair of words that follow one another, of a text."""
    words = (
        distinct.select("text_id", pl.col("text").str.to_lowercase().str.extract_all(r"\w+").alias("word"))
        .explode("word")
        .drop_nulls("word")
    )
    vocabulary = words.select(pl.col("word").unique())
    hashed = pl.Series("hash", [_hash(word, key) for word in vocabulary["word"].to_list()], dtype=pl.Int64)
    singles = words.join(vocabulary.with_columns(hashed), on="word", maintain_order="left").select("text_id", "hash")
    before, after = pl.col("hash"), pl.col("hash").shift(-1).over("text_id")
    # The first word's bits are turned round so that `good work` and `work good` differ.
    turned = (before % 2 ** (BITS - _TURN)) * 2**_TURN + before // 2 ** (BITS - _TURN)
    pairs = singles.select("text_id", (turned ^ after).alias("hash")).drop_nulls("hash")
    return pl.concat([singles, pairs]).unique()


def _hash(word: str, key: bytes) -> int:
    digest = hashlib.blake2b(word.encode(), digest_size=8, key=hashlib.sha256(key).digest()).digest()
    return int.from_bytes(digest, "big") & ((1 << BITS) - 1)
