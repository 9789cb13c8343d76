"""What is wrong in the configuration, the environment or a date: one line that names the place, exit code 14 or 2."""

import pytest

from flows.errors import ConfigurationError, DataQualityError, UsageError
from tests.flows.bad_input.desk import NIGHT, THANKS, Desk


def complaint(desk: Desk) -> str:
    with pytest.raises(ConfigurationError) as caught:
        desk.run()
    assert caught.value.exit_code == 14
    assert "\n" not in str(caught.value)
    return str(caught.value)


def test_a_missing_pseudonym_key_comes_with_the_command_that_makes_one(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CULTURE_KPIS_PSEUDONYM_KEY")

    assert complaint(desk).startswith("CULTURE_KPIS_PSEUDONYM_KEY is not set; make one with: python3 -c")


def test_a_key_that_is_too_short(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CULTURE_KPIS_PSEUDONYM_KEY", "secret")

    said = complaint(desk)

    assert "has 6 characters and needs 32" in said
    assert "secret" not in said.replace("secrets", "")


@pytest.mark.parametrize(
    ("right", "wrong", "nearest"),
    [
        ('name = "Small Desk"', 'name = "Small Desk"\ntimezon = "UTC"', "timezone"),
        ('path = "tickets.csv"', 'pth = "tickets.csv"', "path"),
        ('created_at = "opened"', 'create_at = "opened"', "created_at"),
        ('scale = "1-5"', 'scal = "1-5"', "scale"),
        ('construct = "why_my_job_matters"', 'construct = "why_my_job_mater"', "why_my_job_matters"),
    ],
)
def test_a_typo_names_the_key_the_file_its_line_and_the_nearest_valid_one(
    desk: Desk, right: str, wrong: str, nearest: str
) -> None:
    desk.configure(right, wrong)
    typo = wrong.splitlines()[-1]
    line = desk.configuration.read_text().splitlines().index(typo) + 1

    said = complaint(desk)

    assert str(desk.configuration) in said
    assert f"{line}" in said
    assert typo.partition(" ")[0] in said or "why_my_job_mater" in said
    assert nearest in said


def test_a_date_in_the_future_or_before_all_time(desk: Desk) -> None:
    for night in (NIGHT.replace(year=1), NIGHT.replace(year=9999)):
        with pytest.raises(UsageError, match=f"{night} is no night to run"):
            desk.run(night)


def test_a_date_before_the_newest_published_night_names_the_command_for_it(desk: Desk) -> None:
    desk.only("thanks")
    desk.run()

    with pytest.raises(UsageError, match="culture-kpis backfill --start 2026-03-30 --end 2026-03-30"):
        desk.run(NIGHT.replace(day=30))


def test_no_row_where_rows_are_usual_is_a_failure(desk: Desk) -> None:
    desk.only("thanks")
    desk.run()
    desk.export("thanks.csv", THANKS.splitlines()[0] + "\n" + "t9,anna,ben,yesterday\n")

    with pytest.raises(DataQualityError) as caught:
        desk.run()

    assert caught.value.exit_code == 12
    assert "thanks" in str(caught.value)
    assert desk.fates("thanks") == {"staged": 3}
