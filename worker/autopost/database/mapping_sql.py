"""Writes the SQL of a mapping: views of the platform's tables in autopost's words, and what inserts through them."""

from __future__ import annotations

import re

from autopost.database.folders import sql_folder
from autopost.database.mapping import COLUMNS, NEEDED_TABLES, OWN_SCHEMA, WRITTEN_TABLES, MappedTable, Mapping
from autopost.database.sql import (
    Schemas,
    depends_on_mapping,
    is_for_each_table,
    mapping_template,
    quoted,
    read_object,
    render,
    render_each,
    view_of,
)

LABELS = {
    "agents": "agents",
    "operation_trackers": "operations",
    "social_posts": "posts",
    "audit_log": "audit log",
}

# The column of the view of agents that has the first column of the id in the platform's type.
ID_KEY = "auto_post_id_key"
# The types of an id whose index does not find the id as text.
KEY_TYPES = ("uuid", "int2", "int4", "int8", "bpchar")
TEXT_TYPES = ("text", "varchar")


def check_sql(mapping: Mapping, schemas: Schemas) -> str:
    """Return the script that raises one error for everything that does not fit.

    It must be sent alone: a server parses all that it is sent together before it runs any of it.
    """
    return _fill("check", schemas, tables=_tables(mapping), probes=_probes(mapping), keys=_keys(mapping))


def evaluate_sql(mapping: Mapping, schemas: Schemas) -> str:
    """Return the script that raises one error for all rows that a mapping, which was checked, cannot read.

    For a mapping that is new. One that is in force goes on: rows that it cannot read are passed over and noted.
    """
    return _fill("evaluate", schemas, ids=_ids(mapping), expressions=_expressions(mapping))


def install_sql(mapping: Mapping, schemas: Schemas) -> str:
    """Return the script that makes, or makes again, the views of a mapping that was checked."""
    parts = [_fill("auto_post_mapping", schemas, document=_literal(mapping.text))]
    parts += view_scripts(mapping, schemas).values()
    parts += [_write(name, mapping.tables[name], schemas) for name in WRITTEN_TABLES if name in mapping.tables]
    return "\n".join(parts)


def view_scripts(mapping: Mapping, schemas: Schemas, *, name: str | None = None) -> dict[str, str]:
    """Return the script of each view by the view's name, in order; or, under another `name`, to compare with it."""
    scripts = {}
    for section, table in mapping.sections:
        view = view_of(mapping, table) if section == "operation_trackers" else section
        scripts[view] = _read(section, name or view, table, schemas)
    if len(mapping.operations) > 1:
        scripts["operation_trackers"] = _union(mapping, schemas, name or "operation_trackers")
    return scripts


def capture_sql(mapping: Mapping, schemas: Schemas) -> str:
    """Return the script that makes the functions and triggers of all tables of operations but the first."""
    return "\n".join(
        render(read_object(name), schemas, mapping, table)
        for table in mapping.operations[1:]
        for name in mapped_objects()
        if is_for_each_table(read_object(name))
    )


def rehearse_sql(mapping: Mapping, schemas: Schemas) -> str:
    """Return the script that tries what a worker will write. Before it, all four tables or views must be there."""
    return _fill("rehearse", schemas) if any(name in mapping.tables for name in WRITTEN_TABLES) else ""


def change_sql(mapping: Mapping | None, schemas: Schemas) -> str:
    """Return the script that puts a mapping, which was checked, in force on a schema at this revision.

    Without a mapping, the script makes again what depends on the platform's own tables.
    """
    objects = [render_each(read_object(name), schemas, mapping) for name in mapped_objects()]
    parts = ["set local check_function_bodies = off;"]
    if mapping is not None:
        parts += [install_sql(mapping, schemas), rehearse_sql(mapping, schemas)]
    parts += [*objects, render(mapping_template("drop_unused"), schemas, mapping)]
    parts.append(render("drop function if exists {{ schema }}.auto_post_check_detached();\n", schemas))
    return "\n".join(parts)


def grant_sql(schemas: Schemas) -> str:
    """Return the script that gives the groups their rights on the views of a mapping again."""
    return _fill("grant", schemas)


def detach_sql(mapping: Mapping | None, schemas: Schemas) -> str:
    """Return the script that detaches from the platform's tables."""
    return render(mapping_template("detach"), schemas, mapping)


def mapped_objects() -> list[str]:
    """Return the files of sql/ into which a mapping is filled, functions before the triggers that call them."""
    files = [*sorted((sql_folder() / "functions").glob("*.sql")), *sorted((sql_folder() / "triggers").glob("*.sql"))]
    mapped = [path for path in files if depends_on_mapping(path.read_text("utf-8"))]
    return [f"{path.parent.name}/{path.stem}" for path in mapped]


def remove_sql(mapping: Mapping, schemas: Schemas) -> str:
    """Return the script that removes what `install_sql` made."""
    views = [*mapping.tables, "operation_trackers"]
    if len(mapping.operations) > 1:
        views += [view_of(mapping, table) for table in mapping.operations]
    parts = [_fill("remove", schemas, name=name) for name in views]
    return "\n".join([*parts, render("drop table {{ schema }}.auto_post_mapping;\n", schemas)])


def _read(name: str, view: str, table: MappedTable, schemas: Schemas) -> str:
    shown: list[tuple[str, str, str | None]] = [
        (column, table.columns[column], type_) for column, type_ in COLUMNS[name].items()
    ]
    if name == "agents" and table.id_columns:
        shown.append((ID_KEY, f"t.{table.id_columns[0]}", None))
    columns = [f"({place}, {', '.join(map(_literal, column))})" for place, column in enumerate(shown)]
    # The reconciler reads by the place of a row in its table, and by the transaction that wrote it.
    system = "t.ctid, t.tableoid, t.xmin, " if name == "operation_trackers" else ""
    return _fill(
        "read",
        schemas,
        name=view,
        label=LABELS[name],
        table=table.table,
        system=system,
        columns=",\n            ".join(columns),
        key_types=", ".join(map(_literal, KEY_TYPES if len(table.id_columns) == 1 else (*KEY_TYPES, *TEXT_TYPES))),
    )


def _write(name: str, table: MappedTable, schemas: Schemas) -> str:
    own = _own_columns(name, table)
    return _fill(
        "write",
        schemas,
        name=name,
        label=LABELS[name],
        table=table.table,
        assignments="\n    ".join(f"v_row.{column} := {value};" for column, value in table.written.items()),
        written=", ".join(table.written),
        values=", ".join(f"v_row.{column}" for column in table.written),
        hands_over=str(name == "social_posts" and bool(own)).lower(),
        own_values=", ".join(f"{_literal(column[1:-1])}, {_as_json(f'v_row.{column}')}" for column in own),
    )


def _own_columns(name: str, table: MappedTable) -> list[str]:
    """Return the written columns that hold something else than one of autopost's columns."""
    plain = {(table.columns[own], f"new.{own}") for own in COLUMNS[name]}
    return [column for column, value in table.written.items() if (f"t.{column}", value) not in plain]


def _as_json(value: str) -> str:
    """Return a value as JSON, by its output for a type that is not built in: to_jsonb calls casts that others made."""
    return (
        f"case when pg_catalog.pg_typeof({value})::oid < 16384 then pg_catalog.to_jsonb({value}) "
        f"when {value} is not null then pg_catalog.to_jsonb(pg_catalog.format('%s', {value})) end"
    )


def _union(mapping: Mapping, schemas: Schemas, name: str) -> str:
    """Return the script of the view of all tables of operations."""
    texts = [
        f'{column} collate pg_catalog."default" as {column}' if type_ == "text" else column
        for column, type_ in COLUMNS["operation_trackers"].items()
    ]
    columns = ", ".join(["ctid", "tableoid", "xmin", *texts])
    selects = [
        f"select {columns} from {{{{ schema }}}}.{view_of(mapping, table)}"  # noqa: S608 - names of our own
        for table in mapping.operations
    ]
    return _fill("union", schemas, name=name, selects=render("\nunion all\n".join(selects), schemas))


def _tables(mapping: Mapping) -> str:
    """Return a row for each table: its name here, its name there, and the columns that are written, as an array."""
    rows = []
    for name, table in mapping.sections:
        written = "{" + ", ".join(table.written) + "}" if name in WRITTEN_TABLES else None
        rows.append(_row(_shown(name, table), table.table, written))
    return ", ".join(rows)


def _probes(mapping: Mapping) -> str:
    """Return a row for each expression: its table, where it stands, and a statement that can only fail by it."""
    rows = []
    for name, table in mapping.sections:
        for column, type_ in COLUMNS[name].items():
            statement = f"select ({table.columns[column]})::{type_} from {table.table} as t limit 0"  # noqa: S608 - it is SQL that is given
            rows.append(_row(_shown(name, table), f"{_shown(name, table)}.{column}", statement))
        given = ", ".join(f"null::{type_} as {column}" for column, type_ in COLUMNS[name].items())
        for column, value in table.written.items():
            statement = f"select ({value}) from (select {given}) as new limit 0"  # noqa: S608
            rows.append(_row(name, f"{name}.values.{column}", statement))
    return ",\n".join(rows)


def _keys(mapping: Mapping) -> str:
    """Return a row for each table whose id autopost looks up: its name here, there, and the id's columns, as an array.

    An id that is an expression has none.
    """
    rows = []
    for name, table in mapping.sections:
        if name in NEEDED_TABLES:
            rows.append(_row(_shown(name, table), table.table, "{" + ", ".join(table.id_columns) + "}"))
    return ", ".join(rows)


def _ids(mapping: Mapping) -> str:
    """Return a row for each table: autopost's name for it, as shown and there, the id's expression and columns."""
    rows = [
        _row(name, _shown(name, table), table.table, table.columns["id"], "{" + ", ".join(table.id_columns) + "}")
        for name, table in mapping.sections
    ]
    return ",\n".join(rows)


def _expressions(mapping: Mapping) -> str:
    """Return a row for each expression that is read: its table as shown, its column, the expression, and its type."""
    rows = [
        _row(_shown(name, table), column, table.columns[column], type_)
        for name, table in mapping.sections
        for column, type_ in COLUMNS[name].items()
    ]
    return ",\n".join(rows)


def _shown(name: str, table: MappedTable) -> str:
    """Return what a table is called in messages: each of several tables of operations with its own name."""
    return f"{name} {table.name}" if table.name else name


def _row(*values: str | None) -> str:
    return f"({', '.join(_literal(value) for value in values)})"


def _literal(value: str | None) -> str:
    return "null" if value is None else "'" + value.replace("'", "''") + "'"


def _fill(template: str, schemas: Schemas, **values: str) -> str:
    """Return a template with everything filled in, in one pass: what is filled in is not looked at again.

    In what comes from an expression OWN_SCHEMA is replaced before.
    """
    text = mapping_template(template)
    own = quoted(schemas.own)
    values = {name: value.replace(OWN_SCHEMA, own) for name, value in values.items()}
    values |= {name: render(f"{{{{ {name} }}}}", schemas) for name in ("schema", "session")}
    return re.sub(r"\{\{ (\w+) \}\}", lambda match: values[match[1]], text)
