"""What this version of autopost has in a database: its objects' definitions, and the statements that make them.

catalog.json is what a new installation has, as the query `catalog` reads it; scripts/expected-catalog writes it. The
bodies of functions are not in it: they are compared with the files of sql/, into which a platform's mapping is filled.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files
from typing import TypeAlias

from autopost.database.folders import sql_folder
from autopost.database.mapping import Mapping as PlatformMapping
from autopost.database.mapping_sql import capture_sql, install_sql
from autopost.database.sql import Schemas, depends_on_mapping, read_object, render_each

Catalog: TypeAlias = dict[str, dict[str, str]]

KINDS = ("tables", "functions", "views", "triggers")
# PostgreSQL 15 writes a view's columns with the table's alias, later versions without where there is but one table.
_ALIAS = re.compile(r"\b[a-z]\.(?=[a-z_])")


def catalog_of(rows: Iterable[Mapping[str, str]]) -> Catalog:
    """Return the rows of the query `catalog`: for each object its parts and their definitions."""
    found: Catalog = {}
    for row in rows:
        definition = row["definition"]
        if row["part"] == "definition":
            definition = " ".join(_ALIAS.sub("", definition).split())
        found.setdefault(row["object"], {})[row["part"]] = definition
    return found


def without_bodies(catalog: Catalog) -> Catalog:
    """Return a catalog without what a mapping changes, in the order of its names."""
    return {
        name: {part: text for part, text in sorted(parts.items()) if part != "body"}
        for name, parts in sorted(catalog.items())
    }


@cache
def expected_catalog() -> Catalog:
    """Return what an installation at this version's revision has."""
    expected: Catalog = json.loads(files(__package__).joinpath("catalog.json").read_text("utf-8"))
    return expected


def source_of(name: str, schemas: Schemas, mapping: PlatformMapping | None) -> str:
    """Return the statements that make the objects of this name, or make them again; empty when there is none."""
    return "\n".join(render_each(text, schemas, mapping) for text in _files(name))


def is_mapped(name: str) -> bool:
    """Return whether the statements of this object depend on the mapping of the platform."""
    return any(depends_on_mapping(text) for text in _files(name))


def generated_source(schemas: Schemas, mapping: PlatformMapping | None) -> str:
    """Return the statements that a mapping is installed by."""
    return install_sql(mapping, schemas) + capture_sql(mapping, schemas) if mapping else ""


def _files(name: str) -> list[str]:
    if not name.isidentifier():  # no path
        return []
    return [read_object(f"{kind}/{name}") for kind in KINDS if (sql_folder() / kind / f"{name}.sql").is_file()]
