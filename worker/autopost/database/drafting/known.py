"""Recognises a platform whose mapping comes with autopost."""

from __future__ import annotations

from autopost.database.drafting.snapshot import Snapshot
from autopost.database.mapping import MappedTable, referenced
from autopost.database.mapping_file import parse_mapping
from autopost.database.mappings import bundled_mappings


def recognised(snapshot: Snapshot) -> str | None:
    """Return the name of the bundled mapping whose tables of operations are all here with their columns; None for none.

    Of several it is the one that names most tables.
    """
    here = {f'"{table.schema}"."{table.name}"': {column.name for column in table.columns} for table in snapshot.tables}
    found = []
    for name, bundled in bundled_mappings().items():
        mapping = parse_mapping(bundled.text, name)
        if all(_is_here(table, here) for table in mapping.operations):
            found.append((sum(table.table in here for _, table in mapping.sections), name))
    return max(found)[1] if found else None


def _is_here(table: MappedTable, here: dict[str, set[str]]) -> bool:
    columns = {column.strip('"') for expression in table.columns.values() for column in referenced(expression)}
    return table.table in here and columns <= here[table.table]
