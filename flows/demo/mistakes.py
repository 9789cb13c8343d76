"""Which mistakes stand in which export of the demo; `planted_truths.json` counts them."""

from __future__ import annotations

from flows.demo.customer_survey import ITEMS as CUSTOMER_ITEMS
from flows.demo.dirt import Mistake, duplicates
from flows.demo.employee_survey import ITEMS as EMPLOYEE_ITEMS

MISTAKES: dict[str, tuple[Mistake, ...]] = {
    "org-units": (duplicates(1),),
    "memberships": (
        duplicates(1),
        Mistake(rule="impossible_date", rows=1, changes={"valid_from": "2025-13-01"}, key="person"),
    ),
    "tickets": (
        duplicates(4),
        Mistake(rule="unknown_status", rows=3, changes={"state": "Parked"}, key="number"),
        Mistake(rule="impossible_date", rows=2, changes={"opened": "2025-02-30 10:00:00"}, key="number"),
    ),
    "ticket-events": (
        duplicates(5),
        Mistake(
            rule="event_before_creation", rows=3, changes={"at": "2024-11-29 08:00:00"}, only_where=("event", "note")
        ),
        Mistake(rule="unknown_event", rows=2, changes={"event": "teleported"}, only_where=("event", "note")),
        Mistake(rule="impossible_date", rows=1, changes={"at": "2025-11-31 09:00:00"}, only_where=("event", "note")),
    ),
    "promises": (
        duplicates(3),
        Mistake(rule="unknown_metric", rows=2, changes={"metric": "applause"}, key="promise"),
        Mistake(rule="impossible_date", rows=1, changes={"target": "2026-02-29 12:00:00"}, key="promise"),
    ),
    "macros": (duplicates(1),),
    "eligible-categories": (duplicates(1),),
    "recognition": (
        duplicates(3),
        Mistake(rule="missing_receiver", rows=2, changes={"receiver": None}, key="recognition_id"),
        Mistake(rule="impossible_date", rows=1, changes={"given_at": "2025-09-31 12:00:00"}, key="recognition_id"),
    ),
    "initiatives": (
        duplicates(1),
        Mistake(rule="impossible_date", rows=1, changes={"launched": "2025-04-31"}, key="initiative"),
    ),
    "targets": (
        duplicates(1),
        Mistake(rule="unknown_span", rows=1, changes={"span": "fortnight"}, key="unit"),
    ),
    "improvements": (
        duplicates(1),
        Mistake(rule="unknown_kind", rows=1, changes={"kind": "good intention"}, key="id"),
    ),
    "employee-survey": (
        duplicates(2),
        Mistake(rule="off_scale", rows=2, changes={"team": "9"}, key="response", blank=EMPLOYEE_ITEMS),
        Mistake(rule="impossible_date", rows=1, changes={"submitted": "31.06.2026 10:00"}, key="response"),
    ),
    "employee-invitations": (duplicates(1),),
    "customer-survey": (
        duplicates(2),
        Mistake(
            rule="off_scale",
            rows=3,
            changes={"recommend": "11"},
            key="response",
            blank=CUSTOMER_ITEMS,
        ),
    ),
    "customer-invitations": (
        duplicates(2),
        Mistake(rule="impossible_date", rows=1, changes={"sent": "30.02.2026 09:00"}, key="invitation"),
    ),
}
