"""Zendesk's nested records as rows: one per event of a ticket, slot of a schedule, answer of a survey.

Every function takes the records of a page as a frame and keeps `page.record`, the number of the record behind each row.
"""

from __future__ import annotations

import polars as pl

from flows.sources.connectors.zendesk.zones import IANA_ZONES
from flows.sources.rest.declaration import RECORD, SOURCE

_MERGED = "closed_by_merge"  # the tag Zendesk puts on a ticket that was merged into another
_REDACTED = "CommentRedactionEvent"  # words of a comment were removed for good
_SYSTEM = "-1"  # the updater of triggers and automations
_DAY = 1440
# Field of an update -> the type of event that a change of it is.
_CHANGES = {"status": "status", "priority": "priority", "group_id": "group", "assignee_id": "assignee"}


def tickets(records: pl.DataFrame) -> pl.DataFrame:
    """Tickets, with `is_deleted`: deleted, or merged away."""
    merged = pl.col("tags").list.contains(_MERGED).fill_null(False)
    return records.with_columns(
        ((pl.col("status") == "deleted").fill_null(False) | merged).cast(pl.String).alias("is_deleted")
    )


def measured(records: pl.DataFrame) -> pl.DataFrame:
    """Tickets that carry their metric set."""
    return records.filter(pl.col("metric_set").struct.field("ticket_id").is_not_null())


def ticket_events(records: pl.DataFrame) -> pl.DataFrame:
    """Typed events out of updates: at, sequence, event_type, value, team, agent, actor, actor_role, body.

    The comment that opens a ticket is its `created` event and no reply: Zendesk counts a ticket that an agent opens
    in public as answered by the *next* public comment. An update by the system is a bot's.
    """
    at = pl.coalesce("created_at", pl.from_epoch(pl.col("timestamp").cast(pl.Int64)).dt.strftime("%Y-%m-%dT%H:%M:%SZ"))
    children = (
        records.lazy()
        .select(RECORD, SOURCE, "ticket_id", at.alias("at"), "updater_id", "child_events")
        .explode("child_events", empty_as_null=False, keep_nulls=False)
        .unnest("child_events")
        .with_columns(
            pl.coalesce("author_id", "updater_id").alias("actor"),
            pl.col("id").alias("sequence"),
            (pl.col("event_type") == "Create").any().over(RECORD).alias("opens"),
        )
        .with_columns(
            # A change tells its field by a key of that name, or as `field_name` and `value`.
            pl.coalesce(name, pl.when(pl.col("field_name") == name).then(pl.col("value").fill_null(""))).alias(name)
            for name in _CHANGES
        )
    )
    is_comment, is_public = pl.col("event_type") == "Comment", pl.col("public") == "true"
    told = pl.when("opens").then(pl.lit("created")).when(is_public).then(pl.lit("public_reply"))
    frames = [
        _events(children.filter(is_comment), told.otherwise(pl.lit("private_note"))),
        _events(children.filter(pl.col("event_type") == "ScheduleAssignment"), "calendar", value="new_schedule_id"),
        _events(children.filter(pl.col("event_type") == _REDACTED), "redaction", value="comment_id"),
        _events(children.filter(pl.col("added_tags").list.contains(_MERGED)), "merge"),
        *(
            _events(children.filter(pl.col(field).is_not_null()), event_type, **{_held(event_type): field})
            for field, event_type in _CHANGES.items()
        ),
    ]
    return pl.concat(frames).sort(RECORD, "sequence", maintain_order=True).collect()


def _held(event_type: str) -> str:
    return {"group": "team", "assignee": "agent"}.get(event_type, "value")


def _events(children: pl.LazyFrame, event_type: pl.Expr | str, **told: str) -> pl.LazyFrame:
    by_system = pl.col("actor") == _SYSTEM
    kind = pl.lit(event_type) if isinstance(event_type, str) else event_type
    return children.select(
        RECORD,
        SOURCE,
        "ticket_id",
        "at",
        "sequence",
        kind.alias("event_type"),
        *(
            pl.col(told[name]).alias(name) if name in told else pl.lit(None, dtype=pl.String).alias(name)
            for name in _TOLD
        ),
        pl.when(~by_system).then("actor").alias("actor"),
        pl.when(by_system).then(pl.lit("bot")).otherwise(pl.lit("unknown")).alias("actor_role"),
        pl.when(pl.col("event_type") == "Comment").then("body").alias("body"),
    )


_TOLD = ("value", "team", "agent")


def promise_events(records: pl.DataFrame) -> pl.DataFrame:
    """Metric events with `target`, `clock` and `policy_id` of the policy applied, a group's or the ticket's."""
    policies = [pl.col(name).struct for name in ("sla", "group_sla")]
    in_business = pl.coalesce(policy.field("business_hours") for policy in policies)
    return records.with_columns(
        pl.coalesce(policy.field("target") for policy in policies).alias("target"),
        pl.coalesce(policy.field("policy").struct.field("id") for policy in policies).alias("policy_id"),
        in_business.replace_strict({"true": "business", "false": "calendar"}, default=None).alias("clock"),
        pl.col("deleted").fill_null("false").alias("deleted"),
    )


def with_an_address(records: pl.DataFrame) -> pl.DataFrame:
    """Users that have an e-mail address, which other systems know them by."""
    return records.filter(pl.col("email").is_not_null())


def named_groups(records: pl.DataFrame) -> pl.DataFrame:
    """Groups, each with the day on which it was made."""
    return records.with_columns(pl.col("created_at").str.slice(0, 10))


def default_groups(records: pl.DataFrame) -> pl.DataFrame:
    """The group each agent belongs to first: Zendesk lets an agent be in several, one of them the default."""
    return records.filter(pl.col("default") == "true").with_columns(pl.col("created_at").str.slice(0, 10))


def calendar_slots(records: pl.DataFrame) -> pl.DataFrame:
    """Slots by weekday out of intervals in minutes since Sunday 00:00 on the schedule's wall clock."""
    starts, ends = (pl.col("intervals").struct.field(name).cast(pl.Int64) for name in ("start_time", "end_time"))
    weekday = starts // _DAY
    return records.select(
        RECORD,
        "id",
        "created_at",
        "updated_at",
        pl.col("time_zone").replace(IANA_ZONES),
        pl.when(weekday == 0).then(7).otherwise(weekday).cast(pl.String).alias("weekday"),
        (starts % _DAY).cast(pl.String).alias("opens_minute"),
        (ends - weekday * _DAY).cast(pl.String).alias("closes_minute"),
    )


def closures(records: pl.DataFrame) -> pl.DataFrame:
    """Holidays from the midnight of their first day to the one after their last, or between the times they name."""
    last = pl.col("end_date").str.slice(0, 10).str.to_date(strict=False).dt.offset_by("1d").cast(pl.String)
    names_a_time = pl.col("end_date").str.len_chars() > 10
    return records.with_columns(
        pl.col("start_date").alias("closed_from"),
        pl.when(names_a_time).then("end_date").otherwise(last).alias("closed_until"),
    )


def offered(records: pl.DataFrame) -> pl.DataFrame:
    """Ratings that the customer was asked for."""
    return records.filter(pl.col("score") != "unoffered")


def rated(records: pl.DataFrame) -> pl.DataFrame:
    """Ratings that were given, as `value` (good, bad) and `answer` (1, 0), by the requester."""
    value = pl.col("score").str.extract("^(good|bad)")
    return records.with_columns(
        value.alias("value"), value.replace_strict({"good": "1", "bad": "0"}, default=None).alias("answer")
    ).filter(pl.col("value").is_not_null())


def survey_answers(records: pl.DataFrame) -> pl.DataFrame:
    """Rated answers of a survey: `question` (its alias, else its id), `answer`, `answered_at`, `ticket_id`.

    A rating is known by its number: what its answer's type is called differs (`rating`, `rating_scale`). Answers in
    words, and those that were skipped, have none.
    """
    answer = pl.col("answers").struct
    question = answer.field("question").struct
    of_ticket = pl.col("subjects").list.eval(pl.element().struct.field("zrn").str.extract(r"^zen:ticket:(\d+)$"))
    return (
        records.explode("answers", empty_as_null=False, keep_nulls=False)
        .filter(answer.field("rating").is_not_null())
        .select(
            RECORD,
            SOURCE,
            "id",
            "responder_id",
            pl.coalesce(question.field("alias"), question.field("id")).alias("question"),
            answer.field("rating").alias("answer"),
            pl.coalesce(answer.field("updated_at"), answer.field("created_at")).alias("answered_at"),
            of_ticket.list.drop_nulls().list.first().alias("ticket_id"),
        )
    )
