"""Finds the SQL and the migrations, in an installed wheel as in a checkout, and fills in the names.

What a file may say in double braces, and what it stands for:

- `schema`: the schema of autopost's own objects; `platform`: the schema of the platform's four tables
- `trackers`: a table of operations, where the trigger is; `status_columns`: its columns that a status is made of;
  `new.status`, `old.status` and so on: a column of an operation in the trigger's record; `of`: what the name of the
  trigger's function ends with; `build.id`: a statement that puts an id together, or nothing. An object whose file has
  one of these exists once for each table of operations
- `text.new.id`: the same column as text; `cut.new.status`: its first characters, 200 or of an explanation 4,000;
  `time.new.started_at`: as a time with time zone. A type that is not PostgreSQL's own is converted by its output
  function and never by a cast. The planner decides which, so that it costs nothing
- `captures`: the functions of all these triggers, in brackets, for `t.tgfoid in`
- `operations`: a row for each table of operations: its name, its view, its status columns and its trigger's function
- `views`: a row for each view of a table of the platform: its name and the table; without a mapping one of NULL
- `session`: what the names of the trigger's session variables begin with
- `lock.doorbell` and so on: the class of an advisory lock; `locks`: all of them
- `agents.key`: an expression over `p_id`, the first part of an agent's id
- `columns.operation`: the columns of the outbox that are of the operation itself, and never change
- `lookups`: a row for each table of operations: how an operation is found in it by its id, and what is read of it (see
  lookups.py); `lookup.tables`, `lookup.oids`: their names, and their oids
- `part.claimed`: the file of that name in sql/parts, which several statements share
- `pattern.status`, `pattern.operation_type`, each also with `_length`: what a status or an operation type must look
  like, and how long it may be, to be shown

With a mapping the platform's tables are views in autopost's schema, so that `platform` is the same as `schema`, and
`trackers`, `status_columns`, `new`, `old` and `operations` come from the mapping.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from autopost.audit import MOST_STATUS_CHARACTERS, MOST_TYPE_CHARACTERS, OPERATION_TYPE_PATTERN, STATUS_PATTERN
from autopost.database.folders import sql_folder
from autopost.database.lookups import lookups
from autopost.database.mapped_id import first_part
from autopost.database.mapping import OWN_SCHEMA, MappedTable, Mapping, about

if TYPE_CHECKING:
    from autopost.settings import Settings  # takes 0.2 seconds to import, which a shell's completion need not wait for

_PLACEHOLDER = re.compile(r"\{\{ ([a-z_.]+) \}\}")
_PART = re.compile(r"\{\{ part\.([a-z_]+) \}\}")
_OF_A_TABLE = re.compile(r"\{\{ (?:trackers|status_columns|of|(?:\w+\.)?new\.|(?:\w+\.)?old\.)")
_OF_A_MAPPING = re.compile(
    r"\{\{ (?:trackers|status_columns|of|(?:\w+\.)?new\.|(?:\w+\.)?old\.|operations|views|lookup|agents\.)"
)
_OF_A_ROW = re.compile(r"(?:(text|cut|time)\.)?(new|old)\.([a-z_]+)")
_LONG = ("what_explanation", "why_explanation", "next_steps")
# Functions in the database contain it: a change needs a revision.
OPERATION_COLUMNS = "id rule_id tracker_id operation_type status is_alert captured_at summary"
_UNQUOTED = frozenset({"autopost", "public"})  # any other name may be a word of SQL

# The classes of the advisory locks with two numbers; the second is a hash of the schema, 0 for migrations.
LOCKS = {
    "doorbell": 1635087471,
    "migration": 1635087474,
    "rules": 1635087476,
}


@dataclass(frozen=True, slots=True)
class Schemas:
    """The schema of autopost's own objects, and that of the platform's four tables or of the views of them."""

    own: str
    platform: str


def schemas_of(settings: Settings, *, mapped: bool) -> Schemas:
    """Return the schemas that these settings name, for an install with a mapping or without."""
    own = settings.schema_name
    return Schemas(own, own if mapped else settings.platform_schema_name)


def render(sql: str, schemas: Schemas, mapping: Mapping | None = None, table: MappedTable | None = None) -> str:
    """Return `sql` with every name filled in, for a table of operations: the first, if none is given.

    Settings allow no schema with a quote in its name.
    """
    if mapping is not None and table is None:
        table = mapping.operations[0]
    values = _values(schemas, mapping, table)

    def value(match: re.Match[str]) -> str:
        text = values[match[1]] if (row := _OF_A_ROW.fullmatch(match[1])) is None else _of_row(row, table)
        return text.replace(OWN_SCHEMA, values["schema"])

    return _PLACEHOLDER.sub(value, sql)


def _of_row(found: re.Match[str], table: MappedTable | None) -> str:
    """Return a column of the trigger's record, converted as `found` says.

    CASE WHEN false leaves a NULL of the column's type, so that the planner knows which branch is taken: the other is
    never planned, as a cast that the platform's owner made IMMUTABLE would run then (ADR 10).
    """
    convert, row, column = found.groups()
    value = table.of_row(row, column) if table else f"{row}.{column}"
    if convert is None:
        return value
    is_own = f"{OWN_SCHEMA}.auto_post_type_of(case when false then {value} end) < 16384"
    if convert == "time":
        return f"(case when {is_own} then {value}::timestamptz else {OWN_SCHEMA}.auto_post_time({value}) end)"
    text = f"case when {is_own} then {value}::text when {value} is null then null else pg_catalog.concat({value}) end"
    # To varchar(n), because left() counts all characters also of a text that has no more bytes than that.
    return f"({text})::varchar({4000 if column in _LONG else 200})::text" if convert == "cut" else f"({text})"


def render_each(sql: str, schemas: Schemas, mapping: Mapping | None) -> str:
    """Return `sql` with every name filled in: for each table of operations, if it is about one."""
    if mapping is None or not is_for_each_table(sql):
        return render(sql, schemas, mapping)
    return "\n".join(render(sql, schemas, mapping, table) for table in mapping.operations)


def tables_of_operations(schemas: Schemas, mapping: Mapping | None) -> list[str]:
    """Return the names of the platform's tables of operations, as SQL needs them."""
    if mapping is None:
        return [render("{{ trackers }}", schemas)]
    return [table.table for table in mapping.operations]


def _values(schemas: Schemas, mapping: Mapping | None, table: MappedTable | None) -> dict[str, str]:
    own, platform = quoted(schemas.own), quoted(schemas.platform)
    found = lookups(mapping, platform)
    return {
        "schema": own,
        "platform": platform,
        "session": _session_prefix(schemas.own),
        "trackers": table.table if table else f"{platform}.operation_trackers",
        "status_columns": ", ".join(table.status_columns) if table else "status",
        "of": capture_suffix(mapping, table),
        "build.id": f"v_built_id := {about('new', table.columns['id'])};" if table and table.builds_id else "",
        "captures": (
            "(select p.oid from pg_catalog.pg_proc as p where p.proname ~ '^auto_post_capture(_of_.*)?$' "  # noqa: S608
            "and p.pronamespace = (select c.relnamespace from pg_catalog.pg_class as c "
            f"where c.oid = pg_catalog.to_regclass('{own}.auto_post_control')))"
        ),
        "operations": ",\n            ".join(_operations(own, platform, mapping)),
        "views": ",\n            ".join(_views(own, mapping)),
        "lookup.tables": ", ".join(lookup.table for lookup in found),
        "lookup.oids": ", ".join(lookup.oid for lookup in found),
        "lookups": ",\n            ".join(lookup.as_row for lookup in found),
        "agents.key": first_part("p_id", mapping.tables["agents"].id_columns) if mapping else "p_id",
        "columns.operation": OPERATION_COLUMNS,
        "pattern.operation_type": OPERATION_TYPE_PATTERN,
        "pattern.operation_type_length": str(MOST_TYPE_CHARACTERS),
        "pattern.status": STATUS_PATTERN,
        "pattern.status_length": str(MOST_STATUS_CHARACTERS),
        "locks": ", ".join(map(str, LOCKS.values())),
        **{f"lock.{name}": str(number) for name, number in LOCKS.items()},
    }


def capture_suffix(mapping: Mapping | None, table: MappedTable | None) -> str:
    """Return what the name of a table's trigger function ends with: nothing for the first table."""
    return f"_of_{table.name}" if mapping and table and table != mapping.operations[0] else ""


def view_of(mapping: Mapping, table: MappedTable) -> str:
    """Return the name of the view of a table of operations: of the only one, or of one below the view of all."""
    if len(mapping.operations) == 1:
        return "operation_trackers"
    return f"operation_trackers_of_{table.name}" if table.name else "operation_trackers_unnamed"


def _operations(own: str, platform: str, mapping: Mapping | None) -> list[str]:
    if mapping is None:
        name = f"{platform}.operation_trackers"
        return [f"('{name}', '{name}', 'status', '{own}.auto_post_capture()')"]
    return [
        f"({_literal(table.table)}, '{own}.{view_of(mapping, table)}', {_literal(', '.join(table.status_columns))}, "
        f"'{own}.auto_post_capture{capture_suffix(mapping, table)}()')"
        for table in mapping.operations
    ]


def _views(own: str, mapping: Mapping | None) -> list[str]:
    if mapping is None:
        return ["(null, null)"]
    views = [(name, table.table) for name, table in mapping.tables.items()]
    views += [(view_of(mapping, table), table.table) for table in mapping.operations]
    return [f"('{own}.{view}', {_literal(table)})" for view, table in views]


def _literal(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _session_prefix(schema: str) -> str:
    """Return the first part of the names of session variables, another for each schema of a database.

    PostgreSQL allows letters, digits and underscores there and does not look at letter case.
    """
    if schema == "autopost":
        return schema
    plain = re.fullmatch(r"[a-z0-9_]+", schema) is not None
    return f"autopost_{schema if plain else 'x' + hashlib.sha256(schema.encode()).hexdigest()[:16]}"


def quoted(schema: str) -> str:
    """Return the name of a schema as SQL needs it."""
    return schema if schema in _UNQUOTED else f'"{schema}"'


def depends_on_mapping(sql: str) -> bool:
    """Return whether something of a mapping must be filled in."""
    return _OF_A_MAPPING.search(sql) is not None


def is_for_each_table(sql: str) -> bool:
    """Return whether an object exists once for each table of operations."""
    return _OF_A_TABLE.search(sql) is not None


def read_object(name: str) -> str:
    """Return the file of an object in sql/ as it stands, such as functions/auto_post_capture."""
    return (sql_folder() / f"{name}.sql").read_text("utf-8")


def mapping_template(name: str) -> str:
    """Return a part of the SQL of a mapping."""
    return read_object(f"mapping/{name}")


@cache
def query(name: str, schemas: Schemas) -> str:
    """Return the statement `name` from sql/queries."""
    text = _PART.sub(lambda part: read_object(f"parts/{part[1]}"), read_object(f"queries/{name}"))
    return render(text, schemas)


def dba_statements(schemas: Schemas) -> dict[str, str]:
    """Return the statements that a DBA runs, by name: those of sql/dba, and the grants."""
    paths = [*sorted((sql_folder() / "dba").glob("*.sql")), sql_folder() / "roles" / "grants.sql"]
    return {path.stem: render(path.read_text("utf-8"), schemas) for path in paths}
