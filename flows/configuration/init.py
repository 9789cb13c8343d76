"""A new `culture-kpis.toml`, commented so that it can be edited without a manual."""

from __future__ import annotations

import json
from dataclasses import dataclass

from flows.settings.models import KEY_COMMAND

_TEMPLATE = """\
# Configuration of service-culture KPIs. `culture-kpis sources check` says what it leads to.
# Paths are relative to the folder of this file. The key of the pseudonyms stands in the environment, never here:
#   export CULTURE_KPIS_PSEUDONYM_KEY=$({command})
# Keep it: with another key the same person becomes somebody else.

[organisation]
name = {name}                   # shown in reports
timezone = {timezone}           # its midnight ends the day
week_starts = "monday"
{holidays}
minimum_group = {minimum_group} # people that must stand behind a number; 5 is the least
close_after_days = {close_after_days} # numbers about people are published once, so long after the period, then freeze

# Opening hours, local time; without them Monday to Friday, nine to five.
# [[organisation.working_hours]]
# weekday = ["monday", "tuesday", "wednesday", "thursday", "friday"]
# opens = "08:00"
# closes = "18:00"

[warehouse]
url = {warehouse} # or "postgresql://USER@HOST/DATABASE"

[lake]
url = {lake} # a folder, or "s3://BUCKET/FOLDER"
landing_retention_days = 30 # pages as received are deleted after this

# One [[source]] per export. `culture-kpis init EXPORT-FILE` proposes one.
"""


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What a person says about the organisation when starting."""

    name: str
    timezone: str = "UTC"
    holidays: str | None = None
    minimum_group: int = 5
    close_after_days: int = 7
    warehouse: str = "duckdb:///var/warehouse.duckdb"
    lake: str = "var/lake"


def new_configuration(answers: Answers) -> str:
    """The text of a commented configuration without sources.

    Answers are written as given; what is wrong with them is said when the file is read.
    """
    if answers.holidays:
        holidays = f"holidays = {quoted(answers.holidays)} # country[-subdivision]"
    else:
        holidays = '# holidays = "DE-BE" # country[-subdivision]; without it every weekday is a working day'
    return _TEMPLATE.format(
        command=KEY_COMMAND,
        name=quoted(answers.name),
        timezone=quoted(answers.timezone),
        holidays=holidays,
        minimum_group=answers.minimum_group,
        close_after_days=answers.close_after_days,
        warehouse=quoted(answers.warehouse),
        lake=quoted(answers.lake),
    )


def quoted(value: str) -> str:
    """`value` as a TOML string."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
