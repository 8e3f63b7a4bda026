"""Compares what depends on the platform's tables with what it must be, and makes again what is missing or differs.

The platform's own migrations may drop a view or a trigger of autopost (`cascade`), swap a table for another, or leave
functions behind that name a column which is gone. Comparing takes no lock that an agent or a worker waits for.
"""

from __future__ import annotations

import re
from collections import Counter

import sqlalchemy

from autopost.database import mapping_sql
from autopost.database.mapping import Mapping
from autopost.database.sql import Schemas, query, read_object, render, render_each
from autopost.errors import SchemaMismatch

_FUNCTION = re.compile(r"create or replace function \S+?\.(\w+)\(.*?\$\$(.*?)\$\$", re.DOTALL)
_GENERATED = "$function$"  # quotes what a script generates and executes
_COMPARED = "auto_post_compared"


def rebuild(connection: sqlalchemy.Connection, schemas: Schemas, mapping: Mapping | None) -> str:
    """Make again what is missing or differs; return what that was, empty for nothing.

    Part of the caller's transaction. Raises SchemaMismatch with every problem when the platform's tables do not fit.
    """
    found = _differences(connection, schemas, mapping)
    if found:
        if mapping is None:
            require_fit(connection, schemas)
        else:
            execute_script(connection, mapping_sql.check_sql(mapping, schemas))
        execute_script(connection, mapping_sql.change_sql(mapping, schemas))
        if mapping is not None:
            execute_script(connection, mapping_sql.grant_sql(schemas))
    counts = Counter(found.values())
    # Rules that somebody changed without their triggers, as with pg_restore --disable-triggers.
    counts["function"] += connection.exec_driver_sql(
        render("select {{ schema }}.auto_post_compile()", schemas)
    ).scalar_one()
    counts = +counts
    if not counts:
        return ""
    return "rebuilt " + " and ".join(
        f"{number} {kind}{'' if number == 1 else 's'}" for kind, number in sorted(counts.items(), reverse=True)
    )


def require_fit(connection: sqlalchemy.Connection, schemas: Schemas) -> None:
    """Raise SchemaMismatch when the platform's own tables lack something."""
    rows = connection.exec_driver_sql(query("worker/host_problems", schemas)).all()
    if rows:
        lines = "\n".join(f"  {table}: {problem}" for table, problem in rows)
        raise SchemaMismatch(f"the platform's tables in schema {schemas.platform} do not fit:\n{lines}")


def execute_script(connection: sqlalchemy.Connection, sql: str) -> None:
    """Run one statement or many."""
    # Without parameters neither `%` nor `:name` means anything, and many statements may stand in one text.
    connection.execution_options(no_parameters=True).exec_driver_sql(sql)


def _differences(connection: sqlalchemy.Connection, schemas: Schemas, mapping: Mapping | None) -> dict[str, str]:
    """Return each object that is missing or differs, with its kind."""
    scripts = [render_each(read_object(name), schemas, mapping) for name in mapping_sql.mapped_objects()]
    found: dict[str, str] = {}
    if mapping is not None:
        scripts.append(mapping_sql.install_sql(mapping, schemas))
        found |= dict.fromkeys(_views(connection, schemas, mapping), "view")
    statement = query("cli/functions", schemas)
    bodies = {str(name): str(body) for name, body in connection.exec_driver_sql(statement).all()}
    for script in scripts:
        if _GENERATED in script:
            if _makes_another(connection, script, statement):
                found["function that is generated"] = "function"
            continue
        for name, body in _FUNCTION.findall(script):
            if bodies.get(name) != body:
                found[f"function {name}"] = "function"
    triggers = render(read_object("mapping/triggers"), schemas, mapping)
    rows = connection.execution_options(no_parameters=True).exec_driver_sql(triggers).all()
    return found | {f"trigger on {table}": "trigger" for (table,) in rows}


def _makes_another(connection: sqlalchemy.Connection, script: str, functions: str) -> bool:
    """Return whether a script that generates a function from the platform's types would make another one now."""
    before = connection.exec_driver_sql(functions).all()
    savepoint = connection.begin_nested()
    try:
        execute_script(connection, script)
        return {*connection.exec_driver_sql(functions).all()} != {*before}
    except sqlalchemy.exc.DBAPIError:
        return True  # the check says what does not fit
    finally:
        savepoint.rollback()


def _views(connection: sqlalchemy.Connection, schemas: Schemas, mapping: Mapping) -> list[str]:
    """Return the views that are missing or differ from those that the mapping makes. Each is made once, to compare."""
    own = render("{{ schema }}", schemas)
    differ = []
    for view, script in mapping_sql.view_scripts(mapping, schemas, name=_COMPARED).items():
        statement = (
            f"select pg_get_viewdef(to_regclass('{own}.{view}')) is distinct from "  # noqa: S608 - names of our own
            f"pg_get_viewdef('{own}.{_COMPARED}'::regclass)"
        )
        savepoint = connection.begin_nested()
        try:
            execute_script(connection, script)
            if connection.exec_driver_sql(statement).scalar():
                differ.append(view)
        except sqlalchemy.exc.DBAPIError:
            differ.append(view)  # the check says what does not fit
        finally:
            savepoint.rollback()
    return differ
