"""Agents: the table of agents, or a view that must be made, and how an operation leads to it. Pure."""

from __future__ import annotations

from dataclasses import replace

from autopost.database.drafting.agent_lines import category_line, maturity_line, name_line, tenant_column
from autopost.database.drafting.agent_views import Agents, agents_of_names, agents_of_tables, newest_of_each
from autopost.database.drafting.finished import Finish, finish_of
from autopost.database.drafting.references import Link, agent_points, links
from autopost.database.drafting.section import Line, Section, decide, over, plain, size
from autopost.database.drafting.snapshot import Column, Kind, Snapshot, Table, ref
from autopost.database.drafting.words import AGENT_WORDS, AGENTS_PROPER, core, has, points, word_set, words
from autopost.database.mapped_id import joined

_LEAST = 4
_LEAST_THROUGH = 9
_DESCRIBED = 3  # points that a table has before a column
_NO_NAME = word_set("version type status state config description at time count data parent")
_TASK_NAMES = ("name", "task_name", "job_name", "func", "job_class", "class_name", "worker", "kind")
_NOT_WHO = word_set(
    "user person people member owner creator author customer account tenant organization organisation org company team "
    "status state type priority queue environment host node session conversation thread message ticket schedule version"
)
_WORK = ("task", "job")
_MOSTLY = 0.5  # of the rows


def agents_of(operations: Table, snapshot: Snapshot, wanted: Table | None = None) -> Agents:
    """Return who works on the operations of a table; `wanted` is the table of agents that a person named."""
    several = _of_several_tables(operations, snapshot) if wanted is None else []
    if several:
        return agents_of_tables(operations, several, snapshot)
    link = _link(operations, snapshot, wanted)
    column = _named_column(operations)
    if link is not None and (wanted is not None or _is_better(link, column)):
        return _by_link(operations, link, snapshot)
    if wanted is not None:
        return _undecided(operations, wanted, snapshot)
    if column is None and (link := _by_values(operations, snapshot)) is not None:
        return _by_link(operations, link, snapshot)
    if column is None:
        for way in links(operations, snapshot):
            same = way.is_to_one and operations.is_key(way.column.name)
            there = _named_column(way.table) if same else None
            if there is not None:
                return agents_of_names(operations, there, way.table, snapshot, way)
    column = column or _kind_of_agent(operations)
    if column is None and (link := _any_link(operations, snapshot)) is not None:
        return _by_link(operations, link, snapshot, f"nothing is called an agent: {link.table.qualified} is taken")
    return agents_of_names(operations, column, operations, snapshot, None)


def names_agents(operations: Table, snapshot: Snapshot) -> bool:
    """Return whether something of an operation leads to its agent or says which kind it is."""
    column = _named_column(operations) or _kind_of_agent(operations)
    return column is not None or bool(candidates(operations, snapshot)) or _through(operations, snapshot) is not None


def _through(operations: Table, snapshot: Snapshot) -> Link | None:
    """Return a way to agents by way of another table, such as a workflow by its version; None for none."""
    found = [
        replace(second, way=first)
        for first in links(operations, snapshot)
        if not has(first.column.name, "parent") and first.is_to_one and first.table.qualified != operations.qualified
        for second in links(first.table, snapshot)
        if agent_points(second) >= _LEAST_THROUGH and second.table.qualified != operations.qualified
    ]
    return max(
        found, key=lambda link: (agent_points(link), link.way is not None and link.way.column.not_null), default=None
    )


def candidates(operations: Table, snapshot: Snapshot) -> list[Link]:
    """Return the links of an operation that could lead to its agent, the best first."""
    found = [
        link
        for link in links(operations, snapshot)
        if agent_points(link) >= _LEAST and link.table.is_readable and not operations.is_key(link.column.name)
    ]
    return sorted(found, key=agent_points, reverse=True)


def _link(operations: Table, snapshot: Snapshot, wanted: Table | None) -> Link | None:
    if wanted is None:
        near, far = next(iter(candidates(operations, snapshot)), None), _through(operations, snapshot)
        # What an agent has to do is not an agent.
        if near is None or far is None:
            return near or far
        is_work = core(near.table.name)[-1] in _WORK and core(far.table.name)[-1] in AGENTS_PROPER
        return far if is_work else near
    every = [*links(operations, snapshot), _through(operations, snapshot)]
    return next((link for link in every if link is not None and link.table.qualified == wanted.qualified), None)


def _any_link(operations: Table, snapshot: Snapshot) -> Link | None:
    """Return the link to what operations are of, whatever it is called, such as a repository; never to people."""
    found = [
        link
        for link in links(operations, snapshot)
        if link.is_to_one and not operations.is_key(link.column.name) and link.table.qualified != operations.qualified
        if not has(link.column.name, "parent", *_NOT_WHO) and not has(link.table.name, *_NOT_WHO)
        if name_line(link.table, snapshot).value not in ("null", plain(link.target))
        if finish_of(link.table) is Finish.NEVER and operations.filled(link.column.name) > _MOSTLY
    ]
    return max(found, key=lambda link: (link.is_sure, link.column.not_null), default=None)


def _kind_of_agent(operations: Table) -> Column | None:
    """Return the column with the kind of agent, such as agent_type, where nothing else says who works."""
    for column in operations.columns:
        said = set(words(column.name))
        if said & AGENTS_PROPER and said & {"type", "role", "kind"} and _is_a_name(operations, column):
            return column
    return None


def _is_better(link: Link, column: Column | None) -> bool:
    """Return whether a table describes agents better than a column names them: it does where both are the same."""
    if column is None or link.column.name == column.name:
        return True
    return agent_points(link) + _DESCRIBED >= _weight_of(column)


def _by_values(operations: Table, snapshot: Snapshot) -> Link | None:
    """Return a link that only the rows show: every value of a column is the id of a table that is about agents."""
    for other in snapshot.tables:
        keys = [key[0] for key in other.keys if len(key) == 1]
        if not keys or not other.sample or AGENT_WORDS.get(core(other.name)[-1], 0) < _LEAST:
            continue
        ids = other.counts(keys[0])
        for column in operations.columns:
            values = operations.counts(column.name)
            if column.kind not in (Kind.TEXT, Kind.UUID) or operations.is_key(column.name):
                continue
            if values and all(value in ids for value in values):
                return Link(column, other, keys[0], is_sure=False)
    return None


def _named_column(table: Table) -> Column | None:
    """Return the column of an operation that names who works, where no other table describes it."""
    # The id of a task of another table is not a name; that of who works on it is.
    tasks = {name for key in table.references for name in key.columns if has(name, "task", "job")}
    found = [
        column
        for column in table.columns
        if _weight_of(column) >= _LEAST and column.name not in tasks and _is_a_name(table, column)
    ]
    if not found:
        # The name of a task or a job that comes again and again names who works.
        found = [each for each in table.columns if each.name.lower() in _TASK_NAMES and _is_a_name(table, each)]
    return max(found, key=lambda column: (_weight_of(column), has(column.name, "id")), default=None)


def _weight_of(column: Column) -> int:
    said = set(words(column.name))
    if said & _NO_NAME and not {"type", "name"} <= said:
        return 0
    return points(column.name, AGENT_WORDS) + 3 * bool(said & {"name", "slug", "path"}) + 4 * ({"agent", "id"} <= said)


def _is_a_name(table: Table, column: Column) -> bool:
    """Return whether a few names come again and again, as those of agents do; true without a row."""
    if column.kind is Kind.ENUM:
        return True
    if column.kind not in (Kind.TEXT, Kind.UUID, Kind.INTEGER) or (table.is_key(column.name)):
        return False
    values = table.counts(column.name)
    if not table.sample:
        return column.kind is Kind.TEXT and (words(column.name)[-1] != "id" or has(column.name, "agent", "bot"))
    return (
        bool(values) and (len(values) <= max(3, sum(values.values()) // 2)) and all(len(each) < 200 for each in values)
    )


def _by_link(operations: Table, link: Link, snapshot: Snapshot, doubt: str | None = None) -> Agents:
    there = link.table
    tenant, tenant_line = _tenants(operations, link)
    name = name_line(there, snapshot, link.target)
    spoken = link.lookup(over("a", str(name.value))) if name.value != "null" else None
    doubt = doubt or (
        None
        if link.is_sure or _is_seen(operations, link)
        else f"no foreign key says that {link.column.name} is {there.qualified}.{link.target}"
    )
    agent_id = Line("agent_id", link.value or plain(link.column), (), doubt)
    lines = (
        Line("id", plain(link.target)),
        Line("tenant_id", tenant),
        name,
        maturity_line(there),
        category_line(there),
    )
    if there.is_key(link.target) or there.kind in ("v", "m"):
        section = Section("agents", there.qualified, lines, notes=(f"{there.qualified}, {size(there)}",))
        return Agents(section, agent_id, tenant_line, spoken, link=link)
    if link.rest and link.is_to_one:
        return _of_several_columns(link, agent_id, tenant_line, spoken, lines)
    return newest_of_each(link, agent_id, tenant_line, spoken, lines)


def _is_seen(operations: Table, link: Link) -> bool:
    """Return whether the agents of the sampled operations are all in the other table."""
    if link.way is not None:
        return False
    there = link.table.counts(link.target)
    here = operations.counts(link.column.name)
    return bool(here) and all(value in there for value in here)


def _of_several_columns(
    link: Link, agent_id: Line, tenant: Line, spoken: str | None, lines: tuple[Line, ...]
) -> Agents:
    """Return agents that several columns together name, such as a graph and its version."""
    columns = [link.column, *(column for column, _ in link.rest)]
    here: str | tuple[str, ...] = tuple(map(plain, columns))
    if link.way is not None:
        here = link.way.lookup(joined([ref(column, "a") for column in columns]))
    there = (plain(link.target), *(plain(target) for _, target in link.rest))
    notes = (f"{link.table.qualified}, {size(link.table)}; each {' and '.join(there)} is an agent of its own",)
    section = Section("agents", link.table.qualified, (replace(lines[0], value=there), *lines[1:]), notes=notes)
    return Agents(section, replace(agent_id, value=here), tenant, spoken, link=link)


def _of_several_tables(operations: Table, snapshot: Snapshot) -> list[Link]:
    """Return the links to agents where each row has one of them: an assistant or a workflow, for example."""
    found = [
        link
        for link in candidates(operations, snapshot)
        if agent_points(link) >= _LEAST_THROUGH and not link.column.not_null and link.table.is_key(link.target)
    ]
    tables = {link.table.qualified for link in found}
    if len(found) < 2 or len(tables) < len(found) or not operations.sample:
        return []
    names = [link.column.name for link in found]
    filled = [sum(bool(row.get(name)) for name in names) for row in operations.sample]
    is_split = all(0 < operations.filled(name) < 1 for name in names)
    return found if is_split and max(filled) == 1 and filled.count(1) * 10 >= len(filled) * 9 else []


def _undecided(operations: Table, wanted: Table, snapshot: Snapshot) -> Agents:
    lines = (
        Line("id", plain(wanted.keys[0][0]) if wanted.keys and len(wanted.keys[0]) == 1 else "id"),
        Line("tenant_id", plain(c) if (c := tenant_column(wanted)) else "null"),
        name_line(wanted, snapshot),
        maturity_line(wanted),
        category_line(wanted),
    )
    question = f"which column of {operations.qualified}, or which expression, holds the id of {wanted.qualified}"
    own = tenant_column(operations)
    return Agents(
        Section("agents", wanted.qualified, lines, notes=(f"{wanted.qualified}, {size(wanted)}",)),
        Line("agent_id", decide(question)),
        Line("tenant_id", plain(own) if own else "null"),
        None,
    )


def _tenants(operations: Table, link: Link) -> tuple[str, Line]:
    """Return the agent's tenant and the line of the operation's: both must agree, or nothing is posted."""
    here, there = tenant_column(operations), tenant_column(link.table)
    if here is None and there is None:
        return "null", Line("tenant_id", "null")
    if here is None and there is not None:
        return plain(there), Line("tenant_id", link.lookup(ref(there, "a")), ("the tenant of its agent",))
    assert here is not None
    same = there is not None and words(here.name)[0] == words(there.name)[0]
    if not same or there is None:
        return "null", Line("tenant_id", plain(here))
    if _disagree(operations, here, link, there):
        value = f"coalesce({link.lookup(ref(there, 'a'))}, {ref(here)})"
        return plain(there), Line(
            "tenant_id", value, (f"{here.name} of some rows is not their agent's: the agent's counts",)
        )
    return plain(there), Line("tenant_id", plain(here))


def _disagree(operations: Table, here: Column, link: Link, there: Column) -> bool:
    if (here.name, there.name) in [(column.name, target) for column, target in link.rest]:
        return False
    tenants = {row.get(link.target): row.get(there.name) for row in link.table.sample}
    return any(
        row.get(here.name) != tenant
        for row in operations.sample
        if (tenant := tenants.get(row.get(link.column.name))) is not None and row.get(here.name) is not None
    )
