"""Zendesk: tickets, what happened to them and to their promises, calendars, people, organisations and satisfaction.

Texts are read for fingerprints only.
"""

from __future__ import annotations

from flows.sources.connectors.zendesk import exports, lists
from flows.sources.rest.auth import Basic
from flows.sources.rest.declaration import Budget, Connector

CONNECTOR = Connector(
    title="Zendesk",
    url="https://{account}.zendesk.com",
    auth=Basic("{email}/token", "{token}"),
    budget=Budget(per_minute=200, at_once=2),  # the smallest plan's
    probe="/api/v2/users/me.json",
    endpoints=(
        lists.GROUPS,
        lists.GROUP_MEMBERSHIPS,
        lists.ORGANIZATIONS,
        exports.USERS,
        exports.TICKETS,
        exports.TICKET_EVENTS,
        exports.METRIC_EVENTS,
        lists.SCHEDULES,
        lists.SATISFACTION_RATINGS,
        lists.SURVEY_RESPONSES,
    ),
    version=2,
)
