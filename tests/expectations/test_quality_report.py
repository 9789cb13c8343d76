import polars as pl

from expectations.report import markdown, rows
from transforms.contracts.marts import MetaValidation


def checked(table: str, rule: str, severity: str, n_failed: int, column: str = "") -> dict[str, object]:
    return {
        "run_id": "run-1",
        "gate": "staged",
        "source": "desk",
        "table_name": table,
        "rule": rule,
        "column_name": column,
        "severity": severity,
        "n_checked": 1_200,
        "n_failed": n_failed,
        "is_passed": n_failed == 0,
    }


RESULTS = pl.DataFrame(
    [
        checked("ticket", "not_null", "row", 0, "ticket_id"),
        checked("recognition", "receiver_equals_giver", "warning", 383),
        checked("ticket", "allowed", "row", 5, "status"),
        checked("org_unit", "unit_above_itself", "critical", 2),
    ],
    schema=MetaValidation.create_empty().schema,
)


def test_rows_tell_counts_with_the_gravest_failure_on_top() -> None:
    assert rows(RESULTS) == [
        {"table": "org_unit", "rule": "unit_above_itself", "severity": "critical", "checked": 1_200, "failed": 2},
        {"table": "ticket.status", "rule": "allowed", "severity": "row", "checked": 1_200, "failed": 5},
        {
            "table": "recognition",
            "rule": "receiver_equals_giver",
            "severity": "warning",
            "checked": 1_200,
            "failed": 383,
        },
        {"table": "ticket.ticket_id", "rule": "not_null", "severity": "row", "checked": 1_200, "failed": 0},
    ]


def test_markdown_shows_what_failed() -> None:
    assert markdown(RESULTS.head(3)) == (
        "3 checks, 2 with failures.\n"
        "\n"
        "| table | rule | severity | checked | failed |\n"
        "| --- | --- | --- | --- | --- |\n"
        "| ticket.status | allowed | row | 1,200 | 5 |\n"
        "| recognition | receiver_equals_giver | warning | 1,200 | 383 |"
    )


def test_markdown_of_a_clean_night_is_one_line() -> None:
    assert markdown(RESULTS.head(1)) == "1 checks, 0 with failures."
