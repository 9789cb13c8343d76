"""The fixed vocabulary of why an input row, or one answer in it, was not staged. Counted and shown to people."""

from __future__ import annotations

from typing import Literal, get_args

Reason = Literal[
    "missing_value",  # a field that must be there is empty
    "not_a_date",  # not in the configured format, or no such day
    "time_does_not_exist",  # a clock time skipped when summer time began: the configured zone is probably wrong
    "not_a_number",
    "not_a_boolean",
    "out_of_range",  # a placeholder year, a negative count, more digits than a number can hold
    "unknown_value",  # not in the list of configured or allowed values
    "not_on_scale",  # an answer that is not a point of its item's scale
    "too_long",  # an identifier or label that is really a text
    "exact_duplicate",  # the same row once more
    "older_version",  # a newer row of the same page has the same key
    "blank_answer",  # asked and not answered
    "out_of_scope",  # a record of a kind that no table takes
    "unfinished_response",  # recorded before it was finished
    "test_response",  # a preview or a test of the questionnaire
    "spam_response",  # the survey tool took it for spam
    "not_sent",  # planned, or skipped by a rule of the mailing: nobody was asked
]
REASONS: tuple[str, ...] = get_args(Reason)

_FATES: dict[str, str] = {
    "exact_duplicate": "superseded",
    "older_version": "superseded",
    "blank_answer": "unanswered",
    "out_of_scope": "out_of_window",
    "unfinished_response": "out_of_window",
    "test_response": "out_of_window",
    "spam_response": "out_of_window",
    "not_sent": "out_of_window",
}


def fate_of(reason: str) -> str:
    """The fate that goes with a reason: superseded, unanswered, out_of_window, else quarantined."""
    return _FATES.get(reason, "quarantined")
