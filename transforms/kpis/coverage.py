"""Which KPIs the configured sources can feed, which not, and what would unlock them. From the configuration alone.

A KPI is fed when every table it needs is fed, every survey it asks constructs of is configured for its audience, and
every field, construct and event of its `field_needs` is there. A KPI that asks no construct takes any of its surveys.
Whether the export then holds enough rows, only a night can say. A source of events whose types are not translated may
record any of them: it is believed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from transforms.kpis.declaration import Kpi
from transforms.kpis.field_needs import FieldNeed, parsed
from transforms.kpis.registry import RegisteredKpi
from transforms.staging.feeds import grains_that_feed, mapped_fields, tables_of
from transforms.staging.fields import FIELDS
from transforms.staging.mapping import SourceMapping

_AUDIENCES = {"employee_survey": "employee", "customer_survey": "customer"}
_OF_AN_EVENT_LOG = frozenset({"created", "status", "assignee", "group", "priority"})
_SURVEY_TABLES = ("survey_item", "survey_response", "invitation")


@dataclass(frozen=True)
class KpiCoverage:
    """One KPI: whether the sources can feed it, from which, and one line for each thing that would unlock it."""

    kpi_id: str
    principle: str
    title: str
    is_fed: bool
    fed_by: tuple[str, ...]
    unlocked_by: tuple[str, ...]


def coverage(registered: Sequence[RegisteredKpi], sources: Sequence[SourceMapping]) -> tuple[KpiCoverage, ...]:
    """Every KPI against the sources, in the order of the catalogue."""
    found = []
    for one in registered:
        unlocking = tuple(dict.fromkeys([*_missing_tables(one.kpi, sources), *_missing_fields(one.kpi, sources)]))
        feeding = tuple(source.name for source in sources if _feeds(source, one.kpi))
        found.append(
            KpiCoverage(
                one.kpi.id, one.principle, one.kpi.title, not unlocking, feeding if not unlocking else (), unlocking
            )
        )
    return tuple(found)


def _missing_tables(kpi: Kpi, sources: Sequence[SourceMapping]) -> list[str]:
    """What to configure for tables nobody feeds; a survey's tables are needed for each audience the KPI asks."""
    asked = [need.place for need in map(parsed, kpi.field_needs) if need.kind == "construct"]
    audiences = [_AUDIENCES[survey] for survey in dict.fromkeys(asked)]
    lines = []
    for table in kpi.needs:
        grains = " or ".join(grains_that_feed(table))
        if table in _SURVEY_TABLES and audiences:
            lines += [
                f"a source {grains} with audience {audience}"
                for audience in audiences
                if not any(table in tables_of(source) and source.audience == audience for source in sources)
            ]
        elif not any(table in tables_of(source) for source in sources):
            lines.append(f"a source {grains}{_promise_hint(table, sources)}")
    return lines


def _promise_hint(table: str, sources: Sequence[SourceMapping]) -> str:
    has_tickets = any("ticket" in tables_of(source) for source in sources)
    hint = " that maps promise_target_at or promise_is_kept"
    return hint if table == "promise" and has_tickets else ""


def _missing_fields(kpi: Kpi, sources: Sequence[SourceMapping]) -> list[str]:
    needs = [parsed(need) for need in kpi.field_needs]
    return [_how_to_unlock(need) for need in needs if not any(_gives(source, need) for source in sources)]


def _gives(source: SourceMapping, need: FieldNeed) -> bool:
    if need.kind == "field":
        return source.kind == need.place and bool(mapped_fields(source) & set(need.names))
    if need.kind == "construct":
        constructs = {item.construct for item in source.item}
        return source.audience == _AUDIENCES[need.place] and bool(constructs & set(need.names))
    if source.kind == "tickets" and source.grain == "event_log":
        return bool(_OF_AN_EVENT_LOG & set(need.names))
    if source.kind != "tickets" or source.grain != "events":
        return False
    translated = source.values.get("event_type")
    return translated is None or bool(set(translated) & set(need.names))


def _how_to_unlock(need: FieldNeed) -> str:
    names = " or ".join(need.names)
    if need.kind == "field":
        grains = [
            grain
            for (kind, grain), fields in FIELDS.items()
            if kind == need.place and {field.name for field in fields} & set(need.names)
        ]
        return f"map {names} in a source {' or '.join(f'{need.place}/{grain}' for grain in grains)}"
    if need.kind == "construct":
        return f"an item with construct {names} in a survey with audience {_AUDIENCES[need.place]}"
    return f"ticket events of type {names} in a source tickets/events"


def _feeds(source: SourceMapping, kpi: Kpi) -> bool:
    shared = tables_of(source) & set(kpi.needs)
    audiences = {_AUDIENCES[name] for name in kpi.sources if name in _AUDIENCES}
    return bool(shared) and (source.audience is None or not audiences or source.audience in audiences)
