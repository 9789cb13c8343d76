"""What the events of a ticket say in order: its statuses, and the teams and agents that held it."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl
import polars.selectors as cs

from transforms.contracts.tickets import EVENT_TYPES

TICKET_KEY = ("source", "ticket_id")
TICKET_ROW = "ticket_row"
_EVENT_COLUMNS = (
    *TICKET_KEY,
    "at",
    "sequence",
    "event_type",
    "value",
    "org_unit_id",
    "agent_key",
    "actor_key",
    "actor_role",
    "fingerprint",
)


def of_tickets(rows: pl.LazyFrame, tickets: pl.LazyFrame, feeding: pl.LazyFrame | None = None) -> pl.LazyFrame:
    """`rows` (events, promises) with the `source` of the ticket they are about.

    Ticket ids are unique within a source. A source that feeds no tickets itself (a separate export of events or
    promises) speaks of the tickets of the others; where several know the id, of the first by name. `feeding` holds the
    sources of all tickets where `tickets` are only those that the rows name.
    """
    own = (
        (tickets if feeding is None else feeding)
        .select("source")
        .unique()
        .with_columns(pl.lit(True).alias("feeds_tickets"))
    )
    known = tickets.group_by("ticket_id").agg(pl.col("source").min().alias("ticket_source"))
    return (
        rows.join(own, on="source", how="left", maintain_order="left")
        .join(known, on="ticket_id", how="left", maintain_order="left")
        .with_columns(
            pl.when("feeds_tickets").then("source").otherwise(pl.coalesce("ticket_source", "source")).alias("source")
        )
        .drop("feeds_tickets", "ticket_source")
    )


def events_of_tickets(tables: Mapping[str, pl.LazyFrame]) -> pl.LazyFrame:
    """Events of known tickets, each once, under the source of their ticket and in order of ticket and time.

    `ticket_row` numbers the tickets: sorting and windows over a number are several times faster than over two texts.
    Texts are categoricals, which take a fifth of the memory and are quick to compare; see `in_codes`.
    """
    tickets = tables["ticket"].select(TICKET_KEY).unique().sort(TICKET_KEY).with_row_index(TICKET_ROW)
    order = (TICKET_ROW, "at", "sequence", "event_type")
    repeated = pl.all_horizontal(pl.col(name) == pl.col(name).shift() for name in order)
    known = (
        of_tickets(tables["ticket_event"].select(_EVENT_COLUMNS), tables["ticket"])
        .join(tickets, on=TICKET_KEY)
        .with_columns(pl.col("event_type").cast(pl.Enum(EVENT_TYPES)))
    )
    return in_codes(known).sort(order).filter(~repeated.fill_null(False))


def in_codes(rows: pl.LazyFrame) -> pl.LazyFrame:
    """`rows` with texts as categoricals. They compare with texts, and join with and coalesce among each other only."""
    return rows.with_columns(cs.string().cast(pl.Categorical))


def in_texts(rows: pl.LazyFrame) -> pl.LazyFrame:
    """`rows` with categoricals as the texts they stand for."""
    return rows.with_columns(cs.categorical().cast(pl.String))


def statuses(events: pl.DataFrame) -> pl.DataFrame:
    """Changes of status, in codes, of `events_of_tickets`.

    Shape: ticket key and number, at, status, previous_status, is_reopen_event, org_unit_id, agent_key. A repeated
    status is an observation and is collapsed. An explicit reopen counts as a change to open, so that a source that
    reports it beside the status is not counted twice.
    """
    is_reopen = pl.col("event_type") == "reopen"
    return (
        events.lazy()
        .filter(is_reopen | ((pl.col("event_type") == "status") & pl.col("value").is_not_null()))
        .select(
            *TICKET_KEY,
            TICKET_ROW,
            "at",
            pl.when(is_reopen).then(pl.lit("open", dtype=pl.Categorical)).otherwise("value").alias("status"),
            is_reopen.alias("is_reopen_event"),
            "org_unit_id",
            "agent_key",
        )
        .with_columns(pl.when(_same_ticket(1)).then(pl.col("status").shift()).alias("previous_status"))
        .filter(pl.col("status").ne_missing(pl.col("previous_status")))
        .collect()
    )


def stations(tables: Mapping[str, pl.LazyFrame], events: pl.DataFrame) -> pl.DataFrame:
    """Stays of tickets with teams and with agents, a return being a new stay; in codes.

    Shape: ticket key, its number if it has events, holder (`team`, `agent`), org_unit_id or agent_key, entered_at,
    left_at (null for the last), is_timeline (False for the single stay of a ticket whose events name no team: its team
    as last seen).
    """
    tickets = in_codes(tables["ticket"].select(*TICKET_KEY, "created_at", "org_unit_id")).collect()
    teams = _stays(events, "org_unit_id", "team")
    untold = (
        tickets.join(teams, on=TICKET_KEY, how="anti")
        .unique(TICKET_KEY, keep="first", maintain_order=True)
        .select(
            *TICKET_KEY,
            "org_unit_id",
            pl.col("created_at").alias("entered_at"),
            pl.lit("team", dtype=pl.Categorical).alias("holder"),
            pl.lit(False).alias("is_timeline"),
        )
    )
    return pl.concat([teams, _stays(events, "agent_key", "agent"), untold], how="diagonal")


def _stays(events: pl.DataFrame, column: str, holder: str) -> pl.DataFrame:
    return (
        events.lazy()
        .select(*TICKET_KEY, TICKET_ROW, column, "at")
        .filter(pl.col(column).is_not_null())
        .filter(~(_same_ticket(1) & (pl.col(column) == pl.col(column).shift())).fill_null(False))
        .select(
            *TICKET_KEY,
            TICKET_ROW,
            column,
            pl.col("at").alias("entered_at"),
            pl.when(_same_ticket(-1)).then(pl.col("at").shift(-1)).alias("left_at"),
            pl.lit(holder, dtype=pl.Categorical).alias("holder"),
            pl.lit(True).alias("is_timeline"),
        )
        .collect()
    )


def _same_ticket(step: int) -> pl.Expr:
    """Whether the row `step` rows before is of the same ticket; rows are in order of ticket and time."""
    return pl.col(TICKET_ROW) == pl.col(TICKET_ROW).shift(step)
