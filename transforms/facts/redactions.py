"""What redactions took away: the fingerprint of a comment goes with its words."""

from __future__ import annotations

import polars as pl

from transforms.facts.ticket_history import TICKET_ROW

_COMMENT = (TICKET_ROW, "sequence")


def applied(events: pl.DataFrame) -> pl.DataFrame:
    """`events` (of `events_of_tickets`) without redactions, and without the fingerprints of what they redacted.

    A redaction names a comment of its ticket by its sequence. It is no step of the ticket: nobody is answered, and
    the ticket is in nobody's hands because of it.
    """
    is_redaction = pl.col("event_type") == "redaction"
    redacted = events.filter(is_redaction).select(
        TICKET_ROW,
        pl.col("value").cast(pl.String).cast(pl.Int64, strict=False).alias("sequence"),
        pl.lit(True).alias("is_redacted"),
    )
    if redacted.is_empty():
        return events
    left = pl.when(pl.col("is_redacted").is_null()).then("fingerprint")
    return (
        events.lazy()
        .filter(~is_redaction)
        .join(redacted.lazy().unique(_COMMENT), on=_COMMENT, how="left", maintain_order="left")
        .with_columns(left.alias("fingerprint"))
        .drop("is_redacted")
        .collect()
    )
