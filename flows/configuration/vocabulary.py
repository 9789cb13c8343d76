"""What exports call states and priorities: words that give a contract value away, most telling first."""

from __future__ import annotations

from collections.abc import Iterable

NULL_MARKERS = (
    "?",
    "NULL",
    "null",
    "N/A",
    "n/a",
    "NA",
    "#N/A",
    "-",
    "--",
    "None",
    "nan",
    "NaN",
    "\\N",
    "Blank",
    "(blank)",
)

_WORDS: dict[str, tuple[tuple[str, tuple[str, ...]], ...]] = {
    "status": (
        ("cancelled", ("cancel", "reject", "withdraw", "declin", "spam")),
        ("open", ("reopen", "re-open")),
        ("on_hold", ("vendor", "problem", "change", "third party", "hold", "suspend", "paus")),
        ("pending", ("pending", "await", "wait", "customer", "user info")),
        ("closed", ("close", "archiv")),
        ("solved", ("resolv", "solv", "done", "complete", "fixed", "fulfil")),
        ("new", ("new", "submitted", "created", "to do", "logged")),
        ("open", ("open", "active", "progress", "assign", "work", "accepted")),
    ),
    "priority": (
        ("urgent", ("critical", "urgent", "highest", "blocker", "p1", "emergency")),
        ("low", ("lowest", "low", "minor", "trivial", "planning", "p4", "p5")),
        ("high", ("high", "major", "p2")),
        ("normal", ("normal", "medium", "moderate", "standard", "p3")),
    ),
}


def guessed(field: str, values: Iterable[str]) -> tuple[dict[str, list[str]], list[str]]:
    """Export values per contract value of `field`, and those that no word gives away."""
    table: dict[str, list[str]] = {}
    unsure: list[str] = []
    for value in values:
        folded = value.casefold()
        found = next((target for target, words in _WORDS[field] if any(word in folded for word in words)), None)
        if found:
            table.setdefault(found, []).append(value)
        else:
            unsure.append(value)
    return table, unsure


def has_words(field: str) -> bool:
    """Whether values of `field` can be guessed."""
    return field in _WORDS
