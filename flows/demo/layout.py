"""Which export stands in which files, and in what form: a little of everything that real systems send."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import polars as pl

from flows.demo.company import TIME_ZONE
from flows.demo.dirt import Mistake, add_mistakes
from flows.demo.exports import LOCAL_FORMAT, UTC_FORMAT, as_text, write_csv, write_json_lines
from flows.demo.mistakes import MISTAKES
from transforms.texts import filled

_LOCAL = ("employee-survey", "employee-invitations", "customer-survey", "customer-invitations")
_SEMICOLON = ("employee-survey", "employee-invitations")
_FILES = {  # `{}` is the part of the export
    "org-units": "organisation/units.csv",
    "memberships": "organisation/memberships.csv",
    "tickets": "tickets/tickets.zip",
    "ticket-events": "tickets/events_{}.csv.gz",
    "promises": "tickets/promises.csv.gz",
    "macros": "tickets/macros.csv",
    "eligible-categories": "tickets/eligible_categories.csv",
    "recognition": "recognition/recognitions.jsonl",
    "initiatives": "organisation/initiatives.csv",
    "targets": "organisation/targets.csv",
    "improvements": "organisation/improvements.csv",
    "employee-survey": "surveys/employee_{}.csv",
    "employee-invitations": "surveys/employee_invitations.csv",
    "customer-survey": "surveys/customer_answers.csv.gz",
    "customer-invitations": "surveys/customer_invitations.csv.gz",
}
# Files of an earlier demo that ended on another day must not be read together with this one's.
_PARTS = ("tickets/events_20*.csv.gz", "surveys/employee_20*.csv")


def write_exports(
    folder: Path, frames: dict[str, pl.DataFrame], mistakes: Mapping[str, tuple[Mistake, ...]] = MISTAKES
) -> tuple[Path, ...]:
    """Write every export with its mistakes into `folder`; the files, in order of their names."""
    for pattern in _PARTS:
        for stale in folder.glob(pattern):
            stale.unlink()
    return tuple(
        sorted(file for name, rows in frames.items() for file in _write(folder, name, rows, mistakes.get(name, ())))
    )


def _write(folder: Path, name: str, rows: pl.DataFrame, mistakes: tuple[Mistake, ...]) -> list[Path]:
    """The files of one export. Where it has several, the mistakes stand in the last one."""
    parts = _parts(name, rows)
    datetime_format = LOCAL_FORMAT if name in _LOCAL else UTC_FORMAT
    written = []
    for number, (part, part_rows) in enumerate(parts, 1):
        text = as_text(part_rows, datetime_format)
        if number == len(parts):
            text = add_mistakes(text, mistakes)
        file = folder / _FILES[name].format(part)
        if file.suffix == ".jsonl":
            written.append(write_json_lines(text, file))
        else:
            written.append(write_csv(text, file, ";" if name in _SEMICOLON else ","))
    return written


def _parts(name: str, rows: pl.DataFrame) -> list[tuple[str, pl.DataFrame]]:
    """Events by half-year of local time, the employee survey by quarter, everything else in one piece."""
    moment = {"ticket-events": "at", "employee-survey": "submitted"}.get(name)
    if moment is None:
        return [("", rows)]
    months = 6 if name == "ticket-events" else 3
    at = pl.col(moment)
    if name not in _LOCAL:
        at = at.dt.replace_time_zone("UTC").dt.convert_time_zone(TIME_ZONE)
    number = (at.dt.month() - 1) // months + 1
    part = filled("{}" + ("h" if months == 6 else "q") + "{}", at.dt.year(), number)
    split = rows.with_columns(part.alias("part")).partition_by("part", as_dict=True, include_key=False)
    return [(str(key[0]), split[key]) for key in sorted(split)]
