from pathlib import Path

import polars as pl
import pytest

from flows.configuration.matching import similarity
from flows.configuration.propose import propose
from flows.configuration.questionnaire import construct_of, scale_of
from flows.errors import SourcePermanentError, UsageError
from flows.settings import SourceSettings, load_settings
from flows.sources.check import check_source
from transforms.staging.checks import mapping_problems

REAL = Path(__file__).resolve().parents[3] / "../shared/data"
FIRST_NAMES = [f"anna.{number}@example.org" for number in range(40)]


def loaded(file: Path, kind: str | None = None) -> SourceSettings:
    """The proposal, read back as a configuration of its own and found sound."""
    config = file.parent / "culture-kpis.toml"
    config.write_text(propose(file, kind, relative_to=file.parent), encoding="utf-8")
    settings = load_settings(config)
    (source,) = settings.sources
    assert list(mapping_problems(source)) == []
    assert check_source(source, settings).exit_code == 0
    return source


def tickets(n: int = 200) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "Ticket ID": [f"T{number}" for number in range(n)],
            "Opened At": [f"{1 + number % 28:02}.03.2026 08:{number % 60:02}" for number in range(n)],
            "Resolved At": [f"{1 + number % 28:02}.04.2026 08:{number % 60:02}" for number in range(n)],
            "Status": [["In Progress", "Waiting for customer", "Done", "Limbo"][number % 4] for number in range(n)],
            "Priority": [["P1", "P3", "N/A"][number % 3] for number in range(n)],
            "Assignee": [FIRST_NAMES[number % 40] for number in range(n)],
            "Group": [f"Team {number % 7}" for number in range(n)],
            "SLA met": [["yes", "no"][number % 2] for number in range(n)],
        }
    )


def test_tickets_are_recognised_with_formats_and_codes(tmp_path: Path) -> None:
    tickets().write_csv(tmp_path / "Help Desk.csv", separator=";")

    source = loaded(tmp_path / "Help Desk.csv")

    assert (source.name, source.kind, source.grain, source.delimiter) == ("help-desk", "tickets", "snapshot", ";")
    assert source.columns == {
        "ticket_id": "Ticket ID",
        "created_at": "Opened At",
        "solved_at": "Resolved At",
        "status": "Status",
        "priority": "Priority",
        "team": "Group",
        "agent": "Assignee",
        "promise_is_kept": "SLA met",
    }
    assert source.datetime_format == "%d.%m.%Y %H:%M"
    assert source.null_values == ["N/A"]
    assert source.values["status"] == {
        "open": ["In Progress"],
        "pending": ["Waiting for customer"],
        "solved": ["Done"],
    }
    assert source.values["priority"] == {"urgent": ["P1"], "normal": ["P3"]}
    assert "unsure, in no list, so their rows are quarantined: Limbo" in propose(tmp_path / "Help Desk.csv")


@pytest.mark.parametrize("owners", [FIRST_NAMES, ["Anna", "Ben", "Caro", "Dan"]])
def test_nothing_of_a_person_is_written(tmp_path: Path, owners: list[str]) -> None:
    # The owner column is called status, as a careless export might have it.
    owned = tickets().with_columns(pl.Series("Status", [owners[number % len(owners)] for number in range(200)]))
    owned.write_csv(tmp_path / "a.csv")

    text = propose(tmp_path / "a.csv").lower()

    assert 'status = "status"' in text
    assert not [name for name in owners if name.lower() in text]


def test_an_id_that_repeats_is_a_log_of_updates(tmp_path: Path) -> None:
    log = pl.concat([tickets(), tickets()]).with_columns(pl.col("Resolved At").alias("Updated At"))
    log.write_csv(tmp_path / "log.csv")

    source = loaded(tmp_path / "log.csv")

    assert source.grain == "event_log"
    assert source.columns["at"] == "Updated At"


def test_recognition_is_recognised(tmp_path: Path) -> None:
    pl.DataFrame(
        {
            "id": range(300),
            "Sender": [FIRST_NAMES[number % 40] for number in range(300)],
            "Recipient": [FIRST_NAMES[number % 39] for number in range(300)],
            "created_at": ["2026-01-02T03:04:05Z"] * 300,
            "Core Value": [["Courage", "Care"][number % 2] for number in range(300)],
        }
    ).write_ndjson(tmp_path / "kudos.jsonl")

    source = loaded(tmp_path / "kudos.jsonl")

    assert (source.kind, source.datetime_format, source.delimiter) == ("recognition", None, None)
    assert source.columns == {
        "recognition_id": "id",
        "receiver": "Recipient",
        "at": "created_at",
        "giver": "Sender",
        "tags": ["Core Value"] if isinstance(source.columns["tags"], list) else "Core Value",
    }


def test_a_questionnaire_gives_items_with_scales(tmp_path: Path) -> None:
    pl.DataFrame(
        {
            "employee_id": range(120),
            "submitted_at": ["2026-02-03 10:00"] * 120,
            "department": [f"D{number % 4}" for number in range(120)],
            **{
                f"Q1_{letter}": [1 + (number + shift) % 5 for number in range(120)]
                for shift, letter in enumerate("abc")
            },
            "eNPS": [number % 11 for number in range(120)],
        }
    ).write_csv(tmp_path / "pulse.csv")

    source = loaded(tmp_path / "pulse.csv")

    assert (source.kind, source.grain, source.audience) == ("survey", "wide_answers", "employee")
    assert [(item.column, item.scale, item.construct) for item in source.item] == [
        ("Q1_a", "1-5", None),
        ("Q1_b", "1-5", None),
        ("Q1_c", "1-5", None),
        ("eNPS", "0-10", "recommend_as_employer"),
    ]
    assert source.columns["respondent"] == "employee_id"


def test_members_are_recognised(tmp_path: Path) -> None:
    pl.DataFrame(
        {
            "Employee ID": [f"e{number}" for number in range(50)],
            "Department": [f"D{number % 4}" for number in range(50)],
            "Start Date": ["2024-05-01"] * 50,
            "Line Manager": ["e1"] * 50,
        }
    ).write_csv(tmp_path / "people.csv")

    source = loaded(tmp_path / "people.csv")

    assert (source.kind, source.grain) == ("organisation", "memberships")
    assert source.columns == {
        "person": "Employee ID",
        "team": "Department",
        "valid_from_on": "Start Date",
        "manager": "Line Manager",
    }


def test_canned_answers_are_recognised(tmp_path: Path) -> None:
    pl.DataFrame(
        {
            "Macro ID": [f"m{number}" for number in range(12)],
            "Text": [f"Thank you for your message of kind {number}." for number in range(12)],
        }
    ).write_csv(tmp_path / "macros.csv")

    source = loaded(tmp_path / "macros.csv")

    assert (source.kind, source.grain) == ("tickets", "macros")
    assert source.columns == {"macro_id": "Macro ID", "body": "Text"}


def test_a_list_of_categories_is_told_from_things_that_have_one(tmp_path: Path) -> None:
    pl.DataFrame({"Category": ["billing", "repair", "return", "advice"]}).write_csv(tmp_path / "alone.csv")
    pl.DataFrame({"Category": ["billing", "repair", "billing", "billing"]}).write_csv(tmp_path / "many.csv")

    source = loaded(tmp_path / "alone.csv")

    assert (source.kind, source.grain) == ("tickets", "eligible_categories")
    assert source.columns == {"category": "Category"}
    with pytest.raises(SourcePermanentError, match="not recognised"):
        propose(tmp_path / "many.csv")


def test_month_first_is_told_from_day_first_or_said_to_be_unsure(tmp_path: Path) -> None:
    frame = tickets().with_columns(pl.lit("04/28/2026 10:00").alias("Opened At")).drop("Resolved At")
    frame.write_csv(tmp_path / "sure.csv")
    frame.with_columns(pl.lit("04/05/2026 10:00").alias("Opened At")).write_csv(tmp_path / "unsure.csv")

    assert loaded(tmp_path / "sure.csv").datetime_format == "%m/%d/%Y %H:%M"
    assert '"%d/%m/%Y %H:%M"  # unsure: %m/%d/%Y %H:%M fits too' in propose(tmp_path / "unsure.csv")


def test_another_encoding_is_found(tmp_path: Path) -> None:
    frame = tickets().with_columns(pl.lit("Büro").alias("Group"))
    (tmp_path / "a.csv").write_bytes(frame.write_csv().encode("cp1252"))

    assert loaded(tmp_path / "a.csv").encoding == "cp1252"


def test_what_is_not_recognised_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("colour,shape\nred,round\n")

    with pytest.raises(SourcePermanentError, match="say what it holds with --kind"):
        propose(tmp_path / "a.csv")
    with pytest.raises(UsageError, match='there is no kind "ticket"'):
        propose(tmp_path / "a.csv", "ticket")
    with pytest.raises(SourcePermanentError, match="no file"):
        propose(tmp_path / "b.csv")


def test_a_kind_that_is_given_is_believed(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("colour,shape\nred,round\n")

    assert 'kind = "tickets"' in propose(tmp_path / "a.csv", "tickets")
    assert "required: Ticket number" in propose(tmp_path / "a.csv", "tickets")


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ("1 2 3 4 5", ("1-5", ())),
        ("0 1 2 3 4 5 6", ("1-5", ("0", "6"))),
        ("0.0 1.0 2.0 3.0 4.0", ("1-4", ("0.0",))),
        ("0 1 2 3 5 8 9 10 11", ("0-10", ("11",))),
        ("1 2 3 4 5 6 7", ("1-7", ())),
        ("1 2 3 4 5 6 7 8 9 10", ("1-10", ())),
        ("17 23 99", None),
        ("", None),
    ],
)
def test_scales_are_told_by_their_points(values: str, expected: tuple[str, tuple[str, ...]] | None) -> None:
    assert scale_of(values.split()) == expected


def test_constructs_depend_on_who_is_asked() -> None:
    assert construct_of("overall i am satisfied", "customer") == "satisfied"
    assert construct_of("overall i am satisfied", "employee") is None
    assert construct_of("how likely are you to recommend us", "customer") == "recommend"
    assert construct_of("i recommend this company", "employee") == "recommend_as_employer"


def test_names_speak_for_fields() -> None:
    assert similarity("agent", "Assigned To") > similarity("agent", "assignee id") > 0.9
    assert similarity("created_at", "ticket created at") > 0.7
    assert similarity("agent", "colour") < 0.7


@pytest.mark.acceptance
@pytest.mark.skipif(not REAL.exists(), reason="real data sets are not beside the repository")
@pytest.mark.parametrize(
    ("file", "grain", "columns"),
    [
        (
            "tickets_servicenow/incident_event_log.zip",
            "event_log",
            {"ticket_id": "number", "at": "sys_updated_at", "team": "assignment_group", "promise_is_kept": "made_sla"},
        ),
        ("employee_survey_pierce/responses.csv.gz", "long_answers", {"question": "Question", "answer": "Response"}),
        ("customer_survey_sfo/2017.csv.gz", "wide_answers", {"respondent": "RESPNUM"}),
        ("recognition_uboot/credits.csv.gz", "snapshot", {"giver": "giver_id", "receiver_team": "receiver_domain"}),
    ],
)
def test_real_exports_get_a_mapping_that_works(tmp_path: Path, file: str, grain: str, columns: dict[str, str]) -> None:
    config = tmp_path / "culture-kpis.toml"
    config.write_text(propose((REAL / file).resolve()), encoding="utf-8")
    settings = load_settings(config)
    (source,) = settings.sources

    report = check_source(source, settings)

    assert source.grain == grain
    assert columns.items() <= source.columns.items()
    assert report.exit_code == 0
    assert sum(report.n_by_reason.values()) < 0.02 * sum(page.n_rows for page in report.pages)
