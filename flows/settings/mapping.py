"""Whether a configured mapping speaks of fields, values and constructs that exist.

What an export lacks is not judged here: `sources check` shows that, and staging refuses it.
"""

from __future__ import annotations

from collections.abc import Iterator

from flows.settings.complaint import nearest
from flows.settings.lines import Place
from flows.settings.models import Source, SourceSettings
from transforms.staging.mapping import SourceMapping


def check_source(source: Source) -> Iterator[tuple[Place, str]]:
    """Each thing wrong with a source, as (place within it, rule and nearest valid name)."""
    if isinstance(source, SourceSettings):
        yield from check_mapping(source)
        return
    from flows.sources.connectors import connector, connector_names  # noqa: PLC0415 - a connector loads Polars
    from flows.sources.rest.mappings import mapping_problems  # noqa: PLC0415

    if source.connector not in connector_names():
        names = ("files", *connector_names())
        yield ("connector",), f'no connector "{source.connector}"{nearest(source.connector, names)}'
        return
    yield from mapping_problems(source)
    is_described = connector(source.connector).questionnaire is not None
    for name, mapping in source.mappings_by_endpoint():
        found = check_mapping(mapping, is_described=is_described)
        yield from ((_within(place, name), rule) for place, rule in found)


def _within(place: Place, endpoint: str) -> Place:
    """Items belong to the source, everything else to the endpoint's section."""
    return place if place[0] == "item" else ("feeds", endpoint, *place)


def check_mapping(mapping: SourceMapping, *, is_described: bool = False) -> Iterator[tuple[Place, str]]:
    """Each thing wrong, as (place within the source, rule and nearest valid name).

    `is_described`: the system describes its questions, so an item may leave out its scale.
    """
    from transforms.contracts.surveys import CONSTRUCTS  # noqa: PLC0415 - contracts load Polars
    from transforms.scales import CURRENT_VERSION, SCALE_MAPS  # noqa: PLC0415
    from transforms.staging.fields import FIELDS, VALUE_TABLES, fields_of  # noqa: PLC0415

    fields = {field.name: field for field in fields_of(mapping.kind, mapping.grain)}
    if not fields:
        grains = [grain for kind, grain in FIELDS if kind == mapping.kind]
        yield ("grain",), f'kind "{mapping.kind}" has no grain "{mapping.grain}"; valid are {", ".join(grains)}'
        return
    for section, keys in (("columns", mapping.columns), ("constants", mapping.constants)):
        for key in keys:
            if key not in fields:
                rule = f'no field "{key}" in {mapping.kind} of grain {mapping.grain}{nearest(key, fields)}'
                yield (section, key), rule
    allowed = {name: field.allowed for name, field in fields.items()}
    allowed |= VALUE_TABLES.get((mapping.kind, mapping.grain), {})
    for key, table in mapping.values.items():
        if key not in allowed:
            yield ("values", key), f'no field "{key}" in {mapping.kind} of grain {mapping.grain}{nearest(key, allowed)}'
            continue
        for value in table:
            if allowed[key] and value not in allowed[key]:
                yield ("values", key, value), f'"{value}" is no {key}{nearest(value, allowed[key])}'
    for position, item in enumerate(mapping.item):
        if item.construct is not None and item.construct not in CONSTRUCTS:
            rule = f'no construct "{item.construct}"{nearest(item.construct, CONSTRUCTS)}'
            yield ("item", position, "construct"), rule
        if item.scale not in SCALE_MAPS[CURRENT_VERSION] and not (is_described and not item.scale):
            missing = f'no scale "{item.scale}"' if item.scale else "scale is missing"
            rule = f"{missing}; valid are {', '.join(SCALE_MAPS[CURRENT_VERSION])}"
            yield ("item", position, "scale"), rule
