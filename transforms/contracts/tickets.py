"""Contracts of tickets: the ticket as last seen, what happened to it, and what was promised."""

from __future__ import annotations

from transforms.contracts.columns import code, count, flag, identifier, person, text, timestamp
from transforms.contracts.lineage import Staged

STATUSES = ("new", "open", "pending", "on_hold", "solved", "closed", "cancelled")
DONE_STATUSES = ("solved", "closed")
PRIORITIES = ("urgent", "high", "normal", "low")
ACTOR_ROLES = ("agent", "requester", "bot", "unknown")
EVENT_TYPES = (
    "created",
    "status",
    "assignee",
    "group",
    "priority",
    "public_reply",
    "private_note",
    "reopen",
    "merge",
    "rating",
    "escalation",
    "approval",
    "knowledge",
    "calendar",
    "redaction",
)
PROMISE_METRICS = (
    "first_reply",
    "next_reply",
    "resolution",
    "requester_wait",
    "agent_work",
    "periodic_update",
    "pausable_update",
    "ownership",
)
CLOCKS = ("calendar", "business")
# running: not due; fulfilled: in time, and judged when due; unknown: settled without a verdict.
PROMISE_STATES = ("running", "fulfilled", "kept", "broken", "cancelled", "unknown")
ONE_TOUCH_DEFINITION = "one_public_reply_not_reopened_in_14_days"


class Ticket(Staged):
    """A ticket as its source last showed it. Grain: ticket. Ids are unique within a source."""

    ticket_id = identifier("Ticket number in its source.", primary_key=True)
    created_at = timestamp("When the requester opened it.")
    updated_at = timestamp("When the source last changed it; the newest version of a ticket wins.")
    solved_at = timestamp("When it was last solved.", nullable=True)
    closed_at = timestamp("When it was closed for good, by a person or a timer.", nullable=True)
    status = code(STATUSES, "Status as last seen.", nullable=True)
    priority = code(PRIORITIES, "Priority as last seen.", nullable=True)
    channel = text("Channel it came in by, as the source names it.")
    category = text("Category, as the source names it.")
    org_unit_id = identifier("Team that holds it as last seen; null is counted as `unassigned`.", nullable=True)
    requester_key = person("Who asked.", nullable=True)
    customer_organisation_id = identifier("The customer's organisation as last seen.", nullable=True)
    agent_key = person("Who holds it as last seen.", nullable=True)
    reopen_count = count("Reopens as the source counts them.", nullable=True)
    reassignment_count = count("Reassignments as the source counts them.", nullable=True)
    is_deleted = flag("Deleted, spam or merged away: kept and counted, but in no KPI.")


class TicketEvent(Staged):
    """One thing that happened to a ticket. Grain: ticket x moment x sequence x type.

    `status`, `assignee`, `group` and `priority` say the value *after* the event; a repeated value is an
    observation, not a change, and facts collapse it.
    """

    ticket_id = identifier("Ticket number in its source.", primary_key=True)
    at = timestamp("When it happened.", primary_key=True)
    sequence = count("Order among events of the same ticket and moment.", primary_key=True, unit="position")
    event_type = code(EVENT_TYPES, "What happened.", primary_key=True)
    value = text(
        "Value after the event: status, priority, rating (good, bad), calendar, the id of the ticket merged into, or "
        "the sequence of the comment that was redacted. Null for people, teams and replies."
    )
    org_unit_id = identifier("Team that held the ticket at that moment, after the event.", nullable=True)
    agent_key = person("Agent who held the ticket at that moment, after the event.", nullable=True)
    actor_key = person("Who did it.", nullable=True)
    actor_role = code(ACTOR_ROLES, "In which role.")
    fingerprint = count("64-bit SimHash of a reply's text, as its lower 63 bits; similarity only.", nullable=True)


class Promise(Staged):
    """One instance of a promise (SLA) on a ticket. Grain: promise.

    Either `target_at` is set and kept means fulfilled at or before it, or the source says `is_kept` itself
    and the promise falls due when it is closed (`closed_at`).
    """

    promise_id = identifier("Instance in its source; a ticket may have several.", primary_key=True)
    ticket_id = identifier("Ticket it was made on.")
    metric = code(PROMISE_METRICS, "What was promised.")
    clock = code(CLOCKS, "Clock the target runs on.")
    began_at = timestamp("When it began to run.")
    target_at = timestamp("When it falls due, as applied at the time and moved by pauses.", nullable=True)
    fulfilled_at = timestamp("When it was fulfilled; null while it is not.", nullable=True)
    closed_at = timestamp("When a promise without a target was settled.", nullable=True)
    is_kept = flag("The source's own verdict, where it gives one instead of a target.", nullable=True)
    is_cancelled = flag("Cancelled, deleted, spam or merged: in no denominator.")
    priority = code(PRIORITIES, "Priority when the promise was made.", nullable=True)
    channel = text("Channel of the ticket.")
    org_unit_id = identifier("Team that held the ticket when the promise ended (or as last seen).", nullable=True)
    agent_key = person("Agent who held it then.", nullable=True)
    requester_key = person("Who was promised.", nullable=True)
