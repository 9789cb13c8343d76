"""Contract of what a ticket system itself measures: compared with our own measures, and never a KPI."""

from __future__ import annotations

from transforms.contracts.columns import count, identifier, minutes, timestamp
from transforms.contracts.lineage import Staged


class TicketMetric(Staged):
    """The source's own measures of a ticket, under the names of ours. Grain: ticket. Null: the source has none yet."""

    ticket_id = identifier("Ticket.", primary_key=True)
    updated_at = timestamp("When the source last changed them.")
    reopen_count = count("Reopens.", nullable=True)
    public_agent_reply_count = count("Public replies by agents.", nullable=True)
    assignee_stations = count("Agents who held it.", nullable=True, unit="station")
    group_stations = count("Teams that held it.", nullable=True, unit="station")
    solved_at = timestamp("When it was last solved.", nullable=True)
    first_reply_calendar_minutes = minutes("First reply, by the calendar.")
    first_reply_business_minutes = minutes("First reply, in business time.")
    first_resolution_calendar_minutes = minutes("First resolution, by the calendar.")
    first_resolution_business_minutes = minutes("First resolution, in business time.")
    full_resolution_calendar_minutes = minutes("Full resolution, by the calendar.")
    full_resolution_business_minutes = minutes("Full resolution, in business time.")
    requester_wait_calendar_minutes = minutes("Requester wait, by the calendar.")
    requester_wait_business_minutes = minutes("Requester wait, in business time.")
    agent_wait_calendar_minutes = minutes("Agent wait, by the calendar.")
    agent_wait_business_minutes = minutes("Agent wait, in business time.")
    on_hold_calendar_minutes = minutes("On hold, by the calendar.")
    on_hold_business_minutes = minutes("On hold, in business time.")


TOLD_COUNTS = tuple(name for name in TicketMetric.columns() if name.endswith(("_count", "_stations")))
TOLD_DURATIONS = tuple(name for name in TicketMetric.columns() if name.endswith("_minutes"))
