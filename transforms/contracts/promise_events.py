"""Contract of what happened to promises, where a source tells that instead of the promises themselves."""

from __future__ import annotations

from transforms.contracts.columns import code, count, flag, identifier, minutes, timestamp
from transforms.contracts.lineage import Staged
from transforms.contracts.tickets import CLOCKS

# `reply` is the first reply where the instance is 1, a later one otherwise.
TOLD_METRICS = (
    "reply",
    "requester_wait",
    "agent_work",
    "resolution",
    "periodic_update",
    "pausable_update",
    "ownership",
)
PROMISE_EVENT_TYPES = ("activate", "apply", "pause", "fulfil", "breach", "elapsed")


class PromiseEvent(Staged):
    """One thing that happened to one instance of a promise. Grain: event. An instance without `apply` promised nothing.

    `activate`: the clock runs (again); `pause`: it stands; `apply`: a policy set this target; `breach`: the target
    passed unfulfilled; `fulfil`: it was fulfilled; `elapsed`: how long it has run so far, as the source counts.
    """

    event_id = identifier("Event in its source.", primary_key=True)
    ticket_id = identifier("Ticket.")
    metric = code(TOLD_METRICS, "What is measured.")
    instance = count("Number of the instance of this metric on this ticket, from 1.", unit="position")
    event_type = code(PROMISE_EVENT_TYPES, "What happened.")
    at = timestamp("When; a breach may lie ahead.")
    target_minutes = minutes("Target that was applied, on its own clock; null where a policy was taken off.")
    clock = code(CLOCKS, "Clock of that target.", nullable=True)
    policy_id = identifier("Policy that set the target.", nullable=True)
    elapsed_calendar_minutes = minutes("Elapsed so far by the calendar, as the source counts.")
    elapsed_business_minutes = minutes("Elapsed so far in business time, as the source counts.")
    is_deleted = flag("The source took the event back.")
