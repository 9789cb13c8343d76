"""Which contract tables a configured source can feed, by its kind, grain and mapped fields."""

from __future__ import annotations

from transforms.staging.mapping import SourceMapping

FEEDS: dict[tuple[str, str], tuple[str, ...]] = {
    ("tickets", "snapshot"): ("ticket", "promise"),
    ("tickets", "event_log"): ("ticket", "ticket_event", "promise"),
    ("tickets", "events"): ("ticket_event",),
    ("tickets", "promises"): ("promise",),
    ("tickets", "promise_events"): ("promise_event", "promise"),
    ("tickets", "calendars"): ("calendar_slot",),
    ("tickets", "closures"): ("calendar_closure",),
    ("tickets", "metrics"): ("ticket_metric",),
    ("tickets", "macros"): ("macro",),
    ("tickets", "eligible_categories"): ("eligible_category",),
    ("tickets", "customer_organisations"): ("customer_organisation",),
    ("recognition", "snapshot"): ("recognition",),
    ("survey", "long_answers"): ("survey_item", "survey_response"),
    ("survey", "wide_answers"): ("survey_item", "survey_response"),
    ("survey", "invitations"): ("invitation",),
    ("organisation", "org_units"): ("org_unit",),
    ("organisation", "memberships"): ("membership",),
    ("organisation", "person_aliases"): ("person_alias",),
    ("organisation", "roles"): ("person_role",),
    ("organisation", "initiatives"): ("initiative",),
    ("organisation", "targets"): ("target",),
    ("organisation", "improvements"): ("improvement_event",),
}
# Where tickets carry their promise, one of these is mapped.
_PROMISES_OF_TICKETS = ("promise_is_kept", "promise_target_at")
_TICKET_ROWS = ("snapshot", "event_log")


def mapped_fields(mapping: SourceMapping) -> frozenset[str]:
    """The fields the export or a constant gives."""
    return frozenset(mapping.columns) | frozenset(mapping.constants)


def tables_of(mapping: SourceMapping) -> frozenset[str]:
    """The contract tables one source feeds; a pair of kind and grain that does not exist feeds none."""
    tables = frozenset(FEEDS.get((mapping.kind, mapping.grain), ()))
    if mapping.kind == "tickets" and mapping.grain in _TICKET_ROWS:
        return tables if mapped_fields(mapping) & frozenset(_PROMISES_OF_TICKETS) else tables - {"promise"}
    return tables


def grains_that_feed(table: str) -> tuple[str, ...]:
    """Kinds and grains that could feed a table, as `tickets/snapshot`."""
    return tuple(f"{kind}/{grain}" for (kind, grain), tables in FEEDS.items() if table in tables)
