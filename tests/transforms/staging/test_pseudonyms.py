from __future__ import annotations

import hashlib
import hmac

import polars as pl
import pytest

from transforms.staging.pseudonyms import pseudonym, pseudonymise


def test_a_pseudonym_is_the_keyed_hash_of_the_folded_identifier() -> None:
    expected = "p_" + hmac.new(b"key", b"u1@example.org", hashlib.sha256).hexdigest()[:32]
    frame = pl.DataFrame({"agent": ["  U1@Example.org", None], "requester": [None, "u1@example.org "]})

    hashed = pseudonymise(frame, ["agent", "requester"], b"key")

    assert hashed.rows() == [(expected, None), (None, expected)]


def test_another_key_gives_another_pseudonym() -> None:
    assert pseudonym("u1", b"key") != pseudonym("u1", b"other key")


def test_columns_without_a_person_stay_empty() -> None:
    frame = pl.DataFrame({"agent": [None, None]}, schema={"agent": pl.String})

    assert pseudonymise(frame, ["agent"], b"key").equals(frame)


def test_an_empty_key_is_refused() -> None:
    with pytest.raises(ValueError, match="pseudonym key is empty"):
        pseudonymise(pl.DataFrame({"agent": ["u1"]}), ["agent"], b"")
