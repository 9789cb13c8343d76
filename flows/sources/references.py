"""Which columns of an export a mapping reads."""

from __future__ import annotations

from collections.abc import Sequence

from transforms.staging.mapping import SourceMapping
from transforms.staging.templates import exported_name, referenced


def columns_read(mapping: SourceMapping, present: Sequence[str] = ()) -> dict[str, list[str]]:
    """Export columns per field, in the order of the configuration; a questionnaire's items as `item "..."`.

    Spelled as in `present` where they are there, as in the mapping otherwise.
    """
    reads = {field: referenced(reference, present) for field, reference in mapping.columns.items()}
    for item in mapping.item:
        if item.column is not None:
            reads[f'item "{item.item_id or item.column}"'] = [item.column]
    return {field: [exported_name(name, present) or name for name in names] for field, names in reads.items()}
