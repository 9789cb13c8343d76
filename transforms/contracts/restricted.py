"""Contracts of schema `restricted`: event grain, pseudonymous, for data stewards. Never a survey answer."""

from __future__ import annotations

import dataframely as dy

from transforms.contracts.columns import code, count, flag, identifier, minutes, person, text, timestamp
from transforms.contracts.tickets import CLOCKS, PRIORITIES, PROMISE_METRICS, STATUSES


class FctTicket(dy.Schema):
    """One ticket with its durations and counts."""

    source = identifier("Source.", primary_key=True)
    ticket_id = identifier("Ticket.", primary_key=True)
    org_unit_id = identifier("Team that holds it as last seen.")
    created_at = timestamp("When the requester opened it.")
    first_replied_at = timestamp("First public reply by a person.", nullable=True)
    solved_at = timestamp("When it was last solved.", nullable=True)
    closed_at = timestamp("When it was closed for good.", nullable=True)
    status = code(STATUSES, "Status as last seen.", nullable=True)
    priority = code(PRIORITIES, "Priority as last seen.", nullable=True)
    channel = text("Channel.")
    category = text("Category.")
    requester_key = person("Who asked.", nullable=True)
    agent_key = person("Who holds it as last seen.", nullable=True)
    first_reply_calendar_minutes = minutes("Opening to first public reply by a person, by the calendar.")
    first_reply_business_minutes = minutes("The same in business time.")
    full_resolution_calendar_minutes = minutes("Opening to last solve, by the calendar.")
    full_resolution_business_minutes = minutes("The same in business time.")
    reopen_count = count("Moves from solved or closed back to work.", nullable=True)
    assignee_stations = count("Agents who held it, a return counted again.", nullable=True)
    group_stations = count("Teams that held it, a return counted again.", nullable=True)
    reask_cycles = count("Times it went from waiting for the customer back to work.", nullable=True)
    is_csat_answered = flag("The requester answered a satisfaction survey about it.")
    is_deleted = flag("Deleted, spam or merged away.")


class FctPromise(dy.Schema):
    """One instance of a promise."""

    source = identifier("Source.", primary_key=True)
    promise_id = identifier("Instance.", primary_key=True)
    ticket_id = identifier("Ticket.")
    org_unit_id = identifier("Team that held it when it ended.")
    metric = code(PROMISE_METRICS, "What was promised.")
    clock = code(CLOCKS, "Clock the target runs on.")
    priority = code(PRIORITIES, "Priority at the time.", nullable=True)
    began_at = timestamp("Start.")
    due_at = timestamp("When it fell due.", nullable=True)
    fulfilled_at = timestamp("When it was fulfilled.", nullable=True)
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
