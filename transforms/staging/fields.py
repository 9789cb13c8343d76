"""The fields an export may be mapped to, per kind and grain: the keys of `[source.columns]` and `[source.constants]`.

Read by staging, by the comments `init` writes into a configuration and by `sources check`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from transforms.contracts.improvement import IMPROVEMENT_TYPES
from transforms.contracts.organisation import OFFICES
from transforms.contracts.person_roles import PERSON_ROLES
from transforms.contracts.promise_events import PROMISE_EVENT_TYPES, TOLD_METRICS
from transforms.contracts.results import PERIOD_GRAINS
from transforms.contracts.ticket_metrics import TOLD_COUNTS, TOLD_DURATIONS
from transforms.contracts.tickets import ACTOR_ROLES, CLOCKS, EVENT_TYPES, PRIORITIES, PROMISE_METRICS, STATUSES

FieldType = Literal[
    "identifier",  # up to 200 characters
    "label",  # short text for people, up to 200 characters
    "person",  # becomes a keyed pseudonym
    "code",  # one of `allowed`
    "boolean",  # true/false, yes/no, 1/0
    "count",  # whole number, zero or more
    "number",  # finite number, zero or more
    "datetime",  # a moment; ISO 8601 unless `datetime_format` is set
    "date",  # a day as written
    "tags",  # a list
    "message",  # free text, of which only length and fingerprint are kept
    "answer",  # a point of the item's scale
    "question",  # the text of a mapped item
]


@dataclass(frozen=True)
class Field:
    """One field: what it means, its type, whether a row can do without it, and what it is when not mapped."""

    name: str
    type: FieldType
    description: str
    required: bool = False
    allowed: tuple[str, ...] = ()
    default: str | None = None


def _key(name: str, description: str, *, required: bool = True, default: str | None = None) -> Field:
    return Field(name, "identifier", description, required=required, default=default)


def _code(
    name: str, allowed: tuple[str, ...], description: str, *, required: bool = False, default: str | None = None
) -> Field:
    return Field(name, "code", description, required=required, allowed=allowed, default=default)


_TICKET_ID = _key("ticket_id", "Ticket number; unique within the source.")
_CALENDAR_ID = _key("calendar_id", "Calendar.")
_ABOUT_TICKET = _key("ticket_id", "Ticket it is about.", required=False)
_TEAM = _key("team", "Team, as the organisation source names it.", required=False)
_PRIORITY = _code("priority", PRIORITIES, "Priority.")
_AGENT = Field("agent", "person", "Who holds the ticket.")
_REQUESTER = Field("requester", "person", "Who asked.")
_CHANNEL = Field("channel", "label", "Channel the ticket came in by.")
_RESPONDENT = Field("respondent", "person", "Who answered; leave out where the export does not say.")
_RESPONSE_ID = _key(
    "response_id",
    "Filled-in questionnaire, or answer; without it a file exported again with changes counts its answers twice.",
    required=False,
    default="page and row",
)
_COMMENT = Field("comment", "message", "What was written with the answers; only whether there is anything is kept.")
_ANSWERED_AT = Field("answered_at", "datetime", "When it was answered.", required=True)

_TICKET_STATE = (
    Field("updated_at", "datetime", "When the ticket last changed.", default="latest of the row's times"),
    Field("solved_at", "datetime", "When it was last solved."),
    Field("closed_at", "datetime", "When it was closed for good."),
    _code("status", STATUSES, "Status."),
    _PRIORITY,
    _CHANNEL,
    Field("category", "label", "Category."),
    _TEAM,
    _REQUESTER,
    _key("customer_organisation", "Organisation of the customer who asked.", required=False),
    _AGENT,
    Field("reopen_count", "count", "Times it was reopened."),
    Field("reassignment_count", "count", "Times it was reassigned."),
    Field("is_deleted", "boolean", "Deleted, spam or merged away.", default="false"),
    Field("promise_is_kept", "boolean", "The source's verdict on the promise; gives one promise per ticket."),
    Field("promise_target_at", "datetime", "When the promise falls due; gives one promise per ticket."),
    Field(
        "promise_fulfilled_at", "datetime", "When it was fulfilled.", default="solved_at, where resolution is promised"
    ),
    Field("promise_began_at", "datetime", "When the promise began.", default="created_at"),
    _code("promise_metric", PROMISE_METRICS, "What was promised.", default="resolution"),
    _code("promise_clock", CLOCKS, "Clock the target runs on.", default="calendar"),
)

FIELDS: dict[tuple[str, str], tuple[Field, ...]] = {
    ("tickets", "snapshot"): (
        _TICKET_ID,
        Field("created_at", "datetime", "When the requester opened it.", required=True),
        *_TICKET_STATE,
    ),
    ("tickets", "event_log"): (
        _TICKET_ID,
        Field("at", "datetime", "When the row's state was reached.", required=True),
        Field("sequence", "count", "Order of updates of one ticket.", default="order of rows"),
        Field("created_at", "datetime", "When the requester opened it.", default="the ticket's first `at`"),
        *_TICKET_STATE,
    ),
    ("tickets", "events"): (
        _TICKET_ID,
        Field("at", "datetime", "When it happened.", required=True),
        _code("event_type", EVENT_TYPES, "What happened.", required=True),
        Field("sequence", "count", "Order among events of one ticket and moment.", default="order of rows"),
        Field(
            "value",
            "label",
            "Status, priority or rating after the event; the ticket merged into; the sequence of the comment redacted.",
        ),
        _TEAM,
        _AGENT,
        Field("actor", "person", "Who did it."),
        _code("actor_role", ACTOR_ROLES, "In which role.", default="unknown"),
        Field("body", "message", "Text of a reply; only a fingerprint is kept."),
    ),
    ("tickets", "promises"): (
        _key("promise_id", "Instance of a promise."),
        _TICKET_ID,
        _code("metric", PROMISE_METRICS, "What was promised.", required=True),
        _code("clock", CLOCKS, "Clock the target runs on.", required=True),
        Field("began_at", "datetime", "When it began to run.", required=True),
        Field("target_at", "datetime", "When it falls due."),
        Field("fulfilled_at", "datetime", "When it was fulfilled."),
        Field("closed_at", "datetime", "When a promise without a target was settled."),
        Field("is_kept", "boolean", "The source's own verdict."),
        Field("is_cancelled", "boolean", "In no denominator.", default="false"),
        _PRIORITY,
        _CHANNEL,
        _TEAM,
        _AGENT,
        _REQUESTER,
    ),
    ("tickets", "promise_events"): (
        _key("event_id", "Event."),
        _TICKET_ID,
        _code("metric", TOLD_METRICS, "What is measured.", required=True),
        Field("instance", "count", "Number of the instance on its ticket.", default="1"),
        _code("event_type", PROMISE_EVENT_TYPES, "What happened.", required=True),
        Field("at", "datetime", "When.", required=True),
        Field("target_minutes", "number", "Target that was applied."),
        _code("clock", CLOCKS, "Clock of that target."),
        _key("policy_id", "Policy that set it.", required=False),
        Field("elapsed_calendar_minutes", "number", "Elapsed so far by the calendar."),
        Field("elapsed_business_minutes", "number", "Elapsed so far in business time."),
        Field("is_deleted", "boolean", "The source took the event back.", default="false"),
    ),
    ("tickets", "calendars"): (
        _CALENDAR_ID,
        Field("valid_from_at", "datetime", "When this version began to hold.", required=True),
        Field("weekday", "count", "ISO weekday, Monday 1 to Sunday 7.", required=True),
        Field("opens_minute", "count", "Minute of the local day at which it opens.", required=True),
        Field("closes_minute", "count", "Minute of the local day at which it closes.", required=True),
        Field("timezone", "label", "IANA time zone of its wall clock.", required=True),
        Field("created_at", "datetime", "When the calendar was created.", default="valid_from_at"),
    ),
    ("tickets", "closures"): (
        _CALENDAR_ID,
        _key("closure_id", "Closure."),
        Field("closed_from", "datetime", "Its first moment on the calendar's wall clock.", required=True),
        Field("closed_until", "datetime", "Its end on the calendar's wall clock.", required=True),
    ),
    ("tickets", "metrics"): (
        _TICKET_ID,
        Field("updated_at", "datetime", "When the source last changed them.", required=True),
        Field("solved_at", "datetime", "When it was last solved."),
        *(Field(name, "count", "As the source counts.") for name in TOLD_COUNTS),
        *(Field(name, "number", "Minutes, as the source measures.") for name in TOLD_DURATIONS),
    ),
    ("tickets", "macros"): (
        _key("macro_id", "Canned answer."),
        Field("body", "message", "Its text; only a fingerprint is kept.", required=True),
    ),
    ("tickets", "eligible_categories"): (
        _key("category", "Category in which agents may decide by themselves, as tickets name it."),
    ),
    ("tickets", "customer_organisations"): (
        _key("customer_organisation", "Organisation of customers, as tickets name it."),
        Field("customer_organisation_name", "label", "Its name."),
    ),
    ("recognition", "snapshot"): (
        _key("recognition_id", "Message; one to several people has one row for each."),
        Field("receiver", "person", "Who was recognised.", required=True),
        Field("at", "datetime", "When it was given.", required=True),
        Field("giver", "person", "Who recognised."),
        _key("giver_team", "Giver's team.", required=False),
        _key("receiver_team", "Receiver's team.", required=False),
        Field("tags", "tags", "One column split on , ; or |, or a list of columns.", default="#tags in the message"),
        Field("message", "message", "Text; only length and fingerprint are kept."),
        Field("points", "number", "Points per receiver."),
        Field("is_private", "boolean", "Visible to giver and receiver only.", default="false"),
        Field("allowance_expires_on", "date", "Last day on which the giver's allowance could be spent."),
    ),
    ("survey", "long_answers"): (
        Field("question", "question", "Text of the question, as in `question` of an item.", required=True),
        Field("answer", "answer", "The answer, on the item's scale.", required=True),
        _ANSWERED_AT,
        _RESPONSE_ID,
        _RESPONDENT,
        _TEAM,
        _ABOUT_TICKET,
        _COMMENT,
    ),
    ("survey", "wide_answers"): (_ANSWERED_AT, _RESPONSE_ID, _RESPONDENT, _TEAM, _ABOUT_TICKET, _COMMENT),
    ("survey", "invitations"): (
        Field("sent_at", "datetime", "When it was sent.", required=True),
        _key("invitation_id", "Invitation.", required=False, default="page and row"),
        Field("respondent", "person", "Who was invited."),
        Field("is_delivered", "boolean", "It reached the person.", default="true"),
        Field("answered_at", "datetime", "When it was answered, where the history of the mailing says so."),
        _TEAM,
        _ABOUT_TICKET,
    ),
    ("organisation", "org_units"): (
        _key("org_unit_id", "Unit."),
        Field("org_unit_name", "label", "Name shown in reports.", default="org_unit_id"),
        _key("parent", "Unit above; empty for the top.", required=False),
        _code("office", OFFICES, "Whether most of its people serve customers directly."),
        Field("valid_from_on", "date", "First day of this version.", default="1990-01-01"),
        Field("valid_to_on", "date", "Last day; name a placeholder such as 9999-12-31 in null_values."),
    ),
    ("organisation", "memberships"): (
        Field("person", "person", "The member.", required=True),
        _key("team", "Unit the person belongs to."),
        Field("valid_from_on", "date", "First day of the stay.", required=True),
        Field("valid_to_on", "date", "Last day; name a placeholder such as 9999-12-31 in null_values."),
        _code("office", OFFICES, "Role of the person: front or back office."),
        Field("manager", "person", "The person's manager."),
        Field("hierarchy_level", "count", "Level in the hierarchy, 0 at the top."),
    ),
    ("organisation", "person_aliases"): (
        Field("alias", "person", "Another name of the person: a number in some system, an old address.", required=True),
        Field("person", "person", "The name that counts, as most sources give it.", required=True),
    ),
    ("organisation", "roles"): (
        Field("person", "person", "The person.", required=True),
        Field("valid_from_at", "datetime", "From when on.", required=True),
        _code("role", PERSON_ROLES, "Role.", required=True),
    ),
    ("organisation", "initiatives"): (
        _key("initiative_id", "Initiative."),
        Field("initiative_name", "label", "Name shown in reports.", default="initiative_id"),
        Field("launched_on", "date", "Day on which it was launched.", required=True),
        Field("tags", "tags", "Recognition tags that are its acts; one column split on , ; or |.", required=True),
        _key("team", "Unit it is addressed to, with all units below; empty for everybody.", required=False),
    ),
    ("organisation", "targets"): (
        _key("team", "Unit the goal is set for."),
        _key("kpi_id", "KPI, as `kpis list` names it."),
        _code("period_grain", PERIOD_GRAINS, "Length of the period.", required=True),
        Field("period_start_on", "date", "First day of the period.", required=True),
        Field("goal", "number", "What the KPI is to reach, in the KPI's unit; shares as fractions.", required=True),
    ),
    ("organisation", "improvements"): (
        _key("improvement_id", "Improvement."),
        Field("at", "datetime", "When it was done.", required=True),
        _code("event_type", IMPROVEMENT_TYPES, "What was done.", required=True),
        Field("person", "person", "Who did it."),
        _TEAM,
        _ABOUT_TICKET,
    ),
}

# Values that are translated without a column of that name: what an event's `value` says depends on its type, and the
# answers of a questionnaire stand in one column per item.
VALUE_TABLES: dict[tuple[str, str], dict[str, tuple[str, ...]]] = {
    ("tickets", "events"): {"status": STATUSES, "priority": PRIORITIES, "rating": ("good", "bad")},
    ("survey", "wide_answers"): {"answer": ()},
}


def fields_of(kind: str, grain: str) -> tuple[Field, ...]:
    """The fields of a kind and grain; empty for a pair that does not exist."""
    return FIELDS.get((kind, grain), ())
