"""Contracts of schema `restricted`: event grain, pseudonymous, for data stewards. Never a survey answer."""

from __future__ import annotations

import dataframely as dy

from transforms.contracts.columns import code, count, flag, identifier, minutes, person, text, timestamp
from transforms.contracts.tickets import (
    CLOCKS,
    ONE_TOUCH_DEFINITION,
    PRIORITIES,
    PROMISE_METRICS,
    PROMISE_STATES,
    STATUSES,
)


class FctTicket(dy.Schema):
    """One ticket with its durations and counts.

    What is not known is null, never 0, and `missing_reason` says why. Waits, work, hold and unassigned time are known
    once the ticket has ended (solved, closed or cancelled).
    """

    source = identifier("Source.", primary_key=True)
    ticket_id = identifier("Ticket.", primary_key=True)
    org_unit_id = identifier("Team that holds it as last seen.")
    created_at = timestamp("When the requester opened it.")
    first_replied_at = timestamp(
        "First public reply by a person. The message that opens a ticket is no reply: one that an agent opens in "
        "public is answered by the next public reply (as Zendesk defines it; dbt_zendesk counts the opening itself).",
        nullable=True,
    )
    solved_at = timestamp("When it was last solved.", nullable=True)
    closed_at = timestamp("When it was closed for good.", nullable=True)
    status = code(STATUSES, "Status as last seen.", nullable=True)
    priority = code(PRIORITIES, "Priority as last seen.", nullable=True)
    channel = text("Channel.")
    category = text("Category.")
    requester_key = person("Who asked.", nullable=True)
    customer_organisation_id = identifier("The customer's organisation as last seen.", nullable=True)
    customer_organisation_name = text("Its name as last seen; null where no source names it, or no longer.")
    agent_key = person("Who holds it as last seen.", nullable=True)
    first_reply_calendar_minutes = minutes("Opening to first public reply by a person, by the calendar.")
    first_reply_business_minutes = minutes(
        "The same in business time, all of it by the calendar in force at the reply (Zendesk; dbt_zendesk adds up over "
        "the calendars the ticket was on)."
    )
    total_reply_calendar_minutes = minutes(
        "Waits for our public replies together, each from the opening or from the requester's first message after "
        "our reply, by the calendar."
    )
    total_reply_business_minutes = minutes("The same in business time.")
    first_resolution_calendar_minutes = minutes(
        "Opening to first solve, or to the close of a ticket that was not solved before, by the calendar (Zendesk)."
    )
    first_resolution_business_minutes = minutes("The same in business time, by the calendar in force at its end.")
    full_resolution_calendar_minutes = minutes("Opening to last solve, by the calendar.")
    full_resolution_business_minutes = minutes("The same in business time, by the calendar in force at its end.")
    requester_wait_calendar_minutes = minutes(
        "Time in new, open and on hold together: the requester waits for us, by the calendar."
    )
    requester_wait_business_minutes = minutes(
        "The same in business time, each stretch by the calendar in force when it ended (Zendesk)."
    )
    agent_wait_calendar_minutes = minutes("Time in pending: we wait for the requester, by the calendar.")
    agent_wait_business_minutes = minutes("The same in business time, each stretch by the calendar at its end.")
    agent_work_calendar_minutes = minutes("Time in new and open together, by the calendar.")
    agent_work_business_minutes = minutes("The same in business time.")
    on_hold_calendar_minutes = minutes("Time on hold, by the calendar.")
    on_hold_business_minutes = minutes("The same in business time, each stretch by the calendar at its end.")
    first_assignment_to_resolution_calendar_minutes = minutes(
        "First event that names an agent to last solve, by the calendar."
    )
    first_assignment_to_resolution_business_minutes = minutes("The same in business time.")
    unassigned_calendar_minutes = minutes("Time in which nobody held it, from its opening to its end, by the calendar.")
    unassigned_business_minutes = minutes("The same in business time.")
    reopen_count = count(
        "Moves from solved or closed back to work, also of a ticket that is open still or again.", nullable=True
    )
    resolution_count = count("Moves from work to solved or closed.", nullable=True)
    assignee_stations = count("Agents who held it, a return counted again.", nullable=True, unit="station")
    group_stations = count("Teams that held it, a return counted again.", nullable=True, unit="station")
    reask_cycles = count("Times it went from waiting for the customer back to work.", nullable=True)
    agent_reply_count = count("Public replies and private notes by persons who are not the requester.", nullable=True)
    public_agent_reply_count = count(
        "Public replies by persons who are not the requester; the message that opens a ticket is none.", nullable=True
    )
    requester_reply_count = count("Public replies by the requester.", nullable=True)
    is_one_touch = flag(
        f"Solved by one public reply: definition {ONE_TOUCH_DEFINITION}; null until that is known.", nullable=True
    )
    is_reopened_now = flag("Back at work after a solve, as last seen.", nullable=True)
    is_csat_answered = flag(
        "The requester answered a satisfaction survey about it; null where no survey asks about tickets.", nullable=True
    )
    missing_reason = text(
        "Why measures are null or the ticket counts in no KPI, comma separated: no_events, no_status_events, "
        "no_reply_events, not_replied, "
        "not_solved, not_ended, no_team_named, no_agent_named, no_pending_in_source, no_on_hold_in_source, "
        "not_matured, end_before_start, no_survey_of_tickets, no_requester, closed_unsolved, merged, deleted."
    )
    is_deleted = flag("Deleted, spam or merged away.")


class FctPromise(dy.Schema):
    """One instance of a promise."""

    source = identifier("Source.", primary_key=True)
    promise_id = identifier("Instance.", primary_key=True)
    ticket_id = identifier("Ticket.")
    org_unit_id = identifier("Team that held it when it ended.")
    metric = code(PROMISE_METRICS, "What was promised.")
    clock = code(CLOCKS, "Clock the target runs on.")
    state = code(PROMISE_STATES, "What became of it.")
    priority = code(PRIORITIES, "Priority of the ticket when the promise began.", nullable=True)
    began_at = timestamp("Start.")
    target_at = timestamp(
        "Target as applied at the time and moved by pauses; null where none is told. Of a promise told by its events: "
        "the breach, else the moment the rest of its target would have run out.",
        nullable=True,
    )
    due_at = timestamp("When it fell due: its target, or when it was settled.", nullable=True)
    fulfilled_at = timestamp("When it was fulfilled.", nullable=True)
    elapsed_calendar_minutes = minutes("Start to fulfilment, else to its settling or the night, by the calendar.")
    elapsed_business_minutes = minutes("The same in business time.")
    paused_calendar_minutes = minutes(
        "Time of these in which the source says the promise stood, else in which the ticket was pending; null without "
        "either."
    )
    paused_business_minutes = minutes("The same in business time.")
    is_kept = flag("Kept; null while not due.", nullable=True)
    is_cancelled = flag("In no denominator.")


class FctRecognition(dy.Schema):
    """One recognition to one receiver, with both teams at the time."""

    source = identifier("Source.", primary_key=True)
    recognition_id = identifier("Message.", primary_key=True)
    receiver_key = person("Receiver.", primary_key=True)
    giver_key = person("Giver.", nullable=True)
    at = timestamp("When.")
    giver_org_unit_id = identifier("Giver's team at the time.")
    receiver_org_unit_id = identifier("Receiver's team at the time.")
    message_length = count("Characters.", nullable=True, unit="character")
    group_size = count("Receivers of the same message.", unit="person")
    is_self = flag("To oneself: kept here, excluded by every KPI.")
    is_from_manager = flag("From the receiver's own manager at the time.", nullable=True)
