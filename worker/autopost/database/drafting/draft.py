"""Puts a mapping together from what is known of a platform, and says what was found and what was not. Pure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from autopost.database.drafting import roles
from autopost.database.drafting.agent_views import Agents
from autopost.database.drafting.agents import agents_of
from autopost.database.drafting.agents import candidates as agent_candidates
from autopost.database.drafting.audit import audit_section
from autopost.database.drafting.feed import posts_section
from autopost.database.drafting.finished import finish_of
from autopost.database.drafting.history import subject_of, told_by
from autopost.database.drafting.references import links
from autopost.database.drafting.section import Draft, Line, Report, Section, decide, over, plain, size
from autopost.database.drafting.snapshot import Kind, Snapshot, Table, ref
from autopost.database.drafting.status_line import Status, status_of
from autopost.database.drafting.texts import text_lines
from autopost.database.drafting.times import time_lines
from autopost.database.drafting.type_line import type_line
from autopost.database.drafting.words import core, has
from autopost.errors import ConfigurationError

_MOST_OTHERS = 4
_SPOKEN = ("name", "run_name", "display_name", "title", "job_name", "task_name")


@dataclass(frozen=True, slots=True)
class Wanted:
    """The tables that a person named, qualified; empty or None where the draft chooses."""

    operations: tuple[str, ...] = ()
    agents: str | None = None
    posts: str | None = None
    audit_log: str | None = None


def draft(snapshot: Snapshot, wanted: Wanted | None = None) -> Draft:
    """Return the mapping of a platform. Raises ConfigurationError where no table holds operations."""
    wanted = wanted or Wanted()
    snapshot = snapshot.nameable()
    report = Report()
    tables = _operations(snapshot, wanted, report)
    people = [_agents(table, snapshot, _named(snapshot, wanted.agents)) for table in tables]
    sections = [replace(people[0].section), *_operation_sections(tables, people, snapshot)]
    report.first.extend(dict.fromkeys(sql for each in people for sql in each.first))
    _report_agents(tables[0], people, snapshot, report)
    who = sections[0]
    written = (
        _written(snapshot, "posts", wanted.posts, roles.posts, lambda table: posts_section(table, who), report),
        _written(snapshot, "audit log", wanted.audit_log, roles.audit_logs, lambda t: audit_section(t, who), report),
    )
    sections.extend(section for section in written if section is not None)
    return Draft(snapshot.database, tuple(sections), report, in_list=len(tables) > 1)


def _operations(snapshot: Snapshot, wanted: Wanted, report: Report) -> list[Table]:
    found = roles.operations(snapshot)
    if wanted.operations:
        tables = [table for name in wanted.operations if (table := _named(snapshot, name)) is not None]
    elif found:
        tables = [found[0].table]
    else:
        raise ConfigurationError(
            f"no table of {snapshot.database} looks like operations (a status, or an end time and an error, in a table "
            "of runs, executions, jobs or tasks that this role may read): name it with --operations schema.table"
        )
    chosen = {table.qualified for table in tables}
    why = {candidate.table.qualified: candidate.why for candidate in found}
    for table in tables:
        report.found.append(f"operations: {table.qualified}, {size(table)}; {why.get(table.qualified, 'named by you')}")
    for candidate in [each for each in found if each.table.qualified not in chosen][:_MOST_OTHERS]:
        report.others.append(
            f"operations: --operations {_option(candidate.table)} ({size(candidate.table)}; {candidate.why})"
        )
    return tables


def _operation_sections(tables: Sequence[Table], people: Sequence[Agents], snapshot: Snapshot) -> list[Section]:
    sections = []
    for place, (table, who) in enumerate(zip(tables, people, strict=True)):
        status = status_of(table, snapshot)
        lines = (
            _id_line(table),
            who.tenant_id,
            who.agent_id,
            _type(table, status, snapshot),
            status.line,
            *text_lines(table, status, _own_name(table, who), who.name, snapshot),
            *time_lines(table),
        )
        entry = _entry(table) if place > 0 else None
        notes = [f"{table.qualified}, {size(table)}; ended by {finish_of(table).value}"]
        if (subject := subject_of(table, snapshot)) is not None:
            notes.append(
                f"each row is a new status of a row of {subject.table.qualified}: each that ends one is posted"
            )
        sections.append(Section("operation_trackers", table.qualified, lines, notes=tuple(notes), entry=entry))
    return sections


def _agents(table: Table, snapshot: Snapshot, wanted: Table | None) -> Agents:
    subject = subject_of(table, snapshot)
    if subject is None:
        return agents_of(table, snapshot, wanted)
    who = agents_of(subject.table, snapshot, wanted)
    return replace(
        who,
        agent_id=told_by(subject, who.agent_id),
        tenant_id=told_by(subject, who.tenant_id),
        name=subject.lookup(over("p", who.name), "p") if who.name is not None else None,
    )


def _type(table: Table, status: Status, snapshot: Snapshot) -> Line:
    subject = subject_of(table, snapshot)
    if subject is None:
        return type_line(table, status, snapshot)
    return told_by(subject, type_line(subject.table, Status(status.line), snapshot))


def _id_line(table: Table) -> Line:
    """Return what a row is known by: its key, or the columns of it as a list."""
    singles = [key[0] for key in table.keys if len(key) == 1]
    if singles:
        return Line("id", plain(singles[0]))
    if table.keys:
        return _id_of_several(table, table.keys[0])
    return Line("id", decide(f"which columns make a row of {table.qualified} unique: no key says it"))


def _id_of_several(table: Table, key: tuple[str, ...]) -> Line:
    """Return a key of several columns: as a list, or as an expression where the text of one depends on the session."""
    columns = [table.column(name) for name in key]
    fleeting = [column for column in columns if column.kind not in (Kind.UUID, Kind.INTEGER, Kind.TEXT, Kind.ENUM)]
    if not fleeting:
        return Line("id", tuple(map(plain, columns)))
    alone = [column for column in columns if column not in fleeting]
    if len(alone) == 1 and (alone[0].kind is Kind.UUID or (alone[0].kind is Kind.INTEGER and alone[0].is_filled)):
        return Line(
            "id", plain(alone[0]), (f"the key is ({', '.join(key)}); {alone[0].name} is unique without the rest",)
        )
    parts = [f"extract(epoch from {ref(column)})" if column in fleeting else ref(column) for column in columns]
    return Line("id", f"concat_ws('/', {', '.join(parts)})")


def _own_name(table: Table, who: Agents) -> str | None:
    """Return the column with what an operation is called in a sentence, None for none."""
    taken = who.link.column.name if who.link is not None else who.agent_id.value
    for column in table.columns:
        if column.kind is Kind.TEXT and column.name.lower() in _SPOKEN and column.name != taken:
            return ref(column)
    return None


def _entry(table: Table) -> str:
    name = "_".join(word for word in core(table.name) if word.isalnum())
    return name[:31] if name[:1].isalpha() else f"t_{name}"[:31]


def _report_agents(table: Table, people: Sequence[Agents], snapshot: Snapshot, report: Report) -> None:
    who = people[0]
    if who.link is None:
        report.missing.append(f"agents: no table that {table.qualified} refers to describes them")
    else:
        how = "a foreign key" if who.link.is_sure else "its name"
        here = who.link.way.table if who.link.way is not None else table
        way = f"{here.name}.{who.link.column.name} leads to it by {how}"
        report.found.append(f"agents: {who.link.table.qualified}, {size(who.link.table)}; {way}")
    for link in agent_candidates(table, snapshot):
        if who.link is None or link.table.qualified != who.link.table.qualified:
            report.others.append(f"agents: --agents {_option(link.table)} ({table.name}.{link.column.name})")
    for other in snapshot.tables:
        is_agent = core(other.name)[-1:] in (("agent",), ("assistant",), ("bot",)) and other.is_table
        linked = {link.table.qualified for link in links(table, snapshot)}
        chosen = who.link is not None and who.link.table.qualified == other.qualified
        if is_agent and not chosen and other.qualified not in linked and len(report.others) < 2 * _MOST_OTHERS:
            report.others.append(
                f"agents: --agents {_option(other)} ({size(other)}; nothing in {table.name} refers to it)"
            )


def _written(
    snapshot: Snapshot,
    role: str,
    named: str | None,
    find: Callable[[Snapshot], list[roles.Candidate]],
    make: Callable[[Table], tuple[Section, list[str]]],
    report: Report,
) -> Section | None:
    """Return the section of a table that autopost writes; None where it should make its own."""
    option = "--posts" if role == "posts" else "--audit-log"
    if named is not None:
        table = _named(snapshot, named)
        assert table is not None
        section, _ = make(table)
        report.found.append(f"{role}: {table.qualified}, named by you")
        return section
    chosen: Section | None = None
    for candidate in find(snapshot):
        section, faults = make(candidate.table)
        if chosen is None and not faults:
            chosen = section
            report.found.append(f"{role}: {candidate.table.qualified}, {size(candidate.table)}; {candidate.why}")
        else:
            why = f": {'; '.join(faults)}" if faults else ""
            report.others.append(f"{role}: {option} {_option(candidate.table)}{why}")
    if chosen is None:
        report.missing.append(f"{role}: no table fits; autopost makes its own in its schema")
    return chosen


def _named(snapshot: Snapshot, name: str | None) -> Table | None:
    """Return the table that a person named. Raises ConfigurationError with the tables that are called alike."""
    if name is None:
        return None
    bare = name.replace('"', "").lower()
    for table in snapshot.tables:
        if name == table.qualified or bare == f"{table.schema}.{table.name}".lower():
            return table
    alone = [table for table in snapshot.tables if table.name.lower() == bare]
    if len(alone) == 1:
        return alone[0]
    last = bare.rpartition(".")[2]
    near = [
        _option(table)
        for table in snapshot.tables
        if set(core(table.name)) & set(core(last)) and has(table.name, core(last)[-1])
    ]
    meant = f"; there are {', '.join(near[:6])}" if near else ""
    raise ConfigurationError(f"there is no table {name} that this role may read{meant}")


def _option(table: Table) -> str:
    """Return how a person names a table in a shell."""
    return f"'{table.qualified}'" if '"' in table.qualified else table.qualified
