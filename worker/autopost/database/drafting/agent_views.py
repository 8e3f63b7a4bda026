"""Agents that no one table describes: the view that must be made for them. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from autopost.database.drafting.agent_lines import SUPERVISED, maturity_line, name_line, tenant_column
from autopost.database.drafting.references import Link
from autopost.database.drafting.section import Line, Section, over, plain
from autopost.database.drafting.snapshot import Column, Kind, Snapshot, Table, literal, quoted, ref
from autopost.database.drafting.words import has

_VIEW = "autopost_agents"


@dataclass(frozen=True, slots=True)
class Agents:
    """The section, the lines of an operation that depend on it, and what must be run before the migration.

    `name` is an expression over the operation's row of what the agent is called, None where nothing says it.
    """

    section: Section
    agent_id: Line
    tenant_id: Line
    name: str | None
    first: tuple[str, ...] = ()
    link: Link | None = None


def newest_of_each(link: Link, agent_id: Line, tenant: Line, spoken: str | None, lines: tuple[Line, ...]) -> Agents:
    """Return agents by a view of one row for each, where the platform's table has several: versions, for example."""
    there = link.table
    view = f"{quoted(there.schema)}.{_VIEW}"
    order = next((ref(c, "a") for c in there.columns if has(c.name, "version", "revision", "updated", "created")), None)
    by = f"{ref(link.target, 'a')}, {order} desc" if order else ref(link.target, "a")
    sql = "\n".join(
        (
            f"create view {view} as",
            f"select distinct on ({ref(link.target, 'a')}) a.*",
            f"from {there.qualified} as a",
            f"order by {by};",
        )
    )
    notes = (
        f"{there.qualified} has several rows for one {link.target}. Before `autopost migrate` make this view:",
        *sql.split("\n"),
    )
    return Agents(Section("agents", view, lines, notes=notes), agent_id, tenant, spoken, (sql,), link)


def agents_of_tables(operations: Table, found: list[Link], snapshot: Snapshot) -> Agents:
    """Return agents by a view of all their tables, in which an id begins with the table's name."""
    view = f"{quoted(operations.schema)}.{_VIEW}"
    selects, ids, names = [], [], []
    for link in found:
        prefix = literal(f"{link.table.name}/")
        lines = {line.column: str(line.value) for line in (name_line(link.table, snapshot), maturity_line(link.table))}
        name, maturity = (over("a", lines[each]) for each in ("name", "maturity"))
        columns = f"{prefix} || {ref(link.target, 'a')} as id, ({name})::text as name, {maturity} as maturity"
        selects.append(f"select {columns} from {link.table.qualified} as a")  # noqa: S608 - names of the catalog
        ids.append(f"{prefix} || {ref(link.column)}")
        names.append(link.lookup(name))
    sql = f"create view {view} as\n" + "\nunion all\n".join(selects) + ";"
    notes = ("agents are in several tables. Before `autopost migrate` make this view:", *sql.split("\n"))
    lines_of_view = (
        Line("id", "id"),
        Line("tenant_id", "null"),
        Line("name", "name"),
        Line("maturity", "maturity"),
        Line("category", "null"),
    )
    tenant = tenant_column(operations)
    return Agents(
        Section("agents", view, lines_of_view, notes=notes),
        Line("agent_id", f"coalesce({', '.join(ids)})"),
        Line("tenant_id", plain(tenant) if tenant else "null"),
        f"coalesce({', '.join(names)})",
        (sql,),
    )


def agents_of_names(
    operations: Table, column: Column | None, of: Table, snapshot: Snapshot, way: Link | None
) -> Agents:
    """Return agents by a view of the names that occur in a column of a table, or of one agent for all."""
    view = f"{quoted(operations.schema)}.{_VIEW}"
    tenant = tenant_column(operations)
    if column is not None and column.kind is Kind.ENUM:
        sql = f"create view {view} as\nselect unnest(enum_range(null::{column.type}))::text as id;"
        what = f"no table describes agents: {column.name} names who works. Before `autopost migrate` make this view:"
        agent_id, spoken = plain(column), ref(column)
        if way is not None:
            agent_id = spoken = way.lookup(ref(column, "a"))
    elif column is not None:
        sql = (
            f"create view {view} as\nselect distinct {ref(column)}::text as id from {of.qualified} as t\n"
            f"where {ref(column)} is not null;"
        )
        what = f"no table describes agents: {column.name} names who works. Before `autopost migrate` make this view:"
        agent_id, spoken = plain(column), ref(column)
        if way is not None:
            agent_id = spoken = way.lookup(ref(column, "a"))
    else:
        sql = f"create view {view} as select {literal(snapshot.database)} as id;"
        what = "nothing says who works: one agent stands for the platform. Before `autopost migrate` make this view:"
        agent_id, spoken = literal(snapshot.database), None
    lines = (
        Line("id", "id"),
        Line("tenant_id", "null"),
        Line("name", "id"),
        Line("maturity", SUPERVISED, ("agents have no levels here: each may post (STUDENT may not)",)),
        Line("category", "null"),
    )
    section = Section("agents", view, lines, notes=(what, *sql.split("\n")))
    own = Line("tenant_id", plain(tenant) if tenant else "null")
    return Agents(section, Line("agent_id", agent_id), own, spoken, (sql,))
